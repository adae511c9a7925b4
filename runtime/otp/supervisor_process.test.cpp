#include "runtime/otp/supervisor_process.hpp"

#include <algorithm>

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

SupervisorOptions root(Strategy strategy, int restarts = 10, Duration within = 5s) {
  return {.name = "root", .strategy = strategy, .intensity = {.restarts = restarts, .within = within}};
}
ChildSpec child(const char* id, Restart restart = Restart::permanent) { return worker(id, idle, {.restart = restart}); }

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

// ---- strategies

TEST(SupervisorProcess, OneForOneRestartsInPlace) {  // R-SUP-24
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one), {child("a"), child("b"), child("c")}));
    run.crash(1s, "b");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "-b boom", "!child_terminated b boom", "+b", "-c shutdown", "-b shutdown",
                                        "-a shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorProcess, OneForOneKeepsAChildThatDeclinesToRestart) {  // R-SUP-24
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 1), {scripted("a", {"ok", "ignore"}), child("b")}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "-a boom", "!child_terminated a boom", "-b shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorProcess, OneForAllStopsInReverseAndStartsInOrder) {  // R-SUP-27
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_all), {child("a"), child("b"), child("c"), child("d")}));
    run.crash(1s, "b");
    const Journal expected{"+a",          "+b",          "+c",          "+d",          "-b boom",     "!child_terminated b boom",
                           "-d shutdown", "-c shutdown", "-a shutdown", "+a",          "+b",          "+c",
                           "+d",          "-d shutdown", "-c shutdown", "-b shutdown", "-a shutdown", "-root shutdown"};
    EXPECT_EQ(run.journal(2s), expected);
  });
}

TEST(SupervisorProcess, OneForAllForgetsTemporaryBystandersAndStartsWhatWasDone) {  // R-SUP-27
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_all), {child("a"), child("t", Restart::temporary),
                                                                   child("d", Restart::transient), scripted("i", {"ignore", "ok"})}));
    run.crash(1s, "d", reason::normal()).crash(2s, "a");
    EXPECT_EQ(run.journal(3s), (Journal{"+a", "+t", "+d", "-d normal", "-a boom", "!child_terminated a boom", "-t shutdown", "+a", "+d",
                                        "+i", "-i shutdown", "-d shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorProcess, RestForOneLeavesTheEarlierOnesAlone) {  // R-SUP-28
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::rest_for_one), {child("a"), child("b"), child("c"), child("d")}));
    run.crash(1s, "b");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "+d", "-b boom", "!child_terminated b boom", "-d shutdown", "-c shutdown", "+b",
                                        "+c", "+d", "-d shutdown", "-c shutdown", "-b shutdown", "-a shutdown", "-root shutdown"}));
  });
}

// ---- restarts that fail

TEST(SupervisorProcess, RetriesUntilTheLimitAndCountsEachTry) {  // R-SUP-19, R-SUP-25, R-SUP-26
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 3), {child("z"), scripted("a", {"ok", "e"})}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+z", "+a", "-a boom", "!child_terminated a boom", "!start_error a e",
                                        "!start_error a e {restarting}", "!start_error a e {restarting}",
                                        "!shutdown a reached_max_restart_intensity {restarting}", "-z shutdown", "-root shutdown"}));
    EXPECT_EQ(run.last_report().pid, run.latest("a"));
  });
}

