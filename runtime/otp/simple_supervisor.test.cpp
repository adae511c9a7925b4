#include "runtime/otp/simple_supervisor.hpp"

#include <algorithm>

#include "runtime/otp/dynamic_run.test.hpp"

namespace moirai::otp_test {
namespace {

SupervisorOptions simple(int restarts = 10) {
  SupervisorOptions options = root(Strategy::simple_one_for_one, restarts);
  options.registered = true;
  return options;
}

// A child that is started with a number, and is spawned under that number: K is its path.
StartResult start_numbered(Self& supervisor, const Term& argument) {
  return StartResult::ok(supervisor.spawn_link(argument.to_string(), idle));
}
ChildSpec numbered(ChildOptions options = {}) { return worker_started_by("n", start_numbered, options); }

ChildSpec scripted_numbered(std::vector<std::string> ways, ChildOptions options = {}) {
  const auto start = [script = Attempts(std::move(ways))](Self& supervisor, const Term& argument) {
    return script.next(supervisor, [&] { return start_numbered(supervisor, argument).pid; });
  };
  return worker_started_by("n", start, options);
}

auto start(std::int64_t number) {
  return [number](Self& self) { return start_child_with(self, "root", number).to_term(); };
}

// ---- specs

TEST(SimpleSupervisor, HasExactlyOneTemplate) {  // R-SUP-5; supervisor_SUITE:child_specs, code_change_simple
  on_every_schedule([](const Settings& settings) {
    EXPECT_EQ(TreeRun(settings, supervisor(simple(), {})).journal(1s), Journal{"-root {bad_start_spec,[]}"});
    EXPECT_EQ(TreeRun(settings, supervisor(simple(), {numbered(), child("b")})).journal(1s), Journal{"-root {bad_start_spec,[n,b]}"});
    EXPECT_EQ(TreeRun(settings, supervisor(simple(), {worker("", idle)})).journal(1s), Journal{"-root {start_spec,missing_id}"});
  });
}

TEST(SimpleSupervisor, StartsNobodyByItself) {  // R-SUP-5
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(), {numbered()}));
    run.ask(1s, count());
    EXPECT_EQ(run.journal(2s), (Journal{"?[{specs,1},{active,0},{supervisors,0},{workers,0}]", "-root shutdown"}));
  });
}

// ---- requests

TEST(SimpleSupervisor, LifeOfItsChildren) {  // R-SUP-45, R-SUP-14; supervisor_SUITE:child_adm_simple, sup_start_map_simple
  on_every_schedule([](const Settings& settings) {
    Pid second;
    TreeRun run(settings, supervisor(simple(), {numbered()}));
    run.ask(1s, start(1)).ask(2s, start(2)).ask(3s, which()).ask(4s, count());
    run.ask(5s, [&](Self& self) {
      second = run.latest("2");
      return terminate_child(self, "root", second).to_term();
    });
    run.ask(6s, [&](Self& self) { return terminate_child(self, "root", second).to_term(); });      // dead: ok
    run.ask(7s, [&](Self& self) { return terminate_child(self, "root", self.pid()).to_term(); });  // alive, but not its own
    run.ask(8s, [&](Self& self) { return terminate_child(self, "root", "n").to_term(); });
    run.ask(9s, [&](Self& self) { return restart_child(self, "root", "n").to_term(); });
    run.ask(10s, [&](Self& self) { return delete_child(self, "root", "n").to_term(); });
    run.ask(11s, [&](Self& self) { return start_child(self, "root", child("b")).to_term(); });
    run.ask(12s, [&](Self& self) { return get_childspec(self, "root", run.latest("1")).to_term(); });
    run.ask(13s, [&](Self& self) { return get_childspec(self, "root", self.pid()).to_term(); });
    run.ask(14s, [&](Self& self) { return get_childspec(self, "root", "other").to_term(); });
    run.ask(15s, count());
    EXPECT_EQ(run.journal(20s),
              (Journal{"?{ok,1}", "?{ok,2}", "?[{undefined,1,worker,[function]},{undefined,2,worker,[function]}]",
                       "?[{specs,1},{active,2},{supervisors,0},{workers,2}]", "-2 shutdown", "?ok", "?ok", "?{error,not_found}",
                       "?{error,simple_one_for_one}", "?{error,simple_one_for_one}", "?{error,simple_one_for_one}", "?{error,badarg}",
                       "?{ok,[{id,n},{restart,permanent},{significant,false},{shutdown,5000},{type,worker},{modules,[function]}]}",
                       "?{error,not_found}", "?{error,not_found}", "?[{specs,1},{active,1},{supervisors,0},{workers,1}]", "-1 shutdown",
                       "-root shutdown"}));
  });
}

