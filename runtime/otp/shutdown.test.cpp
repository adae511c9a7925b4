#include "runtime/otp/shutdown.hpp"

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

ChildSpec one(ChildSpec child) { return supervisor({.name = "root"}, {std::move(child)}); }

// How the end of one child, stopped at 10 s together with the root, is told.
void expect_stop(const ChildSpec& child, const Journal& expected, Duration lasts = Duration::zero()) {
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, one(child));
    Journal journal = run.journal(10s);
    journal.erase(journal.begin());  // "+a"
    Journal all = expected;
    all.push_back("-root shutdown");
    EXPECT_EQ(journal, all);
    EXPECT_EQ(run.ended_at["root"], Time(10s + lasts));
  });
}

ChildOptions options(Restart restart, Shutdown shutdown) { return {.restart = restart, .shutdown = shutdown}; }

TEST(Shutdown, AsksWithShutdown) {  // R-SUP-34
  expect_stop(worker("a", idle), {"-a shutdown"});
}

TEST(Shutdown, BrutalKillDoesNotAsk) {  // R-SUP-34, R-SUP-35; supervisor_SUITE:sup_stop_brutal_kill
  expect_stop(worker("a", stubborn, options(Restart::permanent, Shutdown::brutal_kill())), {"-a killed"});
  expect_stop(quiet("a", options(Restart::permanent, Shutdown::brutal_kill())), {"-a killed"});  // who is asked dies of that
}

TEST(Shutdown, KillsWhenTheLimitIsOverAndSaysSo) {  // R-SUP-34, R-SUP-35; supervisor_SUITE:sup_stop_timeout
  expect_stop(worker("a", stubborn, options(Restart::permanent, Shutdown::after(2s))), {"-a killed", "!shutdown_error a killed"}, 2s);
  expect_stop(worker("a", stubborn), {"-a killed", "!shutdown_error a killed"}, 5s);  // the default of a worker
}

TEST(Shutdown, WaitsAsLongAsTheChildIsInTime) {  // R-SUP-34
  expect_stop(worker("a", ending_with(reason::shutdown(), 1999ms), options(Restart::permanent, Shutdown::after(2s))), {"-a shutdown"},
              1999ms);
}

TEST(Shutdown, InfinityWaitsForever) {  // R-SUP-34; supervisor_SUITE:sup_stop_infinity
  expect_stop(worker("a", ending_with(reason::shutdown(), 100h), options(Restart::permanent, Shutdown::infinity())), {"-a shutdown"}, 100h);
}

TEST(Shutdown, ReportsWhatAPermanentChildShouldNotEndWith) {  // R-SUP-35
  const auto limit = Shutdown::after(1s);
  const Term tagged = Term::tuple({reason::shutdown(), atom("done")});
  for (const Restart restart : {Restart::permanent, Restart::transient, Restart::temporary}) {
    const bool permanent = restart == Restart::permanent;
    expect_stop(worker("a", ending_with(reason::normal()), options(restart, limit)),
                permanent ? Journal{"-a normal", "!shutdown_error a normal"} : Journal{"-a normal"});
    expect_stop(worker("a", ending_with(tagged), options(restart, limit)),
                permanent ? Journal{"-a {shutdown,done}", "!shutdown_error a {shutdown,done}"} : Journal{"-a {shutdown,done}"});
    expect_stop(worker("a", ending_with(atom("boom")), options(restart, limit)), {"-a boom", "!shutdown_error a boom"});
    expect_stop(worker("a", ending_with(reason::shutdown()), options(restart, limit)), {"-a shutdown"});
  }
}