TEST(SupervisorProcess, ARetryThatSucceedsPutsTheChildInPlace) {  // R-SUP-25
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 3), {scripted("a", {"ok", "e", "e", "ok"}), child("z")}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+z", "-a boom", "!child_terminated a boom", "!start_error a e",
                                        "!start_error a e {restarting}", "+a", "-z shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorProcess, ARetryStandsBehindWhatIsInTheMailbox) {  // R-SUP-25: an EXIT that has arrived is handled before the retry
  on_every_schedule([](const Settings& settings) {
    // Restarting a takes a second and fails; b dies meanwhile, so its EXIT is in the mailbox before the retry is sent.
    auto attempt = std::make_shared<int>(0);
    const auto start_a = [attempt](Self& supervisor) -> StartResult {
      const int k = (*attempt)++;
      if (k == 1) {
        supervisor.sleep(1s);
        return StartResult::error(Term::atom("e"));
      }
      return StartResult::ok(supervisor.spawn_link("a", idle));
    };
    TreeRun run(settings, supervisor(root(Strategy::one_for_one), {worker_started_by("a", start_a), child("b")}));
    run.crash(1s, "a").crash(1500ms, "b");
    EXPECT_EQ(run.journal(5s), (Journal{"+a", "+b", "-a boom", "!child_terminated a boom", "-b boom", "!start_error a e",
                                        "!child_terminated b boom", "+b", "+a", "-b shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorProcess, OneForAllRetriesTheWholeGroup) {  // R-SUP-29
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings,
                supervisor(root(Strategy::one_for_all, 3), {child("a"), child("t", Restart::temporary), scripted("c", {"ok", "e", "ok"})}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+t", "+c", "-a boom", "!child_terminated a boom", "-c shutdown", "-t shutdown", "+a",
                                        "!start_error c e", "-a shutdown", "+a", "+c", "-c shutdown", "-a shutdown", "-root shutdown"}));
    EXPECT_FALSE(run.last_report().pid);  // the failed sibling had no process
  });
}

TEST(SupervisorProcess, ASiblingThatFailsInAGroupRestartHasNoOldProcess) {  // R-SUP-29, R-SUP-26
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_all, 1), {child("a"), scripted("c", {"ok", "e"})}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+c", "-a boom", "!child_terminated a boom", "-c shutdown", "+a", "!start_error c e",
                                        "!shutdown c reached_max_restart_intensity {restarting}", "-a shutdown", "-root shutdown"}));
    EXPECT_FALSE(run.last_report().pid);
  });
}

TEST(SupervisorProcess, RestForOneRetriesFromTheOneThatFailed) {  // R-SUP-29
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::rest_for_one, 3), {child("a"), scripted("b", {"ok", "e", "ok"}), child("c")}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "-a boom", "!child_terminated a boom", "-c shutdown", "-b shutdown", "+a",
                                        "!start_error b e", "+b", "+c", "-c shutdown", "-b shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorProcess, AGroupRestartWhoseCrashedChildFailsIsRetriedFromIt) {  // R-SUP-29
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::rest_for_one, 1), {child("a"), scripted("b", {"ok", "e"}), child("c")}));
    run.crash(1s, "b");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "-b boom", "!child_terminated b boom", "-c shutdown", "!start_error b e",
                                        "!shutdown b reached_max_restart_intensity {restarting}", "-a shutdown", "-root shutdown"}));
    EXPECT_EQ(run.last_report().pid, run.latest("b"));
  });
}

TEST(SupervisorProcess, ARetryIsDroppedWhenTheGroupWasRestartedMeanwhile) {  // R-SUP-25, R-SUP-29
  on_every_schedule([](const Settings& settings) {
    // c fails to restart; a dies while that takes a second: a's group restart starts c too, and the retry finds nothing to do.
    auto attempt = std::make_shared<int>(0);
    const auto start_c = [attempt](Self& supervisor) -> StartResult {
      const int k = (*attempt)++;
      if (k == 1) {
        supervisor.sleep(1s);
        return StartResult::error(Term::atom("e"));
      }
      return StartResult::ok(supervisor.spawn_link("c", idle));
    };
    TreeRun run(settings, supervisor(root(Strategy::one_for_all, 2), {child("a"), worker_started_by("c", start_c)}));
    run.crash(1s, "c").crash(1500ms, "a");
    EXPECT_EQ(run.journal(5s),
              (Journal{"+a", "+c", "-c boom", "!child_terminated c boom", "-a shutdown", "+a", "-a boom", "!start_error c e",
                       "!child_terminated a boom", "+a", "+c", "-c shutdown", "-a shutdown", "-root shutdown"}));
  });
}

// ---- deaths at the same time

