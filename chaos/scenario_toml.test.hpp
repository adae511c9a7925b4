// A catalogue, a scenario that uses every key, and short ways to parse: and what the reader finds wrong in them: for the tests of the scenario reader.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "chaos/mistake.hpp"
#include "chaos/scenario_toml.hpp"

namespace moirai {

inline Catalogue test_catalogue() {
  Catalogue catalogue;
  catalogue.systems.push_back({"bank",
                               "",
                               {{"tellers", std::int64_t{3}, ""},
                                {"ack", std::string("after-write"), ""},
                                {"fsync", true, ""},
                                {"pause", Duration(std::chrono::milliseconds(5)), ""},
                                {"loss", Ratio{1, 10}, ""}},
                               nullptr});
  catalogue.systems.push_back({"kv", "", {}, nullptr});
  catalogue.laws.push_back({"fifo", "", {}});
  catalogue.laws.push_back({"recovery", "", {{"within", Duration(std::chrono::seconds(5)), ""}}});
  catalogue.laws.push_back({"money_conserved", "", {{"expected", std::int64_t{0}, ""}}});
  return catalogue;
}

inline constexpr std::string_view full_text = R"(format = 1
[scenario]
name = "bank/teller-crash"
title = "Tellers crash; money stays"
doc = "more\nof it"
tags = ["smoke", "bank"]
owner = "us"
[system]
app = "bank"
args = { tellers = 5, pause = "7ms" }
[schedule]
strategy = "fifo"
[phases]
warmup = "2s"
chaos = "20s"
heal = "auto"
settle = "15s"
[limits]
virtual_time = "1min"
steps = 500_000
wall_time = "20s"
stall = 5_000
[seeds]
base = 0x83
count = 50
[expect]
outcome = "find-bug"
property = "money"
within = "40 seeds"

# faults

[[fault]]
name = "teller-crash"
kind = "crash"
target = "one bank/teller-*"
rate = "3/s"
max = 9
cooldown = "100ms"
reason = "{badmatch,7}"
window = "5ms"
after_operations = 3

[[fault]]
kind = "exit_signal"
target = "bank/ledger"
from = "bank"
at = ["5s", "2s"]

[[fault]]
kind = "delay"
links = ["bank/teller-* -> bank/ledger"]
delay = "150ms..300ms"
every = "4s"
for = "1s..2s"

[[fault]]
name = "cut"
kind = "partition"
sides = [["bank/ledger"], ["bank/teller-*"]]
at = "3s"

[[property]]
law = "money_conserved"
name = "money"
expected = 8000

[[property]]
law = "recovery"
within = "10s"
)";

// The three keys that must be there, and more.
inline std::string with(std::string_view more) {
  return "format = 1\n[scenario]\nname = \"tiny\"\n[system]\napp = \"bank\"\n" + std::string(more);
}

inline Scenario must_parse(std::string_view text) {
  Result<Scenario> scenario = parse_scenario(text, "full.toml", test_catalogue());
  if (scenario) return *scenario;
  std::string all;
  for (const Mistake& mistake : scenario.mistakes()) all += render(mistake, text);
  ADD_FAILURE() << all;
  return {};
}

inline void forget_places(Scenario& scenario) {
  for (FaultSpec& fault : scenario.faults) fault.place = {};
  for (PropertySpec& property : scenario.properties) property.place = {};
}

// One line per mistake: "line:column message | hint".
inline std::string mistakes_of(std::string_view text) {
  const Result<Scenario> scenario = parse_scenario(text, "x.toml", test_catalogue());
  std::string lines;
  if (scenario) return "(none)";
  for (const Mistake& mistake : scenario.mistakes()) {
    EXPECT_EQ(mistake.place.file, "x.toml");
    lines += std::to_string(mistake.place.line) + ":" + std::to_string(mistake.place.column) + " " + mistake.message + " | " +
             mistake.hint + "\n";
  }
  return lines;
}

// What `more` adds starts in line 1 of itself.
inline std::string mistakes_with(std::string_view more) {
  const Result<Scenario> scenario = parse_scenario(with(more), "x.toml", test_catalogue());
  std::string lines;
  if (scenario) return "(none)";
  for (const Mistake& mistake : scenario.mistakes())
    lines += std::to_string(mistake.place.line - 5) + ":" + std::to_string(mistake.place.column) + " " + mistake.message + " | " +
             mistake.hint + "\n";
  return lines;
}

inline std::string crash(std::string_view more) { return "[[fault]]\nkind = \"crash\"\ntarget = \"bank\"\n" + std::string(more) + "\n"; }
inline std::string crash_at(std::string_view more) { return crash("at = \"1s\"\n" + std::string(more)); }
inline std::string partition(std::string_view sides) {
  return "[[fault]]\nkind = \"partition\"\nat = \"1s\"\nsides = " + std::string(sides) + "\n";
}
inline std::string expect_bug(std::string_view more) {
  return "[[property]]\nlaw = \"fifo\"\n[expect]\noutcome = \"find-bug\"\n" + std::string(more) + "\n";
}

}  // namespace moirai
