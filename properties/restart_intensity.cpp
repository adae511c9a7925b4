#include "properties/restart_intensity.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace moirai {
namespace {

// In the unit in which this supervisor counts: floored seconds, or nanoseconds if its intensity is exact.
std::int64_t counted_time(const Supervision& supervision, Time at) {
  return supervision.config.exact_period ? nanoseconds(at) : nanoseconds(at) / 1'000'000'000;
}

std::int64_t period(const Supervision& supervision) {
  return supervision.config.exact_period ? supervision.config.exact_period->count() : supervision.config.period_s;
}

std::string within(const Supervision& supervision) {
  return supervision.config.exact_period ? reflect::to_text(*supervision.config.exact_period)
                                         : fmt::format("{} s", supervision.config.period_s);
}

std::string allowance(const Supervision& supervision) {
  return fmt::format("its intensity allows {} in {}", supervision.config.intensity, within(supervision));
}

// It ended because a significant child had ended by itself and is not restarted (R-SUP-42), and not because of its limit.
bool shut_down_by_itself(const Supervision& supervision) {
  if (supervision.config.auto_shutdown == AutoShutdown::never) return false;
  return std::any_of(supervision.children.begin(), supervision.children.end(), [](const SupervisedChild& child) {
    return child.config.significant && !child.alive && child.ended_itself && !child.restart_due();
  });
}

}  // namespace

std::size_t attempts_in_window(std::deque<std::int64_t>& seconds, std::int64_t second, std::int64_t period) {
  while (!seconds.empty() && seconds.front() < second - period) seconds.pop_front();
  return seconds.size();
}

LawDeclaration RestartIntensity::declaration() {
  return {"restart_intensity", "no supervisor restarts more often than its intensity allows, and it gives up exactly when it must", {}};
}

void RestartIntensity::child_told(const Supervision& supervision, std::size_t, const Event& event) {
  if (supervision.alive) attempts_[supervision.pid.bits()].sequence.stopped(event.at);
}

void RestartIntensity::child_spawned(const Supervision& supervision, std::size_t child, const Event& event, const SupervisedChild& before) {
  if (before.starts == 0) return;  // a first start is no restart
  Attempts& attempts = attempts_[supervision.pid.bits()];
  if (!attempts.sequence.started(supervision, child, event.at)) return;  // a sibling in the same attempt
  if (supervision.delayed) return;
  const std::int64_t second = counted_time(supervision, attempts.sequence.began());
  attempts.seconds.push_back(second);
  const std::size_t count = attempts_in_window(attempts.seconds, second, period(supervision));
  evaluated();
  if (std::int64_t(count) <= supervision.config.intensity) return;
  const bool alone = supervision.config.strategy == Strategy::one_for_one;
  violate(event,
          fmt::format("supervisor {} restarted {} for the {}. time within {}, but {}", supervision.path,
                      alone ? supervision.children[child].config.id : "its children", count, within(supervision), allowance(supervision)),
          {supervision.pid, event.subject}, "restarted too often");
}

void RestartIntensity::supervisor_died(const Supervision& supervision, const Event& event) {
  const bool by_itself = event.cause == ExitCause::own_exit && event.reason->is_atom("shutdown") && !supervision.told_to_stop;
  if (!by_itself || supervision.opaque || supervision.delayed || supervision.lied_to || shut_down_by_itself(supervision)) return;
  Attempts& attempts = attempts_[supervision.pid.bits()];
  const Time decided = attempts.sequence.stopping_since().value_or(event.at);
  const std::size_t count = attempts_in_window(attempts.seconds, counted_time(supervision, decided), period(supervision));
  evaluated();
  const auto due = [](const SupervisedChild& child) { return child.ended_itself && child.restart_due(); };
  if (std::none_of(supervision.children.begin(), supervision.children.end(), due)) {
    violate(event, fmt::format("supervisor {} gave up although none of its children had to be restarted", supervision.path),
            {supervision.pid}, "gave up without a cause");
  } else if (std::int64_t(count) < supervision.config.intensity) {
    violate(event,
            fmt::format("supervisor {} gave up after {} restarts within {}, but {}", supervision.path, count, within(supervision),
                        allowance(supervision)),
            {supervision.pid}, "gave up too early");
  }
}

}  // namespace moirai