TEST(Shutdown, TableOfExpectedEnds) {  // R-SUP-35
  const Term tagged = Term::tuple({reason::shutdown(), atom("done")});
  struct Row {
    Term reason;
    bool brutal_permanent, brutal_other, limit_permanent, limit_other;
  };
  const Row rows[] = {
      {reason::killed(), true, true, false, false}, {reason::shutdown(), false, true, true, true},
      {reason::normal(), false, true, false, true}, {tagged, false, true, false, true},
      {atom("boom"), false, false, false, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.reason.to_string());
    EXPECT_EQ(is_expected_end(row.reason, Shutdown::brutal_kill(), Restart::permanent), row.brutal_permanent);
    EXPECT_EQ(is_expected_end(row.reason, Shutdown::brutal_kill(), Restart::transient), row.brutal_other);
    EXPECT_EQ(is_expected_end(row.reason, Shutdown::after(1s), Restart::permanent), row.limit_permanent);
    EXPECT_EQ(is_expected_end(row.reason, Shutdown::after(1s), Restart::temporary), row.limit_other);
    EXPECT_EQ(is_expected_end(row.reason, Shutdown::infinity(), Restart::permanent), row.limit_permanent);
    EXPECT_EQ(is_expected_end(row.reason, Shutdown::infinity(), Restart::transient), row.limit_other);
  }
}

TEST(Shutdown, StopsInReverseStartOrderOneAtATime) {  // R-SUP-37
  const auto slow = [](const char* id) {
    return worker(id, ending_with(reason::shutdown(), 1s), options(Restart::permanent, Shutdown::infinity()));
  };
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {slow("a"), slow("b"), slow("c")}));
    EXPECT_EQ(run.journal(10s), (Journal{"+a", "+b", "+c", "-c shutdown", "-b shutdown", "-a shutdown", "-root shutdown"}));
    EXPECT_EQ(run.ended_at["c"], Time(11s));
    EXPECT_EQ(run.ended_at["b"], Time(12s));
    EXPECT_EQ(run.ended_at["a"], Time(13s));
  });
}

TEST(Shutdown, AChildThatUnlinkedItselfCannotHangIt) {  // R-SUP-34
  const auto naughty = [](Self& self) {
    self.unlink(self.world().parent(self.pid()));
    idle(self);
  };
  expect_stop(worker("a", naughty), {"-a shutdown"});
}

TEST(Shutdown, AChildThatDiedBeforeItWasAskedReportsItsTrueReason) {  // R-SUP-34, R-SUP-30; supervisor_SUITE:sup_stop_race
  const auto slow = worker("b", ending_with(reason::shutdown(), 1s));
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {worker("a", idle), slow}));
    run.crash(10500ms, "a");  // while the root waits for b
    EXPECT_EQ(run.journal(10s), (Journal{"+a", "+b", "-a boom", "-b shutdown", "!shutdown_error a boom", "-root shutdown"}));
  });
}

// R-SUP-36: both signals are under way at once, in their order. Who does not trap exits dies of the first, who does may see it or not.
TEST(Shutdown, ALimitOfZero) {
  expect_stop(quiet("a", options(Restart::permanent, Shutdown::after(0s))), {"-a shutdown"});
  expect_stop(worker("a", stubborn, options(Restart::permanent, Shutdown::after(0s))), {"-a killed", "!shutdown_error a killed"});
}

TEST(Shutdown, NobodyIsLinkedToWhatWasStopped) {  // R-SUP-34: no EXIT of a stopped child comes later
  on_every_schedule([](const Settings& settings) {
    std::vector<std::string> left;
    const auto stopper = [&left](Self& self) {
      self.trap_exit(true);
      const Pid child = self.spawn_link("child", idle);
      EXPECT_EQ(stop_child(self, child, Shutdown::after(1s)), reason::shutdown());
      self.receive([&](const Message& any) { left.push_back(any.to_string()); }, after(1s, [] {}));
      EXPECT_TRUE(self.world().links_of(self.pid()).empty());
    };
    World world(settings);
    world.start("stopper", stopper);
    world.run();
    EXPECT_EQ(left, std::vector<std::string>{});
  });
}

}  // namespace
}  // namespace moirai::otp_test
