#include "chaos/scenario_toml.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "chaos/mistake.hpp"
#include "chaos/scenario_toml.test.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

TEST(ParseScenario, TakesEverythingThatIsWritten) {
  const Scenario s = must_parse(full_text);
  EXPECT_EQ(s.file, "full.toml");
  EXPECT_EQ(s.name, "bank/teller-crash");
  EXPECT_EQ(s.title, "Tellers crash; money stays");
  EXPECT_EQ(s.tags, (std::vector<std::string>{"smoke", "bank"}));
  EXPECT_EQ(s.owner, "us");
  EXPECT_EQ(s.system, "bank");
  EXPECT_EQ(s.args.integer("tellers"), 5);
  EXPECT_EQ(s.args.duration("pause"), 7ms);
  EXPECT_EQ(s.args.text("ack"), "after-write") << "the default";
  EXPECT_EQ(s.schedule.strategy, ScheduleStrategy::fifo);
  EXPECT_EQ(s.phases, (Phases{2s, 20s, 15s}));
  EXPECT_EQ(s.limits.virtual_time, 1min);
  EXPECT_EQ(s.limits.steps, 500'000u);
  EXPECT_EQ(s.limits.wall_time, 20s);
  EXPECT_EQ(s.limits.stall, 5'000u);
  EXPECT_EQ(s.seeds, (Seeds{0x83, 50}));
  EXPECT_EQ(s.expect.outcome, Outcome::find_bug);
  EXPECT_EQ(s.expect.property, "money");
  EXPECT_EQ(s.expect.within, 40u);

  ASSERT_EQ(s.faults.size(), 4u);
  const FaultSpec& crash = s.faults[0];
  EXPECT_EQ(crash.name, "teller-crash");
  EXPECT_EQ(crash.kind, FaultKind::crash);
  EXPECT_EQ(crash.place, (Place{"full.toml", 33, 1}));
  EXPECT_EQ(crash.trigger, Trigger(Rate{3, 1s}));
  EXPECT_EQ(crash.max, 9u);
  EXPECT_EQ(crash.cooldown, 100ms);
  EXPECT_EQ(crash.target, (Selector{"bank/teller-*", true}));
  EXPECT_EQ(crash.reason, "{badmatch,7}");
  EXPECT_EQ(crash.window, 5ms);
  EXPECT_EQ(crash.after_operations, 3u);
  EXPECT_FALSE(crash.lasts);
  const FaultSpec& signal = s.faults[1];
  EXPECT_EQ(signal.name, "exit_signal") << "the kind is the default";
  EXPECT_EQ(signal.trigger, Trigger(AtTimes{{2s, 5s}})) << "in order of time";
  EXPECT_EQ(signal.from.pattern, "bank");
  EXPECT_EQ(signal.reason, "chaos");
  EXPECT_EQ(signal.window, 20ms);
  const FaultSpec& delay = s.faults[2];
  EXPECT_EQ(delay.trigger, Trigger(EveryPeriod{4s}));
  EXPECT_EQ(delay.lasts, (DurationSpec{1s, 2s}));
  EXPECT_EQ(delay.delay, (DurationSpec{150ms, 300ms}));
  ASSERT_EQ(delay.links.size(), 1u);
  EXPECT_EQ(to_text(delay.links[0]), "bank/teller-* -> bank/ledger");
  EXPECT_EQ(delay.window, 0ms);
  const FaultSpec& cut = s.faults[3];
  EXPECT_EQ(cut.trigger, Trigger(AtTimes{{3s}}));
  EXPECT_FALSE(cut.lasts) << "until heal";
  ASSERT_EQ(cut.sides.size(), 2u);
  EXPECT_EQ(cut.sides[1][0].pattern, "bank/teller-*");

  ASSERT_EQ(s.properties.size(), 2u);
  EXPECT_EQ(s.properties[0].name, "money");
  EXPECT_EQ(s.properties[0].args.integer("expected"), 8000);
  EXPECT_EQ(s.properties[1].name, "recovery");
  EXPECT_EQ(s.properties[1].args.duration("within"), 10s);
  EXPECT_EQ(s.properties[1].place.line, 68);
}

TEST(ParseScenario, ThreeKeysAreEnough) {
  const Scenario s = must_parse("format = 1\nscenario.name = \"tiny\"\nsystem.app = \"bank\"\n");
  EXPECT_EQ(s.schedule.strategy, ScheduleStrategy::random);
  EXPECT_EQ(s.phases, Phases());
  EXPECT_EQ(s.limits, ScenarioLimits());
  EXPECT_EQ(s.seeds, Seeds());
  EXPECT_EQ(s.expect, Expect());
  EXPECT_EQ(s.args.integer("tellers"), 3);
  EXPECT_TRUE(s.faults.empty());
}

TEST(ParseScenario, VirtualTimeFollowsThePhases) {
  EXPECT_EQ(must_parse(with("[phases]\nwarmup = \"0s\"\nchaos = \"1h\"\nsettle = \"1min\"\n")).limits.virtual_time, 61min);
}

TEST(ParseScenario, WithinIsAllSeedsWhenLeftOut) {
  EXPECT_EQ(must_parse(with("[[property]]\nlaw = \"fifo\"\n[expect]\noutcome = \"find-bug\"\nproperty = \"fifo\"\n[seeds]\ncount = 7\n"))
                .expect.within,
            7u);
}

TEST(ParseScenario, WindowsLineEndsAndAByteOrderMarkAreFine) {
  std::string text(full_text);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, "\r\n");
  const Scenario plain = must_parse(full_text), windows = must_parse("\xef\xbb\xbf" + text);
  EXPECT_EQ(plain, windows);
}

TEST(ParseScenario, SyntaxErrorsSpeakOurLanguage) {
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

TEST(ParseScenario, WhateverIsAtThePathIsAMistakeNotAnException) {
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

TEST(ParseScenario, HostileNestingIsRefused) {
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
TEST(ParseScenario, NoDamageMakesTheReaderCrash) {
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
