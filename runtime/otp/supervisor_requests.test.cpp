#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

// A request to the root that answers with a term.
template <class F>
std::function<Term(Self&)> request(F ask) {
  return [ask](Self& self) { return ask(self, ServerRef("root")); };
}
auto start_request(ChildSpec spec) {
  return request([spec](Self& self, const ServerRef& root) { return start_child(self, root, spec).to_term(); });
}
auto terminate_request(std::string id) {
  return request([id](Self& self, const ServerRef& root) { return terminate_child(self, root, id).to_term(); });
}
auto restart_request(std::string id) {
  return request([id](Self& self, const ServerRef& root) { return restart_child(self, root, id).to_term(); });
}
auto delete_request(std::string id) {
  return request([id](Self& self, const ServerRef& root) { return delete_child(self, root, id).to_term(); });
}
auto which_request() {
  return request([](Self& self, const ServerRef& root) { return to_term(which_children(self, root)); });
}
auto count_request() {
  return request([](Self& self, const ServerRef& root) { return count_children(self, root).to_term(); });
}
auto spec_request(std::string id) {
  return request([id](Self& self, const ServerRef& root) { return get_childspec(self, root, id).to_term(); });
}

SupervisorOptions named_root(Strategy strategy = Strategy::one_for_one, int restarts = 10) {
  SupervisorOptions options = root(strategy, restarts);
  options.registered = true;
  return options;
}

// The modules of quiet() in what which_children and get_childspec tell.
std::string module() { return worker_form == Form::function ? "function" : "'Idle'"; }

TEST(SupervisorRequests, LifeOfAChild) {  // R-SUP-45; supervisor_SUITE:child_adm
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(), {child("a")}));
    run.ask(1s, start_request(child("b")))
        .ask(2s, start_request(child("b")))
        .ask(3s, restart_request("b"))
        .ask(4s, delete_request("b"))
        .ask(5s, count_request())
        .ask(6s, terminate_request("b"))
        .ask(7s, terminate_request("b"))
        .ask(8s, start_request(child("b")))
        .ask(9s, which_request())
        .ask(10s, count_request())
        .ask(11s, restart_request("b"))
        .ask(12s, terminate_request("b"))
        .ask(13s, delete_request("b"))
        .ask(14s, delete_request("b"))
        .ask(15s, terminate_request("b"))
        .ask(16s, restart_request("b"))
        .ask(17s, which_request());
    EXPECT_EQ(run.journal(20s), (Journal{"+a",
                                         "+b",
                                         "?{ok,b}",
                                         "?{error,{already_started,b}}",
                                         "?{error,running}",
                                         "?{error,running}",
                                         "?[{specs,2},{active,2},{supervisors,0},{workers,2}]",
                                         "-b shutdown",
                                         "?ok",
                                         "?ok",
                                         "?{error,already_present}",
                                         "?[{b,undefined,worker,[" + module() + "]},{a,a,worker,[" + module() + "]}]",
                                         "?[{specs,2},{active,1},{supervisors,0},{workers,2}]",
                                         "+b",
                                         "?{ok,b}",
                                         "-b shutdown",
                                         "?ok",
                                         "?ok",
                                         "?{error,not_found}",
                                         "?{error,not_found}",
                                         "?{error,not_found}",
                                         "?[{a,a,worker,[" + module() + "]}]",
                                         "-a shutdown",
                                         "-root shutdown"}));
  });
}

TEST(SupervisorRequests, TellSpecs) {  // R-SUP-45; supervisor_SUITE:sup_start_map
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(), {child("a"), supervisor({.name = "s"}, {})}));
    run.ask(1s, spec_request("a")).ask(2s, spec_request("s")).ask(3s, spec_request("none"));
    const Journal journal = run.journal(4s);
    EXPECT_EQ(journal[2],
              "?{ok,[{id,a},{restart,permanent},{significant,false},{shutdown,5000},{type,worker},{modules,[" + module() + "]}]}");
    EXPECT_EQ(journal[3],
              "?{ok,[{id,s},{restart,permanent},{significant,false},{shutdown,infinity},{type,supervisor},"
              "{modules,[supervisor]}]}");
    EXPECT_EQ(journal[4], "?{error,not_found}");
  });
}

