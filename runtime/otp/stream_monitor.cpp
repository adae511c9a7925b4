#include "runtime/otp/stream_monitor.hpp"

#include <algorithm>

namespace moirai::task::detail {

Starter starter(std::string label) {
  return [label = std::move(label)](Self& monitor, const Job& job) -> std::optional<Started> {
    const Pid pid = monitor.spawn(SpawnOptions{label, true, job.monitor.get(), {.alias = MonitorAlias::demonitor}}, job.body);
    return Started{pid, *job.monitor};
  };
}

void Runs::add(const Started& task, std::uint64_t position, Time now) {
  runs_.push_back({task, position, timeout_ == Duration::max() ? time_never : after(now, timeout_)});
}

bool Runs::has(Ref monitor) const {
  return std::any_of(runs_.begin(), runs_.end(), [&](const Run& run) { return run.task.monitor == monitor; });
}

std::optional<Runs::Run> Runs::remove(Ref monitor) {
  const auto found = std::find_if(runs_.begin(), runs_.end(), [&](const Run& run) { return run.task.monitor == monitor; });
  if (found == runs_.end()) return std::nullopt;
  const Run run = *found;
  runs_.erase(found);
  return run;
}

Duration Runs::until_deadline(Time now) const {
  for (const Run& run : runs_)
    if (!run.timed_out && run.deadline != time_never) return run.deadline > now ? run.deadline - now : Duration::zero();
  return Duration::max();
}

void Runs::kill_overdue(Self& self) {
  for (Run& run : runs_) {
    if (run.timed_out || run.deadline > self.now()) continue;
    run.timed_out = true;
    self.unlink_and_exit(run.task.pid, reason::kill());
  }
}

void Runs::kill_all(Self& self) {
  for (const Run& run : runs_) self.exit(run.task.pid, reason::kill());
  for (const Run& run : runs_) self.receive(when([&](const Down& m) { return m.monitor == run.task.monitor; }, [](const Down&) {}));
  runs_.clear();
}

}  // namespace moirai::task::detail
