#include "properties/supervision_order.hpp"

#include "properties/law_run.test.hpp"

namespace moirai {
namespace {

using namespace law_test;

std::unique_ptr<Law> law() { return std::make_unique<SupervisionOrder>(); }

constexpr Shutdown second = Shutdown::after(1s);
const ChildConfig a{"a", Restart::permanent, second, ChildType::worker};
const ChildConfig b{"b", Restart::permanent, second, ChildType::worker};
const ChildConfig t{"t", Restart::transient, second, ChildType::worker};

Verdict of_rogue(SupervisorStarted said, std::function<void(Self&)> body, std::vector<std::string> crashes = {},
                 Term reason = atom("boom")) {
  LawRun run(law());
  run.process("root", rogue(std::move(said), std::move(body)));
  for (std::size_t i = 0; i < crashes.size(); ++i) run.crash(std::chrono::seconds(i + 1), crashes[i], reason);
  return run.run();
}

void stop(Self& self, Pid child) {
  self.monitor(child);
  self.exit(child, reason::shutdown());
  self.take<Down>();
}

TEST(SupervisionOrder, HoldsForEveryStrategyAndSchedule) {
  for (const Strategy strategy : {Strategy::one_for_one, Strategy::one_for_all, Strategy::rest_for_one})
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      LawRun run(law(), random_schedule(seed));
      run.tree(three(strategy, {3, 5s}))
          .crash(1s, "root/a")
          .crash(1s, "root/c")
          .crash(2s, "root/b")
          .exit_signal(9s, "root", reason::shutdown());
      const Verdict verdict = run.run();
      ASSERT_TRUE(verdict.held()) << to_string(strategy) << " " << seed << ": " << verdict.sentence;
      EXPECT_GE(run.law().evaluations(), 9u);
      EXPECT_TRUE(run.world.processes().empty());
    }
}

TEST(SupervisionOrder, FindsAReversedStopOrder) {
  for (const Strategy strategy : {Strategy::one_for_one, Strategy::one_for_all, Strategy::rest_for_one}) {
    LawRun run(law());
    run.tree(three(strategy, {1, 5s}, SupervisorMutant::stop_order_reversed)).exit_signal(1s, "root", reason::shutdown());
    const Verdict verdict = run.run();
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.sentence, "supervisor root stopped a while b, which is started after it, was still running");
    EXPECT_EQ(verdict.signature, "law: stopped out of order");
  }
}

TEST(SupervisionOrder, FindsATemporaryChildThatIsRestarted) {
  SupervisorOptions options;
  options.name = "root";
  options.mutant = SupervisorMutant::temporary_restarted;
  LawRun run(law());
  run.tree(supervisor(std::move(options), {worker("t", idle, {.restart = Restart::temporary})})).crash(1s, "root/t");
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.sentence, "supervisor root restarted t, which is temporary");
}

TEST(SupervisionOrder, ATemporaryChildThatStaysDownIsFine) {
  SupervisorOptions options;
  options.name = "root";
  LawRun run(law());
  run.tree(supervisor(std::move(options), {worker("t", idle, {.restart = Restart::temporary}), worker("a", idle)})).crash(1s, "root/t");
  EXPECT_TRUE(run.run().held());
}

TEST(SupervisionOrder, FindsChildrenStartedInTheWrongOrder) {
  const Verdict verdict = of_rogue(claims(Strategy::one_for_one, 1, {a, b}), [](Self& self) {
    self.spawn_link("b", idle);
    self.spawn_link("a", idle);
    self.take<Exit>();
  });
  EXPECT_EQ(verdict.signature, "law: started out of order");
}

TEST(SupervisionOrder, FindsATransientChildRestartedAfterANormalEnd) {
  const Verdict verdict = of_rogue(
      claims(Strategy::one_for_one, 1, {t}),
      [](Self& self) {
        const Pid child = self.spawn_link("t", idle);
        self.note(ChildStarted{"t", child});
        self.take<Exit>();
        self.spawn_link("t", idle);
        self.take<Exit>();
      },
      {"root/t"}, reason::normal());
  EXPECT_EQ(verdict.sentence, "supervisor root restarted t, which is transient and had ended with normal");
}

TEST(SupervisionOrder, FindsTwoIncarnationsAtOnce) {
  const Verdict verdict = of_rogue(claims(Strategy::one_for_one, 1, {a}), [](Self& self) {
    self.spawn_link("a", idle);
    self.spawn_link("a", idle);
    self.take<Exit>();
  });
  EXPECT_EQ(verdict.signature, "law: two incarnations at once");
}

TEST(SupervisionOrder, FindsOneForOneThatStopsASibling) {
  const Verdict verdict = of_rogue(claims(Strategy::one_for_one, 1, {a, b}),
                                   [](Self& self) {
                                     self.spawn_link("a", idle);
                                     const Pid sibling = self.spawn_link("b", idle);
                                     self.take<Exit>();
                                     stop(self, sibling);
                                     self.spawn_link("a", idle);
                                     self.take<Exit>();
                                   },
                                   {"root/a"});
  EXPECT_EQ(verdict.signature, "law: one_for_one stopped a child");
}

TEST(SupervisionOrder, FindsOneForAllThatRestartsOnlyTheOne) {
  const auto restart_one = [](Self& self) {
    self.spawn_link("a", idle);
    self.spawn_link("b", idle);
    const Exit exit = self.take<Exit>();
    self.spawn_link(self.world().label(exit.from), idle);
    self.take<Exit>();
  };
  const Verdict first = of_rogue(claims(Strategy::one_for_all, 1, {a, b}), restart_one, {"root/a"});
  EXPECT_EQ(first.signature, "law: restarted beside a running sibling");
  const Verdict last = of_rogue(claims(Strategy::one_for_all, 1, {a, b}), restart_one, {"root/b"});
  EXPECT_EQ(last.sentence, "supervisor root is one_for_all, but restarted b without a");
}

TEST(SupervisionOrder, FindsRestForOneThatRestartsAll) {
  const Verdict verdict = of_rogue(claims(Strategy::rest_for_one, 1, {a, b}),
                                   [](Self& self) {
                                     const Pid first = self.spawn_link("a", idle);
                                     self.spawn_link("b", idle);
                                     self.take<Exit>();
                                     stop(self, first);
                                     self.spawn_link("a", idle);
                                     self.spawn_link("b", idle);
                                     self.receive([](const Down&) {});
                                   },
                                   {"root/b"});
  EXPECT_EQ(verdict.signature, "law: restarted without a cause");
}

TEST(SupervisionOrder, AnExitSignalInTheSupervisorsNameIsNoStop) {
  LawRun run(law());
  run.tree(three(Strategy::rest_for_one, {3, 5s}))
      .exit_signal(1s, "root/a", atom("boom"), "root")
      .exit_signal(2s, "root/b", reason::kill(), "root");
  const Verdict verdict = run.run();
  EXPECT_TRUE(verdict.held()) << verdict.sentence;
}

TEST(SupervisionOrder, ASupervisorThatWasLiedToIsNotJudged) {
  LawRun run(law());
  run.tree(three(Strategy::rest_for_one, {3, 5s})).exit_signal(1s, "root", atom("boom"), "root/a");
  const Verdict verdict = run.run();
  EXPECT_TRUE(verdict.held()) << verdict.sentence;
  EXPECT_EQ(run.law().evaluations(), 3u) << "the first starts; then it restarts a, which still lives";
}

}  // namespace
}  // namespace moirai
