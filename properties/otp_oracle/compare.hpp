// Whether two logs of one program, Moirai's and real OTP's, tell the same story. First event by event. If they differ, once more without
// what OTP does not promise: the order between different receivers, of concurrent deaths, of children that are stopped all at once.
// What then is left is a mismatch, unless it stands in the table of deviations (deviations.hpp).
#pragma once
#include <cstddef>
#include <string>

#include "properties/otp_oracle/value.hpp"

namespace moirai::otp_oracle {

enum class Match : std::uint8_t {
  equal,
  equal_in_lanes,  // per supervisor incarnation; of processes: per sender; of servers: per process
  deviation,       // Comparison::deviation says which
  mismatch,
};

struct Comparison {
  Match match = Match::equal;
  std::string deviation;             // the name of the rule
  std::size_t first_difference = 0;  // index of the first event that differs, unless equal
};

// Of {run,...}, {procs,...} and {server,...} programs.
Comparison compare_supervision(const Value& program, const Log& ours, const Log& otp);
Comparison compare_procs(const Value& program, const Log& ours, const Log& otp);
Comparison compare_servers(const Value& program, const Log& ours, const Log& otp);

// For people: the program, and both logs around the first difference.
std::string story(const Value& program, const Log& ours, const Log& otp, const Comparison& comparison);

}  // namespace moirai::otp_oracle
