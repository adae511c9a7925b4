#include "properties/root_survives.hpp"

#include <fmt/format.h>

namespace moirai {

LawDeclaration RootSurvives::declaration() {
  return {"root_survives", "the root supervisor does not end, unless [expect] lets it give up", {}};
}

void RootSurvives::supervisor_started(const Supervision& supervision, const Event&) {
  if (!supervision.parent) evaluated();
}

void RootSurvives::supervisor_died(const Supervision& supervision, const Event& event) {
  if (supervision.parent) return;
  const bool gave_up = event.cause == ExitCause::own_exit && event.reason->is_atom("shutdown");
  if (gave_up && settings().root_may_give_up) return;
  std::string straw;
  std::vector<Pid> involved{supervision.pid};
  for (const SupervisedChild& child : supervision.children) {
    if (!gave_up || child.alive || !child.ended_itself || !child.restart_due()) continue;
    straw = fmt::format(", the last straw being {} with {}", child.config.id, child.reason.to_string());
    involved.push_back(child.pid);
    break;
  }
  if (gave_up)
    violate(event,
            fmt::format("the root supervisor {} gave up: more than {} restarts within {} s were due{}", supervision.path,
                        supervision.config.intensity, supervision.config.period_s, straw),
            std::move(involved), "root gave up");
  else
    violate(event, fmt::format("the root supervisor {} ended with {}", supervision.path, event.reason->to_string()), std::move(involved),
            "root ended");
}

}  // namespace moirai
