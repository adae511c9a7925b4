#include "properties/recovery.hpp"

#include "properties/law_run.test.hpp"

namespace moirai {
namespace {

using namespace law_test;

std::unique_ptr<Law> law(Duration within = 2s) { return std::make_unique<Recovery>(within); }

ChildSpec root_of(std::vector<ChildSpec> children, Intensity intensity = {3, 5s}) {
  SupervisorOptions options;
  options.name = "root";
  options.intensity = intensity;
  return supervisor(std::move(options), std::move(children));
}

// Takes `delay` to start, from its second start on.
ChildSpec slow_starter(std::string id, Duration delay) {
  const std::string label = id;
  return worker_started_by(std::move(id), [delay, label](Self& supervising) {
    if (supervising.now() > Time{} + 1s) supervising.sleep(delay);
    return StartResult::ok(supervising.spawn_link(label, idle));
  });
}

TEST(Recovery, HoldsAndMeasuresNothingWhenNobodyWasDown) {
  LawRun run(law());
  run.tree(root_of({worker("a", idle)})).phases(1s, 10s, 20s);
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 1u);
  EXPECT_EQ(run.law().recovery(), Duration(0));
}

TEST(Recovery, MeasuresFromHealToTheLastRestart) {
  LawRun run(law());
  run.tree(root_of({slow_starter("slow", 1500ms), worker("a", idle)})).phases(1s, 10s, 20s).crash(9s, "root/slow").crash(9s, "root/a");
  const Verdict verdict = run.run();
  EXPECT_TRUE(verdict.held()) << verdict.sentence;
  EXPECT_EQ(run.law().recovery(), Duration(500ms));
}

TEST(Recovery, FindsAChildThatComesBackTooLate) {
  LawRun run(law(2s));
  run.tree(root_of({slow_starter("slow", 8s)})).phases(1s, 10s, 20s).crash(9s, "root/slow");
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.sentence, "root/slow is not running 2s after heal, and recovery was due within 2s (it had ended with boom)");
  EXPECT_EQ(verdict.signature, "law: root/slow not running");
}

TEST(Recovery, FindsAChildWhoseDeathNobodyNotices) {
  LawRun run(law());
  run.tree(root_of({worker_started_by("a", [](Self& supervising) { return StartResult::ok(supervising.spawn("a", idle)); })}))
      .phases(1s, 10s, 20s)
      .crash(5s, "root/a");
  EXPECT_TRUE(run.run().violated());
}

TEST(Recovery, AChildThatFallsAgainLaterIsJudgedToo) {
  LawRun run(law());
  run.tree(root_of({slow_starter("slow", 1s)})).phases(1s, 10s, 20s).crash(15s, "root/slow");
  EXPECT_TRUE(run.run().violated());
}

TEST(Recovery, ATransientChildThatEndedNormallyIsNotExpected) {
  LawRun run(law());
  run.tree(root_of({worker("t", idle, {.restart = Restart::transient}), worker("a", idle)}))
      .phases(1s, 10s, 20s)
      .crash(5s, "root/t", reason::normal());
  EXPECT_TRUE(run.run().held());
}

struct Decliner {
  using Accepts = Messages<Log>;
  explicit Decliner(Self& self) { proc_lib::init_ignore(self); }
  void on(Self&, const Log&) {}
};

TEST(Recovery, AChildThatDeclinedIsNotExpected) {
  LawRun run(law());
  run.tree(root_of({worker<Decliner>("d"), worker("a", idle)})).phases(1s, 10s, 20s);
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 1u);
}

TEST(Recovery, ARootThatIsGoneNeverRecovers) {
  for (const bool allowed : {false, true}) {
    LawRun run(law());
    if (allowed) run.may_give_up();
    run.tree(root_of({worker("a", idle)}, {0, 5s})).phases(1s, 10s, 20s).crash(5s, "root/a");
    EXPECT_EQ(run.run().violated(), !allowed);
  }
}

TEST(Recovery, ASettleThatIsTooShortCannotTell) {
  LawRun run(law(5s));
  run.tree(root_of({slow_starter("slow", 20s)})).phases(1s, 10s, 12s).crash(9s, "root/slow");
  const Verdict verdict = run.run();
  EXPECT_EQ(verdict.state, Verdict::State::inconclusive);
  EXPECT_EQ(run.law().evaluations(), 0u);
}

TEST(Recovery, ARunThatIsCutShortCannotTell) {
  LawRun run(law());
  run.tree(root_of({worker("a", idle)})).phases(1s, 10s, 20s).at(5s, [](Control& control) { control.stop("enough"); });
  EXPECT_EQ(run.run().state, Verdict::State::inconclusive);
}

}  // namespace
}  // namespace moirai
