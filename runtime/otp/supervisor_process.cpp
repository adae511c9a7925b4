#include "runtime/otp/supervisor_process.hpp"

#include <utility>

namespace moirai {

SupervisorProcess::SupervisorProcess(Self& self, const std::shared_ptr<const SupervisorSpec>& spec) : SupervisorCore(self, spec) {
  for (const ChildSpec& child : spec_->children) children_.append({spec_, &child});
  Place failed = ChildTable::none;
  if (const auto failure = start_from(self, children_.first(), failed)) {  // R-SUP-10
    Term id = Term::atom(children_[failed].spec->id);
    stop_from(self, children_.first());
    Term why = Term::tuple({Term::atom("failed_to_start_child"), std::move(id), failure->reason});
    self.exit(Term::tuple({reason::shutdown(), std::move(why)}));
  }
}

// R-SUP-12, R-SUP-13. The parent's is handled by gen::Process.
void SupervisorProcess::handle(Self& self, const Exit& exit) {
  const Place place = children_.find_running(exit.from);
  if (place == ChildTable::none) return;
  const ChildSpec& spec = *children_[place].spec;
  const bool restarted = restarts(spec, exit.reason);
  if (restarted || !is_normal_exit(exit.reason)) report(self, ReportContext::child_terminated, children_[place], exit.reason);
  if (restarted) return failed(self, place, Failing::exit);
  const bool significant = spec.significant;
  if (planted(SupervisorMutant::temporary_spec_kept))
    children_.set(place, Child::State::stopped);
  else
    set_stopped(self, place);
  if (significant) consider_shutdown(self);
}

// R-SUP-25: by now the child may have been restarted with its group, or stopped, or forgotten.
void SupervisorProcess::handle(Self& self, const RetryRestart& retry) {
  Place place = children_.find(retry.child);
  if (place == ChildTable::none || children_[place].state != Child::State::restarting) return;
  if (planted(SupervisorMutant::retry_from_crasher) && crashed_ != ChildTable::none) {
    place = crashed_;
    end_process(self, place);
  }
  restart(self, place, !planted(SupervisorMutant::retry_not_counted));
}

// R-SUP-42, R-SUP-43
void SupervisorProcess::consider_shutdown(Self& self) {
  if (options().auto_shutdown == AutoShutdown::never) return;
  const bool only_running = planted(SupervisorMutant::restarting_is_inactive);
  if (options().auto_shutdown == AutoShutdown::all_significant)
    for (Place place = children_.first(); place != ChildTable::none; place = children_.next(place)) {
      const Child& child = children_[place];
      if (child.spec->significant && child.state != Child::State::stopped && !(only_running && child.is_restarting())) return;
    }
  self.exit(reason::shutdown());
}

// R-SUP-18
void SupervisorProcess::give_up(Self& self, Place place) {
  const Term limit = Term::atom("reached_max_restart_intensity");
  report(self, ReportContext::shutdown, children_[place], limit);
  set_stopped(self, place);
  self.exit(planted(SupervisorMutant::gives_up_with_its_reason) ? limit : reason::shutdown());
}

StartResult SupervisorProcess::start(Self& self, Place place) {
  const std::shared_ptr<const ChildSpec> spec = children_[place].spec;
  StartResult result = spec->start->start(self, spec->id);
  switch (result.kind) {
    case StartResult::Kind::ok:
      children_.set(place, Child::State::running, result.pid);
      if (const auto state = backoff_.find(place); state != backoff_.end()) state->second.started = self.now();
      self.note_lazily([&] { return ChildStarted{spec->id, result.pid}; });
      break;
    case StartResult::Kind::ignore: set_stopped(self, place); break;
    case StartResult::Kind::error: break;
  }
  return result;
}

void SupervisorProcess::stop(Self& self, Place place) {
  end_process(self, place);
  set_stopped(self, place);
}

void SupervisorProcess::end_process(Self& self, Place place) {
  const Child& child = children_[place];
  if (child.state == Child::State::running) {
    const Term end = stop_process(self, child.pid, *child.spec);
    if (is_worth_a_report(end, *child.spec)) report(self, ReportContext::shutdown_error, child, end);
  } else if (child.state == Child::State::waiting) {
    self.cancel_timer(std::exchange(backoff_[place].timer, Ref{}));
  }
  children_.set(place, Child::State::stopped);
}

void SupervisorProcess::set_stopped(Self& self, Place place) {
  children_.set(place, Child::State::stopped);
  if (restart_type(*children_[place].spec) == Restart::temporary) forget(self, place);
}

void SupervisorProcess::forget(Self& self, Place place) {
  self.note_lazily([&] { return ChildRemoved{children_[place].spec->id}; });
  backoff_.erase(place);
  children_.erase(place);
  if (crashed_ == place) crashed_ = ChildTable::none;
}

void SupervisorProcess::report(Self& self, ReportContext context, const Child& child, const Term& reason) const {
  self.note_lazily([&] { return SupervisorReport{context, child.spec->id, child.pid, reason, child.is_restarting()}; });
}

}  // namespace moirai