TEST(SupervisorProcess, OneForOneCountsEachOfSimultaneousDeaths) {  // R-SUP-30
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 1), {child("a"), child("b"), child("c")}));
    run.crash(1s, "a").crash(1s, "b");
    run.journal(2s);
    EXPECT_EQ(run.ended_at["root"], Time(1s));
    TreeRun more(settings, supervisor(root(Strategy::one_for_one, 2), {child("a"), child("b"), child("c")}));
    more.crash(1s, "a").crash(1s, "b");
    more.journal(2s);
    EXPECT_EQ(more.ended_at["root"], Time(2s));
  });
}

// Kills both in one step of the outside, then sees what the supervisor made of it.
TreeRun& crash_both(TreeRun& run, const char* first, const char* second) {
  return run.act(1s, [&run, first, second](Control& control) {
    control.crash(run.latest(first), atom("boom"));
    control.crash(run.latest(second), atom("bang"));
  });
}

TEST(SupervisorProcess, OneForAllCountsSimultaneousDeathsOnce) {  // R-SUP-30
  on_every_schedule([](const Settings& settings) {
    // c takes a second to stop, so that both have died before the supervisor looks at the second one.
    const auto slow = worker("c", ending_with(reason::shutdown(), 1s));
    TreeRun run(settings, supervisor(root(Strategy::one_for_all, 1), {child("a"), child("b"), slow}));
    crash_both(run, "a", "b").journal(9s);
    EXPECT_EQ(run.ended_at["root"], Time(10s));  // it did not give up; c takes its second
    EXPECT_EQ(run.incarnations["a"], 2);
    EXPECT_EQ(run.incarnations["b"], 2);
    // The one whose EXIT came second is told with its true reason.
    const auto errors = std::count_if(run.reports.begin(), run.reports.end(), [](const SupervisorReport& report) {
      return report.context == ReportContext::shutdown_error && (report.reason == atom("boom") || report.reason == atom("bang"));
    });
    EXPECT_EQ(errors, 1);
  });
}

TEST(SupervisorProcess, RestForOneCountsByTheOrderOfTheExits) {  // R-SUP-30: [earlier, later] once, [later, earlier] twice
  int once = 0, twice = 0;
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::rest_for_one, 10), {child("a"), child("b"), worker("z", idle)}));
    crash_both(run, "a", "b").journal(9s);
    const auto reports = std::count_if(run.reports.begin(), run.reports.end(),
                                       [](const SupervisorReport& report) { return report.context == ReportContext::child_terminated; });
    ASSERT_FALSE(run.reports.empty());
    const bool earlier_first = run.reports.front().id == "a";
    EXPECT_EQ(reports, earlier_first ? 1 : 2);
    ++(earlier_first ? once : twice);
  });
  EXPECT_GT(once, 20);
  EXPECT_GT(twice, 20);
}

// ---- planted bugs

TEST(SupervisorMutants, LimitOffByOneAllowsOneRestartMore) {
  SupervisorOptions options = root(Strategy::one_for_one, 1);
  options.mutant = SupervisorMutant::limit_off_by_one;
  TreeRun run({}, supervisor(options, {child("a")}));
  run.crash(1s, "a").crash(2s, "a").crash(3s, "a").journal(9s);
  EXPECT_EQ(run.incarnations["a"], 3);
  EXPECT_EQ(run.ended_at["root"], Time(3s));
}

TEST(SupervisorMutants, StopOrderReversedStopsInStartOrder) {
  SupervisorOptions options = root(Strategy::one_for_all);
  options.mutant = SupervisorMutant::stop_order_reversed;
  TreeRun run({}, supervisor(options, {child("a"), child("b")}));
  EXPECT_EQ(run.journal(1s), (Journal{"+a", "+b", "-a shutdown", "-b shutdown", "-root shutdown"}));
}

TEST(SupervisorMutants, TemporaryRestartedStartsItAgain) {
  SupervisorOptions options = root(Strategy::one_for_one);
  options.mutant = SupervisorMutant::temporary_restarted;
  TreeRun run({}, supervisor(options, {child("t", Restart::temporary)}));
  run.crash(1s, "t").journal(2s);
  EXPECT_EQ(run.incarnations["t"], 2);
}

}  // namespace
}  // namespace moirai::otp_test
