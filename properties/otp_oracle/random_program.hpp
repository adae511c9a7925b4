// Random programs for the oracle, a function of their seed. Weights are where supervisors are hard: several restarts on the very edges of
// a period, failing restarts, siblings that die at once, significant children, supervisors of supervisors, dynamic children.
// What the oracle could not answer the same way twice is left out: shutdown => 0 for one who traps, waiting for ever for one who ignores.
#pragma once
#include <cstdint>

#include "properties/otp_oracle/value.hpp"

namespace moirai::otp_oracle {

Value random_supervision(std::uint64_t seed);
Value random_procs(std::uint64_t seed);
Value random_servers(std::uint64_t seed);

}  // namespace moirai::otp_oracle
