#include "scenarios/suite/suite_report.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

Scenario scenario() {
  Scenario s;
  s.file = "my scenarios/bank.toml";
  s.name = "bank/crash";
  s.content_hash = 0xabc;
  s.seeds.count = 2;
  PropertySpec money;
  money.law = "money_conserved";
  money.name = "money";
  s.properties = {money};
  FaultSpec crash;
  crash.name = "teller-crash";
  s.faults = {crash};
  return s;
}

Finding pass(std::uint64_t seed) {
  Finding finding;
  finding.seed = seed;
  finding.digest = 0x9f3c51e07a2b4d18;
  finding.steps = 100;
  finding.virtual_time = std::chrono::seconds(21);
  finding.laws = {{Verdict::State::held, 4}};
  finding.faults = {{3, 1, 0, 2, 0, std::chrono::seconds(1)}};
  finding.counters.sent = 10;
  finding.counters.received = 7;
  finding.counters.dropped = 1;
  finding.recovery = std::chrono::milliseconds(30);
  return finding;
}

Finding fail(std::uint64_t seed) {
  Finding finding = pass(seed);
  finding.state = Finding::State::fail;
  finding.laws[0].state = Verdict::State::violated;
  finding.property = "money";
  finding.sentence = "20 cents are missing";
  finding.signature = "money_conserved Audited";
  FaultRecord cut;
  cut.name = "cut";
  cut.kind = FaultKind::partition;
  cut.detail = "a | b";
  cut.opened = Time(std::chrono::seconds(2));
  finding.tail = Tail{{cut}, {{Time(std::chrono::seconds(3)), "bank#1", "starts"}}, 5, ""};
  return finding;
}

TEST(SuiteReport, TheReproduceLineCanBePasted) {
  const ReplayLine replay{"build/bin/moirai", false};
  const std::string line = replay.of(scenario(), fail(0x83));
  EXPECT_TRUE(line.starts_with(
      "build/bin/moirai replay 'my scenarios/bank.toml' --seed 0x83 --expect-digest 9f3c51e07a2b4d18 --scenario-hash 0000000000000abc"))
      << line;
  Finding crashed = fail(1);
  crashed.state = Finding::State::crashed;
  EXPECT_EQ(replay.of(scenario(), crashed).find("--expect-digest"), std::string::npos) << "a crash has no digest";
  EXPECT_NE((ReplayLine{"moirai", true}.of(scenario(), crashed)).find(" --no-faults"), std::string::npos);
}

TEST(SuiteReport, FindingsAddUpToTheReport) {
  const Scenario s = scenario();
  SuiteBook book({"moirai", false});
  book.open(s, 2);
  EXPECT_EQ(book.add(0, pass(1)).verdict, RunVerdict::pass);
  const RunReport& failed = book.add(0, fail(2));
  EXPECT_EQ(failed.sentence, "20 cents are missing");
  ASSERT_TRUE(failed.story);
  ASSERT_EQ(failed.story->open_faults.size(), 1u);
  EXPECT_EQ(failed.story->open_faults[0].kind, "partition");
  EXPECT_EQ(failed.story->events[0].process, "bank#1");
  EXPECT_EQ(failed.story->events_omitted, 5u);

  const ScenarioReport& report = book.close(0);
  EXPECT_EQ(report.verdict, ScenarioVerdict::unexpected);
  EXPECT_EQ(report.seeds_run, 2u);
  EXPECT_EQ(report.steps, 200u);
  EXPECT_EQ(report.laws[0].evaluations, 8u);
  EXPECT_EQ(report.laws[0].first_violating_seed, 2u);
  EXPECT_EQ(report.faults[0].injected, 6u);
  ASSERT_EQ(report.faults[0].skipped.size(), 2u);
  EXPECT_EQ(report.faults[0].skipped[0].reason, "no_target");
  EXPECT_EQ(report.faults[0].skipped[1].count, 4u);
  EXPECT_EQ(report.messages.delivered, 14u);
  EXPECT_EQ(report.messages.sum(), 20u);
  EXPECT_EQ(report.recovery.count(), 2u);
  book.close(0);
  EXPECT_EQ(report.recovery.count(), 2u) << "closing twice counts nothing twice";
  EXPECT_EQ(exit_code(book.report()), 1);
}

TEST(SuiteReport, ExitCodesHaveTheirOrder) {
  SuiteReport report;
  const auto with = [&](std::initializer_list<ScenarioVerdict> verdicts) {
    report.scenarios.clear();
    for (const ScenarioVerdict verdict : verdicts) {
      ScenarioReport one;
      one.verdict = verdict;
      report.scenarios.push_back(one);
    }
    return exit_code(report);
  };
  EXPECT_EQ(with({ScenarioVerdict::as_expected}), 0);
  EXPECT_EQ(with({ScenarioVerdict::as_expected, ScenarioVerdict::inconclusive}), 2);
  EXPECT_EQ(with({ScenarioVerdict::inconclusive, ScenarioVerdict::unexpected}), 1);
  EXPECT_EQ(with({ScenarioVerdict::unexpected, ScenarioVerdict::nondeterministic, ScenarioVerdict::inconclusive}), 3);
}

}  // namespace
}  // namespace moirai
