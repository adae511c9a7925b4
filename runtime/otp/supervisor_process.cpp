#include "runtime/otp/supervisor_process.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/kernel/world.hpp"
#include "runtime/otp/shutdown.hpp"

namespace moirai {
namespace {

RestartWindow window_of(const SupervisorOptions& options) {
  const std::int64_t planted = options.mutant == SupervisorMutant::limit_off_by_one ? 1 : 0;
  return {options.intensity.restarts + planted, std::chrono::floor<std::chrono::seconds>(options.intensity.within).count()};
}

}  // namespace

SupervisorProcess::SupervisorProcess(Self& self, const std::shared_ptr<const SupervisorSpec>& spec)
    : spec_(spec), parent_(self.world().parent(self.pid())), window_(window_of(spec->options)) {
  self.trap_exit(true);  // before anything that may fail or wait (R-SUP-7)
  if (auto error = find_error(*spec_)) self.exit(std::move(*error));
  if (spec_->options.registered) proc_lib::register_name(self, spec_->options.name);
  children_.reserve(spec_->children.size());
  for (const ChildSpec& child : spec_->children) children_.push_back(Child{&child});
  announce(self);
  if (const auto failure = start_from(self, 0)) {  // R-SUP-10
    stop_from(self, 0);
    Term id = Term::atom(children_[failure->place].spec->id);
    Term why = Term::tuple({Term::atom("failed_to_start_child"), std::move(id), failure->reason});
    self.exit(Term::tuple({reason::shutdown(), std::move(why)}));
  }
  proc_lib::init_ack(self);
}

void SupervisorProcess::announce(Self& self) const {
  SupervisorStarted note;
  note.id = spec_->options.name;
  note.strategy = spec_->options.strategy;
  note.intensity = spec_->options.intensity.restarts;
  note.period_s = std::chrono::floor<std::chrono::seconds>(spec_->options.intensity.within).count();
  for (const ChildSpec& child : spec_->children) note.children.push_back({child.id, child.restart, child.shutdown, child.type});
  self.note(std::move(note));
}

// R-SUP-12, R-SUP-13
void SupervisorProcess::on(Self& self, const Exit& exit) {
  if (exit.from == parent_) {
    const Term why = exit.reason;
    stop_from(self, 0);
    self.exit(why);
  }
  const auto found = std::find_if(children_.begin(), children_.end(),
                                  [&](const Child& child) { return child.state == Child::State::running && child.pid == exit.from; });
  if (found == children_.end()) return;
  const bool restarts =
      restart_type(*found) == Restart::permanent || (restart_type(*found) == Restart::transient && !is_normal_exit(exit.reason));
  if (restarts || !is_normal_exit(exit.reason)) report(self, ReportContext::child_terminated, *found, exit.reason);
  if (restarts)
    restart(self, static_cast<std::size_t>(found - children_.begin()));
  else
    set_stopped(*found);
}

// R-SUP-25: by now the child may have been restarted with its group.
void SupervisorProcess::on(Self& self, const RetryRestart& retry) {
  const std::size_t place = retry.child;
  if (place < children_.size() && children_[place].state == Child::State::restarting) restart(self, place);
}

// R-SUP-45
std::vector<ChildStatus> SupervisorProcess::on(Self&, const WhichChildren&) {
  std::vector<ChildStatus> all;
  for (auto child = children_.rbegin(); child != children_.rend(); ++child) {
    if (child->state == Child::State::forgotten) continue;
    const bool running = child->state == Child::State::running;
    const auto state = running                                    ? ChildStatus::State::running
                       : child->state == Child::State::restarting ? ChildStatus::State::restarting
                                                                  : ChildStatus::State::stopped;
    all.push_back({child->spec->id, state, running ? child->pid : Pid{}, child->spec->type});
  }
  return all;
}

// One restartable death, or one retry of a restart that failed: counted once, whatever the strategy then does (R-SUP-19).
void SupervisorProcess::restart(Self& self, std::size_t place) {
  if (!window_.allows_attempt(whole_seconds(self.now()))) give_up(self, place);
  std::optional<Failure> failure;
  switch (spec_->options.strategy) {
    case Strategy::one_for_one: failure = restart_one(self, place); break;
    case Strategy::one_for_all: failure = restart_group(self, place, 0); break;
    case Strategy::rest_for_one: failure = restart_group(self, place, place); break;
  }
  if (failure) self.send(self.pid(), RetryRestart{static_cast<std::uint32_t>(failure->place)});
}

// R-SUP-24
std::optional<SupervisorProcess::Failure> SupervisorProcess::restart_one(Self& self, std::size_t place) {
  Child& child = children_[place];
  const StartResult result = start(self, child);
  if (result.kind != StartResult::Kind::error) return std::nullopt;
  child.state = Child::State::restarting;  // and keeps the pid of the last process it had
  return Failure{place, result.reason};
}

// R-SUP-27 to R-SUP-29: everyone from `first` on takes part, also those that had no process before.
std::optional<SupervisorProcess::Failure> SupervisorProcess::restart_group(Self& self, std::size_t crashed, std::size_t first) {
  const Pid last_pid = children_[crashed].pid;
  set_stopped(children_[crashed]);
  stop_from(self, first);
  auto failure = start_from(self, first);
  if (failure) {
    Child& failed = children_[failure->place];
    failed.state = Child::State::restarting;
    failed.pid = failure->place == crashed ? last_pid : Pid{};
  }
  return failure;
}

// Starts in order until one fails; those after it stay as they are.
std::optional<SupervisorProcess::Failure> SupervisorProcess::start_from(Self& self, std::size_t first) {
  for (std::size_t place = first; place < children_.size(); ++place) {
    Child& child = children_[place];
    if (child.state == Child::State::forgotten) continue;
    StartResult result = start(self, child);
    if (result.kind == StartResult::Kind::error) return Failure{place, std::move(result.reason)};
  }
  return std::nullopt;
}

// One at a time, in reverse start order (R-SUP-37).
void SupervisorProcess::stop_from(Self& self, std::size_t first) {
  const std::size_t count = children_.size() - first;
  const bool planted = spec_->options.mutant == SupervisorMutant::stop_order_reversed;
  for (std::size_t i = 0; i < count; ++i) stop(self, children_[planted ? first + i : children_.size() - 1 - i]);
}

void SupervisorProcess::stop(Self& self, Child& child) {
  if (child.state == Child::State::forgotten) return;
  if (child.state == Child::State::running) {
    Term end = stop_child(self, child.pid, child.spec->shutdown);
    if (!is_expected_end(end, child.spec->shutdown, child.spec->restart))
      report(self, ReportContext::shutdown_error, child, std::move(end));
  }
  set_stopped(child);
}

// R-SUP-18
void SupervisorProcess::give_up(Self& self, std::size_t place) {
  report(self, ReportContext::shutdown, children_[place], Term::atom("reached_max_restart_intensity"));
  set_stopped(children_[place]);
  stop_from(self, 0);
  self.exit(reason::shutdown());
}

// Runs the start function. The child's state follows, but a failure is left to the caller, who knows what it means; it is reported here.
StartResult SupervisorProcess::start(Self& self, Child& child) {
  StartResult result = child.spec->start->start(self, child.spec->id);
  switch (result.kind) {
    case StartResult::Kind::ok:
      child.pid = result.pid;
      child.state = Child::State::running;
      self.note(ChildStarted{child.spec->id, child.pid});
      break;
    case StartResult::Kind::ignore: set_stopped(child); break;
    case StartResult::Kind::error: report(self, ReportContext::start_error, child, result.reason); break;
  }
  return result;
}

// The child has no process any more. A temporary one is forgotten with it (R-SUP-9, R-SUP-13, R-SUP-27).
void SupervisorProcess::set_stopped(Child& child) {
  child.pid = Pid{};
  child.state = restart_type(child) == Restart::temporary ? Child::State::forgotten : Child::State::stopped;
}

Restart SupervisorProcess::restart_type(const Child& child) const {
  const bool planted = spec_->options.mutant == SupervisorMutant::temporary_restarted && child.spec->restart == Restart::temporary;
  return planted ? Restart::permanent : child.spec->restart;
}

void SupervisorProcess::report(Self& self, ReportContext context, const Child& child, Term reason) const {
  self.note(SupervisorReport{context, child.spec->id, child.pid, std::move(reason), child.state == Child::State::restarting});
}

}  // namespace moirai
