#include "reports/failure.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "reports/samples.test.hpp"

namespace moirai {
namespace {

TEST(Failure, Golden) {
  const ScenarioReport bad = sample_suite().scenarios[2];
  std::string text;
  for (const RunReport& run : bad.runs) text += failure_text(bad, run) + "\n";
  expect_golden("failure.txt", text);
}

TEST(Failure, TheSentenceComesFirstAndTheReproductionLast) {
  const ScenarioReport bad = sample_suite().scenarios[2];
  const std::string text = failure_text(bad, bad.runs.front());
  const std::size_t sentence = text.find(bad.runs.front().sentence), faults = text.find("faults open"), events = text.find("last events");
  EXPECT_EQ(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(sentence), '\n'), 1);
  EXPECT_LT(sentence, faults);
  EXPECT_LT(faults, events);
  EXPECT_TRUE(text.ends_with("  reproduce   " + bad.runs.front().reproduce + "\n"));
}

TEST(Failure, ColourOnlyOnRequestAndOnlyOurs) {
  const ScenarioReport bad = sample_suite().scenarios[2];
  EXPECT_EQ(failure_text(bad, bad.runs.front()).find('\x1b'), std::string::npos);
  const std::string coloured = failure_text(bad, bad.runs.front(), Colour::always);
  EXPECT_NE(coloured.find("\x1b[1;31mFAIL\x1b[0m"), std::string::npos);
}

TEST(Failure, APassingReplayIsOneLineWithItsDigest) {
  ScenarioReport scenario;
  scenario.name = "bank";
  scenario.add(passing_run(3));
  EXPECT_EQ(failure_text(scenario, scenario.runs.front()), "PASS bank  seed 0x3  digest=1111222200000003\n");
}

TEST(Failure, ManySeedsOfOneKindAreCutShort) {
  ScenarioReport scenario;
  scenario.name = "bank";
  for (std::uint64_t seed = 1; seed <= 12; ++seed) scenario.add(failing_run(seed));
  EXPECT_NE(failure_text(scenario, scenario.runs[1]).find("  same failure in 11 other seeds: 0x1 0x3 0x4 0x5 0x6 0x7 0x8 0x9 ...\n"),
            std::string::npos);
}

// Nothing but line feeds may be obeyed by a terminal, and no hostile text makes a line of its own.
TEST(Failure, HostileTextsStayOnTheirLines) {
  const SuiteReport plain = hostile_suite("x");
  for (const std::string& text : hostile_texts()) {
    const SuiteReport suite = hostile_suite(text);
    for (std::size_t s = 0; s < suite.scenarios.size(); ++s) {
      for (std::size_t r = 0; r < suite.scenarios[s].runs.size(); ++r) {
        if (text.empty()) continue;  // leaves whole lines out
        const std::string shown = failure_text(suite.scenarios[s], suite.scenarios[s].runs[r]);
        const std::string expected = failure_text(plain.scenarios[s], plain.scenarios[s].runs[r]);
        EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), std::count(expected.begin(), expected.end(), '\n')) << shown;
        for (const char c : shown) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << shown;
        EXPECT_EQ(shown.find("\xc2\x9b"), std::string::npos);
        EXPECT_EQ(shown.find("\xe2\x80\xae"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace moirai
