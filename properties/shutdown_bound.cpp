#include "properties/shutdown_bound.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace moirai {

LawDeclaration ShutdownBound::declaration() {
  return {
      "shutdown_bound", "a child that is told to stop is gone within its shutdown time, a supervisor within the sum of its children's", {}};
}

EventMask ShutdownBound::wants() const { return SupervisionLaw::wants() | EventMask{EventKind::time}; }

// nullopt: no bound, or one that cannot be known from outside.
std::optional<Duration> ShutdownBound::limit_of(const SupervisedChild& child) {
  if (child.config.shutdown.kind == Shutdown::Kind::brutal_kill) return Duration::zero();
  const auto own = supervision_of(child.pid);
  std::optional<Duration> limit = child.config.type == ChildType::worker ? std::nullopt : std::optional(Duration::zero());
  if (child.config.type == ChildType::supervisor) {
    if (!own) return std::nullopt;  // no supervisor of ours
    if (supervisions()[*own].anonymous) limit = std::nullopt;
    for (const SupervisedChild& below : supervisions()[*own].children) {
      if (!below.alive) continue;
      const std::optional<Duration> its = below.ready ? limit_of(below) : std::nullopt;
      limit = limit && its ? std::optional(*limit + *its) : std::nullopt;
    }
  }
  if (child.config.shutdown.kind != Shutdown::Kind::timeout) return limit;
  return limit ? std::min(*limit, child.config.shutdown.limit) : child.config.shutdown.limit;
}

void ShutdownBound::child_told(const Supervision& supervision, std::size_t child, const Event& event) {
  const SupervisedChild& told = supervision.children[child];
  if (wire_interferes_ || !told.alive || !told.ready) return;
  const std::optional<Duration> limit = limit_of(told);
  const auto place = supervision_of(supervision.pid);
  if (limit && place)
    stopping_.try_emplace(told.pid, Stopping{*place, child, event.at, *limit, told.config.shutdown.kind == Shutdown::Kind::brutal_kill});
}

// A supervisor that was told while it restarts a group starts the rest of the group first, and a start may take any time.
void ShutdownBound::child_spawned(const Supervision& supervision, std::size_t, const Event&, const SupervisedChild&) {
  for (Pid above = supervision.pid; above;) {
    if (const auto it = stopping_.find(above); it != stopping_.end() && !it->second.killed) stopping_.erase(it);
    const auto own = supervision_of(above);
    above = own ? supervisions()[*own].parent : Pid{};
  }
}

void ShutdownBound::child_died(const Supervision&, std::size_t, const Event& event) {
  judge_until(event.at, event.step);
  if (stopping_.erase(event.subject) > 0) evaluated();
}

void ShutdownBound::supervisor_died(const Supervision& supervision, const Event& event) {
  judge_until(event.at, event.step);
  for (const SupervisedChild& child : supervision.children) stopping_.erase(child.pid);
}

void ShutdownBound::held(const Event&) { wire_interferes_ = true; }

void ShutdownBound::other_event(const Event& event) {
  if (event.kind == EventKind::time) judge_until(event.at, event.step);
}

void ShutdownBound::judge_end(const RunEnd& end) {
  if (end.why == RunEnd::Why::quiescent) judge_until(time_never, end.steps);
}

void ShutdownBound::judge_until(Time now, std::uint64_t step) {
  if (wire_interferes_) return;
  for (const auto& [pid, stopping] : stopping_) {
    if (now <= after(stopping.since, stopping.limit)) continue;
    const Supervision& supervision = supervisions()[stopping.supervision];
    return violate(after(stopping.since, stopping.limit), step,
                   fmt::format("{} was told to stop at {} and still runs {} later", supervision.path_of(stopping.child),
                               to_text(stopping.since - Time{}), to_text(stopping.limit)),
                   {pid, supervision.pid}, supervision.path_of(stopping.child) + " did not stop in time");
  }
}

}  // namespace moirai
