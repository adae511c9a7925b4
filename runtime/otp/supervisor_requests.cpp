// What a supervisor answers to the functions of supervisor_api.hpp: R-SUP-31, R-SUP-32, R-SUP-45, R-SUP-46.
#include <utility>

#include "runtime/kernel/world.hpp"
#include "runtime/otp/supervisor_process.hpp"

namespace moirai {
namespace {

Term not_found() { return Term::atom("not_found"); }

// Why a child can be neither restarted nor deleted by request.
std::optional<Term> busy(const Child& child) {
  switch (child.state) {
    case Child::State::running: return Term::atom("running");
    case Child::State::restarting:
    case Child::State::waiting: return Term::atom("restarting");
    case Child::State::stopped: break;
  }
  return std::nullopt;
}

StartChildResult refused(Term error) { return {Pid{}, std::nullopt, std::move(error)}; }

StartChildResult started(StartResult result) { return {result.pid, std::move(result.info), std::nullopt}; }

// {Reason,Child}, but a name that is taken is told as it is (as OTP 27 does).
Term failed_to_start(const std::string& id, const Term& reason) {
  if (reason.is_tuple() && reason.size() == 2 && reason[0].is_atom("already_started")) return reason;
  return Term::tuple({reason, Term::tuple({Term::atom("child"), Term::atom(id), Term::atom("undefined")})});
}

}  // namespace

StartChildResult SupervisorProcess::answer(Self& self, const StartChild& request) {
  const ChildSpec* asked = std::get_if<ChildSpec>(&request.what);
  if (!asked) return refused(no_spec(request));
  if (auto error = error_in(*asked)) return refused(std::move(*error));
  if (const Place there = children_.find(asked->id); there != ChildTable::none) {
    const Child& child = children_[there];
    if (child.state != Child::State::running) return refused(Term::atom("already_present"));
    return refused(Term::tuple({Term::atom("already_started"), Term::pid(child.pid)}));
  }
  const auto spec = std::make_shared<ChildSpec>(*asked);
  self.note_lazily([&] { return ChildAdded{config_of(*spec)}; });
  warn_of_backoff(self, *spec);
  const Place place = children_.append(spec);
  StartResult result = start(self, place);
  if (result.kind == StartResult::Kind::error) {
    forget(self, place);
    return refused(failed_to_start(spec->id, result.reason));
  }
  const bool never_again = restart_type(*spec) == Restart::temporary && !planted(SupervisorMutant::temporary_restarted_in_group);
  if (never_again) spec->start.reset();  // R-SUP-46
  return started(std::move(result));
}

ChildResult SupervisorProcess::answer(Self& self, const TerminateChild& request) {
  const std::string* id = std::get_if<std::string>(&request.child);
  const Place place = id ? children_.find(*id) : ChildTable::none;
  if (place == ChildTable::none) return {not_found()};
  if (children_[place].is_restarting())
    if (auto stay_down = left_down_by(place); !stay_down.empty()) self.note_lazily([&] { return GroupAbandoned{*id, stay_down}; });
  self.note_lazily([&] { return ChildCommanded{*id, ChildCommanded::Command::stop}; });
  stop(self, place);
  if (planted(SupervisorMutant::terminate_counts)) allows_restart(self);
  return {};
}

StartChildResult SupervisorProcess::answer(Self& self, const RestartChild& request) {
  const Place place = children_.find(request.id);
  if (place == ChildTable::none) return refused(not_found());
  if (auto error = busy(children_[place])) return refused(std::move(*error));
  self.note_lazily([&] { return ChildCommanded{request.id, ChildCommanded::Command::start}; });
  StartResult result = start(self, place);
  if (result.kind == StartResult::Kind::error) return refused(std::move(result.reason));
  if (const auto state = backoff_.find(place); state != backoff_.end()) state->second.failures = 0;  // R-BO-7
  return started(std::move(result));
}

ChildResult SupervisorProcess::answer(Self& self, const DeleteChild& request) {
  const Place place = children_.find(request.id);
  if (place == ChildTable::none) return {not_found()};
  if (auto error = busy(children_[place])) return {std::move(error)};
  forget(self, place);
  return {};
}

std::vector<ChildStatus> SupervisorProcess::answer(Self&, const WhichChildren&) {
  std::vector<ChildStatus> all;
  all.reserve(children_.size());
  for (Place place = children_.last(); place != ChildTable::none; place = children_.previous(place)) {
    const Child& child = children_[place];
    const bool running = child.state == Child::State::running;
    const auto state = running                 ? ChildStatus::State::running
                       : child.is_restarting() ? ChildStatus::State::restarting
                                               : ChildStatus::State::stopped;
    all.push_back({child.spec->id, state, running ? child.pid : Pid{}, child.spec->type, child.spec->modules});
  }
  return all;
}

ChildCounts SupervisorProcess::answer(Self& self, const CountChildren&) {
  ChildCounts counts;
  for (Place place = children_.first(); place != ChildTable::none; place = children_.next(place)) {
    const Child& child = children_[place];
    ++counts.specs;
    ++(child.spec->type == ChildType::supervisor ? counts.supervisors : counts.workers);
    if (child.state == Child::State::running && self.world().alive(child.pid)) ++counts.active;
  }
  return counts;
}

ChildSpecResult SupervisorProcess::answer(Self&, const GetChildSpec& request) {
  const std::string* id = std::get_if<std::string>(&request.child);
  const Place place = id ? children_.find(*id) : ChildTable::none;
  if (place == ChildTable::none) return {std::nullopt, not_found()};
  return {*children_[place].spec, std::nullopt};
}

// R-SUP-52
ChildResult SupervisorProcess::answer(Self& self, const ChangeCode& request) {
  const auto spec = resolved(self, std::make_shared<SupervisorSpec>(request.spec));
  if (!spec) return {};
  if (auto error = accept(*spec)) return {std::move(error)};
  std::vector<Place> old;  // in their order
  for (Place place = children_.first(); place != ChildTable::none; place = children_.next(place)) old.push_back(place);
  for (const ChildSpec& child : spec_->children) {
    const std::shared_ptr<const ChildSpec> shared(spec_, &child);
    Place place = children_.find(child.id);
    if (place == ChildTable::none) {
      children_.append(shared);
    } else {
      std::erase(old, place);
      children_.set_spec(place, shared);
      children_.move_to_end(place);
    }
    warn_of_backoff(self, child);
  }
  for (const Place place : old) children_.move_to_end(place);
  self.note_lazily([&] {
    CodeChanged note{config_of(*spec_)};
    note.now.children.clear();
    for (Place place = children_.first(); place != ChildTable::none; place = children_.next(place))
      note.now.children.push_back(config_of(*children_[place].spec));
    return note;
  });
  return {};
}

// The siblings that the failed restart of `failed` has not come to. Nobody is left down under one_for_one.
std::vector<std::string> SupervisorProcess::left_down_by(Place failed) const {
  std::vector<std::string> ids;
  if (options().strategy == Strategy::one_for_one) return ids;
  for (Place place = children_.next(failed); place != ChildTable::none; place = children_.next(place))
    if (children_[place].state == Child::State::stopped) ids.push_back(children_[place].spec->id);
  return ids;
}

}  // namespace moirai
