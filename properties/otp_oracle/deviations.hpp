// Where Moirai differs from OTP 25 on purpose. Nothing else is excused.
#pragma once
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "properties/otp_oracle/value.hpp"

namespace moirai::otp_oracle {

struct Deviation {
  std::string_view rule;
  std::string_view otp, moirai;  // what each of them does
  // What still has to be equal where the deviation shows; nothing where it does not show. `simple`: paths of simple_one_for_one supervisors.
  struct Applied {
    Log ours, otp;
  };
  std::optional<Applied> (*apply)(const std::set<Value>& simple, const Log& ours, const Log& otp);
};

std::span<const Deviation> deviations();

}  // namespace moirai::otp_oracle
