#include "runtime/otp/supervisor_process.hpp"

#include <utility>

#include "runtime/otp/shutdown.hpp"

namespace moirai {

SupervisorProcess::SupervisorProcess(Self& self, const std::shared_ptr<const SupervisorSpec>& spec) : SupervisorCore(self, spec) {
  for (const ChildSpec& child : spec_->children) children_.append({spec_, &child});
  announce(self);
  if (const auto failure = start_from(self, children_.first())) {  // R-SUP-10
    Term id = Term::atom(children_[failure->place].spec->id);
    Term why = Term::tuple({Term::atom("failed_to_start_child"), std::move(id), failure->reason});
    end(self, Term::tuple({reason::shutdown(), std::move(why)}));
  }
  proc_lib::init_ack(self);
}

// R-SUP-12, R-SUP-13
void SupervisorProcess::on(Self& self, const Exit& exit) {
  if (is_parent(exit.from)) end(self, exit.reason);
  const Place place = children_.find_running(exit.from);
  if (place == ChildTable::none) return;
  const ChildSpec& spec = *children_[place].spec;
  const bool restarted = restarts(spec, exit.reason);
  if (restarted || !is_normal_exit(exit.reason)) report(self, ReportContext::child_terminated, children_[place], exit.reason);
  if (restarted) return restart(self, place);
  const bool significant = spec.significant;
  set_stopped(self, place);
  if (significant) consider_shutdown(self);
}

// R-SUP-25: by now the child may have been restarted with its group, or stopped, or forgotten.
void SupervisorProcess::on(Self& self, const RetryRestart& retry) {
  const Place place = children_.find(retry.child);
  if (place != ChildTable::none && children_[place].state == Child::State::restarting) restart(self, place);
}

// R-SUP-42, R-SUP-43
void SupervisorProcess::consider_shutdown(Self& self) {
  if (options().auto_shutdown == AutoShutdown::never) return;
  if (options().auto_shutdown == AutoShutdown::all_significant)
    for (Place place = children_.first(); place != ChildTable::none; place = children_.next(place))
      if (children_[place].spec->significant && children_[place].state != Child::State::stopped) return;
  end(self, reason::shutdown());
}

// R-SUP-18
void SupervisorProcess::give_up(Self& self, Place place) {
  report(self, ReportContext::shutdown, children_[place], Term::atom("reached_max_restart_intensity"));
  set_stopped(self, place);
  end(self, reason::shutdown());
}

void SupervisorProcess::end(Self& self, const Term& reason) {
  const Term why = reason;  // it may stand in a message that the stopping takes away
  stop_from(self, children_.first());
  self.exit(why);
}

StartResult SupervisorProcess::start(Self& self, Place place) {
  const std::shared_ptr<const ChildSpec> spec = children_[place].spec;
  StartResult result = spec->start->start(self, spec->id);
  switch (result.kind) {
    case StartResult::Kind::ok:
      children_.set(place, Child::State::running, result.pid);
      self.note_lazily([&] { return ChildStarted{spec->id, result.pid}; });
      break;
    case StartResult::Kind::ignore: set_stopped(self, place); break;
    case StartResult::Kind::error: break;
  }
  return result;
}

void SupervisorProcess::stop(Self& self, Place place) {
  const Child& child = children_[place];
  if (child.state == Child::State::running) {
    const Term end = stop_child(self, child.pid, child.spec->shutdown);
    if (!is_expected_end(end, child.spec->shutdown, child.spec->restart)) report(self, ReportContext::shutdown_error, child, end);
  }
  set_stopped(self, place);
}

void SupervisorProcess::set_stopped(Self& self, Place place) {
  children_.set(place, Child::State::stopped);
  if (restart_type(*children_[place].spec) == Restart::temporary) forget(self, place);
}

void SupervisorProcess::forget(Self& self, Place place) {
  self.note_lazily([&] { return ChildRemoved{children_[place].spec->id}; });
  children_.erase(place);
}

void SupervisorProcess::report(Self& self, ReportContext context, const Child& child, const Term& reason) const {
  self.note_lazily([&] { return SupervisorReport{context, child.spec->id, child.pid, reason, child.state == Child::State::restarting}; });
}

}  // namespace moirai