TEST(SimpleSupervisor, ItsRequestsAreRefusedByOthers) {  // R-SUP-45
  on_every_schedule([](const Settings& settings) {
    SupervisorOptions options = root(Strategy::one_for_one);
    options.registered = true;
    TreeRun run(settings, supervisor(options, {child("a")}));
    run.ask(1s, start(7)).ask(2s, [](Self& self) { return start_child(self, "root").to_term(); });
    run.ask(3s, [&](Self& self) { return terminate_child(self, "root", run.latest("a")).to_term(); });
    run.ask(4s, [&](Self& self) { return get_childspec(self, "root", run.latest("a")).to_term(); });
    EXPECT_EQ(answers(run.journal(5s)),
              (Journal{"?{error,{invalid_child_spec,7}}", "?{error,{invalid_child_spec,[]}}", "?{error,not_found}", "?{error,not_found}"}));
  });
}

// R-SUP-9, R-SUP-45; supervisor_SUITE:sup_start_child_returns_error_simple, sup_start_ignore_temporary_child_start_child_simple,
// sup_start_ignore_permanent_child_start_child_simple
TEST(SimpleSupervisor, NothingIsKeptOfAStartThatFailsOrDeclines) {
  for (const Restart restart : {Restart::permanent, Restart::transient, Restart::temporary})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor(simple(), {scripted_numbered({"e", "ignore", "extra"}, {.restart = restart})}));
      run.ask(1s, start(1)).ask(2s, start(2)).ask(3s, count()).ask(4s, start(3)).ask(5s, count());
      EXPECT_EQ(answers(run.journal(6s)), (Journal{"?{error,e}", "?{ok,undefined}", "?[{specs,1},{active,0},{supervisors,0},{workers,0}]",
                                                   "?{ok,3,extra}", "?[{specs,1},{active,1},{supervisors,0},{workers,1}]"}));
    });
}

struct Learned {
  using Accepts = Messages<Ask>;
  std::string text;
  Learned(Self& self, const Pair& pair) : text(pair.name) { self.sleep(1s); }
  std::string on(Self&, const Ask&) { return text; }
};

TEST(SimpleSupervisor, ChildrenOfEveryFormGetTheirArgument) {  // R-SUP-33: and get it again each time they are restarted
  const std::vector<std::pair<ChildSpec, std::string>> forms{
      {worker_with<Pair>("n", tell), "bob7"}, {worker_with<Pair, Told>("n"), "bob7"}, {worker_with<Pair, Learned>("n"), "bob"}};
  for (const auto& [form, answer] : forms)
    on_every_schedule([&, spec = form, expected = answer](const Settings& settings) {
      TreeRun run(settings, supervisor(simple(), {spec}));
      run.ask(1s, [](Self& self) { return start_child_with(self, "root", Pair{"bob", 7}).to_term(); });
      run.ask(3s, [&](Self& self) { return Term::string(self.call(run.latest("n"), Ask{})); });
      run.crash(4s, "n");
      run.crash(5500ms, "n");
      run.ask(6700ms, [&](Self& self) { return Term::string(self.call(run.latest("n"), Ask{})); });
      run.ask(7s, [](Self& self) { return start_child(self, "root", Term::atom("odd")).to_term(); });
      run.ask(8s, [](Self& self) { return start_child(self, "root").to_term(); });
      EXPECT_EQ(run.journal(9s),
                (Journal{"?{ok,n}", "?\"" + expected + "\"", "-n boom", "!child_terminated n boom", "-n boom", "!child_terminated n boom",
                         "?\"" + expected + "\"", "?{error,{badarg,odd}}", "?{error,badarg}", "-n shutdown", "-root shutdown"}));
    });
}

TEST(SimpleSupervisor, ATemplateWithoutArgumentTakesNone) {  // R-SUP-45
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(), {quiet("n")}));
    run.ask(1s, [](Self& self) { return start_child(self, "root").to_term(); }).ask(2s, start(1)).crash(3s, "n");
    EXPECT_EQ(run.journal(4s),
              (Journal{"?{ok,n}", "?{error,{badarg,1}}", "-n boom", "!child_terminated n boom", "-n shutdown", "-root shutdown"}));
    EXPECT_EQ(run.incarnations["n"], 2);
  });
}

