#include "reports/summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "reports/samples.test.hpp"

namespace moirai {
namespace {

TEST(Summary, Golden) { expect_golden("summary.txt", summary_text(sample_suite())); }

TEST(Summary, AScenarioAsExpectedIsOneLine) {
  const SuiteReport suite = sample_suite();
  for (std::size_t i : {0u, 1u}) {
    const std::string line = scenario_line(suite.scenarios[i]);
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    EXPECT_TRUE(line.starts_with("ok "));
    EXPECT_EQ(scenario_details(suite.scenarios[i]), "");
  }
}

TEST(Summary, AFoundBugShowsItsHitRate) {
  const std::string line = scenario_line(sample_suite().scenarios[1]);
  EXPECT_NE(line.find("bug found as expected in 1 seed (333.3 per 1000), first 0x2 money-conserved"), std::string::npos) << line;
}

TEST(Summary, WhatNeverHappenedIsSaidSo) {
  const std::string text = summary_text(sample_suite());
  EXPECT_NE(text.find("idle was never evaluated"), std::string::npos);
  EXPECT_NE(text.find("fault never-due never fired"), std::string::npos);
  EXPECT_NE(text.find("NEVER"), std::string::npos);
}

TEST(Summary, WallFiguresLeaveNoTrace) {
  SuiteReport suite = sample_suite();
  const std::string before = summary_text(suite);
  for (ScenarioReport& scenario : suite.scenarios) scenario.wall = {{}, 12.5, 1, 2};
  EXPECT_EQ(summary_text(suite), before);
}

TEST(Summary, AnEmptySuiteIsSaidInTwoLines) {
  EXPECT_EQ(summary_text({{"0.1.0", "", ""}, {}, false}), "moirai 0.1.0\n\n0 scenarios.  0 seeds: none ran.\n");
}

TEST(Summary, AnInterruptedSuiteIsNotGood) {
  SuiteReport suite = sample_suite();
  suite.scenarios.resize(1);
  EXPECT_TRUE(closing_line(suite, Colour::always).starts_with("\x1b[32m"));
  suite.interrupted = true;
  EXPECT_TRUE(closing_line(suite, Colour::always).starts_with("\x1b[1;31m"));
  EXPECT_NE(closing_line(suite).find("Interrupted"), std::string::npos);
}

TEST(Summary, HostileTextsAreHarmless) {
  const std::string plain = summary_text(hostile_suite("x"));
  for (const std::string& text : hostile_texts()) {
    const std::string shown = summary_text(hostile_suite(text));
    for (const char c : shown) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << shown;
    if (!text.empty()) { EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), std::count(plain.begin(), plain.end(), '\n')); }
  }
}

}  // namespace
}  // namespace moirai
