// One run of a program of the oracle, whatever its kind: a world that is reset for it and watched, and its log.
#pragma once
#include <utility>

#include "properties/otp_oracle/run_options.hpp"
#include "runtime/kernel/self.hpp"

namespace moirai::otp_oracle {

class ProgramRun : public Observer {
 public:
  ProgramRun(World& world, const RunOptions& options) : world_(world) { world.reset(options.settings()); }
  ~ProgramRun() override = default;
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;

 protected:
  // How the program calls this process.
  virtual Value name_of(Pid pid) const = 0;
  // A term in the words of the program; refs are all alike.
  Value in_words(const Term& term) const {
    return to_value(term, [this](const Term& part) { return part.is_pid() ? name_of(part.pid_value()) : Value("ref"); });
  }

  // Runs drive(Self&), and all that comes of it, to the end. The log ends with {run_end,Why} if it does not end by itself.
  template <class Drive>
  Log played(Drive drive) {
    world_.observe(*this);
    world_.start("driver", [&](Self& self) { drive(self); });
    const RunEnd end = world_.run();
    if (end.why != RunEnd::Why::quiescent) log_.push_back(tuple("run_end", to_string(end.why)));
    Log log = std::move(log_);
    world_.reset(Settings{});  // while those are there that its processes speak to
    return log;
  }

  World& world_;
  Log log_;
};

}  // namespace moirai::otp_oracle
