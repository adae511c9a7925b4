#include "properties/no_orphans.hpp"

#include <fmt/format.h>

namespace moirai {

LawDeclaration NoOrphans::declaration() { return {"no_orphans", "no child outlives its supervisor, unless it traps exits", {}}; }

void NoOrphans::supervisor_died(const Supervision& supervision, const Event& event) {
  if (event.cause == ExitCause::outside && event.reason->is_atom("normal")) return;
  const auto place = supervision_of(supervision.pid);
  if (!supervision.children.empty()) orphanages_.push_back({*place, event.at});
}

void NoOrphans::other_event(const Event& event) {
  if (event.kind != EventKind::flag || event.text != "trap_exit") return;
  if (event.on)
    trapping_.insert(event.subject.bits());
  else
    trapping_.erase(event.subject.bits());
}

void NoOrphans::judge_end(const RunEnd& end) {
  if (orphanages_.empty()) return;
  if (!complete(end)) return inconclusive("the run ended before its orphans could be counted");
  for (const Orphanage& orphanage : orphanages_) {
    // At the very end the exit signals of this instant may still be on their way, unless nothing is.
    if (end.why != RunEnd::Why::quiescent && orphanage.since == end.at) continue;
    evaluated();
    const Supervision& supervision = supervisions()[orphanage.supervision];
    for (std::size_t child = 0; child < supervision.children.size(); ++child) {
      const Pid pid = supervision.children[child].pid;
      if (!supervision.children[child].alive || trapping_.count(pid.bits()) > 0) continue;
      return violate(end.at, end.steps,
                     fmt::format("{} still runs, {} after its supervisor {} died", supervision.path_of(child),
                                 to_text(end.at - orphanage.since), supervision.path),
                     {pid, supervision.pid}, supervision.path_of(child) + " outlived its supervisor");
    }
  }
}

}  // namespace moirai
