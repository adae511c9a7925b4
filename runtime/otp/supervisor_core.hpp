// What all supervisor processes have, whatever their strategy: the flags, the parent, the count of restarts, the reports.
// Base of SupervisorProcess; made inside the process, before its first child.
#pragma once
#include <memory>
#include <string>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/intensity.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {

class SupervisorCore {
 protected:
  // Traps exits, takes the name; exits when the spec has an error.
  SupervisorCore(Self& self, const std::shared_ptr<const SupervisorSpec>& spec);

  const SupervisorOptions& options() const { return spec_->options; }
  bool planted(SupervisorMutant mutant) const { return options().mutant == mutant; }
  bool is_parent(Pid pid) const { return pid == parent_; }

  // Counts a restart that is due now (R-SUP-16). False: the limit is passed.
  bool allows_restart(Self& self) { return window_.allows_attempt(whole_seconds(self.now())); }

  // `reason` is that of a child that has ended by itself (R-SUP-13).
  bool restarts(const ChildSpec& spec, const Term& reason) const {
    const Restart type = restart_type(spec);
    return type == Restart::permanent || (type == Restart::transient && !is_normal_exit(reason));
  }
  Restart restart_type(const ChildSpec& spec) const;

  void announce(Self& self) const;

  std::shared_ptr<const SupervisorSpec> spec_;

 private:
  Pid parent_;
  RestartWindow window_;
};

}  // namespace moirai
