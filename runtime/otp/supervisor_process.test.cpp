#include "runtime/otp/supervisor_process.hpp"

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

// ---- who is restarted

// R-SUP-13; supervisor_SUITE:permanent_normal, permanent_shutdown, permanent_abnormal, transient_normal, transient_shutdown,
// transient_abnormal, temporary_normal, temporary_shutdown, temporary_abnormal
TEST(SupervisorProcess, RestartTable) {
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

TEST(SupervisorProcess, TheWindowIncludesItsBoundary) {  // R-SUP-16, R-SUP-17; supervisor_SUITE:multiple_restarts
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

// ---- reports

// R-SUP-49; the order is R-SUP-50's
TEST(SupervisorProcess, ReportsTellWhomTheyAreAbout) {
  on_every_schedule([](const Settings& settings) {
    const auto stubborn_one = worker("s", stubborn, {.shutdown = Shutdown::after(1s)});
    TreeRun run(settings, supervisor(root(Strategy::rest_for_one, 2), {stubborn_one, child("a"), scripted("b", {"ok", "e"})}));
    run.crash(1s, "a");
    run.journal(9s);
    std::vector<std::string> told;
    for (const SupervisorReport& report : run.reports)
      told.push_back(std::string(to_string(report.context)) + " " + report.reason.to_string() + " " + run.named(report.offender()));
    EXPECT_EQ(told, (std::vector<std::string>{"child_terminated boom {a,a}", "start_error e {b,undefined}", "start_error e {b,undefined}",
                                              "shutdown reached_max_restart_intensity {b,{restarting,undefined}}",
                                              "shutdown_error killed {s,s}"}));
    TreeRun alone(settings, supervisor(root(Strategy::one_for_one, 2), {scripted("b", {"ok", "e"})}));
    alone.crash(1s, "b");
    alone.journal(9s);
    told.clear();
    for (const SupervisorReport& report : alone.reports) told.push_back(alone.named(report.offender()));
    EXPECT_EQ(told, (std::vector<std::string>{"{b,b}", "{b,b}", "{b,{restarting,b}}", "{b,{restarting,b}}"}));
  });
}

// ---- automatic shutdown

SupervisorOptions with_auto_shutdown(AutoShutdown when, Strategy strategy = Strategy::one_for_one) {
  SupervisorOptions options = root(strategy);
  options.auto_shutdown = when;
  options.registered = true;
  return options;
}
ChildSpec significant(std::string id, Restart restart = Restart::temporary) {
  return quiet(std::move(id), {.restart = restart, .significant = true});
}

// R-SUP-42; supervisor_SUITE:nonsignificant_temporary, nonsignificant_transient
TEST(AutoShutdown, OthersMayEndAsTheyLike) {
  for (const AutoShutdown when : {AutoShutdown::never, AutoShutdown::any_significant, AutoShutdown::all_significant})
    for (const Restart restart : {Restart::temporary, Restart::transient})
      on_every_schedule([&](const Settings& settings) {
        TreeRun run(settings, supervisor(with_auto_shutdown(when), {child("a", restart), child("b", restart)}));
        run.crash(1s, "a", reason::normal()).crash(2s, "b", reason::shutdown()).crash(3s, "a", atom("boom"));
        run.journal(9s);
        EXPECT_EQ(run.ended_at["root"], Time(9s));
      });
}

// R-SUP-42, R-SUP-43; supervisor_SUITE:significant_temporary
TEST(AutoShutdown, AnySignificantTemporaryEndIsTheEnd) {
  for (const Term& why : {reason::normal(), reason::shutdown(), atom("boom")})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor(with_auto_shutdown(AutoShutdown::any_significant),
                                       {child("a"), significant("s"), significant("t"), child("b")}));
      run.crash(1s, "s", why);
      Journal expected{"+a", "+s", "+t", "+b", "-s " + why.to_string()};
      if (!is_normal_exit(why)) expected.push_back("!child_terminated s " + why.to_string());
      expected.insert(expected.end(), {"-b shutdown", "-t shutdown", "-a shutdown", "-root shutdown"});
      EXPECT_EQ(run.journal(9s), expected);
    });
}

// R-SUP-42, R-SUP-43; supervisor_SUITE:significant_transient
TEST(AutoShutdown, ATransientSignificantChildEndsItOnlyIfItIsNotRestarted) {
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, supervisor(with_auto_shutdown(AutoShutdown::any_significant), {significant("s", Restart::transient)}));
    run.crash(1s, "s", atom("boom")).crash(2s, "s", Term::tuple({reason::shutdown(), atom("x")}));
    EXPECT_EQ(run.journal(9s), (Journal{"+s", "-s boom", "!child_terminated s boom", "+s", "-s {shutdown,x}", "-root shutdown"}));
    EXPECT_EQ(run.ended_at["root"], Time(2s));
  });
}

