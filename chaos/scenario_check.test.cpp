// What must hold between several keys of a scenario.
#include <gtest/gtest.h>

#include "chaos/scenario_toml.hpp"
#include "chaos/scenario_toml.test.hpp"

namespace moirai {
namespace {

TEST(ScenarioCheck, WhenAFaultFires) {
  EXPECT_EQ(mistakes_with(crash("")), "1:1 the fault does not say when | write at = \"2s\", every = \"5s\" or rate = \"3/min\"\n");
  EXPECT_EQ(mistakes_with(crash("at = \"1s\"\nrate = \"1/s\"")),
            "5:1 \"rate\" beside \"at\": a fault has one of at, every and rate | make it two faults, or leave one key out\n");
  EXPECT_EQ(
      mistakes_with(crash("at = [\"1s\", \"10s\"]")),
      "4:13 at \"10s\" is never reached: chaos lasts 10s | times count from the start of chaos; make [phases] chaos longer or the time shorter\n");
  EXPECT_EQ(
      mistakes_with(crash("every = \"15s\"")),
      "4:9 every \"15s\" is never reached: chaos lasts 10s | times count from the start of chaos; make [phases] chaos longer or the time shorter\n");
  EXPECT_EQ(mistakes_with(crash("at = \"15s\"") + "[phases]\nchaos = \"16s\"\n"), "(none)") << "wherever [phases] stands";
  EXPECT_EQ(mistakes_with(crash("at = \"15s\"") + "[phases]\nchaos = \"16\"\n"),
            "6:9 duration \"16\" needs a unit | write \"16s\" or \"16ms\"\n")
      << "no second mistake from the first";
  EXPECT_EQ(mistakes_with(crash("at = []")), "4:6 \"at\" is an empty list | write at = \"2s\" or at = [\"2s\", \"5s\"]\n");
  EXPECT_EQ(mistakes_with(crash("at = [\"2s\", \"2000ms\"]")), "4:6 \"at\" names 2s twice | \n");
  EXPECT_EQ(mistakes_with(crash("every = \"0s\"")), "4:9 \"every\" must be longer than 0s | \n");
}

TEST(ScenarioCheck, NamesAreUnique) {
  EXPECT_EQ(mistakes_with(crash_at("name = \"a\"") + crash_at("name = \"a\"")),
            "10:8 two faults are named \"a\" | give each its own name\n");
  EXPECT_EQ(mistakes_with(crash_at("") + crash_at("")),
            "6:1 two faults are named \"crash\" | give one of them a name: name = \"crash-2\"\n");
  EXPECT_EQ(mistakes_with("[[property]]\nlaw = \"fifo\"\n[[property]]\nlaw = \"fifo\"\n"),
            "3:1 two properties are named \"fifo\" | give one of them a name: name = \"fifo-2\"\n");
  EXPECT_EQ(mistakes_with(crash_at("name = \"a#1\"")), "5:8 \"a#1\" is not a name | use letters, digits, - _ and .\n");
  for (const char* name : {"", "/a", "a/", "a//b", "../x", "a/../b", "a b", "\\u001b[2J"})
    EXPECT_NE(mistakes_of("format = 1\n[scenario]\nname = \"" + std::string(name) + "\"\n[system]\napp = \"kv\"\n").find("is not a name"),
              std::string::npos)
        << name;
}

TEST(ScenarioCheck, WhatIsExpected) {
  EXPECT_EQ(mistakes_with("[expect]\noutcome = \"find_bug\"\n"), "2:11 unknown outcome \"find_bug\" | did you mean \"find-bug\"?\n");
  EXPECT_EQ(mistakes_with(expect_bug("")), "3:1 find-bug must say which property is violated | write property = \"fifo\"\n");
  EXPECT_EQ(mistakes_with(expect_bug("property = \"fofi\"")), "5:12 no [[property]] is named \"fofi\" | one of: fifo\n");
  EXPECT_EQ(mistakes_with(expect_bug("property = \"fifo\"\nwithin = \"50 seeds\"\n[seeds]\ncount = 20")),
            "6:10 \"within\" asks for 50 seeds, but only 20 are run | make [seeds] count as large, or within smaller\n");
  EXPECT_EQ(mistakes_with("[expect]\nwithin = \"5 seeds\"\n"),
            "2:1 \"within\" goes with outcome = \"find-bug\" only | leave it out, or expect a bug\n");
  EXPECT_EQ(mistakes_with("[expect]\noutcome = \"give-up\"\n"), "(none)");
}

TEST(ScenarioCheck, PhasesFitIntoTheLimit) {
  EXPECT_EQ(mistakes_with("[limits]\nvirtual_time = \"5s\"\n"),
            "2:16 \"virtual_time\" ends the run after 5s, before its phases are over | warmup, chaos and settle last 21s together\n");
  EXPECT_EQ(mistakes_with("[limits]\nvirtual_time = \"5s\"\n[phases]\nchaos = 1\n"),
            "4:9 \"chaos\" is a duration and needs a unit | write \"1s\" or \"1ms\"\n");
}

}  // namespace
}  // namespace moirai
