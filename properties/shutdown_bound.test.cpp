#include "properties/shutdown_bound.hpp"

#include "properties/law_run.test.hpp"
#include "runtime/otp/dynamic_supervisor.hpp"

namespace moirai {
namespace {

using namespace law_test;

ChildSpec stubborn_child(const char* id, Shutdown shutdown) { return worker(id, stubborn, {.shutdown = shutdown}); }

TEST(ShutdownBound, HoldsForChildrenThatHaveToBeKilled) {  // R-SUP-34
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    LawRun run(std::make_unique<ShutdownBound>(), random_schedule(seed));
    run.tree(supervisor({.name = "root", .strategy = Strategy::one_for_all, .intensity = {.restarts = 5, .within = 5s}},
                        {stubborn_child("a", Shutdown::after(1s)), stubborn_child("b", Shutdown::brutal_kill()),
                         supervisor({.name = "s"}, {stubborn_child("x", Shutdown::after(2s)), stubborn_child("y", Shutdown::after(3s))}),
                         worker("c", idle)}))
        .crash(1s, "root/c")
        .crash(20s, "root/c");
    EXPECT_TRUE(run.run().held()) << run.law().verdict().sentence;
    EXPECT_EQ(run.law().evaluations(), 10u);  // twice a, b, s, x, y
  }
}

// The planted bug: a supervisor that asks, waits too long and only then kills.
TEST(ShutdownBound, FindsASupervisorThatForgetsToKill) {
  LawRun run(std::make_unique<ShutdownBound>());
  run.process("root",
              rogue(claims(Strategy::one_for_one, 1, {{"a", Restart::permanent, Shutdown::after(1s), ChildType::worker}}), [](Self& self) {
                const Pid child = self.spawn_link("a", stubborn);
                self.note(ChildStarted{"a", child});
                self.sleep(1s);
                self.monitor(child);
                self.exit(child, reason::shutdown());
                self.sleep(1500ms);
                self.exit(child, reason::kill());
                self.take<Down>();
              }));
  ASSERT_TRUE(run.run().violated());
  EXPECT_EQ(run.law().verdict().sentence, "root/a was told to stop at 1s and still runs 1s later");
}

TEST(ShutdownBound, FindsASupervisorThatStopsItsChildrenTooSlowly) {
  const Program slow =
      rogue({"s", Strategy::one_for_one, 1, 5, {{"x", Restart::permanent, Shutdown::after(1s), ChildType::worker}}}, [](Self& self) {
        const Pid child = self.spawn_link("x", stubborn);
        self.note(ChildStarted{"x", child});
        self.take<Exit>();
        self.sleep(3s);
      });
  LawRun run(std::make_unique<ShutdownBound>());
  run.process("root", rogue(claims(Strategy::one_for_one, 1, {{"s", Restart::permanent, Shutdown::infinity(), ChildType::supervisor}}),
                            [slow](Self& self) {
                              const Pid child = self.spawn_link("s", slow);
                              self.note(ChildStarted{"s", child});
                              self.sleep(1s);
                              self.monitor(child);
                              self.exit(child, reason::shutdown());
                              self.take<Down>();
                            }));
  ASSERT_TRUE(run.run().violated());
  EXPECT_EQ(run.law().verdict().sentence, "root/s was told to stop at 1s and still runs 1s later");
}

// What a supervisor's children may take cannot be known from outside if they have no ids.
TEST(ShutdownBound, DoesNotJudgeSupervisorsOfUnknownChildren) {  // R-DYN-4, R-SUP-38
  const auto slow = [](Self& self) {
    self.trap_exit(true);
    self.take<Exit>();
    self.sleep(3s);
  };
  const std::vector<std::pair<ChildSpec, bool>> kinds{
      {dynamic_supervisor({.name = "d", .registered = true}), true},
      {supervisor({.name = "d", .strategy = Strategy::simple_one_for_one, .registered = true}, {worker("n", slow)}), false}};
  for (const auto& [kind, dynamic] : kinds) {
    LawRun run(std::make_unique<ShutdownBound>());
    const auto asker = [slow, with_spec = dynamic](Self& self) {
      if (with_spec)
        start_child(self, "d", worker("n", slow));
      else
        start_child(self, "d");
      idle(self);
    };
    run.tree(supervisor({.name = "root"}, {kind, worker("c", asker)})).exit_signal(5s, "root", reason::shutdown());
    EXPECT_TRUE(run.run().held()) << run.law().verdict().sentence;
    EXPECT_EQ(run.law().evaluations(), 1u);  // c
    EXPECT_EQ(run.end.at, Time(8s));
  }
}

TEST(ShutdownBound, WithoutAStopThereIsNothingToJudge) {
  LawRun run(std::make_unique<ShutdownBound>());
  run.tree(three(Strategy::one_for_one, {.restarts = 5, .within = 5s})).crash(1s, "root/a");
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 0u);
}

}  // namespace
}  // namespace moirai
