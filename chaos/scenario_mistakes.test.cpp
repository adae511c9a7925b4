// Every kind of mistake a scenario file can hold: where it is reported, in what words, with what hint.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "chaos/mistake.hpp"
#include "chaos/scenario_toml.hpp"
#include "chaos/scenario_toml.test.hpp"

namespace moirai {
namespace {

// One line per mistake: "line:column message | hint".
std::string mistakes_of(std::string_view text) {
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
std::string mistakes_with(std::string_view more) {
  const Result<Scenario> scenario = parse_scenario(with(more), "x.toml", test_catalogue());
  std::string lines;
  if (scenario) return "(none)";
  for (const Mistake& mistake : scenario.mistakes())
    lines += std::to_string(mistake.place.line - 5) + ":" + std::to_string(mistake.place.column) + " " + mistake.message + " | " +
             mistake.hint + "\n";
  return lines;
}

std::string crash(std::string_view more) { return "[[fault]]\nkind = \"crash\"\ntarget = \"bank\"\n" + std::string(more) + "\n"; }
std::string crash_at(std::string_view more) { return crash("at = \"1s\"\n" + std::string(more)); }
std::string partition(std::string_view sides) {
  return "[[fault]]\nkind = \"partition\"\nat = \"1s\"\nsides = " + std::string(sides) + "\n";
}
std::string expect_bug(std::string_view more) {
  return "[[property]]\nlaw = \"fifo\"\n[expect]\noutcome = \"find-bug\"\n" + std::string(more) + "\n";
}

TEST(ScenarioMistakes, TenKindsAtOnceEachAtItsPlace) {
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

TEST(ScenarioMistakes, ABlockPointsAtTheSpot) {
  const std::string text = with("[[fault]]\nkind = \"crsh\"\nat = \"1s\"\n");
  const Result<Scenario> scenario = parse_scenario(text, "x.toml", test_catalogue());
  ASSERT_FALSE(scenario.ok());
  EXPECT_EQ(render(scenario.mistakes()[0], text),
            "x.toml:7:8: error: unknown fault kind \"crsh\"\n"
            "   7 | kind = \"crsh\"\n"
            "     |        ^^^^^^ did you mean \"crash\"?\n");
}

TEST(ScenarioMistakes, WhatIsMandatory) {
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

TEST(ScenarioMistakes, AnotherFormatIsRefusedAndNotLookedInto) {
  EXPECT_EQ(mistakes_of("format = 2\n[scenario]\nbogus = 1\n"),
            "1:10 format 2 is unknown; this program reads format 1 | the rest of the file was not looked at\n");
  EXPECT_EQ(mistakes_of("format = \"1\"\nbogus = 1\n"), "1:10 \"format\" must be the integer 1, not a text | write format = 1\n");
}

TEST(ScenarioMistakes, UnknownKeysAndTables) {
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

TEST(ScenarioMistakes, SystemsLawsAndTheirArguments) {
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

TEST(ScenarioMistakes, WrongTypes) {
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

TEST(ScenarioMistakes, NumbersOutOfRange) {
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

TEST(ScenarioMistakes, UnitsAndQuantities) {
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

TEST(ScenarioMistakes, WhenAFaultFires) {
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

TEST(ScenarioMistakes, WhomAFaultMeans) {
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

TEST(ScenarioMistakes, NamesAreUnique) {
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

TEST(ScenarioMistakes, WhatIsExpected) {
  EXPECT_EQ(mistakes_with("[expect]\noutcome = \"find_bug\"\n"), "2:11 unknown outcome \"find_bug\" | did you mean \"find-bug\"?\n");
  EXPECT_EQ(mistakes_with(expect_bug("")), "3:1 find-bug must say which property is violated | write property = \"fifo\"\n");
  EXPECT_EQ(mistakes_with(expect_bug("property = \"fofi\"")), "5:12 no [[property]] is named \"fofi\" | one of: fifo\n");
  EXPECT_EQ(mistakes_with(expect_bug("property = \"fifo\"\nwithin = \"50 seeds\"\n[seeds]\ncount = 20")),
            "6:10 \"within\" asks for 50 seeds, but only 20 are run | make [seeds] count as large, or within smaller\n");
  EXPECT_EQ(mistakes_with("[expect]\nwithin = \"5 seeds\"\n"),
            "2:1 \"within\" goes with outcome = \"find-bug\" only | leave it out, or expect a bug\n");
  EXPECT_EQ(mistakes_with("[expect]\noutcome = \"give-up\"\n"), "(none)");
}

TEST(ScenarioMistakes, PhasesFitIntoTheLimit) {
  EXPECT_EQ(mistakes_with("[limits]\nvirtual_time = \"5s\"\n"),
            "2:16 \"virtual_time\" ends the run after 5s, before its phases are over | warmup, chaos and settle last 21s together\n");
  EXPECT_EQ(mistakes_with("[limits]\nvirtual_time = \"5s\"\n[phases]\nchaos = 1\n"),
            "4:9 \"chaos\" is a duration and needs a unit | write \"1s\" or \"1ms\"\n");
}

TEST(ScenarioMistakes, SyntaxErrorsSpeakOurLanguage) {
  EXPECT_EQ(mistakes_of("format = 1\nname = \"x\nb = 1\n"), "2:10 a string is not closed | the closing quote is missing\n");
  EXPECT_EQ(mistakes_of("format = 1\nname = \"x"), "2:10 a string is not closed | the closing quote is missing\n");
  EXPECT_EQ(mistakes_of("format = 1\nname = 'x\r\nb = 1\r\n").substr(0, 29), "2:10 a string is not closed |");
  EXPECT_NE(mistakes_of("a = 5s\n").find("texts and quantities stand in quotes"), std::string::npos);
  EXPECT_NE(mistakes_of("a = fast\n").find("texts and quantities stand in quotes"), std::string::npos);
  EXPECT_NE(mistakes_of("a = 1\na = 2\n").find("each key and [table] stands once"), std::string::npos);
  EXPECT_EQ(mistakes_of("format = 1\n [[[fault]]]\n"),
            "2:2 a table header without a name | write [table] or [[fault]], with a name between the brackets\n");
  EXPECT_EQ(mistakes_of("a = \"\xff\"\n"), "1:5 the file is not UTF-8 text | \n");
}

TEST(ScenarioMistakes, WhateverIsAtThePathIsAMistakeNotAnException) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "moirai_scenario_mistakes";
  std::filesystem::create_directories(folder);
  const auto file = [&](const char* name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
    return (folder / name).string();
  };
  const auto first = [&](const std::string& path) {
    const Result<Scenario> scenario = read_scenario(path, test_catalogue());
    if (scenario) return std::string("(none)");
    EXPECT_EQ(scenario.mistakes()[0].place.file, path);
    return scenario.mistakes()[0].message;
  };
  EXPECT_EQ(first(folder.string()), "cannot be read: it is a directory");
  EXPECT_EQ(first((folder / "missing.toml").string()), "cannot be read: there is no such file");
  EXPECT_EQ(first(""), "cannot be read: its name is empty");
  EXPECT_EQ(first(file("empty.toml", "")), "the file is empty");
  EXPECT_EQ(first(file("blank.toml", "\n \n")), "the file is empty");
  EXPECT_EQ(first(file("huge.toml", std::string(2'000'000, '#'))), "cannot be read: it is larger than 1024 KiB");
  EXPECT_EQ(first(file("latin.toml", "format = 1\n# K\xe4se\n")), "the file is not UTF-8 text");
  EXPECT_EQ(first(file("zero.toml", std::string("format = 1\n\0x", 13))), "the file holds a zero byte");
  EXPECT_EQ(first(file("good.toml", std::string(full_text))), "(none)");
  std::filesystem::remove_all(folder);
}

TEST(ScenarioMistakes, HostileNestingIsRefused) {
  std::string keys = "[a", lists = "a = ", tables = "x = ";
  for (int i = 0; i < 100'000; ++i) keys += ".a";
  lists += std::string(200, '[') + std::string(200, ']');
  for (int i = 0; i < 100; ++i) tables += "{ a.b.c.d = ";
  tables += "1" + std::string(100, '}');
  EXPECT_NE(mistakes_of(keys + "]\n").find("a key has too many parts"), std::string::npos);
  EXPECT_NE(mistakes_of(lists + "\n").find("nested too deeply"), std::string::npos);
  EXPECT_NE(mistakes_of(tables + "\n").find("nested too deeply"), std::string::npos);
  EXPECT_EQ(mistakes_with(crash_at("# ............................ 1.2.3.4.5.6.7.8")), "(none)") << "dots that are no key";
}

// Deterministic damage to a good file: the reader must always give a scenario or mistakes with places inside the file.
TEST(ScenarioMistakes, NoDamageMakesTheReaderCrash) {
  const std::string good(full_text);
  constexpr std::string_view pieces[] = {"\"",
                                         "'",
                                         "[",
                                         "]",
                                         "[[",
                                         "{",
                                         "}",
                                         "=",
                                         ".",
                                         "..",
                                         "\n",
                                         "#",
                                         "1",
                                         "-1",
                                         "99999999999999999999",
                                         "\"\"\"",
                                         "\\u0000",
                                         "\xff",
                                         "\xc3",
                                         "[[fault]]\n",
                                         "kind = \"partition\"\n",
                                         "at = [[[1]]]\n",
                                         "= \"9999999h\"",
                                         "one ",
                                         "**",
                                         " -> ",
                                         "0x",
                                         "1e400",
                                         "nan",
                                         "1979-05-27T07:32:00Z"};
  std::uint64_t state = 42;
  const auto below = [&](std::size_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((state >> 33) % n);
  };
  const Catalogue catalogue = test_catalogue();
  int refused = 0;
  for (int round = 0; round < 4'000; ++round) {
    std::string text = good;
    const std::size_t damages = 1 + below(4);
    for (std::size_t i = 0; i < damages; ++i) {
      const std::size_t at = below(text.size()), length = std::min(below(40), text.size() - at);
      const std::size_t other = below(text.size());
      const std::string_view piece = pieces[below(std::size(pieces))];
      switch (below(5)) {
        case 0: text.erase(at, length); break;
        case 1: text.insert(at, piece); break;
        case 2: text[at] = static_cast<char>(below(256)); break;
        case 3: text.insert(at, text.substr(other, length)); break;
        default: text.replace(at, length, piece); break;
      }
      if (text.empty()) text = "x";
    }
    const int lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    const Result<Scenario> scenario = parse_scenario(text, "x.toml", catalogue);
    if (scenario) continue;
    ++refused;
    ASSERT_FALSE(scenario.mistakes().empty());
    for (const Mistake& mistake : scenario.mistakes()) {
      ASSERT_TRUE(mistake.place.line >= 0 && mistake.place.line <= lines) << text;
      ASSERT_FALSE(mistake.message.empty()) << text;
      const std::string block = render(mistake, text);
      ASSERT_EQ(block.find_first_of("\x1b\x07\r"), std::string::npos);
    }
  }
  EXPECT_GT(refused, 2'000);
}

}  // namespace
}  // namespace moirai
