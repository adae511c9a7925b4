#include "runtime/otp/supervisor.hpp"

#include <utility>

#include "runtime/otp/dynamic_supervisor_process.hpp"
#include "runtime/otp/gen.hpp"
#include "runtime/otp/simple_supervisor.hpp"
#include "runtime/otp/supervisor_process.hpp"

namespace moirai {
namespace {

Term tagged(std::string_view tag, Term content) { return Term::tuple({Term::atom(tag), std::move(content)}); }

std::optional<Term> flags_error(const SupervisorOptions& options) {
  const auto number = [](auto value) { return Term::integer(static_cast<std::int64_t>(value)); };
  if (to_string(options.strategy) == "?") return tagged("invalid_strategy", number(options.strategy));
  if (options.intensity.restarts < 0) return tagged("invalid_intensity", number(options.intensity.restarts));
  constexpr Duration second = std::chrono::seconds(1);
  if (options.intensity.within <= Duration::zero() || (!options.intensity.exact && options.intensity.within % second != Duration::zero()))
    return tagged("invalid_period", detail::whole(options.intensity.within, second));
  if (to_string(options.auto_shutdown) == "?") return tagged("invalid_auto_shutdown", number(options.auto_shutdown));
  return std::nullopt;
}

std::optional<Term> flags_error(const SupervisorSpec& spec) {
  if (auto error = flags_error(spec.options)) return error;
  if (!spec.dynamic) return std::nullopt;
  if (spec.options.strategy != Strategy::one_for_one) return tagged("invalid_strategy", Term::atom(to_string(spec.options.strategy)));
  if (spec.options.auto_shutdown != AutoShutdown::never)
    return tagged("invalid_auto_shutdown", Term::atom(to_string(spec.options.auto_shutdown)));
  const std::optional<std::int64_t> most = spec.dynamic->max_children;
  if (most && *most < 0) return tagged("invalid_max_children", Term::integer(*most));
  return std::nullopt;
}

// {bad_start_spec,Ids}: OTP puts the whole specs there.
Term bad_start_spec(const std::vector<ChildSpec>& children) {
  std::vector<Term> ids;
  for (const ChildSpec& child : children) ids.push_back(Term::atom(child.id));
  return tagged("bad_start_spec", Term::list(std::move(ids)));
}

}  // namespace

ChildSpec supervisor(SupervisorOptions options, std::vector<ChildSpec> children) {
  return detail::supervisor_of({std::move(options), std::move(children), {}});
}

ChildSpec detail::supervisor_of(SupervisorSpec supervisor_spec) {
  auto spec = std::make_shared<const SupervisorSpec>(std::move(supervisor_spec));
  const SupervisorOptions& its = spec->options;
  auto start = std::make_shared<ProgramStart>(supervisor_program(spec), ProgramStart::Answer::acknowledged);
  return {its.name, its.restart, its.shutdown, ChildType::supervisor, std::move(start), spec, its.significant, {"supervisor"}, its.backoff};
}

std::optional<Term> find_error(const SupervisorSpec& spec) {
  if (auto error = flags_error(spec)) return tagged("supervisor_data", std::move(*error));
  if (spec.init) return std::nullopt;
  const bool simple = spec.options.strategy == Strategy::simple_one_for_one;
  if ((simple && spec.children.size() != 1) || (spec.dynamic && !spec.children.empty())) return bad_start_spec(spec.children);
  if (auto error = check_childspecs(spec.children, spec.options.auto_shutdown)) return tagged("start_spec", std::move(*error));
  for (const ChildSpec& child : spec.children)
    if (child.backoff && child.backoff->strict)
      if (auto error = hides_limit(*child.backoff, spec.options.intensity)) return tagged("start_spec", std::move(*error));
  return std::nullopt;
}

SupervisorStarted config_of(const SupervisorSpec& spec) {
  const SupervisorOptions& options = spec.options;
  SupervisorStarted config;
  config.id = options.name;
  config.strategy = options.strategy;
  config.intensity = options.intensity.restarts;
  config.period_s = std::chrono::floor<std::chrono::seconds>(options.intensity.within).count();
  if (options.intensity.exact) config.exact_period = options.intensity.within;
  for (const ChildSpec& child : spec.children) config.children.push_back(config_of(child));
  config.auto_shutdown = options.auto_shutdown;
  config.dynamic = spec.dynamic.has_value();
  return config;
}

void fold(Digest& digest, const SupervisorSpec& spec) { reflect::fold_value(digest, config_of(spec)); }
void print(std::string& out, const SupervisorSpec& spec) { reflect::print_value(out, config_of(spec)); }

Program supervisor_program(std::shared_ptr<const SupervisorSpec> spec) {
  std::string registered = spec->options.registered ? spec->options.name : std::string();
  if (spec->options.strategy == Strategy::simple_one_for_one)
    return handler<gen::Process<SimpleSupervisor>>(std::move(registered), std::move(spec));
  if (spec->dynamic) return handler<gen::Process<DynamicSupervisorProcess>>(std::move(registered), std::move(spec));
  return handler<gen::Process<SupervisorProcess>>(std::move(registered), std::move(spec));
}

ChildResult change_code(Self& self, const ServerRef& supervisor, const SupervisorSpec& spec) {
  return self.call(supervisor, ChangeCode{spec}, Duration::max());
}

std::string_view to_string(Strategy strategy) {
  switch (strategy) {
    case Strategy::one_for_one: return "one_for_one";
    case Strategy::one_for_all: return "one_for_all";
    case Strategy::rest_for_one: return "rest_for_one";
    case Strategy::simple_one_for_one: return "simple_one_for_one";
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
  if (children > 0) return tagged("nb_children", Term::integer(static_cast<std::int64_t>(children)));
  Term process = pid ? Term::pid(pid) : Term::atom("undefined");
  if (restarting) process = Term::tuple({Term::atom("restarting"), std::move(process)});
  return Term::tuple({Term::atom(id), std::move(process)});
}

}  // namespace moirai
