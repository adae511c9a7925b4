#include "runtime/otp/supervisor_process.hpp"

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

// ---- who is restarted

TEST(SupervisorProcess, RestartTable) {  // R-SUP-13
  const Term tagged = Term::tuple({reason::shutdown(), atom("done")});
  for (const Term& why : {reason::normal(), reason::shutdown(), tagged, atom("boom"), reason::killed()}) {
    const bool calm = is_normal_exit(why);
    const std::string died = "-a " + why.to_string(), report = "!child_terminated a " + why.to_string();
    const auto expect = [&](Restart restart, Journal journal) {
      on_every_schedule([&](const Settings& settings) {
        TreeRun run(settings, supervisor(root(Strategy::one_for_one), {child("a", restart)}));
        run.crash(1s, "a", why);
        EXPECT_EQ(run.journal(2s), journal);
      });
    };
    const Journal restarted{"+a", died, report, "+a", "-a shutdown", "-root shutdown"};
    expect(Restart::permanent, restarted);
    expect(Restart::transient, calm ? Journal{"+a", died, "-root shutdown"} : restarted);
    expect(Restart::temporary, calm ? Journal{"+a", died, "-root shutdown"} : Journal{"+a", died, report, "-root shutdown"});
  }
}

TEST(SupervisorProcess, AKilledChildIsRestarted) {  // R-SUP-13, R-XS-1
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one), {worker("a", stubborn, {.shutdown = Shutdown::brutal_kill()})}));
    run.exit_signal(1s, "a", reason::kill());
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "-a killed", "!child_terminated a killed", "+a", "-a killed", "-root shutdown"}));
  });
}

TEST(SupervisorProcess, ATemporaryDeathTouchesNobodyAndDoesNotCount) {  // R-SUP-15
  for (const Strategy strategy : {Strategy::one_for_one, Strategy::one_for_all, Strategy::rest_for_one})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings,
                  supervisor(root(strategy, 0), {child("a"), child("t", Restart::temporary), child("u", Restart::temporary), child("b")}));
      run.crash(1s, "t").crash(1s, "u", reason::normal());
      run.journal(2s);
      EXPECT_EQ(run.incarnations["t"], 1);
      EXPECT_EQ(run.incarnations["a"] + run.incarnations["b"], 2);
      EXPECT_EQ(run.ended_at["root"], Time(2s));
    });
}

TEST(SupervisorProcess, ATransientChildThatIsDoneTouchesNobodyAndDoesNotCount) {  // R-SUP-15
  for (const Strategy strategy : {Strategy::one_for_one, Strategy::one_for_all, Strategy::rest_for_one})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor(root(strategy, 0), {child("a"), child("t", Restart::transient), child("b")}));
      run.crash(1s, "t", reason::shutdown());
      EXPECT_EQ(run.journal(2s), (Journal{"+a", "+t", "+b", "-t shutdown", "-b shutdown", "-a shutdown", "-root shutdown"}));
    });
}

// ---- how often

// Crashes of `a` at these seconds; returns when the root ended (20 s: it was still there).
Time end_after(const Settings& settings, int restarts, Duration within, const std::vector<Duration>& crashes) {
  TreeRun run(settings, supervisor(root(Strategy::one_for_one, restarts, within), {child("a"), child("b")}));
  for (const Duration when : crashes) run.crash(when, "a");
  run.journal(20s);
  return run.ended_at["root"];
}

TEST(SupervisorProcess, TheWindowIncludesItsBoundary) {  // R-SUP-16, R-SUP-17
  on_every_schedule([](const Settings& settings) {
    EXPECT_EQ(end_after(settings, 1, 5s, {1s, 6s}), Time(6s));
    EXPECT_EQ(end_after(settings, 1, 5s, {1s, 7s}), Time(20s));
    // seconds are floored: 5.998 s apart may count, 5.002 s may not
    EXPECT_EQ(end_after(settings, 1, 5s, {1001ms, 6999ms}), Time(6999ms));
    EXPECT_EQ(end_after(settings, 1, 5s, {1999ms, 7001ms}), Time(20s));
  });
}

TEST(SupervisorProcess, SuccessDoesNotResetTheCount) {  // R-SUP-20
  on_every_schedule([](const Settings& settings) {
    EXPECT_EQ(end_after(settings, 2, 10s, {1s, 5s, 9s}), Time(9s));
    EXPECT_EQ(end_after(settings, 2, 10s, {1s, 5s, 12s, 13s}), Time(13s));
    EXPECT_EQ(end_after(settings, 2, 10s, {1s, 5s, 12s, 16s}), Time(20s));
  });
}

TEST(SupervisorProcess, GivesUpWithShutdownInReverseOrder) {  // R-SUP-18, R-SUP-50
  for (const Strategy strategy : {Strategy::one_for_one, Strategy::one_for_all, Strategy::rest_for_one})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor(root(strategy, 0), {child("a"), child("b"), child("c")}));
      run.crash(1s, "b");
      EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "-b boom", "!child_terminated b boom",
                                          "!shutdown b reached_max_restart_intensity", "-c shutdown", "-a shutdown", "-root shutdown"}));
      EXPECT_EQ(run.last_report().pid, run.latest("b"));
    });
}

TEST(SupervisorProcess, AGroupRestartCountsOnce) {  // R-SUP-19
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_all, 2), {child("a"), child("b"), child("c")}));
    run.crash(1s, "b").crash(2s, "a").crash(3s, "c");
    run.journal(9s);
    EXPECT_EQ(run.incarnations["a"], 3);
    EXPECT_EQ(run.ended_at["root"], Time(3s));
  });
}

TEST(SupervisorProcess, EachSupervisorCountsForItself) {  // R-SUP-21: (1 + 1) * (2 + 1) starts of a leaf that always crashes
  on_every_schedule([](const Settings& settings) {
    const auto crashing = [](Self& self) { self.exit(Term::atom("boom")); };
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 1),
                                     {supervisor({.name = "s", .intensity = {.restarts = 2, .within = 5s}}, {worker("x", crashing)})}));
    run.journal(9s);
    EXPECT_EQ(run.incarnations["s/x"], 6);
    EXPECT_EQ(run.incarnations["s"], 2);
    EXPECT_EQ(run.ended_at["root"], Time{});
    EXPECT_EQ(run.lines.back(), "-root shutdown");
  });
}

TEST(SupervisorProcess, AParentRestartsWhatGaveUpOnlyIfPermanent) {  // R-SUP-23, R-SUP-20
  for (const Restart restart : {Restart::permanent, Restart::transient})
    on_every_schedule([&](const Settings& settings) {
      const auto subtree = supervisor({.name = "s", .intensity = {.restarts = 0, .within = 5s}, .restart = restart}, {child("x")});
      TreeRun run(settings, supervisor(root(Strategy::one_for_one, 1), {subtree}));
      run.crash(1s, "s/x");
      const Journal gave_up{"+s/x",       "+s", "-s/x boom", "!child_terminated s/x boom", "!shutdown s/x reached_max_restart_intensity",
                            "-s shutdown"};
      Journal expected = gave_up;
      if (restart == Restart::permanent)
        expected.insert(expected.end(), {"!child_terminated s shutdown", "+s/x", "+s", "-s/x shutdown", "-s shutdown"});
      expected.push_back("-root shutdown");
      EXPECT_EQ(run.journal(2s), expected);
    });
}

}  // namespace
}  // namespace moirai::otp_test
