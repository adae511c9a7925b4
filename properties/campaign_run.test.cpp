#include "properties/campaign_run.hpp"

#include <gtest/gtest.h>

#include "properties/campaign_systems.test.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

struct Small {
  Scenario scenario = small_campaign::scenario();
  SystemDeclaration system;
  LawCatalogue laws;
  template <class Body>
  Small(Body body, std::uint64_t limit) : system(small_campaign::system(body)), laws(small_campaign::laws(limit)) {}
  Trial trial() const { return {&scenario, &system, &laws, false}; }
};

TEST(CampaignRun, APassSaysNothingButItsNumbers) {
  const Small small(small_campaign::drawer, 1000);
  World world;
  const Finding finding = run_trial(world, small.trial(), 7).finding;
  EXPECT_EQ(finding.state, Finding::State::pass) << finding.sentence;
  EXPECT_EQ(finding.seed, 7u);
  EXPECT_EQ(finding.virtual_time, 5s);
  ASSERT_EQ(finding.laws.size(), 1u);
  EXPECT_GE(finding.laws[0].evaluations, 48u);
  EXPECT_TRUE(finding.sentence.empty());
  EXPECT_FALSE(finding.root_ended);
}

TEST(CampaignRun, EqualSeedsGiveEqualFindingsInAnyWorld) {
  const Small small(small_campaign::drawer, 1000);
  World world, other;
  run_trial(other, small.trial(), 3);
  const Finding first = run_trial(world, small.trial(), 7).finding;
  EXPECT_EQ(encode(run_trial(world, small.trial(), 7).finding), encode(first));
  EXPECT_EQ(encode(run_trial(other, small.trial(), 7).finding), encode(first));
  EXPECT_NE(run_trial(other, small.trial(), 8).finding.digest, first.digest);
}

TEST(CampaignRun, AViolationNamesPropertyAndInvolvedAndIsTold) {
  const Small small(small_campaign::drawer, 90);
  World world;
  const TrialRun run = run_trial(world, small.trial(), 7);
  ASSERT_EQ(run.finding.state, Finding::State::fail);
  EXPECT_EQ(run.finding.property, "small");
  EXPECT_TRUE(run.finding.sentence.starts_with("drew 9"));
  ASSERT_EQ(run.involved.size(), 1u);
  EXPECT_EQ(run.involved[0], "root#1/worker#1");

  const Tail tail = tell(world, small.trial(), run);
  EXPECT_TRUE(tail.remark.empty()) << tail.remark;
  ASSERT_FALSE(tail.events.empty());
  EXPECT_LE(tail.events.size(), tail_length);
  EXPECT_NE(tail.events.back().text.find("Drawn{number=9"), std::string::npos) << tail.events.back().text;
}

TEST(CampaignRun, AStallIsAFailureOfTheSystem) {
  Small small(
      [](Self& self) {
        self.send(self.pid(), small_campaign::Drawn{0});
        for (;;) self.receive([&](const small_campaign::Drawn& drawn) { self.send(self.pid(), drawn); });
      },
      1000);
  small.scenario.limits.stall = 5'000;
  World world;
  const Finding finding = run_trial(world, small.trial(), 1).finding;
  EXPECT_EQ(finding.state, Finding::State::fail);
  EXPECT_EQ(finding.signature, "stall");
}

TEST(CampaignRun, SpentStepsAreInconclusive) {
  Small small(small_campaign::drawer, 1000);
  small.scenario.limits.steps = 20;
  World world;
  const Finding finding = run_trial(world, small.trial(), 1).finding;
  EXPECT_EQ(finding.state, Finding::State::inconclusive);
  EXPECT_NE(finding.sentence.find("20 steps"), std::string::npos) << finding.sentence;
}

TEST(CampaignRun, ARootThatIsGoneIsAFailureUnlessExpected) {
  Small small([](Self& self) { self.exit(Term::atom("boom")); }, 1000);
  World world;
  const Finding finding = run_trial(world, small.trial(), 1).finding;
  EXPECT_EQ(finding.state, Finding::State::fail) << finding.sentence;
  EXPECT_TRUE(finding.root_ended);
  EXPECT_GT(finding.counters.giveups, 0u);
  small.scenario.expect.outcome = Outcome::give_up;
  EXPECT_NE(run_trial(world, small.trial(), 1).finding.state, Finding::State::fail);
}

TEST(CampaignRun, AStreamTellsWhatATraceKeeps) {
  const Small small(small_campaign::drawer, 1000);
  World world;
  std::vector<std::string> streamed;
  EventStream stream([&](const TraceEvent& event) { streamed.push_back(to_text(event)); });
  const std::uint64_t digest = run_trial(world, small.trial(), 7, &stream).finding.digest;
  EXPECT_EQ(streamed, trace_lines(world, small.trial(), 7));
  EXPECT_GT(streamed.size(), 100u);
  EXPECT_EQ(digest, run_trial(world, small.trial(), 7).finding.digest) << "watching changes nothing";
}

}  // namespace
}  // namespace moirai
