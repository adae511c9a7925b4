#include "runtime/otp/dynamic_supervisor_process.hpp"

#include <utility>

#include "runtime/otp/shutdown.hpp"

namespace moirai {
namespace {

StartChildResult refused(Term error) { return {Pid{}, std::nullopt, std::move(error)}; }

// Of a child that was asked to end; one that had ended by itself may have done so in peace, but not if it is permanent.
bool is_expected(const ChildEnd& end, const ChildSpec& spec) {
  const bool normal = end.reason.is_atom("normal") && spec.restart != Restart::permanent;
  if (end.exit_came) return normal;
  if (spec.shutdown.kind == Shutdown::Kind::brutal_kill) return end.reason.is_atom("killed");
  return normal || (is_normal_exit(end.reason) && !end.reason.is_atom("normal"));
}

}  // namespace

// A failure is told as it is: what leaves a start function has no 'EXIT' around it.
StartResult DynamicSupervisorProcess::start(Self& self, const ChildSpec& spec) const {
  const std::optional<Term>& extra = spec_->dynamic->extra_argument;
  StartResult result = spec.start->start(self, spec.id, extra ? &*extra : nullptr);
  if (result.was_thrown) result.reason = Term(result.reason[1]);
  return result;
}

void DynamicSupervisorProcess::stop_all(Self& self, const std::vector<Place>& places) {
  std::vector<ToStop> children;
  children.reserve(places.size());
  for (const Place place : places) children.push_back({children_[place].pid, spec_at(place).shutdown});
  const std::vector<ChildEnd> ends = stop_children(self, children, Links::dropped);
  for (std::size_t i = 0; i < ends.size(); ++i)
    if (!is_expected(ends[i], spec_at(places[i]))) report(self, ReportContext::shutdown_error, places[i], ends[i].reason);
}

std::optional<Term> DynamicSupervisorProcess::find_error(const ChildSpec& spec) const {
  if (auto error = error_in(spec)) return error;
  if (spec.shutdown == Shutdown::after(Duration::zero())) return Term::tuple({Term::atom("invalid_shutdown"), Term::integer(0)});
  return std::nullopt;
}

DynamicSupervisorProcess::Spec DynamicSupervisorProcess::kept(const ChildSpec& spec) const {
  ChildSpec own = spec;
  if (restart_type(own) == Restart::temporary) own.start.reset();  // it will never be started again (R-SUP-46)
  const auto last = static_cast<Place>(children_.size()) - 1;
  if (children_.size() > 0 && spec_at(last) == own) return children_[last].kept;
  return std::make_shared<const ChildSpec>(std::move(own));
}

// R-DYN-2
StartChildResult DynamicSupervisorProcess::answer(Self& self, const StartChild& request) {
  const ChildSpec* spec = std::get_if<ChildSpec>(&request.what);
  if (!spec) return refused(no_spec(request));
  if (auto error = find_error(*spec)) return refused(std::move(*error));
  const std::optional<std::int64_t> most = spec_->dynamic->max_children;
  if (most && static_cast<std::int64_t>(children_.size()) >= *most) return refused(Term::atom("max_children"));
  warn_of_backoff(self, *spec);
  StartResult result = start(self, *spec);
  switch (result.kind) {
    case StartResult::Kind::ok: children_.add(result.pid, kept(*spec)); break;
    case StartResult::Kind::ignore: return {.ignored = true};
    case StartResult::Kind::error: return refused(std::move(result.reason));
  }
  return {result.pid, std::move(result.info), std::nullopt};
}

ChildResult DynamicSupervisorProcess::answer(Self& self, const TerminateChild& request) {
  const Pid* pid = std::get_if<Pid>(&request.child);
  const Place place = pid ? children_.find(*pid) : none;
  if (place == none) return {not_found()};
  remove(self, place);
  return {};
}

// Nobody is asked whether it is alive.
ChildCounts DynamicSupervisorProcess::answer(Self&, const CountChildren&) {
  ChildCounts counts;
  counts.specs = children_.size();
  counts.active = children_.size() - children_.restarting();
  for (Place place = 0; place < children_.size(); ++place)
    ++(spec_at(place).type == ChildType::supervisor ? counts.supervisors : counts.workers);
  return counts;
}

ChildSpecResult DynamicSupervisorProcess::answer(Self&, const GetChildSpec& request) {
  const Pid* pid = std::get_if<Pid>(&request.child);
  const Place place = pid ? children_.find(*pid) : none;
  if (place == none) return {std::nullopt, not_found()};
  return {spec_at(place), std::nullopt};
}

}  // namespace moirai
