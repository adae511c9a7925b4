#include "properties/campaign_tally.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

using State = Finding::State;

Scenario scenario() {
  Scenario s;
  s.name = "bank/crash";
  s.seeds.count = 3;
  PropertySpec money;
  money.law = money.name = "money";
  PropertySpec order;
  order.law = order.name = "order";
  s.properties = {money, order};
  FaultSpec crash;
  crash.name = "crash";
  s.faults = {crash};
  return s;
}

Finding run(std::uint64_t seed, State state = State::pass, const std::string& property = {}) {
  Finding finding;
  finding.seed = seed;
  finding.state = state;
  finding.property = property;
  finding.laws = {{Verdict::State::held, 1}, {Verdict::State::held, 1}};
  if (property == "money") finding.laws[0].state = Verdict::State::violated;
  if (property == "order") finding.laws[1].state = Verdict::State::violated;
  finding.faults = {{1, 0, 0, 0, 0, Duration{}}};
  if (state != State::pass) finding.sentence = "it went wrong";
  return finding;
}

ScenarioJudgement judge_all(const Scenario& s, const std::vector<Finding>& findings, std::uint64_t asked = 3, bool no_faults = false) {
  ScenarioTally tally(s, asked, no_faults);
  for (const Finding& finding : findings) tally.add(s, finding);
  return judge(s, tally);
}

TEST(CampaignTally, AllPassIsAsExpected) {
  const ScenarioJudgement judgement = judge_all(scenario(), {run(1), run(2), run(3)});
  EXPECT_EQ(judgement.judged, Judged::as_expected);
  EXPECT_TRUE(judgement.sentence.empty());
  EXPECT_TRUE(judgement.problems.empty());
}

TEST(CampaignTally, OneViolationIsUnexpectedAndNamesSeedAndLaw) {
  const ScenarioJudgement judgement = judge_all(scenario(), {run(1), run(0x83, State::fail, "money"), run(3)});
  EXPECT_EQ(judgement.judged, Judged::unexpected);
  EXPECT_EQ(judgement.sentence, "1 of 3 runs failed; the first, seed 0x83: it went wrong");
  EXPECT_EQ(judgement.law_problems[0], "violated in 1 run, first by seed 0x83");
  EXPECT_TRUE(judgement.law_problems[1].empty());
}

TEST(CampaignTally, ACrashIsUnexpected) {
  EXPECT_EQ(judge_all(scenario(), {run(1), run(2, State::crashed), run(3)}).judged, Judged::unexpected);
}

TEST(CampaignTally, ALawNeverEvaluatedFailsTheScenario) {
  std::vector<Finding> findings{run(1), run(2), run(3)};
  for (Finding& finding : findings) finding.laws[1].evaluations = 0;
  const ScenarioJudgement judgement = judge_all(scenario(), findings);
  EXPECT_EQ(judgement.judged, Judged::unexpected);
  EXPECT_EQ(judgement.sentence, "property order was never evaluated");
  EXPECT_NE(judgement.law_problems[1].find("never evaluated in 3 runs"), std::string::npos);
}

TEST(CampaignTally, AFaultThatNeverFiredFailsTheScenarioAndSaysWhy) {
  std::vector<Finding> findings{run(1), run(2), run(3)};
  for (Finding& finding : findings) finding.faults[0] = {0, 2, 0, 0, 0, Duration{}};
  const ScenarioJudgement judgement = judge_all(scenario(), findings);
  EXPECT_EQ(judgement.judged, Judged::unexpected);
  EXPECT_EQ(judgement.sentence, "fault crash never fired in 3 runs: nobody alive matched its target, 6 times");
}

TEST(CampaignTally, FewerSeedsThanTheFileAsksForProveNoVacuity) {
  Finding one = run(1);
  one.laws[1].evaluations = 0;
  one.faults[0].fired = 0;
  EXPECT_EQ(judge_all(scenario(), {one}, 1).judged, Judged::as_expected);
}

TEST(CampaignTally, WithoutFaultsNothingIsAskedOfThem) {
  std::vector<Finding> findings{run(1), run(2), run(3)};
  for (Finding& finding : findings) finding.faults[0].fired = 0;
  EXPECT_EQ(judge_all(scenario(), findings, 3, true).judged, Judged::as_expected);
}

TEST(CampaignTally, FewerRunsThanAskedForIsInconclusive) {
  const ScenarioJudgement judgement = judge_all(scenario(), {run(1), run(2)});
  EXPECT_EQ(judgement.judged, Judged::inconclusive);
  EXPECT_EQ(judgement.sentence, "2 of 3 seeds were run");
}

