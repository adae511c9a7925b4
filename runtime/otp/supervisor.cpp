#include "runtime/otp/supervisor.hpp"

#include <utility>

#include "runtime/otp/supervisor_process.hpp"

namespace moirai {
namespace {

Term tagged(std::string_view tag, Term content) { return Term::tuple({Term::atom(tag), std::move(content)}); }

std::optional<Term> flags_error(const SupervisorOptions& options) {
  const auto number = [](auto value) { return Term::integer(static_cast<std::int64_t>(value)); };
  if (to_string(options.strategy) == "?") return tagged("invalid_strategy", number(options.strategy));
  if (options.intensity.restarts < 0) return tagged("invalid_intensity", number(options.intensity.restarts));
  constexpr Duration second = std::chrono::seconds(1);
  if (options.intensity.within <= Duration::zero() || options.intensity.within % second != Duration::zero())
    return tagged("invalid_period", detail::whole(options.intensity.within, second));
  if (to_string(options.auto_shutdown) == "?") return tagged("invalid_auto_shutdown", number(options.auto_shutdown));
  return std::nullopt;
}

}  // namespace

ChildSpec supervisor(SupervisorOptions options, std::vector<ChildSpec> children) {
  const SupervisorOptions its = options;
  auto spec = std::make_shared<const SupervisorSpec>(SupervisorSpec{std::move(options), std::move(children)});
  auto start = std::make_shared<ProgramStart>(supervisor_program(spec), ProgramStart::Answer::acknowledged);
  return {its.name, its.restart, its.shutdown, ChildType::supervisor, std::move(start), std::move(spec), its.significant, {"supervisor"}};
}

std::optional<Term> find_error(const SupervisorSpec& spec) {
  if (auto error = flags_error(spec.options)) return tagged("supervisor_data", std::move(*error));
  if (auto error = check_childspecs(spec.children, spec.options.auto_shutdown)) return tagged("start_spec", std::move(*error));
  return std::nullopt;
}

Program supervisor_program(std::shared_ptr<const SupervisorSpec> spec) { return handler<SupervisorProcess>(std::move(spec)); }

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

std::string_view to_string(ChildCommanded::Command command) {
  switch (command) {
    case ChildCommanded::Command::start: return "start";
    case ChildCommanded::Command::stop: return "stop";
  }
  return "?";
}

Term SupervisorReport::offender() const {
  Term process = pid ? Term::pid(pid) : Term::atom("undefined");
  if (restarting) process = Term::tuple({Term::atom("restarting"), std::move(process)});
  return Term::tuple({Term::atom(id), std::move(process)});
}

}  // namespace moirai
