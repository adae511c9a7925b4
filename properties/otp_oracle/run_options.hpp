// How a program of the oracle is run on Moirai's runtime.
#pragma once
#include <cstdint>
#include <optional>

#include "properties/otp_oracle/value.hpp"
#include "runtime/kernel/world.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai::otp_oracle {

enum class Form : std::uint8_t { function, handler };

struct RunOptions {
  Form form = Form::function;                        // of the workers, or of the processes
  std::optional<std::uint64_t> seed;                 // a random schedule; none: fifo
  SupervisorMutant mutant = SupervisorMutant::none;  // in every supervisor

  Settings settings() const {
    Settings settings;
    settings.limits.steps = 5'000;  // a program takes some hundred; one with a planted bug may never end
    if (seed) settings.scheduler = Scheduler::random, settings.seed = *seed;
    return settings;
  }
};

}  // namespace moirai::otp_oracle
