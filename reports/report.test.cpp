#include "reports/report.hpp"

#include <gtest/gtest.h>

#include "reports/samples.test.hpp"

namespace moirai {
namespace {

using std::chrono::milliseconds;

TEST(Report, EveryVerdictHasItsWord) {
  EXPECT_EQ(word(RunVerdict::pass), "pass");
  EXPECT_EQ(word(RunVerdict::nondeterministic), "nondeterministic");
  EXPECT_EQ(static_cast<std::size_t>(RunVerdict::nondeterministic) + 1, run_verdict_count);
  EXPECT_EQ(word(ScenarioVerdict::as_expected), "as expected");
  EXPECT_EQ(word(ScenarioVerdict::nondeterministic), "nondeterministic");
}

TEST(Report, AddingARunCountsWhatTheRunSays) {
  ScenarioReport scenario;
  scenario.add(passing_run(1));
  scenario.add(failing_run(2));
  EXPECT_EQ(scenario.seeds_run, 2u);
  EXPECT_EQ(scenario.runs_that(RunVerdict::pass), 1u);
  EXPECT_EQ(scenario.runs_that(RunVerdict::fail), 1u);
  EXPECT_EQ(scenario.steps, 3'500u);
  EXPECT_EQ(scenario.virtual_time, milliseconds(91'204));
  ASSERT_EQ(scenario.runs.size(), 2u);
}

TEST(Report, ABucketHoldsItsUpperBound) {
  DurationHistogram histogram;
  EXPECT_EQ(histogram.counts.size(), histogram.bounds.size() + 1);
  histogram.add(Duration{0});
  histogram.add(milliseconds(10));
  histogram.add(milliseconds(10) + Duration{1});
  histogram.add(milliseconds(60'000));
  histogram.add(milliseconds(60'000) + Duration{1});
  EXPECT_EQ(histogram.counts.front(), 2u);
  EXPECT_EQ(histogram.counts[1], 1u);
  EXPECT_EQ(histogram.counts[histogram.bounds.size() - 1], 1u);
  EXPECT_EQ(histogram.counts.back(), 1u);
  EXPECT_EQ(histogram.count(), 5u);
  EXPECT_EQ(histogram.longest, milliseconds(60'000) + Duration{1});
  EXPECT_EQ(histogram.sum, milliseconds(120'020) + Duration{2});
}

TEST(Report, BoundsIncrease) {
  for (const std::vector<Duration>* bounds : {&DurationHistogram::recovery_bounds(), &DurationHistogram::wall_bounds()}) {
    for (std::size_t i = 1; i < bounds->size(); ++i) EXPECT_LT((*bounds)[i - 1], (*bounds)[i]);
  }
  EXPECT_EQ(WallFigures{}.seed.counts.size(), DurationHistogram::wall_bounds().size() + 1);
}

TEST(Report, OneRunStandsForEachKindOfFailure) {
  const ScenarioReport scenario = sample_suite().scenarios[2];
  const std::vector<const RunReport*> kinds = distinct_failures(scenario);
  ASSERT_EQ(kinds.size(), 4u);
  EXPECT_EQ(kinds[0]->seed, 0x83u);
  EXPECT_EQ(kinds[1]->seed, 0xc0u);
  EXPECT_EQ(kinds[2]->seed, 0xc1u);
  EXPECT_EQ(kinds[3]->seed, UINT64_MAX);
  EXPECT_EQ(alike(scenario, *kinds[0]).size(), 3u);
  EXPECT_EQ(alike(scenario, *kinds[1]).size(), 1u);
  EXPECT_TRUE(distinct_failures(sample_suite().scenarios[0]).empty());
}

TEST(Report, FailuresOfOneSignatureUnderTwoLawsAreTwoKinds) {
  ScenarioReport scenario;
  scenario.add(failing_run(1));
  RunReport other = failing_run(2);
  other.law = "other";
  scenario.add(other);
  EXPECT_EQ(distinct_failures(scenario).size(), 2u);
}

TEST(Report, SeedsAndDigestsAreHexadecimal) {
  EXPECT_EQ(seed_text(0), "0x0");
  EXPECT_EQ(seed_text(0x83), "0x83");
  EXPECT_EQ(seed_text(UINT64_MAX), "0xffffffffffffffff");
  EXPECT_EQ(hex16(0x83), "0000000000000083");
}

}  // namespace
}  // namespace moirai
