#include "runtime/otp/supervisor_core.hpp"

#include <utility>

#include "runtime/kernel/world.hpp"
#include "runtime/otp/shutdown.hpp"

namespace moirai {
namespace {

std::int64_t limit_of(const SupervisorOptions& options) {
  return options.intensity.restarts + (options.mutant == SupervisorMutant::limit_off_by_one ? 1 : 0);
}

std::int64_t period_of(const SupervisorOptions& options) {
  const Duration within = options.intensity.within;
  const std::int64_t period = options.intensity.exact ? within.count() : std::chrono::floor<std::chrono::seconds>(within).count();
  return period - (options.mutant == SupervisorMutant::window_excludes_boundary ? 1 : 0);
}

bool has_ids(const SupervisorSpec& spec) { return !spec.dynamic && spec.options.strategy != Strategy::simple_one_for_one; }

}  // namespace

SupervisorCore::SupervisorCore(Self& self, const std::shared_ptr<const SupervisorSpec>& spec)
    : spec_(spec), window_(limit_of(spec->options), period_of(spec->options)) {
  self.trap_exit(true);  // before anything that may fail or wait (R-SUP-7)
  spec_ = resolved(self, spec);
  if (!spec_) proc_lib::init_ignore(self);
  if (auto error = find_error(*spec_)) self.exit(*error);
  self.note_lazily([this] { return config_of(*spec_); });
  for (const ChildSpec& child : spec_->children) warn_of_backoff(self, child);
}

std::shared_ptr<const SupervisorSpec> SupervisorCore::resolved(Self& self, const std::shared_ptr<const SupervisorSpec>& spec) {
  if (!spec->init) return spec;
  auto children = spec->init(self);
  if (!children) return nullptr;
  return std::make_shared<SupervisorSpec>(SupervisorSpec{spec->options, std::move(*children), {}, spec->dynamic});
}

std::optional<Term> SupervisorCore::error_in(const ChildSpec& spec) const {
  if (auto error = find_error(spec, options().auto_shutdown)) return error;
  if (spec.backoff && spec.backoff->strict) return hides_limit(*spec.backoff, options().intensity);
  return std::nullopt;
}

// OTP takes it for a spec and refuses it.
Term SupervisorCore::no_spec(const StartChild& request) {
  const auto& argument = std::get<std::optional<Term>>(request.what);
  return Term::tuple({Term::atom("invalid_child_spec"), argument ? *argument : Term::list({})});
}

bool SupervisorCore::restarts(const ChildSpec& spec, const Term& reason) const {
  const bool normal = is_normal_exit(reason);
  switch (restart_type(spec)) {
    case Restart::permanent: return !(normal && planted(SupervisorMutant::permanent_normal_stays_down));
    case Restart::transient: return !normal || (reason.is_tuple() && planted(SupervisorMutant::transient_restarted_on_shutdown));
    case Restart::temporary: break;
  }
  return false;
}

Restart SupervisorCore::restart_type(const ChildSpec& spec) const {
  return planted(SupervisorMutant::temporary_restarted) && spec.restart == Restart::temporary ? Restart::permanent : spec.restart;
}

Term SupervisorCore::stop_process(Self& self, Pid pid, const ChildSpec& spec) const {
  if (planted(SupervisorMutant::timeout_without_kill)) return stop_without_kill(self, pid, spec.shutdown);
  Term end = stop_child(self, pid, spec.shutdown);
  if (planted(SupervisorMutant::exit_not_flushed)) self.send(self.pid(), Exit{pid, end});
  return end;
}

bool SupervisorCore::is_worth_a_report(const Term& end, const ChildSpec& spec) const {
  if (planted(SupervisorMutant::kill_not_reported) && end.is_atom("killed")) return false;
  return !is_expected_end(end, spec.shutdown, spec.restart);
}

Duration SupervisorCore::next_delay(Self& self, const Backoff& backoff, BackoffState& state, Failing how, std::string_view child) {
  const bool exited = how == Failing::exit;
  if (exited && self.now() - state.started >= backoff.reset_after.value_or(backoff.max * 2)) state.failures = 0;  // R-BO-7
  if (backoff.applies == (exited ? Backoff::Applies::on_start_failure : Backoff::Applies::on_exit)) return Duration::zero();
  const std::uint32_t n = state.failures++;
  std::uint64_t bits = 0;
  if (backoff.jitter != Backoff::Jitter::none) {
    const World& world = self.world();
    bits = mix(mix(stream_key(world.seed(), "backoff", world.full_path(self.pid())), hash_text(child)), n);
  }
  return delay_after(backoff, n, bits);
}

std::optional<Term> SupervisorCore::accept(const SupervisorSpec& spec) {
  if (auto error = find_error(spec)) return error->is_tuple() && !error->operator[](0).is_atom("bad_start_spec") ? (*error)[1] : *error;
  if (has_ids(*spec_) != has_ids(spec) || spec_->dynamic.has_value() != spec.dynamic.has_value()) {
    const auto named = [](const SupervisorSpec& its) {
      return Term::tuple({Term::atom("strategy"), Term::atom(its.dynamic ? "dynamic" : to_string(its.options.strategy))});
    };
    Term both = Term::list({named(*spec_), named(spec)});
    return Term::tuple({Term::atom("bad_combination"), std::move(both)});
  }
  auto next = std::make_shared<SupervisorSpec>(SupervisorSpec{options(), spec.children, {}, spec.dynamic});
  next->options.strategy = spec.options.strategy;
  next->options.intensity = spec.options.intensity;
  next->options.auto_shutdown = spec.options.auto_shutdown;
  spec_ = std::move(next);
  window_.change(limit_of(options()), period_of(options()));
  return std::nullopt;
}

void SupervisorCore::warn_of_backoff(Self& self, const ChildSpec& spec) const {
  if (!spec.backoff) return;
  if (auto why = hides_limit(*spec.backoff, options().intensity)) self.note_lazily([&] { return BackoffHidesLimit{spec.id, *why}; });
}

}  // namespace moirai
