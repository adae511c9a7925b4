#include "properties/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace moirai {

LawDeclaration Recovery::declaration() {
  return {"recovery",
          "after heal every permanent child of every living supervisor is running again",
          {{"within", Duration{std::chrono::seconds(5)}, "how long after heal that may take"}}};
}

void Recovery::other_event(const Event& event) {
  if (event.kind != EventKind::time) return;
  lasted_until(event.at, event.step);
  instant_ = event.at;
}

// What is true now has been so since `instant_` and will be until `end`.
void Recovery::lasted_until(Time end, std::uint64_t step) {
  if (end <= times().heal) return;
  look();
  if (missing_)
    recovery_.reset();
  else if (!recovery_)
    recovery_ = std::max(instant_, times().heal) - times().heal;
  if (end <= deadline() || (expected_ == 0 && !missing_)) return;
  if (!judged_) evaluated();
  judged_ = true;
  if (missing_) violate_missing(std::max(instant_, deadline()), step);
}

void Recovery::judge_end(const RunEnd& end) {
  if (end.why == RunEnd::Why::quiescent) return lasted_until(time_never, end.steps);  // as it is now it stays
  if (judged_) return;
  if (!complete(end) || end.at < times().heal) return inconclusive("the run ended before recovery could be judged");
  look();
  if (missing_) return inconclusive(fmt::format("settle ended before recovery was due, {} after heal", to_text(within_)));
  if (expected_ > 0) evaluated();
}

void Recovery::look() {
  if (!changed_) return;
  changed_ = false;
  expected_ = 0;
  missing_.reset();
  for (std::size_t s = 0; s < supervisions().size(); ++s) {
    const Supervision& supervision = supervisions()[s];
    if (!supervision.alive) {
      if (!supervision.parent && !settings().root_may_give_up && !missing_) missing_ = Missing{s, std::nullopt};
      continue;
    }
    for (std::size_t c = 0; c < supervision.children.size(); ++c) {
      const SupervisedChild& child = supervision.children[c];
      if (child.config.restart != Restart::permanent || child.declined() || child.put_down) continue;
      if (child.starts == 0 && supervision.opaque) continue;
      ++expected_;
      if (!child.alive && !missing_) missing_ = Missing{s, c};
    }
  }
}

void Recovery::violate_missing(Time at, std::uint64_t step) {
  const Supervision& supervision = supervisions()[missing_->supervision];
  const std::string late = fmt::format("{} after heal, and recovery was due within {}", to_text(at - times().heal), to_text(within_));
  if (!missing_->child)
    return violate(at, step, fmt::format("the root supervisor {} is gone {}", supervision.path, late), {supervision.pid}, "root gone");
  const SupervisedChild& child = supervision.children[*missing_->child];
  const std::string path = supervision.path_of(*missing_->child);
  const std::string why = child.starts == 0 ? "it was never started" : "it had ended with " + child.reason.to_string();
  violate(at, step, fmt::format("{} is not running {} ({})", path, late, why), {supervision.pid, child.pid}, path + " not running");
}

}  // namespace moirai
