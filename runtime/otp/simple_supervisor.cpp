#include "runtime/otp/simple_supervisor.hpp"

#include <map>
#include <utility>

#include "runtime/kernel/world.hpp"
#include "runtime/otp/shutdown.hpp"

namespace moirai {

StartResult SimpleSupervisor::start(Self& self, const Term& argument) const {
  const ChildStart& start = *template_spec().start;
  return start.start(self, template_spec().id, start.takes_argument() ? &argument : nullptr);
}

void SimpleSupervisor::stop(Self& self, Place place) {
  const Term end = stop_process(self, children_[place].pid, template_spec());
  if (is_worth_a_report(end, template_spec())) report(self, ReportContext::shutdown_error, place, end);
}

void SimpleSupervisor::terminate(Self& self, const Term&) {
  const ChildSpec& spec = template_spec();
  std::vector<ToStop> children;
  for (const Place place : running()) children.push_back({children_[place].pid, spec.shutdown});
  std::map<Term, std::uint64_t> odd;
  for (const ChildEnd& end : stop_children(self, children, Links::kept))
    if (is_worth_a_report(end.reason, spec)) ++odd[end.reason];
  for (const auto& [reason, count] : odd) {
    SupervisorReport note{ReportContext::shutdown_error, spec.id, Pid{}, reason, false, count};
    self.note_lazily([&] { return note; });
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
  if (!pid) return {no_ids()};
  const Place place = children_.find(*pid);
  if (place == none) return self.world().alive(*pid) ? ChildResult{not_found()} : ChildResult{};
  remove(self, place);
  return {};
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
  if (children_.find(*pid) == none && self.world().alive(*pid)) return {std::nullopt, not_found()};
  return {template_spec(), std::nullopt};
}

}  // namespace moirai
