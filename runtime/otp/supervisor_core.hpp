// What all supervisors have, whatever their strategy: the flags, the count of restarts, the judgement of ends, the reports.
// Base of SupervisorProcess, SimpleSupervisor and DynamicSupervisorProcess, which are behaviours in the sense of gen.hpp; made inside the process.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "runtime/otp/backoff.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {

class SupervisorCore {
 public:
  static constexpr std::string_view name = "supervisor";
  static constexpr std::string_view behaviour = "supervisor";
  std::string state() const { return reflect::to_text(config_of(*spec_)); }

 protected:
  // Traps exits, lets init decide, and exits when the spec has an error.
  SupervisorCore(Self& self, const std::shared_ptr<const SupervisorSpec>& spec);

  const SupervisorOptions& options() const { return spec_->options; }
  bool planted(SupervisorMutant mutant) const { return options().mutant == mutant; }

  // Counts a restart that is due now (R-SUP-16). False: the limit is passed.
  bool allows_restart(Self& self) { return window_.allows_attempt(now(self)); }
  void forget_restarts() { window_.clear(); }

  // Why this supervisor does not take such a child.
  std::optional<Term> error_in(const ChildSpec& spec) const;
  // Why it does not take something that is no spec at all.
  static Term no_spec(const StartChild& request);

  // Whether a child that has ended by itself with `reason` is started again (R-SUP-13).
  bool restarts(const ChildSpec& spec, const Term& reason) const;
  Restart restart_type(const ChildSpec& spec) const;

  Term stop_process(Self& self, Pid pid, const ChildSpec& spec) const;
  bool is_worth_a_report(const Term& end, const ChildSpec& spec) const;

  // A failure of a child with backoff: how long its restart waits. Counts the failure. `child` names it in the stream of its jitter.
  enum class Failing : std::uint8_t { exit, start };
  static Duration next_delay(Self& self, const Backoff& backoff, BackoffState& state, Failing how, std::string_view child);

  // Replaces flags and specs, or says why not. `spec` is resolved: its init has run.
  std::optional<Term> accept(const SupervisorSpec& spec);
  // Nothing: init declined.
  static std::shared_ptr<const SupervisorSpec> resolved(Self& self, const std::shared_ptr<const SupervisorSpec>& spec);

  void warn_of_backoff(Self& self, const ChildSpec& spec) const;

  std::shared_ptr<const SupervisorSpec> spec_;

 private:
  std::int64_t now(Self& self) const { return options().intensity.exact ? nanoseconds(self.now()) : whole_seconds(self.now()); }

  RestartWindow window_;
};

}  // namespace moirai