TEST(SupervisorRequests, NobodyToAsk) {  // R-SUP-45: the call exits; supervisor_SUITE:child_adm
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(root(Strategy::one_for_one), {}));
    run.ask(1s, which_request()).ask(2s, start_request(child("b")));
    EXPECT_EQ(run.journal(3s), (Journal{"?exit {noproc,{gen_server,call,[root,'WhichChildren',infinity]}}",
                                        "?exit {noproc,{gen_server,call,[root,'StartChild',infinity]}}", "-root shutdown"}));
  });
}

TEST(SupervisorRequests, ExtraInformationIsHandedOn) {  // R-SUP-9, R-SUP-45; supervisor_SUITE:extra_return
  on_every_schedule([](const Settings& settings) {
    const auto talkative =
        worker_started_by("b", [](Self& supervisor) { return StartResult::ok(supervisor.spawn_link("b", idle), Term::atom("extra")); });
    TreeRun run(settings, supervisor(named_root(), {}));
    run.ask(1s, start_request(talkative)).ask(2s, terminate_request("b")).ask(3s, restart_request("b")).crash(4s, "b");
    EXPECT_EQ(run.journal(5s), (Journal{"+b", "?{ok,b,extra}", "-b shutdown", "?ok", "+b", "?{ok,b,extra}", "-b boom",
                                        "!child_terminated b boom", "+b", "-b shutdown", "-root shutdown"}));
  });
}

// R-SUP-45, R-SUP-9; supervisor_SUITE:sup_start_child_returns_error, sup_start_restart_child_returns_error
TEST(SupervisorRequests, AFailedStartKeepsNothingAFailedRestartKeepsTheSpec) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(), {scripted("a", {"ok", "e2", "ok"})}));
    run.ask(1s, start_request(scripted("b", {"e1"})))
        .ask(2s, which_request())
        .ask(3s, terminate_request("a"))
        .ask(4s, restart_request("a"))
        .ask(5s, restart_request("a"));
    EXPECT_EQ(run.journal(6s), (Journal{"+a", "?{error,{e1,{child,b,undefined}}}", "?[{a,a,worker,[function]}]", "-a shutdown", "?ok",
                                        "?{error,e2}", "+a", "?{ok,a}", "-a shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorRequests, AnExceptionInAStartFunctionIsTheCallersError) {  // R-SUP-9, R-SUP-45
  on_every_schedule([](const Settings& settings) {
    const auto raising = worker_started_by("b", [](Self& supervisor) -> StartResult { supervisor.exit(Term::atom("x")); });
    TreeRun run(settings, supervisor(named_root(), {}));
    run.ask(1s, start_request(raising));
    EXPECT_EQ(run.journal(2s), (Journal{"?{error,{{'EXIT',x},{child,b,undefined}}}", "-root shutdown"}));
  });
}

TEST(SupervisorRequests, AStartThatFailsForANameThatIsTakenTellsWhoHasIt) {  // R-SUP-45: unwrapped, as OTP 27 does
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(), {supervisor({.name = "s"}, {worker("x", idle, {.registered = true})})}));
    run.ask(1s, start_request(worker("x", idle, {.registered = true})));
    const Journal journal = run.journal(2s);
    EXPECT_EQ(journal[2].substr(0, 3), "-x ");
    EXPECT_EQ(journal[3], "?{error,{already_started,s/x}}");
  });
}

// R-SUP-9, R-SUP-45, R-SUP-46; supervisor_SUITE:sup_start_ignore_child, sup_start_ignore_temporary_child,
// sup_start_ignore_temporary_child_start_child
TEST(SupervisorRequests, AChildThatDeclinesIsKeptUnlessTemporary) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(),
                                     {child("a"), scripted("i", {"ignore"}), scripted("t", {"ignore"}, {.restart = Restart::temporary})}));
    run.ask(1s, start_request(scripted("j", {"ignore", "ok"})))
        .ask(2s, start_request(scripted("u", {"ignore"}, {.restart = Restart::temporary})))
        .ask(3s, count_request())
        .ask(4s, start_request(child("j")))
        .ask(5s, restart_request("i"))
        .ask(6s, restart_request("j"))
        .ask(7s, which_request());
    EXPECT_EQ(run.journal(9s), (Journal{"+a", "?{ok,undefined}", "?{ok,undefined}", "?[{specs,3},{active,1},{supervisors,0},{workers,3}]",
                                        "?{error,already_present}", "?{ok,undefined}", "+j", "?{ok,j}",
                                        "?[{j,j,worker,[function]},{i,undefined,worker,[function]},{a,a,worker,[" + module() + "]}]",
                                        "-j shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorRequests, ABadSpecIsRefused) {  // R-SUP-4, R-SUP-45; supervisor_SUITE:child_specs_map
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(), {}));
    run.ask(1s, start_request(worker("", idle)))
        .ask(2s, start_request(worker("b", idle, {.restart = Restart::transient, .significant = true})))
        .ask(3s, start_request(worker("b", idle, {.shutdown = Shutdown::after(-1ms)})));
    EXPECT_EQ(run.journal(4s), (Journal{"?{error,missing_id}", "?{error,{bad_combination,[{auto_shutdown,never},{significant,true}]}}",
                                        "?{error,{invalid_shutdown,-1}}", "-root shutdown"}));
  });
}

