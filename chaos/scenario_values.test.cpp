// One value at a time: types, units, ranges.
#include <gtest/gtest.h>

#include "chaos/scenario_toml.hpp"
#include "chaos/scenario_toml.test.hpp"

namespace moirai {
namespace {

TEST(ScenarioValues, WrongTypes) {
  EXPECT_EQ(mistakes_of("format = 1\n[scenario]\nname = 5\ntitle = 1979-05-27\ntags = [1, \"a b\"]\n[system]\napp = [\"bank\"]\n"),
            "3:8 \"name\" must be a name, not an integer | write it in quotes: \"5\"\n"
            "4:9 \"title\" must be a text, not a date | \n"
            "5:9 \"tags\" must be a list of names, not an integer | \n"
            "5:12 \"a b\" is not a name | use letters, digits, - _ . and / between words, such as \"bank/crash\"\n"
            "7:7 \"app\" must be a text, not a list | \n");
  EXPECT_EQ(mistakes_of("format = 1\nscenario = 3\nsystem = \"bank\"\n"),
            "2:12 \"scenario\" must be a table, not an integer | write [scenario] on a line of its own\n"
            "3:10 \"system\" must be a table, not a text | write [system] on a line of its own\n");
  EXPECT_EQ(mistakes_with("[fault]\nkind = \"crash\"\n"),
            "1:1 there can be several of \"fault\": it needs two brackets | write [[fault]] on a line of its own, once for each\n");
  EXPECT_EQ(mistakes_with("[[phases]]\n"), "1:1 \"phases\" must be a table, not a list | write [phases] on a line of its own\n");
  EXPECT_EQ(mistakes_with("[limits]\nsteps = \"500\"\nstall = 1.5\n"),
            "2:9 \"steps\" must be a count, not a text | write steps = 500, without quotes\n"
            "3:9 \"stall\" must be a count, not a fraction | \n");
  EXPECT_EQ(mistakes_with("[phases]\nheal = \"5s\"\n"),
            "2:8 \"heal\" can only be \"auto\" | how long the system has to recover is said by settle = \"10s\"\n");
}

TEST(ScenarioValues, NumbersOutOfRange) {
  EXPECT_EQ(mistakes_with("[seeds]\nbase = -1\ncount = 0\n"),
            "2:8 a seed cannot be negative | write it like 131 or \"0x83\"\n"
            "3:9 \"count\" must be 1 or more | \n");
  EXPECT_EQ(mistakes_with("[seeds]\nbase = \"0xfffffffffffffff0\"\ncount = 17\n"),
            "2:8 the seeds run past the largest 64-bit number | choose a smaller base\n");
  EXPECT_EQ(mistakes_with("[seeds]\nbase = \"0xfffffffffffffff0\"\ncount = 16\n"), "(none)");
  EXPECT_EQ(mistakes_with("[seeds]\nbase = \"seven\"\n"), "2:8 \"seven\" is not a seed | write it like 131 or 0x83\n");
  EXPECT_EQ(mistakes_with(crash_at("max = 0\nafter_operations = 5_000_000_000")),
            "5:7 \"max\" must be 1 or more | \n"
            "6:20 \"after_operations\" is too large | at most 4294967295\n");
  EXPECT_EQ(mistakes_with("[limits]\nwall_time = \"0s\"\nsteps = -5\n"),
            "2:13 \"wall_time\" must be longer than 0s | \n"
            "3:9 \"steps\" must be 1 or more | \n");
  EXPECT_EQ(mistakes_with("[phases]\nchaos = \"200000h\"\n"), "2:9 \"chaos\" is too long | the longest is 100000h\n");
}

TEST(ScenarioValues, UnitsAndQuantities) {
  EXPECT_EQ(mistakes_with(crash("rate = 3\ncooldown = 0.5")),
            "4:8 \"rate\" is a rate and needs a unit | write \"3/s\" or \"3/min\"\n"
            "5:12 \"cooldown\" is a duration and needs a unit | write \"0.5s\" or \"0.5ms\"\n");
  EXPECT_EQ(mistakes_with(crash("at = [1, \"2s\"]")), "4:7 \"at\" is a duration and needs a unit | write \"1s\" or \"1ms\"\n");
  EXPECT_EQ(mistakes_with(crash("rate = \"3/fortnight\"")),
            "4:8 unknown unit \"fortnight\" in \"3/fortnight\" | the units are ns, us, ms, s, min or h\n");
  EXPECT_EQ(mistakes_with(crash("rate = \"5000/us\"")), "4:8 rate \"5000/us\" is too high | at most \"1/us\"\n");
  EXPECT_EQ(mistakes_with("[[fault]]\nkind = \"delay\"\nat = \"1s\"\nlinks = \"a -> b\"\ndelay = 5\nfor = \"2s..1s\"\n"),
            "5:9 \"delay\" is a duration and needs a unit | write \"5s\", \"5ms\" or a range such as \"150ms..300ms\"\n"
            "6:7 range \"2s..1s\" ends before it begins | write \"1s..2s\"\n");
  EXPECT_EQ(mistakes_with(expect_bug("property = \"fifo\"\nwithin = 50")),
            "6:10 \"within\" is a number of seeds and needs a unit | write \"50 seeds\"\n");
}

TEST(ScenarioValues, WhomAFaultMeans) {
  EXPECT_EQ(mistakes_with("[[fault]]\nkind = \"crash\"\nat = \"1s\"\ntarget = \"/bank\"\n"),
            "4:10 pattern \"/bank\" starts with a slash | a path starts with the root's name: \"bank/ledger\"\n");
  EXPECT_EQ(mistakes_with("[[fault]]\nkind = \"delay\"\nat = \"1s\"\ndelay = \"5ms\"\nlinks = [\"a -> b\", \"c\"]\n"),
            "5:20 \"c\" does not say from whom to whom | write \"bank/teller-* -> bank/ledger\"\n");
  EXPECT_EQ(mistakes_with(partition("[[\"a\"]]")),
            "4:9 a partition needs two sides or more | write sides = [[\"bank/ledger\"], [\"bank/teller-*\"]]\n");
  EXPECT_EQ(mistakes_with(partition("\"a\"")),
            "4:9 \"sides\" must be a list of lists of patterns | write sides = [[\"bank/ledger\"], [\"bank/teller-*\"]]\n");
  EXPECT_EQ(mistakes_with(partition("[[\"a\"], []]")), "4:17 \"sides\" is an empty list | expected: a list of patterns\n");
  EXPECT_EQ(mistakes_with(partition("[\"a\", \"b\"]")), "(none)");
  EXPECT_EQ(mistakes_with(partition("[[\"a\", \"b\"], [\"c\", \"one *\"]]")),
            "4:28 \"one *\" can be on two sides at once: it overlaps with \"a\" | no process may be on both sides of a partition\n");
  EXPECT_EQ(mistakes_with(crash_at("reason = \"{badmatch,\"")).substr(0, 40), "5:10 reason \"{badmatch,\" is not a term: ");
}

TEST(ScenarioValues, WhatTheWireCannotHold) {
  std::string links, sides;
  for (int i = 0; i < 64; ++i) links += (i == 0 ? "\"a -> b" : ", \"a -> b") + std::to_string(i) + "\"";
  for (int i = 0; i < 65; ++i) sides += (i == 0 ? "[\"s" : ", [\"s") + std::to_string(i) + "\"]";
  const std::string too_many_links = mistakes_with("[[fault]]\nkind = \"delay\"\nat = \"1s\"\ndelay = \"5ms\"\nlinks = [" + links + "]\n");
  EXPECT_NE(too_many_links.find("\"links\" holds too many links | at most 63\n"), std::string::npos) << too_many_links;
  const std::string too_many_sides = mistakes_with("[[fault]]\nkind = \"partition\"\nat = \"1s\"\nsides = [" + sides + "]\n");
  EXPECT_NE(too_many_sides.find("a partition has too many sides | at most 64\n"), std::string::npos) << too_many_sides;
}

TEST(ScenarioValues, OnlyACrashCountsOperations) {  // an exit signal is sent: there is no operation of the target to send it at
  const std::string told = mistakes_with("[[fault]]\nkind = \"exit_signal\"\ntarget = \"a\"\nat = \"1s\"\nafter_operations = 3\n");
  EXPECT_NE(told.find("after_operations"), std::string::npos) << told;
}

}  // namespace
}  // namespace moirai
