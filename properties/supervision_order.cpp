#include "properties/supervision_order.hpp"

#include <fmt/format.h>

namespace moirai {

LawDeclaration SupervisionOrder::declaration() {
  return {"supervision_order", "children start in the order of their specs, stop in reverse, and only those restart that must", {}};
}

void SupervisionOrder::child_told(const Supervision& supervision, std::size_t child, const Event& event) {
  Progress& progress = progress_[supervision.pid.bits()];
  progress.sequence.stopped(event.at);
  progress.stopped_any = true;
  if (supervision.children.size() < 2 || supervision.lied_to) return;
  evaluated();
  for (std::size_t later = child + 1; later < supervision.children.size(); ++later) {
    if (!supervision.children[later].alive) continue;
    return violate(event,
                   fmt::format("supervisor {} stopped {} while {}, which is started after it, was still running", supervision.path,
                               supervision.children[child].config.id, supervision.children[later].config.id),
                   {supervision.pid, event.other, supervision.children[later].pid}, "stopped out of order");
  }
}

void SupervisionOrder::child_spawned(const Supervision& supervision, std::size_t child, const Event& event, const SupervisedChild& before) {
  if (supervision.lied_to) return;
  if (supervision.children.size() > 1 || before.starts > 0) evaluated();
  if (before.starts == 0)
    judge_first_start(supervision, child, event);
  else
    judge_restart(supervision, child, event, before);
}

void SupervisionOrder::judge_first_start(const Supervision& supervision, std::size_t child, const Event& event) {
  for (std::size_t later = child + 1; later < supervision.children.size(); ++later) {
    if (supervision.children[later].starts == 0) continue;
    return violate(event,
                   fmt::format("supervisor {} started {} after {}, but its specs have them the other way round", supervision.path,
                               supervision.children[child].config.id, supervision.children[later].config.id),
                   {supervision.pid, event.subject, supervision.children[later].pid}, "started out of order");
  }
}

void SupervisionOrder::judge_restart(const Supervision& supervision, std::size_t child, const Event& event, const SupervisedChild& before) {
  Progress& progress = progress_[supervision.pid.bits()];
  const bool first = progress.sequence.started(supervision, child, event.at);
  if (first) progress.started.assign(supervision.children.size(), false);
  progress.started[child] = true;

  const std::string& id = supervision.children[child].config.id;
  const std::vector<Pid> involved{supervision.pid, event.subject, before.pid};
  if (before.alive)
    return violate(event, fmt::format("supervisor {} started {} while its earlier incarnation was still running", supervision.path, id),
                   involved, "two incarnations at once");
  if (before.config.restart == Restart::temporary)
    return violate(event, fmt::format("supervisor {} restarted {}, which is temporary", supervision.path, id), involved,
                   "temporary child restarted");
  if (supervision.config.strategy != Strategy::one_for_one) return judge_group(supervision, child, event, before, first);
  if (progress.stopped_any)
    return violate(event, fmt::format("supervisor {} is one_for_one, but stopped a child and then started {}", supervision.path, id),
                   involved, "one_for_one stopped a child");
  if (!before.restart_due())
    violate(event,
            fmt::format("supervisor {} restarted {}, which is {} and had ended with {}", supervision.path, id,
                        to_string(before.config.restart), before.reason.to_string()),
            involved, "restarted after a normal end");
}

void SupervisionOrder::judge_group(const Supervision& supervision, std::size_t child, const Event& event, const SupervisedChild& before,
                                   bool first) {
  const auto& children = supervision.children;
  const std::string strategy(to_string(supervision.config.strategy));
  const auto broken = [&](std::size_t other, std::string_view what, std::string_view witness) {
    violate(event, fmt::format("supervisor {} is {}, but {}", supervision.path, strategy, what),
            {supervision.pid, event.subject, children[other].pid}, witness);
  };
  for (std::size_t later = child + 1; later < children.size(); ++later)
    if (children[later].alive)
      return broken(later, fmt::format("restarted {} while {} was still running", children[child].config.id, children[later].config.id),
                    "restarted beside a running sibling");
  const bool all = supervision.config.strategy == Strategy::one_for_all;
  if (first) {
    // The last end of the child itself is in `before`, because its new incarnation has begun.
    bool due = before.ended_itself && before.restart_due();
    for (const SupervisedChild& sibling : children) due = due || (all && sibling.ended_itself && sibling.restart_due());
    if (!due)
      return broken(child, fmt::format("restarted {}, where no end called for it", children[child].config.id), "restarted without a cause");
  }
  if (first && !all) return;
  const std::vector<bool>& started = progress_[supervision.pid.bits()].started;
  for (std::size_t earlier = child; earlier-- > 0;) {
    if (children[earlier].config.restart == Restart::temporary || children[earlier].starts == 0) continue;
    if (!started[earlier])
      return broken(earlier, fmt::format("restarted {} without {}", children[child].config.id, children[earlier].config.id),
                    "group restart left one out");
    if (!all) return;  // the one just before is enough: it had to have one before it, too
  }
}

}  // namespace moirai