// R-SUP-46, R-SUP-13; supervisor_SUITE:do_not_save_child_specs_for_temporary_children, temporary_normal, temporary_shutdown,
// temporary_abnormal
TEST(SupervisorRequests, TheIdOfATemporaryChildIsFreeAfterAnyEnd) {
  for (const Term& why : {reason::normal(), reason::shutdown(), atom("boom")})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor(named_root(), {}));
      const auto temporary = [] { return start_request(child("t", Restart::temporary)); };
      run.ask(1s, temporary()).crash(2s, "t", why).ask(3s, temporary()).ask(4s, temporary());
      run.ask(5s, terminate_request("t")).ask(6s, temporary());
      Journal journal = run.journal(7s);
      std::erase_if(journal, [](const std::string& line) { return line[0] != '?'; });
      EXPECT_EQ(journal, (Journal{"?{ok,t}", "?{ok,t}", "?{error,{already_started,t}}", "?ok", "?{ok,t}"}));
    });
}

// R-SUP-46; supervisor_SUITE:do_not_save_start_parameters_for_temporary_children
TEST(SupervisorRequests, WhatATemporaryChildWasStartedWithIsNotKept) {
  for (const Restart restart : {Restart::permanent, Restart::transient, Restart::temporary}) {
    auto parameter = std::make_shared<int>(1);
    const std::weak_ptr<int> kept = parameter;
    auto starting = std::make_shared<ChildSpec>(
        worker_started_by("t", [parameter](Self& self) { return StartResult::ok(self.spawn_link("t", idle)); }, {.restart = restart}));
    parameter.reset();
    TreeRun run({}, supervisor(named_root(), {}));
    run.ask(1s, request([&](Self& self, const ServerRef& root) {
              const Term result = start_child(self, root, *starting).to_term();
              starting.reset();
              return result;
            }));
    bool alive = true;
    run.act(2s, [&](Control&) { alive = !kept.expired(); });
    EXPECT_EQ(run.journal(3s), (Journal{"+t", "?{ok,t}", "-t shutdown", "-root shutdown"}));
    EXPECT_EQ(alive, restart != Restart::temporary);
  }
}

TEST(SupervisorRequests, AddedChildrenAreTheLastAndDeletedOnesLoseTheirPlace) {  // R-SUP-28, R-SUP-37; supervisor_SUITE:order_of_children
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(Strategy::rest_for_one), {child("a"), child("b")}));
    run.ask(1s, start_request(child("c")))
        .ask(2s, terminate_request("a"))
        .ask(3s, restart_request("a"))  // keeps its place
        .ask(4s, terminate_request("b"))
        .ask(5s, delete_request("b"))
        .ask(6s, start_request(child("b")))  // is the last now
        .crash(7s, "c");
    EXPECT_EQ(run.journal(9s), (Journal{"+a",
                                        "+b",
                                        "+c",
                                        "?{ok,c}",
                                        "-a shutdown",
                                        "?ok",
                                        "+a",
                                        "?{ok,a}",
                                        "-b shutdown",
                                        "?ok",
                                        "?ok",
                                        "+b",
                                        "?{ok,b}",
                                        "-c boom",
                                        "!child_terminated c boom",
                                        "-b shutdown",
                                        "+c",
                                        "+b",
                                        "-b shutdown",
                                        "-c shutdown",
                                        "-a shutdown",
                                        "-root shutdown"}));
  });
}