TEST(CampaignTally, AnInconclusiveOrInvalidRunIsInconclusive) {
  EXPECT_EQ(judge_all(scenario(), {run(1), run(2, State::inconclusive), run(3)}).judged, Judged::inconclusive);
  EXPECT_EQ(judge_all(scenario(), {run(1), run(2, State::invalid), run(3)}).judged, Judged::inconclusive);
}

TEST(CampaignTally, AViolationOutweighsAnInconclusiveRunAndNondeterminismBoth) {
  EXPECT_EQ(judge_all(scenario(), {run(1, State::inconclusive), run(2, State::fail, "money"), run(3)}).judged, Judged::unexpected);
  EXPECT_EQ(judge_all(scenario(), {run(1, State::nondeterministic), run(2, State::fail, "money"), run(3)}).judged,
            Judged::nondeterministic);
}

Scenario find_bug(std::uint64_t within) {
  Scenario s = scenario();
  s.expect = {Outcome::find_bug, "money", within};
  return s;
}

TEST(CampaignTally, TheBugThatIsToBeFoundIsNoFailure) {
  const ScenarioJudgement judgement = judge_all(find_bug(2), {run(1), run(2, State::fail, "money"), run(3)});
  EXPECT_EQ(judgement.judged, Judged::as_expected);
  EXPECT_TRUE(judgement.law_problems[0].empty());
}

TEST(CampaignTally, ABugFoundTooLateOrNotAtAllIsUnexpected) {
  EXPECT_EQ(judge_all(find_bug(2), {run(1), run(2), run(3, State::fail, "money")}).judged, Judged::unexpected);
  const ScenarioJudgement judgement = judge_all(find_bug(3), {run(1), run(2), run(3)});
  EXPECT_EQ(judgement.judged, Judged::unexpected);
  EXPECT_EQ(judgement.sentence, "no violation of money was found in 3 seeds");
}

TEST(CampaignTally, AnotherBugThanTheExpectedOneIsUnexpected) {
  const ScenarioJudgement judgement = judge_all(find_bug(3), {run(1, State::fail, "money"), run(2, State::fail, "order"), run(3)});
  EXPECT_EQ(judgement.judged, Judged::unexpected);
  EXPECT_FALSE(judgement.law_problems[1].empty());
}

TEST(CampaignTally, TooFewSeedsToFindTheBugAreInconclusive) {
  EXPECT_EQ(judge_all(find_bug(3), {run(1)}, 1).judged, Judged::inconclusive);
  EXPECT_EQ(judge_all(find_bug(3), {run(1, State::fail, "money")}, 1).judged, Judged::as_expected);
}

TEST(CampaignTally, WithoutFaultsEvenAFindBugScenarioHasToPass) {
  EXPECT_EQ(judge_all(find_bug(3), {run(1), run(2), run(3)}, 3, true).judged, Judged::as_expected);
  EXPECT_EQ(judge_all(find_bug(3), {run(1), run(2, State::fail, "money"), run(3)}, 3, true).judged, Judged::unexpected);
}

TEST(CampaignTally, GiveUpHasToHappenOnce) {
  Scenario s = scenario();
  s.expect.outcome = Outcome::give_up;
  EXPECT_EQ(judge_all(s, {run(1), run(2), run(3)}).judged, Judged::unexpected);
  Finding gone = run(2);
  gone.root_ended = true;
  EXPECT_EQ(judge_all(s, {run(1), gone, run(3)}).judged, Judged::as_expected);
}

TEST(CampaignTally, AddsUp) {
  const Scenario s = scenario();
  ScenarioTally tally(s, 3, false);
  Finding first = run(1);
  first.steps = 10;
  first.recovery = std::chrono::milliseconds(5);
  first.counters.restarts = 2;
  first.verified = true;
  EXPECT_FALSE(tally.add(s, first));
  EXPECT_TRUE(tally.add(s, run(2, State::fail, "order")));
  EXPECT_EQ(tally.run, 2u);
  EXPECT_EQ(tally.steps, 10u);
  EXPECT_EQ(tally.counters.restarts, 2u);
  EXPECT_EQ(tally.recoveries.size(), 1u);
  EXPECT_EQ(tally.verified, 1u);
  EXPECT_EQ(tally.faults[0].sum.fired, 2u);
  EXPECT_EQ(tally.laws[1].violated, 1u);
}

}  // namespace
}  // namespace moirai
