// How one death touches the siblings: R-SUP-24 to R-SUP-30.
#include <utility>

#include "runtime/otp/supervisor_process.hpp"

namespace moirai {

void SupervisorProcess::restart(Self& self, Place place) {
  if (!allows_restart(self)) give_up(self, place);
  std::optional<Failure> failure;
  switch (options().strategy) {
    case Strategy::one_for_one: failure = restart_one(self, place); break;
    case Strategy::one_for_all: failure = restart_group(self, place, children_.first()); break;
    case Strategy::rest_for_one: failure = restart_group(self, place, place); break;
  }
  if (failure) self.send(self.pid(), RetryRestart{children_[failure->place].spec->id});
}

// R-SUP-24
std::optional<SupervisorProcess::Failure> SupervisorProcess::restart_one(Self& self, Place place) {
  StartResult result = start(self, place);
  if (result.kind != StartResult::Kind::error) return std::nullopt;
  report(self, ReportContext::start_error, children_[place], result.reason);
  children_.set(place, Child::State::restarting, children_[place].pid);
  return Failure{place, std::move(result.reason)};
}

// R-SUP-27 to R-SUP-29: everyone from `first` on takes part, also those that had no process before.
std::optional<SupervisorProcess::Failure> SupervisorProcess::restart_group(Self& self, Place crashed, Place first) {
  const Pid last_pid = children_[crashed].pid;
  set_stopped(self, crashed);
  const Place before = children_.previous(first);
  stop_from(self, first);
  auto failure = start_from(self, before == ChildTable::none ? children_.first() : children_.next(before));
  if (failure) children_.set(failure->place, Child::State::restarting, failure->place == crashed ? last_pid : Pid{});
  return failure;
}

std::optional<SupervisorProcess::Failure> SupervisorProcess::start_from(Self& self, Place first) {
  for (Place place = first; place != ChildTable::none;) {
    const Place next = children_.next(place);
    StartResult result = start(self, place);
    if (result.kind == StartResult::Kind::error) {
      report(self, ReportContext::start_error, children_[place], result.reason);
      return Failure{place, std::move(result.reason)};
    }
    place = next;
  }
  return std::nullopt;
}

void SupervisorProcess::stop_from(Self& self, Place first) {
  if (first == ChildTable::none) return;
  if (planted(SupervisorMutant::stop_order_reversed)) {
    for (Place place = first, next; place != ChildTable::none; place = next) {
      next = children_.next(place);
      stop(self, place);
    }
    return;
  }
  for (Place place = children_.last();;) {
    const Place previous = children_.previous(place);
    const bool done = place == first;
    stop(self, place);
    if (done) return;
    place = previous;
  }
}

}  // namespace moirai