TEST(SupervisorRequests, RequestsAreNoRestarts) {  // R-SUP-19
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(Strategy::one_for_one, 1), {child("a")}));
    run.ask(1s, terminate_request("a")).ask(1s, restart_request("a")).ask(2s, terminate_request("a"));
    run.ask(3s, restart_request("a")).ask(4s, start_request(child("b")));
    run.crash(5s, "b");  // the first that counts
    run.journal(9s);
    EXPECT_EQ(run.ended_at["root"], Time(9s));
  });
}

TEST(SupervisorRequests, StoppedChildrenAreStartedByAGroupRestart) {  // R-SUP-27
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(Strategy::one_for_all), {child("a"), child("b")}));
    run.ask(1s, terminate_request("b")).crash(2s, "a");
    EXPECT_EQ(run.journal(3s), (Journal{"+a", "+b", "-b shutdown", "?ok", "-a boom", "!child_terminated a boom", "+a", "+b", "-b shutdown",
                                        "-a shutdown", "-root shutdown"}));
  });
}

TEST(SupervisorRequests, CountsOnlyTheLiving) {  // R-SUP-45: a child whose death the supervisor has not heard of yet is not active
  bool seen = false;
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(), {child("a"), child("b"), supervisor({.name = "s"}, {})}));
    run.crash(1s, "a").ask(1s, count_request());
    for (const std::string& line : run.journal(2s)) {
      if (line[0] != '?') continue;
      const bool before = line == "?[{specs,3},{active,3},{supervisors,1},{workers,2}]";
      const bool between = line == "?[{specs,3},{active,2},{supervisors,1},{workers,2}]";
      EXPECT_TRUE(before || between) << line;
      seen = seen || between;
    }
  });
  EXPECT_TRUE(seen);
}

