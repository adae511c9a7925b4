#include "properties/restart_intensity.hpp"

#include "properties/law_run.test.hpp"
#include "runtime/otp/dynamic_supervisor.hpp"

namespace moirai {
namespace {

using namespace law_test;

std::unique_ptr<Law> law() { return std::make_unique<RestartIntensity>(); }

TEST(AttemptsInWindow, TheBoundaryCounts) {
  std::deque<std::int64_t> seconds{0, 3, 5};
  EXPECT_EQ(attempts_in_window(seconds, 5, 5), 3u);
  EXPECT_EQ(attempts_in_window(seconds, 6, 5), 2u);
  EXPECT_EQ(attempts_in_window(seconds, 8, 5), 2u);
  EXPECT_EQ(attempts_in_window(seconds, 9, 5), 1u);
  EXPECT_EQ(attempts_in_window(seconds, 11, 5), 0u);
}

TEST(RestartIntensity, HoldsWhileTheLimitIsNotReached) {
  LawRun run(law());
  run.tree(three(Strategy::one_for_one, {2, 5s})).crash(1s, "root/a").crash(2s, "root/b").crash(8s, "root/c").crash(9s, "root/c");
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 4u);
}

TEST(RestartIntensity, HoldsWhenTheLimitIsExceededAndTheSupervisorGivesUp) {
  for (const Strategy strategy : {Strategy::one_for_one, Strategy::one_for_all, Strategy::rest_for_one}) {
    LawRun run(law());
    run.tree(three(strategy, {2, 5s})).crash(1s, "root/a").crash(2s, "root/b").crash(3s, "root/a");
    const Verdict verdict = run.run();
    EXPECT_TRUE(verdict.held()) << verdict.sentence;
    EXPECT_EQ(run.law().evaluations(), 3u) << "two restarts, and the giving up";
    EXPECT_TRUE(run.world.processes().empty());
  }
}

TEST(RestartIntensity, FlooredSecondsDecide) {
  // From 0.9 s to 6.1 s it is six whole seconds, from 1.9 s to 6.1 s five: only the second pair is inside the window of five.
  LawRun apart(law());
  apart.tree(three(Strategy::one_for_one, {1, 5s})).crash(900ms, "root/a").crash(6100ms, "root/a");
  EXPECT_TRUE(apart.run().held());
  EXPECT_EQ(apart.law().evaluations(), 2u);
  LawRun together(law());
  together.tree(three(Strategy::one_for_one, {1, 5s})).crash(1900ms, "root/a").crash(6100ms, "root/a");
  EXPECT_TRUE(together.run().held());
  EXPECT_TRUE(together.world.processes().empty()) << "it gave up, and the law agrees";
}

TEST(RestartIntensity, AGroupCountsOnce) {
  LawRun run(law());
  run.tree(three(Strategy::one_for_all, {1, 5s})).crash(1s, "root/b");
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 1u);
}

TEST(RestartIntensity, FindsALimitThatIsOffByOne) {
  for (const Strategy strategy : {Strategy::one_for_one, Strategy::one_for_all, Strategy::rest_for_one})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      LawRun run(law(), random_schedule(seed));
      run.tree(three(strategy, {1, 5s}, SupervisorMutant::limit_off_by_one)).crash(1s, "root/a").crash(2s, "root/b");
      const Verdict verdict = run.run();
      ASSERT_TRUE(verdict.violated());
      const std::string who = strategy == Strategy::one_for_one ? "b" : "its children";
      EXPECT_EQ(verdict.sentence, "supervisor root restarted " + who + " for the 2. time within 5 s, but its intensity allows 1 in 5 s");
      EXPECT_EQ(verdict.signature, "law: restarted too often");
      EXPECT_EQ(run.end.why, RunEnd::Why::stopped);
      EXPECT_EQ(verdict.at, Time{} + 2s);
    }
}

const std::vector<ChildConfig> one_child{{"a", Restart::permanent, Shutdown::after(1s), ChildType::worker}};

TEST(RestartIntensity, FindsASupervisorThatGivesUpTooEarly) {
  LawRun run(law());
  run.process("root", rogue(claims(Strategy::one_for_one, 2, one_child), [](Self& self) {
                self.spawn_link("a", idle);
                self.take<Exit>();
                self.spawn_link("a", idle);
                self.take<Exit>();
                self.exit(reason::shutdown());
              }));
  run.crash(1s, "root/a").crash(2s, "root/a");
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.signature, "law: gave up too early");
}

TEST(RestartIntensity, FindsASupervisorThatGivesUpForNothing) {
  LawRun run(law());
  run.process("root", rogue(claims(Strategy::one_for_one, 2, one_child), [](Self& self) {
                self.spawn_link("a", idle);
                self.sleep(1s);
                self.exit(reason::shutdown());
              }));
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.signature, "law: gave up without a cause");
}

// Whose children went, and how often, cannot be told from outside if they have no ids.
TEST(RestartIntensity, DoesNotJudgeADynamicSupervisorThatGivesUp) {
  LawRun run(std::make_unique<RestartIntensity>());
  const auto asker = [](Self& self) {
    start_child(self, "d", worker("n", idle));
    idle(self);
  };
  run.tree(supervisor({.name = "root"}, {dynamic_supervisor({.name = "d", .registered = true}), worker("c", asker)}));
  for (int i = 1; i <= 4; ++i) run.crash(i * 1s, "root/d/n");
  run.exit_signal(9s, "root", reason::shutdown());
  EXPECT_TRUE(run.run().held()) << run.law().verdict().sentence;
  EXPECT_EQ(run.law().evaluations(), 1u);  // d itself is restarted once
}

TEST(RestartIntensity, BeingStoppedByTheParentIsNotGivingUp) {
  SupervisorOptions outer;
  outer.name = "root";
  LawRun run(law());
  ChildSpec inner = three(Strategy::one_for_one, {1, 5s});
  inner.id = "inner";
  outer.strategy = Strategy::one_for_all;
  run.tree(supervisor(std::move(outer), {worker("x", idle), std::move(inner)})).crash(1s, "root/x");
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 1u);
}

TEST(RestartIntensity, ACrashWithShutdownIsNotGivingUp) {
  LawRun run(law());
  run.tree(three(Strategy::one_for_one, {1, 5s})).crash(1s, "root", reason::shutdown());
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 0u);
}

TEST(RestartIntensity, NothingHappensNothingIsEvaluated) {
  LawRun run(law());
  run.tree(three(Strategy::one_for_one, {1, 5s}));
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 0u);
}

}  // namespace
}  // namespace moirai
