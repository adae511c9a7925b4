#include "chaos/scenario_reader.hpp"

#include <gtest/gtest.h>

#include "chaos/mistake.hpp"
#include "chaos/scenario_toml.hpp"
#include "chaos/scenario_toml.test.hpp"

namespace moirai {
namespace {

TEST(ScenarioReader, TenKindsAtOnceEachAtItsPlace) {
  constexpr std::string_view text = R"(format = 1
[scenario]
titel = "a bank"
name = "bank/crash"
[system]
app = "bnak"
[phases]
chaos = 10
[schedule]
strategy = "randon"
[[fault]]
kind = "puase"
at = "1s"
[[fault]]
kind = "crash"
name = "late"
target = "one bank/teller-*"
at = "12sec"
[[fault]]
kind = "partition"
at = "1s"
sides = [["bank/ledger"], ["bank/*"]]
[[property]]
law = "recovrey"
[[property]]
law = "recovery"
within = true
[limits]
steps = "many"
)";
  EXPECT_EQ(
      mistakes_of(text),
      "3:1 unknown key \"titel\" in [scenario] | did you mean \"title\"?\n"
      "6:7 unknown system \"bnak\" | did you mean \"bank\"?\n"
      "8:9 \"chaos\" is a duration and needs a unit | write \"10s\" or \"10ms\"\n"
      "10:12 unknown strategy \"randon\" | did you mean \"random\"?\n"
      "12:8 unknown fault kind \"puase\" | one of: crash, exit_signal, delay, partition\n"
      "18:6 unknown unit \"sec\" in \"12sec\" | write \"s\"\n"
      "22:28 \"bank/*\" can be on two sides at once: it overlaps with \"bank/ledger\" | no process may be on both sides of a partition\n"
      "24:7 unknown law \"recovrey\" | did you mean \"recovery\"?\n"
      "27:10 \"within\" must be a duration, not a boolean | \n"
      "29:9 \"steps\" must be a count, not a text | \n");
}

TEST(ScenarioReader, ABlockPointsAtTheSpot) {
  const std::string text = with("[[fault]]\nkind = \"crsh\"\nat = \"1s\"\n");
  const Result<Scenario> scenario = parse_scenario(text, "x.toml", test_catalogue());
  ASSERT_FALSE(scenario.ok());
  EXPECT_EQ(render(scenario.mistakes()[0], text),
            "x.toml:7:8: error: unknown fault kind \"crsh\"\n"
            "   7 | kind = \"crsh\"\n"
            "     |        ^^^^^^ did you mean \"crash\"?\n");
}

TEST(ScenarioReader, WhatIsMandatory) {
  EXPECT_EQ(mistakes_of("# nothing\n"),
            "0:0 missing key \"format\" | the first line of a scenario file is: format = 1\n"
            "0:0 missing table [scenario] with key \"name\" | name: unique among the scenarios of a suite; letters, digits, - _ . and /\n"
            "0:0 missing table [system] with key \"app\" | app: a system that the suite has registered\n");
  EXPECT_EQ(mistakes_of("format = 1\n[scenario]\n[system]\n"),
            "2:1 missing key \"name\" in [scenario] | name: unique among the scenarios of a suite; letters, digits, - _ . and /\n"
            "3:1 missing key \"app\" in [system] | app: a system that the suite has registered\n");
  EXPECT_EQ(mistakes_with("[[fault]]\nat = \"1s\"\n"),
            "1:1 missing key \"kind\" in [[fault]] | kind: crash, exit_signal, delay or partition\n");
  EXPECT_EQ(mistakes_with("[[property]]\nname = \"x\"\n"),
            "1:1 missing key \"law\" in [[property]] | law: a law that the suite has registered; its own arguments stand beside it\n");
  EXPECT_EQ(mistakes_with("[[fault]]\nkind = \"delay\"\nat = \"1s\"\n"),
            "1:1 missing key \"delay\" in [[fault]] | delay: how much later each arrives; those behind it of the same pair wait too\n"
            "1:1 missing key \"links\" in [[fault]] | links: whose signals to whom\n");
}

TEST(ScenarioReader, AnotherFormatIsRefusedAndNotLookedInto) {
  EXPECT_EQ(mistakes_of("format = 2\n[scenario]\nbogus = 1\n"),
            "1:10 format 2 is unknown; this program reads format 1 | the rest of the file was not looked at\n");
  EXPECT_EQ(mistakes_of("format = \"1\"\nbogus = 1\n"), "1:10 \"format\" must be the integer 1, not a text | write format = 1\n");
}

TEST(ScenarioReader, UnknownKeysAndTables) {
  EXPECT_EQ(mistakes_with("[fases]\n"), "1:2 unknown table [fases] | did you mean \"phases\"?\n");
  EXPECT_EQ(mistakes_with("[[faults]]\n"), "1:3 unknown table [[faults]] | did you mean \"fault\"?\n");
  EXPECT_EQ(mistakes_with("[workload]\n").substr(0, 30), "1:2 unknown table [workload] |");
  EXPECT_EQ(mistakes_of("format = 1\ncount = 3\n[scenario]\nname = \"x\"\n[system]\napp = \"kv\"\n"),
            "2:1 unknown key \"count\" at the top of the file | \"count\" belongs to [seeds]\n");
  EXPECT_EQ(mistakes_with(crash_at("cooldwon = \"1s\"")), "5:1 unknown key \"cooldwon\" in [[fault]] | did you mean \"cooldown\"?\n");
  EXPECT_EQ(mistakes_with("[phases]\nstall = 3\n"), "2:1 unknown key \"stall\" in [phases] | \"stall\" belongs to [limits]\n");
  EXPECT_EQ(mistakes_with("[seeds]\nzebra = 3\n"), "2:1 unknown key \"zebra\" in [seeds] | one of: base, count\n");
  EXPECT_EQ(mistakes_with(crash_at("sides = [[\"a\"], [\"b\"]]")), "5:1 a crash fault has no \"sides\" | \"sides\" is for partition\n");
  EXPECT_EQ(mistakes_with(crash_at("for = \"1s\"")), "5:1 a crash fault has no \"for\" | \"for\" is for delay and partition\n");
}

TEST(ScenarioReader, SystemsLawsAndTheirArguments) {
  EXPECT_EQ(mistakes_of("format = 1\n[scenario]\nname = \"x\"\n[system]\napp = \"zoo\"\nargs = { a = 1 }\n"),
            "5:7 unknown system \"zoo\" | one of: bank, kv\n");
  EXPECT_EQ(mistakes_with("[system.args]\ntelers = 3\n"), "2:1 system \"bank\" has no argument \"telers\" | did you mean \"tellers\"?\n");
  EXPECT_EQ(mistakes_of("format = 1\n[scenario]\nname = \"x\"\n[system]\napp = \"kv\"\nargs = { a = 1 }\n"),
            "6:10 system \"kv\" has no argument \"a\" | it takes none\n");
  EXPECT_EQ(mistakes_with("[system.args]\ntellers = \"3\"\nfsync = 1\nack = 7\npause = 3\nloss = 0.05\n"),
            "2:11 \"tellers\" must be an integer, not a text | write tellers = 3, without quotes\n"
            "3:9 \"fsync\" must be a boolean, not an integer | \n"
            "4:7 \"ack\" must be a text, not an integer | write it in quotes: \"7\"\n"
            "5:9 \"pause\" is a duration and needs a unit | write \"3s\" or \"3ms\"\n"
            "6:8 \"loss\" is a ratio and needs a unit | write it like \"5%\" or \"1/10\"\n");
  EXPECT_EQ(mistakes_with("[system.args]\nloss = \"110%\"\npause = \"fast\"\n"),
            "2:8 ratio \"110%\" is more than 1 | a ratio is between 0% and 100%\n"
            "3:9 \"fast\" is not a duration | write it like \"12s\" or \"1min30s\"\n");
  EXPECT_EQ(mistakes_of("format = 1\n[scenario]\nname = \"x\"\n[system]\napp = \"kv\"\nargs = 3\n"),
            "6:8 \"args\" must be a table, not an integer | write args = { tellers = 3 }\n");
  EXPECT_EQ(mistakes_with("[[property]]\nlaw = \"fiof\"\nanything = 1\n"), "2:7 unknown law \"fiof\" | did you mean \"fifo\"?\n");
  EXPECT_EQ(mistakes_with("[[property]]\nlaw = \"recovery\"\nwithni = \"1s\"\n"),
            "3:1 law \"recovery\" has no argument \"withni\" | did you mean \"within\"?\n");
}

}  // namespace
}  // namespace moirai