// a fails to start for as long as somebody asks; all the time it is restarting.
TEST(SupervisorRequests, WhileAChildIsRestarting) {  // R-SUP-32; supervisor_SUITE:hanging_restart_loop, count_restarting_children
  int seen_in = 0;
  on_every_schedule([&](const Settings& settings) {
    std::vector<std::string> answers;
    TreeRun run(settings, supervisor(named_root(Strategy::one_for_one, 100'000), {scripted("a", {"ok", "e"}), child("b")}));
    run.crash(1s, "a");
    run.ask(1s, [&](Self& self) {
      const auto restarting = [&] { return which_children(self, "root").back().state == ChildStatus::State::restarting; };
      while (!restarting()) self.yield();
      answers = {to_term(which_children(self, "root"))[1][1].to_string(),     count_children(self, "root").to_term().to_string(),
                 restart_child(self, "root", "a").to_term().to_string(),      delete_child(self, "root", "a").to_term().to_string(),
                 start_child(self, "root", child("a")).to_term().to_string(), terminate_child(self, "root", "a").to_term().to_string(),
                 count_children(self, "root").to_term().to_string(),          delete_child(self, "root", "a").to_term().to_string()};
      return Term::atom("done");
    });
    run.journal(2s);
    ++seen_in;
    EXPECT_EQ(answers, (std::vector<std::string>{"restarting", "[{specs,2},{active,1},{supervisors,0},{workers,2}]", "{error,restarting}",
                                                 "{error,restarting}", "{error,already_present}", "ok",
                                                 "[{specs,2},{active,1},{supervisors,0},{workers,2}]", "ok"}));
    EXPECT_EQ(run.ended_at["root"], Time(2s));
  });
  EXPECT_EQ(seen_in, 202);
}

// R-SUP-31, R-SUP-29; supervisor_SUITE:hanging_restart_loop_rest_for_one
TEST(SupervisorRequests, TerminatingARestartingChildAbandonsItsGroup) {
  on_every_schedule([](const Settings& settings) {
    std::vector<std::string> stay_down;
    TreeRun run(settings, supervisor(named_root(Strategy::rest_for_one, 100'000), {child("a"), scripted("b", {"ok", "e"}), child("c")}));
    struct Warnings : Observer {
      std::vector<std::string>* stay_down = nullptr;
      EventMask wants() const override { return {EventKind::note}; }
      void saw(const Event& event) override {
        if (const auto* warning = event.as<GroupAbandoned>()) *stay_down = warning->stay_down;
      }
    } warnings;
    warnings.stay_down = &stay_down;
    run.world.observe(warnings);
    run.crash(1s, "a");
    run.ask(1s, [](Self& self) {
      while (which_children(self, "root")[1].state != ChildStatus::State::restarting) self.yield();
      return terminate_child(self, "root", "b").to_term();
    });
    run.ask(2s, which_request());
    const Journal journal = run.journal(3s);
    EXPECT_EQ(journal.end()[-3],
              "?[{c,undefined,worker,[" + module() + "]},{b,undefined,worker,[function]},{a,a,worker,[" + module() + "]}]");
    EXPECT_EQ(run.incarnations["c"], 1);
    EXPECT_EQ(stay_down, std::vector<std::string>{"c"});
  });
}

TEST(SupervisorRequests, AStaleRetryServesTheIdNotTheChild) {  // R-SUP-25: the retry of a child that was taken back finds its successor
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(named_root(Strategy::one_for_one, 100'000), {scripted("a", {"ok", "e"})}));
    run.crash(1s, "a");
    run.ask(1s, [](Self& self) {
      while (which_children(self, "root")[0].state != ChildStatus::State::restarting) self.yield();
      terminate_child(self, "root", "a");
      delete_child(self, "root", "a");
      return start_child(self, "root", child("a")).to_term();
    });
    run.ask(2s, which_request());
    const Journal journal = run.journal(3s);
    EXPECT_EQ(journal.end()[-3], "?[{a,a,worker,[" + module() + "]}]");
  });
}

TEST(SupervisorRequests, AnExitThatWasQueuedIsNoFailureOfTheNextIncarnation) {  // R-SUP-12, R-SUP-34
  on_every_schedule([](const Settings& settings) {
    // It dies and is stopped at the same moment: one of the two, never a restart of what terminate_child has left down.
    TreeRun run(settings, supervisor(named_root(), {child("a")}));
    run.crash(1s, "a").ask(1s, terminate_request("a")).ask(2s, which_request());
    EXPECT_EQ(run.journal(3s).end()[-2], "?[{a,undefined,worker,[" + module() + "]}]");
  });
}

TEST(SupervisorRequests, OneThatStopsAChildServesNobodyElse) {  // R-SUP-39
  on_every_schedule([](const Settings& settings) {
    const auto slow = worker("slow", ending_with(reason::shutdown(), 3s), {.shutdown = Shutdown::infinity()});
    std::optional<Time> answered;
    TreeRun run(settings, supervisor(named_root(), {slow, child("b")}));
    run.ask(1s, terminate_request("slow")).crash(2s, "b");
    run.ask(2s, [&](Self& self) {
      which_children(self, "root");
      answered = self.now();
      return Term::atom("done");
    });
    run.journal(9s);
    EXPECT_EQ(answered, Time(4s));
    EXPECT_EQ(run.incarnations["b"], 2);
  });
}

TEST(SupervisorRequests, AChildThatStopsItselfThroughItsSupervisor) {  // R-SUP-48: it waits for its own end
  for (const bool traps : {false, true})
    on_every_schedule([&](const Settings& settings) {
      const auto suicidal = [traps](Self& self) {
        self.trap_exit(traps);
        self.sleep(1s);
        terminate_child(self, "root", "a");
      };
      TreeRun run(settings, supervisor(named_root(), {worker("a", suicidal, {.shutdown = Shutdown::after(2s)})}));
      run.ask(5s, which_request());
      const Journal died = traps ? Journal{"+a", "-a killed", "!shutdown_error a killed"} : Journal{"+a", "-a shutdown"};
      Journal expected = died;
      expected.insert(expected.end(), {"?[{a,undefined,worker,[function]}]", "-root shutdown"});
      EXPECT_EQ(run.journal(6s), expected);
      EXPECT_EQ(run.ended_at["a"], Time(traps ? 3s : 1s));
    });
}

TEST(SupervisorRequests, AChildThatUnlinkedItselfCanBeTerminated) {  // R-SUP-34; supervisor_SUITE:child_unlink
  on_every_schedule([](const Settings& settings) {
    const auto naughty = [](Self& self) {
      self.unlink(self.world().parent(self.pid()));
      idle(self);
    };
    TreeRun run(settings, supervisor(named_root(), {worker("a", naughty)}));
    run.ask(1s, terminate_request("a"));
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "-a shutdown", "?ok", "-root shutdown"}));
  });
}

}  // namespace
}  // namespace moirai::otp_test
