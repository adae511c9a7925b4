#include "runtime/otp/simple_supervisor.hpp"

#include <utility>

#include "runtime/kernel/world.hpp"
#include "runtime/otp/shutdown.hpp"

namespace moirai {
namespace {

Term not_found() { return Term::atom("not_found"); }
Term simple_one_for_one() { return Term::atom("simple_one_for_one"); }

}  // namespace

// R-SUP-13, R-SUP-14. The parent's is handled by gen::Process.
void SimpleSupervisor::handle(Self& self, const Exit& exit) {
  const std::uint32_t place = children_.find(exit.from);
  if (place == DynamicChildren::none || children_.is_restarting(place)) return;
  const bool restarted = restarts(template_spec(), exit.reason);
  if (restarted || !is_normal_exit(exit.reason)) report(self, ReportContext::child_terminated, place, exit.reason);
  if (restarted) return failed(self, place, Failing::exit);
  forget(self, place);
  // R-SUP-42: all of them are significant, or none.
  if (!template_spec().significant || options().auto_shutdown == AutoShutdown::never) return;
  if (options().auto_shutdown == AutoShutdown::all_significant && children_.size() > 0) return;
  self.exit(reason::shutdown());
}

void SimpleSupervisor::handle(Self& self, const RetryDynamicRestart& retry) {
  const std::uint32_t place = children_.find(retry.child);
  if (place == DynamicChildren::none || !children_.is_restarting(place)) return;
  if (const auto state = backoff_.find(retry.child); state != backoff_.end() && state->second.timer) return;  // it waits
  restart(self, place, !planted(SupervisorMutant::retry_not_counted));
}

void SimpleSupervisor::handle(Self& self, const TimedOut<RetryDynamicRestart>& retry) {
  const std::uint32_t place = children_.find(retry.message.child);
  const auto state = backoff_.find(retry.message.child);
  if (place == DynamicChildren::none || state == backoff_.end() || state->second.timer != retry.timer) return;
  state->second.timer = Ref{};
  restart(self, place);
}

void SimpleSupervisor::failed(Self& self, std::uint32_t place, Failing how) {
  const Pid pid = children_[place].pid;
  if (const auto& backoff = template_spec().backoff) {
    BackoffState& state = backoff_[pid];
    const Duration delay = next_delay(self, *backoff, state, how, self.world().full_path(pid));
    if (delay > Duration::zero()) {
      children_.set_restarting(place);
      self.note_lazily([&] { return RestartDelayed{template_spec().id, pid, state.failures, delay}; });
      state.timer = self.start_timer(delay, self.pid(), RetryDynamicRestart{pid});
      return;
    }
  }
  if (how == Failing::exit || planted(SupervisorMutant::retry_at_once)) return restart(self, place);
  self.send(self.pid(), RetryDynamicRestart{pid});
}

// R-SUP-33. A child that declines to be restarted is forgotten: OTP 25 goes on counting it, and crashes when it stops.
void SimpleSupervisor::restart(Self& self, std::uint32_t place, bool counted) {
  if (counted && !allows_restart(self)) {
    const Term limit = Term::atom("reached_max_restart_intensity");
    report(self, ReportContext::shutdown, place, limit);
    forget(self, place);
    self.exit(planted(SupervisorMutant::gives_up_with_its_reason) ? limit : reason::shutdown());
  }
  const Pid last_pid = children_[place].pid;
  const Term argument = children_[place].argument;
  const StartResult result = start(self, argument);
  switch (result.kind) {
    case StartResult::Kind::ok: {
      children_.erase(place);
      children_.add(result.pid, argument);
      if (auto state = backoff_.extract(last_pid)) {
        state.key() = result.pid;
        state.mapped().started = self.now();
        backoff_.insert(std::move(state));
      }
      if (planted(SupervisorMutant::success_resets_count)) forget_restarts();
      return;
    }
    case StartResult::Kind::ignore: return forget(self, place);
    case StartResult::Kind::error:
      report(self, ReportContext::start_error, place, result.reason);
      children_.set_restarting(place);
      return failed(self, place, Failing::start);
  }
}

StartResult SimpleSupervisor::start(Self& self, const Term& argument) const {
  const ChildStart& start = *template_spec().start;
  return start.start(self, template_spec().id, start.takes_argument() ? &argument : nullptr);
}

void SimpleSupervisor::forget(Self& self, std::uint32_t place) {
  if (const auto state = backoff_.find(children_[place].pid); state != backoff_.end()) {
    if (state->second.timer) self.cancel_timer(state->second.timer);
    backoff_.erase(state);
  }
  children_.erase(place);
}

void SimpleSupervisor::report(Self& self, ReportContext context, std::uint32_t place, const Term& reason) const {
  self.note_lazily([&] {
    return SupervisorReport{context, template_spec().id, children_[place].pid, reason, children_.is_restarting(place)};
  });
}

void SimpleSupervisor::terminate(Self& self, const Term&) {
  std::vector<Pid> running;
  running.reserve(children_.size() - children_.restarting());
  for (std::uint32_t place = 0; place < children_.size(); ++place)
    if (!children_.is_restarting(place)) running.push_back(children_[place].pid);
  const ChildSpec& spec = template_spec();
  for (const UnexpectedEnd& end : stop_children(self, running, spec.shutdown, spec.restart)) {
    if (planted(SupervisorMutant::kill_not_reported) && end.reason.is_atom("killed")) continue;
    self.note_lazily([&] { return SupervisorReport{ReportContext::shutdown_error, spec.id, Pid{}, end.reason, false, end.children}; });
  }
}

// ---- requests (R-SUP-45)

StartChildResult SimpleSupervisor::answer(Self& self, const StartChild& request) {
  const auto* argument = std::get_if<std::optional<Term>>(&request.what);
  if (!argument) return {Pid{}, std::nullopt, reason::badarg()};  // a whole spec: OTP crashes
  StartResult result = template_spec().start->start(self, template_spec().id, *argument ? &**argument : nullptr);
  if (result.kind == StartResult::Kind::error) return {Pid{}, std::nullopt, std::move(result.reason)};
  if (result.kind == StartResult::Kind::ok) {
    const bool kept = *argument && restart_type(template_spec()) != Restart::temporary;  // R-SUP-46
    children_.add(result.pid, kept ? **argument : Term());
  }
  return {result.pid, std::move(result.info), std::nullopt};
}

ChildResult SimpleSupervisor::answer(Self& self, const TerminateChild& request) {
  const Pid* pid = std::get_if<Pid>(&request.child);
  if (!pid) return {simple_one_for_one()};
  const std::uint32_t place = children_.find(*pid);
  if (place == DynamicChildren::none) return self.world().alive(*pid) ? ChildResult{not_found()} : ChildResult{};
  if (!children_.is_restarting(place)) {
    self.note_lazily([&] { return ChildCommanded{template_spec().id, ChildCommanded::Command::stop}; });
    const Term end = stop_process(self, *pid, template_spec());
    if (is_worth_a_report(end, template_spec())) report(self, ReportContext::shutdown_error, place, end);
  }
  forget(self, place);
  if (planted(SupervisorMutant::terminate_counts)) allows_restart(self);
  return {};
}

StartChildResult SimpleSupervisor::answer(Self&, const RestartChild&) { return {Pid{}, std::nullopt, simple_one_for_one()}; }
ChildResult SimpleSupervisor::answer(Self&, const DeleteChild&) { return {simple_one_for_one()}; }

std::vector<ChildStatus> SimpleSupervisor::answer(Self&, const WhichChildren&) {
  std::vector<ChildStatus> all;
  all.reserve(children_.size());
  for (std::uint32_t place = 0; place < children_.size(); ++place) {
    const bool restarting = children_.is_restarting(place);
    all.push_back({"", restarting ? ChildStatus::State::restarting : ChildStatus::State::running, restarting ? Pid{} : children_[place].pid,
                   template_spec().type, template_spec().modules});
  }
  return all;
}

// Nobody is asked whether it is alive, as in OTP.
ChildCounts SimpleSupervisor::answer(Self&, const CountChildren&) {
  const std::uint64_t all = children_.size(), active = all - children_.restarting();
  return template_spec().type == ChildType::supervisor ? ChildCounts{1, active, all, 0} : ChildCounts{1, active, 0, all};
}

ChildSpecResult SimpleSupervisor::answer(Self& self, const GetChildSpec& request) {
  const Pid* pid = std::get_if<Pid>(&request.child);
  if (!pid) {
    const bool its = std::get<std::string>(request.child) == template_spec().id;
    return its ? ChildSpecResult{template_spec(), std::nullopt} : ChildSpecResult{std::nullopt, not_found()};
  }
  if (children_.find(*pid) == DynamicChildren::none && self.world().alive(*pid)) return {std::nullopt, not_found()};
  return {template_spec(), std::nullopt};
}

// R-SUP-52: the children stay, whatever the template is now.
ChildResult SimpleSupervisor::answer(Self& self, const ChangeCode& request) {
  const auto spec = resolved(self, std::make_shared<SupervisorSpec>(request.spec));
  if (!spec) return {};
  if (auto error = accept(*spec)) return {std::move(error)};
  warn_of_backoff(self, template_spec());
  self.note_lazily([&] { return CodeChanged{config_of(*spec_)}; });
  return {};
}

}  // namespace moirai