TEST(SimpleSupervisor, CountsSupervisorsAsSuch) {  // R-SUP-45; supervisor_SUITE:count_children, count_children_supervisor
  for (const bool supervisors : {false, true}) {
    TreeRun run({}, supervisor(simple(), {supervisors ? supervisor({.name = "s"}, {}) : quiet("s")}));
    run.ask(1s, [](Self& self) {
      for (int i = 0; i < 1000; ++i) start_child(self, "root");
      return count_children(self, "root").to_term();
    });
    EXPECT_EQ(answers(run.journal(2s)), Journal{supervisors ? "?[{specs,1},{active,1000},{supervisors,1000},{workers,0}]"
                                                            : "?[{specs,1},{active,1000},{supervisors,0},{workers,1000}]"});
  }
}

// R-SUP-46; supervisor_SUITE:simple_one_for_one_corruption, do_not_save_start_parameters_for_temporary_children
TEST(SimpleSupervisor, ArgumentsOfTemporaryChildrenAreNotKept) {
  for (const Restart restart : {Restart::permanent, Restart::temporary}) {
    DynamicChildren<Term> children;
    children.add(Pid(1, 1, 0), Term::atom("x"));
    EXPECT_EQ(children[0].kept, Term::atom("x"));
    // The supervisor itself: one that becomes permanent by an upgrade has nothing to restart its old children with.
    TreeRun run({}, supervisor(simple(0), {numbered({.restart = restart})}));
    run.ask(1s, start(1)).ask(2s, [](Self& self) {
      return change_code(self, "root", SupervisorSpec{simple(3), {numbered({.restart = Restart::permanent})}}).to_term();
    });
    run.crash(3s, "1");
    run.journal(4s);
    EXPECT_EQ(run.incarnations["1"], restart == Restart::permanent ? 2 : 1);
    EXPECT_EQ(run.incarnations["normal"], restart == Restart::permanent ? 0 : 1);  // what nothing decodes to
  }
}

// ---- deaths

TEST(SimpleSupervisor, RestartTable) {  // R-SUP-13, R-SUP-14, R-SUP-33; supervisor_SUITE:simple_one_for_one
  for (const Term& why :
       {reason::normal(), reason::shutdown(), Term::tuple({reason::shutdown(), atom("x")}), atom("boom"), reason::killed()})
    for (const Restart restart : {Restart::permanent, Restart::transient, Restart::temporary})
      on_every_schedule([&](const Settings& settings) {
        const bool calm = is_normal_exit(why);
        const bool again = restart == Restart::permanent || (restart == Restart::transient && !calm);
        TreeRun run(settings, supervisor(simple(), {numbered({.restart = restart})}));
        run.ask(1s, start(1)).ask(2s, start(2)).crash(3s, "1", why).ask(4s, count());
        Journal expected{"?{ok,1}", "?{ok,2}", "-1 " + why.to_string()};
        if (again || !calm) expected.push_back("!child_terminated n " + why.to_string());
        const std::string left = again ? "2" : "1";
        expected.push_back("?[{specs,1},{active," + left + "},{supervisors,0},{workers," + left + "}]");
        Journal journal = run.journal(5s);
        journal.resize(expected.size());
        EXPECT_EQ(journal, expected);
        EXPECT_EQ(run.incarnations["1"], again ? 2 : 1);
        EXPECT_EQ(run.incarnations["2"], 1);
      });
}

TEST(SimpleSupervisor, GivesUpAtItsLimit) {  // R-SUP-18, R-SUP-33; supervisor_SUITE:simple_one_for_one
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(1), {numbered()}));
    run.ask(1s, start(1)).ask(2s, start(2)).crash(3s, "1").crash(4s, "2");
    EXPECT_EQ(run.journal(9s), (Journal{"?{ok,1}", "?{ok,2}", "-1 boom", "!child_terminated n boom", "-2 boom", "!child_terminated n boom",
                                        "!shutdown n reached_max_restart_intensity", "-1 shutdown", "-root shutdown"}));
  });
}

