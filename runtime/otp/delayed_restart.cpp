// Restarts that wait: R-BO-3 to R-BO-7. Without backoff only the first two lines of failed() count.
#include <algorithm>

#include "runtime/otp/supervisor_process.hpp"

namespace moirai {

void SupervisorProcess::failed(Self& self, Place place, Failing how) {
  const std::optional<Backoff>& backoff = children_[place].spec->backoff;
  Duration delay = Duration::zero();
  if (backoff) delay = next_delay(self, *backoff, backoff_[place], how, children_[place].spec->id);
  if (!backoff_.empty() && how == Failing::exit) delay = std::max(delay, remaining_delay(self, group_of(place)));  // R-BO-6
  if (delay > Duration::zero()) return delay_restart(self, place, how, delay);
  if (how == Failing::exit || planted(SupervisorMutant::retry_at_once)) return restart(self, place);
  self.send(self.pid(), RetryRestart{children_[place].spec->id});
}

// The siblings of a group are stopped now, and started when the wait is over. After a start that failed they stay as they are (R-SUP-29).
void SupervisorProcess::delay_restart(Self& self, Place place, Failing how, Duration delay) {
  const Pid last_pid = children_[place].pid;
  if (how == Failing::exit) {
    children_.set(place, Child::State::stopped);
    stop_from(self, group_of(place));
  }
  children_.set(place, Child::State::waiting, last_pid);
  const std::string& id = children_[place].spec->id;
  BackoffState& state = backoff_[place];
  self.note_lazily([&] { return RestartDelayed{id, last_pid, state.failures, delay}; });
  state.due = after(self.now(), delay);
  state.timer = self.start_timer(delay, self.pid(), RetryRestart{id});
}

// The longest wait among those from `first` on: they are restarted together, and none before its time.
Duration SupervisorProcess::remaining_delay(Self& self, Place first) const {
  Duration longest = Duration::zero();
  for (Place place = first; place != ChildTable::none; place = children_.next(place))
    if (children_[place].state == Child::State::waiting) longest = std::max(longest, backoff_.at(place).due - self.now());
  return longest;
}

// The attempt is made, and counted, now (R-BO-5).
void SupervisorProcess::handle(Self& self, const TimedOut<RetryRestart>& retry) {
  const Place place = children_.find(retry.message.child);
  if (place == ChildTable::none || children_[place].state != Child::State::waiting) return;
  BackoffState& state = backoff_[place];
  if (state.timer != retry.timer) return;  // of an earlier wait
  state.timer = Ref{};
  restart(self, place);
}

}  // namespace moirai
