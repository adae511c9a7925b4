#include "runtime/otp/supervisor.hpp"

#include <set>
#include <utility>

#include "runtime/otp/supervisor_process.hpp"

namespace moirai {
namespace {

Term tagged(std::string_view tag, Term content) { return Term::tuple({Term::atom(tag), std::move(content)}); }

std::optional<Term> intensity_error(const Intensity& intensity) {
  if (intensity.restarts < 0) return tagged("invalid_intensity", Term::integer(intensity.restarts));
  if (intensity.within <= Duration::zero() || intensity.within % std::chrono::seconds(1) != Duration::zero()) {
    Term period = Term::tuple({Term::integer(nanoseconds(intensity.within)), Term::atom("nanosecond")});
    return tagged("invalid_period", std::move(period));
  }
  return std::nullopt;
}

std::optional<Term> children_error(const std::vector<ChildSpec>& children) {
  std::set<std::string_view> ids;
  for (const ChildSpec& child : children) {
    if (auto error = find_error(child)) return error;
    if (!ids.insert(child.id).second) return tagged("duplicate_child_name", Term::atom(child.id));
  }
  return std::nullopt;
}

}  // namespace

ChildSpec supervisor(SupervisorOptions options, std::vector<ChildSpec> children) {
  const SupervisorOptions its = options;
  auto spec = std::make_shared<const SupervisorSpec>(SupervisorSpec{std::move(options), std::move(children)});
  auto start = std::make_shared<ProgramStart>(supervisor_program(spec), ProgramStart::Answer::acknowledged);
  return {its.name, its.restart, its.shutdown, ChildType::supervisor, std::move(start), std::move(spec)};
}

std::optional<Term> find_error(const SupervisorSpec& spec) {
  if (auto error = intensity_error(spec.options.intensity)) return tagged("supervisor_data", std::move(*error));
  if (auto error = children_error(spec.children)) return tagged("start_spec", std::move(*error));
  return std::nullopt;
}

Program supervisor_program(std::shared_ptr<const SupervisorSpec> spec) { return handler<SupervisorProcess>(std::move(spec)); }

std::vector<ChildStatus> which_children(Self& self, Pid supervisor) { return self.call(supervisor, WhichChildren{}, Duration::max()); }

std::vector<ChildStatus> which_children(Self& self, std::string_view registered_name) {
  return self.call(registered_name, WhichChildren{}, Duration::max());
}

std::string_view to_string(Strategy strategy) {
  switch (strategy) {
    case Strategy::one_for_one: return "one_for_one";
    case Strategy::one_for_all: return "one_for_all";
    case Strategy::rest_for_one: return "rest_for_one";
  }
  return "?";
}

std::string_view to_string(ReportContext context) {
  switch (context) {
    case ReportContext::start_error: return "start_error";
    case ReportContext::child_terminated: return "child_terminated";
    case ReportContext::shutdown: return "shutdown";
    case ReportContext::shutdown_error: return "shutdown_error";
  }
  return "?";
}

std::string_view to_string(SupervisorMutant mutant) {
  switch (mutant) {
    case SupervisorMutant::none: return "none";
    case SupervisorMutant::limit_off_by_one: return "limit_off_by_one";
    case SupervisorMutant::stop_order_reversed: return "stop_order_reversed";
    case SupervisorMutant::temporary_restarted: return "temporary_restarted";
  }
  return "?";
}

std::string_view to_string(ChildStatus::State state) {
  switch (state) {
    case ChildStatus::State::running: return "running";
    case ChildStatus::State::restarting: return "restarting";
    case ChildStatus::State::stopped: return "stopped";
  }
  return "?";
}

}  // namespace moirai