// R-SUP-25, R-SUP-26, R-SUP-33; supervisor_SUITE:simple_one_for_one_escalation
TEST(SimpleSupervisor, RetriesUntilTheLimit) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(2), {scripted_numbered({"ok", "ok", "e"})}));
    run.ask(1s, start(1)).ask(2s, start(2)).crash(3s, "1");
    EXPECT_EQ(run.journal(9s),
              (Journal{"?{ok,1}", "?{ok,2}", "-1 boom", "!child_terminated n boom", "!start_error n e", "!start_error n e {restarting}",
                       "!shutdown n reached_max_restart_intensity {restarting}", "-2 shutdown", "-root shutdown"}));
    EXPECT_EQ(run.last_report().pid, run.latest("1"));
  });
}

// R-SUP-32, R-SUP-25; supervisor_SUITE:hanging_restart_loop_simple
TEST(SimpleSupervisor, WhileAChildIsRestarting) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(100'000), {scripted_numbered({"ok", "ok", "e"})}));
    std::vector<std::string> seen;
    run.ask(1s, start(1)).ask(2s, start(2)).crash(3s, "1");
    run.ask(3s, [&](Self& self) {
      const Pid old = run.latest("1");
      while (count_children(self, "root").active != 1) self.yield();
      seen.push_back(count_children(self, "root").to_term().to_string());
      bool listed = false;
      for (const ChildStatus& child : which_children(self, "root")) listed = listed || child.state == ChildStatus::State::restarting;
      seen.push_back(listed ? "listed" : "not listed");
      seen.push_back(terminate_child(self, "root", old).to_term().to_string());
      return count_children(self, "root").to_term();
    });
    EXPECT_EQ(run.journal(9s).end()[-3], "?[{specs,1},{active,1},{supervisors,0},{workers,1}]");
    EXPECT_EQ(seen, (std::vector<std::string>{"[{specs,1},{active,1},{supervisors,0},{workers,2}]", "listed", "ok"}));
    EXPECT_EQ(run.ended_at["root"], Time(9s));
  });
}

TEST(SimpleSupervisor, AChildThatDeclinesToRestartIsForgotten) {  // R-SUP-33: OTP 25 goes on counting it, and crashes when it stops
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(), {scripted_numbered({"ok", "ignore"})}));
    run.ask(1s, start(1)).crash(2s, "1").ask(3s, count());
    EXPECT_EQ(run.journal(4s), (Journal{"?{ok,1}", "-1 boom", "!child_terminated n boom",
                                        "?[{specs,1},{active,0},{supervisors,0},{workers,0}]", "-root shutdown"}));
  });
}

TEST(SimpleSupervisor, ExtraInformationDoesNotDisturbARestart) {  // supervisor_SUITE:simple_one_for_one_extra
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(), {scripted_numbered({"extra"})}));
    run.ask(1s, start(1)).crash(2s, "1");
    run.journal(3s);
    EXPECT_EQ(run.incarnations["1"], 2);
  });
}

// ---- automatic shutdown

// R-SUP-42; supervisor_SUITE:significant_simple
TEST(SimpleSupervisor, EndsWithItsFirstOrLastSignificantChild) {
  for (const AutoShutdown when : {AutoShutdown::any_significant, AutoShutdown::all_significant})
    for (const Restart restart : {Restart::transient, Restart::temporary})
      on_every_schedule([&](const Settings& settings) {
        SupervisorOptions options = simple();
        options.auto_shutdown = when;
        TreeRun run(settings, supervisor(options, {numbered({.restart = restart, .significant = true})}));
        run.ask(1s, start(1)).ask(2s, start(2)).ask(3s, start(3));
        run.ask(4s, [&](Self& self) { return terminate_child(self, "root", run.latest("3")).to_term(); });
        run.crash(5s, "1", reason::normal()).crash(6s, "2", reason::shutdown());
        run.journal(9s);
        EXPECT_EQ(run.ended_at["root"], Time(when == AutoShutdown::any_significant ? 5s : 6s));
      });
}

// ---- stopping

TEST(SimpleSupervisor, StopsAllAtOnce) {  // R-SUP-38; supervisor_SUITE:simple_one_for_one_shutdown
  const auto slow = [](Self& self, const std::int64_t& number) {
    self.trap_exit(true);
    self.take<Exit>();
    self.sleep(std::chrono::seconds(number));
    self.exit(reason::shutdown());
  };
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(), {worker_with<std::int64_t>("n", slow, {.shutdown = Shutdown::after(5s)})}));
    for (int i = 1; i <= 4; ++i) run.ask(1s, start(i));
    run.journal(10s);
    EXPECT_EQ(run.ended_at["root"], Time(14s));  // 4 s, not 1 + 2 + 3 + 4
  });
}

