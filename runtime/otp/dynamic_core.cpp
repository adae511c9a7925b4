#include "runtime/otp/dynamic_core.hpp"

#include <utility>

#include "runtime/kernel/world.hpp"

namespace moirai {

// R-SUP-13, R-SUP-14, R-DYN-3. The parent's is handled by gen::Process.
template <class Kept>
void DynamicCore<Kept>::handle(Self& self, const Exit& exit) {
  const Place place = children_.find(exit.from);
  if (place == none || children_.is_restarting(place)) return;
  const bool restarted = restarts(spec_at(place), exit.reason);
  if (restarted || !is_normal_exit(exit.reason)) report(self, ReportContext::child_terminated, place, exit.reason);
  if (restarted) return failed(self, place, Failing::exit);
  const bool significant = spec_at(place).significant;
  forget(self, place);
  // R-SUP-42: all of them are significant, or none.
  if (!significant || options().auto_shutdown == AutoShutdown::never) return;
  if (options().auto_shutdown == AutoShutdown::all_significant && children_.size() > 0) return;
  self.exit(reason::shutdown());
}

template <class Kept>
void DynamicCore<Kept>::handle(Self& self, const RetryDynamicRestart& retry) {
  const Place place = children_.find(retry.child);
  if (place == none || !children_.is_restarting(place)) return;
  if (const auto state = backoff_.find(retry.child); state != backoff_.end() && state->second.timer) return;  // it waits
  restart(self, place, !planted(SupervisorMutant::retry_not_counted));
}

template <class Kept>
void DynamicCore<Kept>::handle(Self& self, const TimedOut<RetryDynamicRestart>& retry) {
  const Place place = children_.find(retry.message.child);
  const auto state = backoff_.find(retry.message.child);
  if (place == none || state == backoff_.end() || state->second.timer != retry.timer) return;
  state->second.timer = Ref{};
  restart(self, place);
}

template <class Kept>
void DynamicCore<Kept>::failed(Self& self, Place place, Failing how) {
  const Pid pid = children_[place].pid;
  if (const auto& backoff = spec_at(place).backoff) {
    BackoffState& state = backoff_[pid];
    const Duration delay = next_delay(self, *backoff, state, how, self.world().full_path(pid));
    if (delay > Duration::zero()) {
      children_.set_restarting(place);
      self.note_lazily([&] { return RestartDelayed{spec_at(place).id, pid, state.failures, delay}; });
      state.timer = self.start_timer(delay, self.pid(), RetryDynamicRestart{pid});
      return;
    }
  }
  if (how == Failing::exit || planted(SupervisorMutant::retry_at_once)) return restart(self, place);
  self.send(self.pid(), RetryDynamicRestart{pid});
}

// R-SUP-33, R-DYN-3. A child that declines to be restarted is forgotten: OTP 25 goes on counting it, and crashes when it stops.
template <class Kept>
void DynamicCore<Kept>::restart(Self& self, Place place, bool counted) {
  if (counted && !allows_restart(self)) {
    const Term limit = Term::atom("reached_max_restart_intensity");
    report(self, ReportContext::shutdown, place, limit);
    forget(self, place);
    self.exit(planted(SupervisorMutant::gives_up_with_its_reason) ? limit : reason::shutdown());
  }
  const Pid last_pid = children_[place].pid;
  const Kept kept = children_[place].kept;
  const StartResult result = start(self, kept);
  switch (result.kind) {
    case StartResult::Kind::ok: {
      children_.erase(place);
      children_.add(result.pid, kept);
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

template <class Kept>
void DynamicCore<Kept>::forget(Self& self, Place place) {
  if (const auto state = backoff_.find(children_[place].pid); state != backoff_.end()) {
    if (state->second.timer) self.cancel_timer(state->second.timer);
    backoff_.erase(state);
  }
  children_.erase(place);
}

template <class Kept>
void DynamicCore<Kept>::remove(Self& self, Place place) {
  if (!children_.is_restarting(place)) {
    self.note_lazily([&] { return ChildCommanded{spec_at(place).id, ChildCommanded::Command::stop}; });
    stop(self, place);
  }
  forget(self, place);
  if (planted(SupervisorMutant::terminate_counts)) allows_restart(self);
}

template <class Kept>
void DynamicCore<Kept>::report(Self& self, ReportContext context, Place place, const Term& reason) const {
  self.note_lazily([&] {
    return SupervisorReport{context, spec_at(place).id, children_[place].pid, reason, says_restarting(context, place)};
  });
}

template <class Kept>
std::vector<std::uint32_t> DynamicCore<Kept>::running() const {
  std::vector<Place> places;
  places.reserve(children_.size() - children_.restarting());
  for (Place place = 0; place < children_.size(); ++place)
    if (!children_.is_restarting(place)) places.push_back(place);
  return places;
}

template <class Kept>
std::vector<ChildStatus> DynamicCore<Kept>::answer(Self&, const WhichChildren&) {
  std::vector<ChildStatus> all;
  all.reserve(children_.size());
  for (Place place = 0; place < children_.size(); ++place) {
    const ChildSpec& spec = spec_at(place);
    if (children_.is_restarting(place))
      all.push_back({"", ChildStatus::State::restarting, Pid{}, spec.type, spec.modules});
    else
      all.push_back({"", ChildStatus::State::running, children_[place].pid, spec.type, spec.modules});
  }
  return all;
}

// R-SUP-52: the children stay, whatever the template is now.
template <class Kept>
ChildResult DynamicCore<Kept>::answer(Self& self, const ChangeCode& request) {
  const auto spec = resolved(self, std::make_shared<SupervisorSpec>(request.spec));
  if (!spec) return {};
  if (auto error = accept(*spec)) return {std::move(error)};
  for (const ChildSpec& child : spec_->children) warn_of_backoff(self, child);
  self.note_lazily([&] { return CodeChanged{config_of(*spec_)}; });
  return {};
}

template class DynamicCore<Term>;
template class DynamicCore<std::shared_ptr<const ChildSpec>>;

}  // namespace moirai
