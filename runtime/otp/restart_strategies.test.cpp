// How deaths touch siblings. The process is in supervisor_process.hpp; here are its strategies.
#include <algorithm>

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

// ---- strategies

TEST(RestartStrategies, OneForOneRestartsInPlace) {  // R-SUP-24; supervisor_SUITE:one_for_one
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one), {child("a"), child("b"), child("c")}));
    run.crash(1s, "b");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "-b boom", "!child_terminated b boom", "+b", "-c shutdown", "-b shutdown",
                                        "-a shutdown", "-root shutdown"}));
  });
}

TEST(RestartStrategies, OneForOneKeepsAChildThatDeclinesToRestart) {  // R-SUP-24
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 1), {scripted("a", {"ok", "ignore"}), child("b")}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "-a boom", "!child_terminated a boom", "-b shutdown", "-root shutdown"}));
  });
}

TEST(RestartStrategies, OneForAllStopsInReverseAndStartsInOrder) {  // R-SUP-27; supervisor_SUITE:one_for_all
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_all), {child("a"), child("b"), child("c"), child("d")}));
    run.crash(1s, "b");
    const Journal expected{"+a",          "+b",          "+c",          "+d",          "-b boom",     "!child_terminated b boom",
                           "-d shutdown", "-c shutdown", "-a shutdown", "+a",          "+b",          "+c",
                           "+d",          "-d shutdown", "-c shutdown", "-b shutdown", "-a shutdown", "-root shutdown"};
    EXPECT_EQ(run.journal(2s), expected);
  });
}

TEST(RestartStrategies, OneForAllForgetsTemporaryBystandersAndStartsWhatWasDone) {  // R-SUP-27; supervisor_SUITE:temporary_bystander
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_all), {child("a"), child("t", Restart::temporary),
                                                                   child("d", Restart::transient), scripted("i", {"ignore", "ok"})}));
    run.crash(1s, "d", reason::normal()).crash(2s, "a");
    EXPECT_EQ(run.journal(3s), (Journal{"+a", "+t", "+d", "-d normal", "-a boom", "!child_terminated a boom", "-t shutdown", "+a", "+d",
                                        "+i", "-i shutdown", "-d shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(RestartStrategies, RestForOneLeavesTheEarlierOnesAlone) {  // R-SUP-28; supervisor_SUITE:rest_for_one
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::rest_for_one), {child("a"), child("b"), child("c"), child("d")}));
    run.crash(1s, "b");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "+d", "-b boom", "!child_terminated b boom", "-d shutdown", "-c shutdown", "+b",
                                        "+c", "+d", "-d shutdown", "-c shutdown", "-b shutdown", "-a shutdown", "-root shutdown"}));
  });
}

// ---- restarts that fail

TEST(RestartStrategies, RetriesUntilTheLimitAndCountsEachTry) {  // R-SUP-19, R-SUP-25, R-SUP-26; supervisor_SUITE:one_for_one_escalation
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 3), {child("z"), scripted("a", {"ok", "e"})}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+z", "+a", "-a boom", "!child_terminated a boom", "!start_error a e",
                                        "!start_error a e {restarting}", "!start_error a e {restarting}",
                                        "!shutdown a reached_max_restart_intensity {restarting}", "-z shutdown", "-root shutdown"}));
    EXPECT_EQ(run.last_report().pid, run.latest("a"));
  });
}

TEST(RestartStrategies, ARetryThatSucceedsPutsTheChildInPlace) {  // R-SUP-25
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 3), {scripted("a", {"ok", "e", "e", "ok"}), child("z")}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+z", "-a boom", "!child_terminated a boom", "!start_error a e",
                                        "!start_error a e {restarting}", "+a", "-z shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(RestartStrategies, ARetryStandsBehindWhatIsInTheMailbox) {  // R-SUP-25: an EXIT that has arrived is handled before the retry
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

TEST(RestartStrategies, OneForAllRetriesTheWholeGroup) {  // R-SUP-29; supervisor_SUITE:one_for_all_other_child_fails_restart
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings,
                supervisor(root(Strategy::one_for_all, 3), {child("a"), child("t", Restart::temporary), scripted("c", {"ok", "e", "ok"})}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+t", "+c", "-a boom", "!child_terminated a boom", "-c shutdown", "-t shutdown", "+a",
                                        "!start_error c e", "-a shutdown", "+a", "+c", "-c shutdown", "-a shutdown", "-root shutdown"}));
    EXPECT_FALSE(run.last_report().pid);  // the failed sibling had no process
  });
}

TEST(RestartStrategies, ASiblingThatFailsInAGroupRestartHasNoOldProcess) {  // R-SUP-29, R-SUP-26; supervisor_SUITE:one_for_all_escalation
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_all, 1), {child("a"), scripted("c", {"ok", "e"})}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+c", "-a boom", "!child_terminated a boom", "-c shutdown", "+a", "!start_error c e",
                                        "!shutdown c reached_max_restart_intensity {restarting}", "-a shutdown", "-root shutdown"}));
    EXPECT_FALSE(run.last_report().pid);
  });
}

TEST(RestartStrategies, RestForOneRetriesFromTheOneThatFailed) {  // R-SUP-29; supervisor_SUITE:rest_for_one_other_child_fails_restart
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::rest_for_one, 3), {child("a"), scripted("b", {"ok", "e", "ok"}), child("c")}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "-a boom", "!child_terminated a boom", "-c shutdown", "-b shutdown", "+a",
                                        "!start_error b e", "+b", "+c", "-c shutdown", "-b shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(RestartStrategies, AGroupRestartWhoseCrashedChildFailsIsRetriedFromIt) {  // R-SUP-29; supervisor_SUITE:rest_for_one_escalation
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::rest_for_one, 1), {child("a"), scripted("b", {"ok", "e"}), child("c")}));
    run.crash(1s, "b");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "+b", "+c", "-b boom", "!child_terminated b boom", "-c shutdown", "!start_error b e",
                                        "!shutdown b reached_max_restart_intensity {restarting}", "-a shutdown", "-root shutdown"}));
    EXPECT_EQ(run.last_report().pid, run.latest("b"));
  });
}

TEST(RestartStrategies, ARetryIsDroppedWhenTheGroupWasRestartedMeanwhile) {  // R-SUP-25, R-SUP-29
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

TEST(RestartStrategies, OneForOneCountsEachOfSimultaneousDeaths) {  // R-SUP-30
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

TEST(RestartStrategies, OneForAllCountsSimultaneousDeathsOnce) {  // R-SUP-30
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

TEST(RestartStrategies, RestForOneCountsByTheOrderOfTheExits) {  // R-SUP-30: [earlier, later] once, [later, earlier] twice
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

}  // namespace
}  // namespace moirai::otp_test