// R-SUP-38; supervisor_SUITE:sup_stop_timeout_dynamic, sup_stop_brutal_kill_dynamic
TEST(SimpleSupervisor, OneLimitForAllAndOneReportPerReason) {
  const auto child_of = [](Shutdown shutdown) {
    return worker_with<std::int64_t>("n",
                                     [](Self& self, const std::int64_t& number) {
                                       if (number < 3) return stubborn(self);
                                       ending_with(number == 3 ? reason::shutdown() : atom("odd"))(self);
                                     },
                                     {.shutdown = shutdown});
  };
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, supervisor(simple(), {child_of(Shutdown::after(2s))}));
    for (int i = 1; i <= 5; ++i) run.ask(1s, start(i));
    run.journal(10s);
    EXPECT_EQ(run.ended_at["root"], Time(12s));
    std::vector<std::string> reports;
    for (const SupervisorReport& report : run.reports)
      reports.push_back(std::string(to_string(report.context)) + " " + report.reason.to_string() + " " + report.offender().to_string());
    EXPECT_EQ(reports, (std::vector<std::string>{"shutdown_error killed {nb_children,2}", "shutdown_error odd {nb_children,2}"}));

    TreeRun brutal(settings, supervisor(simple(), {child_of(Shutdown::brutal_kill())}));
    for (int i = 1; i <= 5; ++i) brutal.ask(1s, start(i));
    const Journal journal = brutal.journal(10s);
    EXPECT_EQ(std::count(journal.begin(), journal.end(), "-n killed"), 5);
    EXPECT_TRUE(brutal.reports.empty());
    EXPECT_EQ(brutal.ended_at["root"], Time(10s));
  });
}

// R-SUP-38, R-SUP-35; supervisor_SUITE:sup_stop_non_shutdown_exit_dynamic
TEST(SimpleSupervisor, OddEndsDoNotHangIt) {
  for (const Restart restart : {Restart::permanent, Restart::transient, Restart::temporary})
    for (const Term& why : {reason::normal(), Term::tuple({reason::shutdown(), atom("x")}), atom("odd")})
      on_every_schedule([&](const Settings& settings) {
        TreeRun run(settings, supervisor(simple(), {worker("n", ending_with(why), {.restart = restart})}));
        for (int i = 0; i < 3; ++i) run.ask(1s, [](Self& self) { return start_child(self, "root").to_term(); });
        run.journal(10s);
        EXPECT_EQ(run.ended_at["root"], Time(10s));
        const bool fine = is_normal_exit(why) && restart != Restart::permanent;
        ASSERT_EQ(run.reports.size(), fine ? 0u : 1u);
        for (const SupervisorReport& report : run.reports) EXPECT_EQ(report.children, 3u);
      });
}

TEST(SimpleSupervisor, TrueReasonsOfThoseThatDiedBefore) {  // R-SUP-34, R-SUP-38; supervisor_SUITE:sup_stop_race
  on_every_schedule([](const Settings& settings) {
    const auto slow = [](Self& self, const std::int64_t& number) {
      if (number == 1) return ending_with(reason::shutdown(), 3s)(self);
      idle(self);
    };
    TreeRun run(settings, supervisor(simple(), {worker_with<std::int64_t>("n", slow, {.shutdown = Shutdown::infinity()})}));
    run.ask(1s, start(1)).ask(2s, start(2));
    // The second dies and the supervisor is told to stop at the same moment, in both orders.
    run.crash(10s, "n", atom("boom"));
    run.journal(10s);
    EXPECT_EQ(run.ended_at["root"], Time(13s));
    for (const SupervisorReport& report : run.reports) EXPECT_EQ(report.reason, atom("boom"));
  });
}

TEST(SimpleSupervisor, StoppingManyIsLinear) {  // R-SUP-38; supervisor_SUITE:simple_one_for_one_scale_many_temporary_children
  const ChildSpec child = worker<Idle>("n", {.restart = Restart::temporary});
  expect_linear_end(supervisor(simple(), {child}), [](Self& self) { start_child(self, "root"); });
}

}  // namespace
}  // namespace moirai::otp_test
