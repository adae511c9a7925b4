// Reads scenario files, format 1. The only door to toml++. Called by the command line, by tests and by users who have a scenario as text.
// A file is taken whole or not at all: every mistake in it is reported at once, sorted by place, and nothing throws.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "chaos/catalogue.hpp"
#include "chaos/scenario.hpp"

namespace moirai {

// Requires nothing of the path: a missing, empty, huge (over 1 MiB), binary or unreadable one, or a directory, is a mistake.
Result<Scenario> read_scenario(const std::string& file, const Catalogue& catalogue);
Result<Scenario> parse_scenario(std::string_view text, std::string file_name, const Catalogue& catalogue);

struct KeyDoc {       // one line of the manual, and of the table that the reader itself works from
  std::string table;  // "scenario", "fault" ...; empty: top level
  std::string key;
  std::string type;      // "text", "duration", "list of times" ...
  std::string fallback;  // what holds when it is left out; "(mandatory)"; empty: nothing
  std::string doc;
  std::vector<FaultKind> kinds;  // [[fault]] only: the kinds that take it; empty elsewhere
};

// Every key a scenario file may hold, in the order a manual would list them; arguments of systems and laws are in the catalogue.
std::vector<KeyDoc> scenario_keys();

struct FaultKindDoc {
  FaultKind kind;
  std::string doc;
};
std::vector<FaultKindDoc> fault_kind_docs();

}  // namespace moirai
