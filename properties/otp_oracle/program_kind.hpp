// The kinds of programs that Moirai and OTP are compared on, each with all that is done with it.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "properties/otp_oracle/compare.hpp"
#include "properties/otp_oracle/run_options.hpp"

namespace moirai::otp_oracle {

struct ProgramKind {
  std::string_view name;
  std::string_view command;  // {Command,Id,Program}.
  Value (*random)(std::uint64_t seed);
  std::optional<std::string> (*find_error)(const Value& program);
  Log (*run)(World&, const Value& program, const RunOptions&);
  Comparison (*compare)(const Value& program, const Log& ours, const Log& otp);
};
extern const ProgramKind supervision;  // a map: supervision_run.hpp
extern const ProgramKind procs;        // a list: procs_run.hpp
extern const ProgramKind servers;      // {servers,[Op]}: server_run.hpp

const ProgramKind& kind_of(const Value& program);

// The command that has a program run, and back. nullptr: it is no such command.
Value command_of(const Value& id, const Value& program);
const ProgramKind* kind_of_command(const Value& command);
Value program_of_command(const Value& command);  // Requires: it is one

}  // namespace moirai::otp_oracle
