#include "properties/no_orphans.hpp"

#include "properties/law_run.test.hpp"

namespace moirai {
namespace {

using namespace law_test;

std::unique_ptr<Law> law() { return std::make_unique<NoOrphans>(); }

ChildSpec tree(Program child) {
  SupervisorOptions inner;
  inner.name = "inner";
  SupervisorOptions outer;
  outer.name = "root";
  return supervisor(std::move(outer), {supervisor(std::move(inner), {worker_started_by("child", [child](Self& supervising) {
                                                    return StartResult::ok(supervising.spawn_link("child", child));
                                                  })})});
}

TEST(NoOrphans, HoldsWhenASupervisorIsKilled) {
  LawRun run(law());
  run.tree(tree(Program(idle))).crash(1s, "root/inner", reason::kill());
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 1u);
}

TEST(NoOrphans, FindsAChildThatUnlinkedItself) {
  LawRun run(law());
  run.tree(tree(Program([](Self& self) {
       self.unlink(self.world().parent(self.pid()));
       idle(self);
     })))
      .crash(1s, "root/inner", reason::kill());
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.sentence, "root/inner/child still runs, 0s after its supervisor root/inner died");
  EXPECT_EQ(verdict.signature, "law: root/inner/child outlived its supervisor");
}

TEST(NoOrphans, AChildThatTrapsExitsMayStay) {
  LawRun run(law());
  run.tree(tree(Program(stubborn))).crash(1s, "root/inner", reason::kill());
  EXPECT_TRUE(run.run().held());
}

TEST(NoOrphans, AFaultThatEndsASupervisorNormallyEndsNobodyElse) {
  LawRun run(law());
  run.tree(tree(Program(idle))).crash(1s, "root/inner", reason::normal());
  EXPECT_TRUE(run.run().held());
}

TEST(NoOrphans, WithoutADeathThereIsNothingToJudge) {
  LawRun run(law());
  run.tree(tree(Program(idle)));
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 0u);
}

}  // namespace
}  // namespace moirai
