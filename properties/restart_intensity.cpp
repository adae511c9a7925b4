#include "properties/restart_intensity.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace moirai {
namespace {

std::int64_t floored_second(Time at) { return nanoseconds(at) / 1'000'000'000; }

std::string allowance(const Supervision& supervision) {
  return fmt::format("its intensity allows {} in {} s", supervision.config.intensity, supervision.config.period_s);
}

}  // namespace

std::size_t attempts_in_window(std::deque<std::int64_t>& seconds, std::int64_t second, std::int64_t period) {
  while (!seconds.empty() && seconds.front() < second - period) seconds.pop_front();
  return seconds.size();
}

LawDeclaration RestartIntensity::declaration() {
  return {"restart_intensity", "no supervisor restarts more often than its intensity allows, and it gives up exactly when it must", {}};
}

void RestartIntensity::child_told(Supervision& supervision, std::size_t, const Event& event) {
  if (supervision.alive) attempts_[supervision.pid.bits()].sequence.stopped(event.at);
}

void RestartIntensity::child_spawned(Supervision& supervision, std::size_t child, const Event& event, const SupervisedChild& before) {
  if (before.starts == 0) return;  // a first start is no restart
  Attempts& attempts = attempts_[supervision.pid.bits()];
  if (!attempts.sequence.started(supervision, child, event.at)) return;  // a sibling in the same attempt
  const std::int64_t second = floored_second(attempts.sequence.began());
  attempts.seconds.push_back(second);
  const std::size_t count = attempts_in_window(attempts.seconds, second, supervision.config.period_s);
  evaluated();
  if (std::int64_t(count) <= supervision.config.intensity) return;
  const bool alone = supervision.config.strategy == Strategy::one_for_one;
  violate(event,
          fmt::format("supervisor {} restarted {} for the {}. time within {} s, but {}", supervision.path,
                      alone ? supervision.children[child].config.id : "its children", count, supervision.config.period_s,
                      allowance(supervision)),
          {supervision.pid, event.subject}, "restarted too often");
}

void RestartIntensity::supervisor_died(Supervision& supervision, const Event& event) {
  const bool by_itself = event.cause == ExitCause::own_exit && event.reason->is_atom("shutdown") && !supervision.told_to_stop;
  if (!by_itself || supervision.opaque || supervision.lied_to) return;
  Attempts& attempts = attempts_[supervision.pid.bits()];
  const Time decided = attempts.sequence.stopping_since().value_or(event.at);
  const std::size_t count = attempts_in_window(attempts.seconds, floored_second(decided), supervision.config.period_s);
  evaluated();
  const auto due = [](const SupervisedChild& child) { return child.ended_itself && child.restart_due(); };
  if (std::none_of(supervision.children.begin(), supervision.children.end(), due)) {
    violate(event, fmt::format("supervisor {} gave up although none of its children had to be restarted", supervision.path),
            {supervision.pid}, "gave up without a cause");
  } else if (std::int64_t(count) < supervision.config.intensity) {
    violate(event,
            fmt::format("supervisor {} gave up after {} restarts within {} s, but {}", supervision.path, count, supervision.config.period_s,
                        allowance(supervision)),
            {supervision.pid}, "gave up too early");
  }
}

}  // namespace moirai
