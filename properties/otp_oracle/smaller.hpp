// Programs that are a little smaller than a given one: what shrinking tries. Deterministic; from plain programs nothing comes.
#pragma once
#include <vector>

#include "properties/otp_oracle/value.hpp"

namespace moirai::otp_oracle {

// Fewer operations first, then fewer children, shorter scripts, fewer options, smaller numbers, plainer words.
std::vector<Value> smaller(const Value& program);

}  // namespace moirai::otp_oracle
