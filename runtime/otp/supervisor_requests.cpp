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
    case Child::State::restarting: return Term::atom("restarting");
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

StartChildResult SupervisorProcess::on(Self& self, const StartChild& request) {
  if (auto error = find_error(request.spec, options().auto_shutdown)) return refused(std::move(*error));
  if (const Place there = children_.find(request.spec.id); there != ChildTable::none) {
    const Child& child = children_[there];
    if (child.state != Child::State::running) return refused(Term::atom("already_present"));
    return refused(Term::tuple({Term::atom("already_started"), Term::pid(child.pid)}));
  }
  const auto spec = std::make_shared<ChildSpec>(request.spec);
  self.note_lazily([&] { return ChildAdded{config_of(*spec)}; });
  const Place place = children_.append(spec);
  StartResult result = start(self, place);
  if (result.kind == StartResult::Kind::error) {
    forget(self, place);
    return refused(failed_to_start(spec->id, result.reason));
  }
  if (spec->restart == Restart::temporary) spec->start.reset();  // it will never be started again (R-SUP-46)
  return started(std::move(result));
}

ChildResult SupervisorProcess::on(Self& self, const TerminateChild& request) {
  const Place place = children_.find(request.id);
  if (place == ChildTable::none) return {not_found()};
  if (children_[place].state == Child::State::restarting)
    if (auto stay_down = left_down_by(place); !stay_down.empty()) self.note_lazily([&] { return GroupAbandoned{request.id, stay_down}; });
  self.note_lazily([&] { return ChildCommanded{request.id, ChildCommanded::Command::stop}; });
  stop(self, place);
  return {};
}

StartChildResult SupervisorProcess::on(Self& self, const RestartChild& request) {
  const Place place = children_.find(request.id);
  if (place == ChildTable::none) return refused(not_found());
  if (auto error = busy(children_[place])) return refused(std::move(*error));
  self.note_lazily([&] { return ChildCommanded{request.id, ChildCommanded::Command::start}; });
  StartResult result = start(self, place);
  if (result.kind == StartResult::Kind::error) return refused(std::move(result.reason));
  return started(std::move(result));
}

ChildResult SupervisorProcess::on(Self& self, const DeleteChild& request) {
  const Place place = children_.find(request.id);
  if (place == ChildTable::none) return {not_found()};
  if (auto error = busy(children_[place])) return {std::move(error)};
  forget(self, place);
  return {};
}

std::vector<ChildStatus> SupervisorProcess::on(Self&, const WhichChildren&) {
  std::vector<ChildStatus> all;
  all.reserve(children_.size());
  for (Place place = children_.last(); place != ChildTable::none; place = children_.previous(place)) {
    const Child& child = children_[place];
    const bool running = child.state == Child::State::running;
    const auto state = running                                   ? ChildStatus::State::running
                       : child.state == Child::State::restarting ? ChildStatus::State::restarting
                                                                 : ChildStatus::State::stopped;
    all.push_back({child.spec->id, state, running ? child.pid : Pid{}, child.spec->type, child.spec->modules});
  }
  return all;
}

ChildCounts SupervisorProcess::on(Self& self, const CountChildren&) {
  ChildCounts counts;
  for (Place place = children_.first(); place != ChildTable::none; place = children_.next(place)) {
    const Child& child = children_[place];
    ++counts.specs;
    ++(child.spec->type == ChildType::supervisor ? counts.supervisors : counts.workers);
    if (child.state == Child::State::running && self.world().alive(child.pid)) ++counts.active;
  }
  return counts;
}

ChildSpecResult SupervisorProcess::on(Self&, const GetChildSpec& request) {
  const Place place = children_.find(request.id);
  if (place == ChildTable::none) return {std::nullopt, not_found()};
  return {*children_[place].spec, std::nullopt};
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
