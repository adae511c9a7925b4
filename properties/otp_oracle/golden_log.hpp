// Logs that real OTP gave, kept in the project as what the oracle printed, compressed: {prog,Id,Program}. and its {ev,Id,N,Event}. lines.
#pragma once
#include <string>
#include <vector>

#include "properties/otp_oracle/value.hpp"
#include "runtime/kernel/result.hpp"

namespace moirai::otp_oracle {

struct GoldenRun {
  Value program;  // a map: of supervision; a list: of processes
  Log events;
};

// All runs of a .log.gz, in order.
Result<std::vector<GoldenRun>> read_golden(const std::string& file);
// Replaces `file`. False: it cannot be written.
bool write_golden(const std::string& file, const std::vector<GoldenRun>& runs);

}  // namespace moirai::otp_oracle