TEST(AutoShutdown, AllSignificantWaitsForTheLast) {  // R-SUP-42, R-SUP-43; supervisor_SUITE:significant_temporary, significant_transient
  for (const Restart restart : {Restart::temporary, Restart::transient})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor(with_auto_shutdown(AutoShutdown::all_significant),
                                       {significant("s", restart), child("a"), significant("t", restart)}));
      run.crash(1s, "s", reason::normal()).crash(2s, "t", reason::shutdown());
      EXPECT_EQ(run.journal(9s), (Journal{"+s", "+a", "+t", "-s normal", "-t shutdown", "-a shutdown", "-root shutdown"}));
    });
}

// R-SUP-42, R-SUP-43: the request does not end it, the next natural end does, with whoever was stopped before counted as gone
TEST(AutoShutdown, BeingStoppedByRequestIsNoEndOfIts) {
  for (const AutoShutdown when : {AutoShutdown::any_significant, AutoShutdown::all_significant})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor(with_auto_shutdown(when), {significant("s", Restart::transient), significant("t")}));
      run.ask(1s, [](Self& self) { return terminate_child(self, "root", "s").to_term(); });
      run.crash(2s, "t", reason::normal());
      EXPECT_EQ(run.journal(9s), (Journal{"+s", "+t", "-s shutdown", "?ok", "-t normal", "-root shutdown"}));
      EXPECT_EQ(run.ended_at["root"], Time(2s));
    });
}

TEST(AutoShutdown, TerminatingTheLastOneDoesNotEndIt) {  // R-SUP-43
  for (const AutoShutdown when : {AutoShutdown::any_significant, AutoShutdown::all_significant})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor(with_auto_shutdown(when), {significant("s"), child("a")}));
      run.ask(1s, [](Self& self) { return terminate_child(self, "root", "s").to_term(); });
      run.journal(9s);
      EXPECT_EQ(run.ended_at["root"], Time(9s));
    });
}

TEST(AutoShutdown, BeingStoppedWithItsGroupIsNoEndOfIts) {  // R-SUP-42; supervisor_SUITE:significant_bystander
  for (const AutoShutdown when : {AutoShutdown::any_significant, AutoShutdown::all_significant})
    for (const Strategy strategy : {Strategy::one_for_all, Strategy::rest_for_one})
      for (const Restart restart : {Restart::temporary, Restart::transient})
        on_every_schedule([&](const Settings& settings) {
          TreeRun run(settings, supervisor(with_auto_shutdown(when, strategy), {child("a"), significant("s", restart)}));
          run.crash(1s, "a");
          run.journal(9s);
          EXPECT_EQ(run.ended_at["root"], Time(9s));
          EXPECT_EQ(run.incarnations["s"], restart == Restart::transient ? 2 : 1);
        });
}

TEST(AutoShutdown, OneThatIsRestartingIsStillThere) {  // R-SUP-42
  on_every_schedule([&](const Settings& settings) {
    SupervisorOptions options = with_auto_shutdown(AutoShutdown::all_significant);
    options.intensity.restarts = 1;
    // s waits for its retry in the mailbox when the end of t is handled; then the limit ends the supervisor.
    const auto attempt = std::make_shared<int>(0);
    const auto slow_to_fail = worker_started_by("s",
                                                [attempt](Self& supervisor) -> StartResult {
                                                  if (++*attempt == 1) return StartResult::ok(supervisor.spawn_link("s", idle));
                                                  supervisor.sleep(1s);
                                                  return StartResult::error(atom("e"));
                                                },
                                                {.restart = Restart::transient, .significant = true});
    TreeRun run(settings, supervisor(options, {slow_to_fail, significant("t")}));
    run.crash(1s, "s").crash(1500ms, "t", reason::normal());
    EXPECT_EQ(run.journal(9s), (Journal{"+s", "+t", "-s boom", "!child_terminated s boom", "-t normal", "!start_error s e",
                                        "!shutdown s reached_max_restart_intensity {restarting}", "-root shutdown"}));
  });
}

TEST(AutoShutdown, ASupervisorThatIsSignificantCascades) {  // R-SUP-43; supervisor_SUITE:significant_escalation
  for (const bool cascades : {true, false})
    on_every_schedule([&](const Settings& settings) {
      SupervisorOptions inner = with_auto_shutdown(AutoShutdown::any_significant);
      inner.name = "inner";
      inner.restart = Restart::transient;
      inner.significant = cascades;
      TreeRun run(settings,
                  supervisor(with_auto_shutdown(AutoShutdown::any_significant), {child("a"), supervisor(inner, {significant("s")})}));
      run.crash(1s, "inner/s");
      run.journal(9s);
      EXPECT_EQ(run.ended_at["inner"], Time(1s));
      EXPECT_EQ(run.ended_at["root"], Time(cascades ? 1s : 9s));
    });
}

TEST(AutoShutdown, ComesBeforeCounting) {  // R-SUP-44: the end of a significant child is no restart, whatever the intensity
  on_every_schedule([&](const Settings& settings) {
    SupervisorOptions options = with_auto_shutdown(AutoShutdown::any_significant);
    options.intensity.restarts = 0;
    TreeRun run(settings, supervisor(options, {significant("s")}));
    run.crash(1s, "s");
    EXPECT_EQ(run.journal(9s), (Journal{"+s", "-s boom", "!child_terminated s boom", "-root shutdown"}));
  });
}

}  // namespace
}  // namespace moirai::otp_test
