// The command line as a value. Reading it touches nothing but the arguments: no file, no clock, no terminal.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chaos/quantity.hpp"

namespace moirai {

struct SeedRange {  // first, first + 1, ..., `count` of them. Invariant: count > 0 and the last one is a 64-bit number
  std::uint64_t first = 1, count = 1;
  bool operator==(const SeedRange&) const = default;
};

struct RunArguments {
  std::vector<std::string> paths;
  std::optional<std::uint64_t> count;  // --seeds N: so many, from the scenario's base
  std::optional<SeedRange> range;      // --seed X, --seeds A..B. At most one of count and range; none: as the scenario says
  unsigned jobs = 1;
  std::string out;     // empty: no files
  std::string listen;  // empty: no server
  Ratio verify{0, 1};
  bool no_faults = false;
  bool quiet = false;  // a line per scenario, none per run
};

struct ReplayArguments {
  std::string file;
  std::uint64_t seed = 0;
  std::optional<std::uint64_t> digest, scenario_hash;  // what the run was when it was recorded
  std::string build;                                   // and the build it ran in; empty: unknown
  bool trace = false;
  bool no_faults = false;
};

struct CheckArguments {
  std::vector<std::string> paths;
};

struct PlanArguments {
  std::string file;
  std::uint64_t seed = 0;
};

struct ListArguments {
  std::string what;  // "systems", "laws", "faults", "scenarios"; empty: all but the scenarios
  std::vector<std::string> paths;
};

struct VersionArguments {};

struct FreshArguments {  // the other side of --verify-determinism; not in the help
  std::string file;
  std::uint64_t seed = 0;
  bool trace = false;
  bool no_faults = false;
};

using Arguments =
    std::variant<RunArguments, ReplayArguments, CheckArguments, PlanArguments, ListArguments, VersionArguments, FreshArguments>;

struct CommandLine {
  std::string program;  // as it was called, for lines to paste
  std::optional<Arguments> arguments;
  int exit_code = 0;    // without arguments: 0 after --help, 64 after a mistake
  std::string message;  // the help, or what is wrong
};

// Requires: argc >= 1.
CommandLine read_command_line(int argc, const char* const* argv);

}  // namespace moirai
