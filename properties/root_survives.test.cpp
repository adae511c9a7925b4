#include "properties/root_survives.hpp"

#include "properties/law_run.test.hpp"

namespace moirai {
namespace {

using namespace law_test;

std::unique_ptr<Law> law() { return std::make_unique<RootSurvives>(); }

TEST(RootSurvives, HoldsThroughRestarts) {
  LawRun run(law());
  run.tree(three(Strategy::one_for_one, {1, 5s})).crash(1s, "root/a");
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 1u);
}

TEST(RootSurvives, FindsARootThatGivesUp) {
  LawRun run(law());
  run.tree(three(Strategy::one_for_all, {1, 5s})).crash(1s, "root/a").crash(2s, "root/b");
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.sentence,
            "the root supervisor root gave up: more than 1 restarts within 5 s were due, the last straw being b with boom");
  EXPECT_EQ(verdict.signature, "law: root gave up");
  EXPECT_EQ(verdict.involved.size(), 2u);
}

TEST(RootSurvives, ARootMayGiveUpWhereThatIsExpected) {
  LawRun run(law());
  run.may_give_up().tree(three(Strategy::one_for_all, {0, 5s})).crash(1s, "root/a");
  EXPECT_TRUE(run.run().held());
  EXPECT_TRUE(run.world.processes().empty());
}

TEST(RootSurvives, ACrashOfTheRootIsNoGivingUp) {
  LawRun run(law());
  run.may_give_up().tree(three(Strategy::one_for_one, {1, 5s})).crash(1s, "root");
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.sentence, "the root supervisor root ended with boom");
}

}  // namespace
}  // namespace moirai
