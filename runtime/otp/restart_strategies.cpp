// How one death touches the siblings: R-SUP-24 to R-SUP-30.
#include <algorithm>
#include <utility>

#include "runtime/otp/supervisor_process.hpp"

namespace moirai {

void SupervisorProcess::restart(Self& self, Place place, bool counted) {
  if (planted(SupervisorMutant::group_counts_each))
    for (Place other = group_of(place); other != ChildTable::none; other = children_.next(other))
      if (other != place && !allows_restart(self)) give_up(self, place);
  if (counted && !allows_restart(self)) give_up(self, place);
  crashed_ = place;
  const Place first = group_of(place);
  const Place failing = first == ChildTable::none ? restart_one(self, place) : restart_group(self, place, first);
  if (failing != ChildTable::none) return failed(self, failing, Failing::start);
  if (planted(SupervisorMutant::success_resets_count)) forget_restarts();
}

ChildTable::Place SupervisorProcess::group_of(Place place) const {
  switch (options().strategy) {
    case Strategy::one_for_all: return children_.first();
    case Strategy::rest_for_one:
      if (planted(SupervisorMutant::rest_includes_earlier) && children_.previous(place) != ChildTable::none)
        return children_.previous(place);
      return place;
    case Strategy::one_for_one:
    case Strategy::simple_one_for_one: break;
  }
  return ChildTable::none;
}

// R-SUP-24
ChildTable::Place SupervisorProcess::restart_one(Self& self, Place place) {
  const StartResult result = start(self, place);
  if (result.kind != StartResult::Kind::error) {
    if (planted(SupervisorMutant::restarted_goes_last)) children_.move_to_end(place);
    return ChildTable::none;
  }
  report(self, ReportContext::start_error, children_[place], result.reason);
  children_.set(place, Child::State::restarting, children_[place].pid);
  return place;
}

// R-SUP-27 to R-SUP-29: everyone from `first` on takes part, also those that had no process before.
ChildTable::Place SupervisorProcess::restart_group(Self& self, Place crashed, Place first) {
  const bool keep_temporary = planted(SupervisorMutant::temporary_restarted_in_group);
  const Pid last_pid = children_[crashed].pid;
  keep_temporary ? children_.set(crashed, Child::State::stopped) : set_stopped(self, crashed);
  const Place before = children_.previous(first);
  const std::vector<Place> left_out = planted(SupervisorMutant::group_skips_stopped) ? stopped_from(first, crashed) : std::vector<Place>();
  const bool may_end = planted(SupervisorMutant::stopped_significant_counts) && has_significant(first, crashed);
  stop_from(self, first, keep_temporary);
  if (may_end) consider_shutdown(self);
  for (const Place place : left_out) children_.set(place, Child::State::restarting);
  Place failing = ChildTable::none;
  start_from(self, before == ChildTable::none ? children_.first() : children_.next(before), failing);
  for (const Place place : left_out) children_.set(place, Child::State::stopped);
  if (failing != ChildTable::none) children_.set(failing, Child::State::restarting, failing == crashed ? last_pid : Pid{});
  return failing;
}

std::optional<StartResult> SupervisorProcess::start_from(Self& self, Place first, Place& failed) {
  std::optional<StartResult> failure;
  for (Place place = first, next; place != ChildTable::none; place = next) {
    next = children_.next(place);
    if (children_[place].state != Child::State::stopped) continue;
    StartResult result = start(self, place);
    if (result.kind != StartResult::Kind::error) continue;
    report(self, ReportContext::start_error, children_[place], result.reason);
    if (!failure) failure = std::move(result), failed = place;
    if (!planted(SupervisorMutant::starts_past_failure)) break;
  }
  return failure;
}

void SupervisorProcess::stop_from(Self& self, Place first, bool keep_temporary) {
  if (first == ChildTable::none) return;
  const auto stop_one = [&](Place place) { keep_temporary ? end_process(self, place) : stop(self, place); };
  if (planted(SupervisorMutant::stop_order_reversed)) {
    for (Place place = first, next; place != ChildTable::none; place = next) {
      next = children_.next(place);
      stop_one(place);
    }
    return;
  }
  for (Place place = children_.last(), previous;; place = previous) {
    previous = children_.previous(place);
    const bool done = place == first;
    stop_one(place);
    if (done) return;
  }
}

// ---- what only mutants ask

std::vector<ChildTable::Place> SupervisorProcess::stopped_from(Place first, Place except) const {
  std::vector<Place> stopped;
  for (Place place = first; place != ChildTable::none; place = children_.next(place))
    if (place != except && children_[place].state == Child::State::stopped) stopped.push_back(place);
  return stopped;
}

bool SupervisorProcess::has_significant(Place first, Place except) const {
  for (Place place = first; place != ChildTable::none; place = children_.next(place))
    if (place != except && children_[place].spec->significant && children_[place].state == Child::State::running) return true;
  return false;
}

}  // namespace moirai
