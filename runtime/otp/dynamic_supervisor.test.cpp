// R-DYN-1 to R-DYN-5, with the cases of Elixir's DynamicSupervisorTest. What it shares with simple_one_for_one is tested there, too.
#include "runtime/otp/dynamic_supervisor.hpp"

#include <algorithm>
#include <set>

#include "runtime/otp/dynamic_core.hpp"
#include "runtime/otp/dynamic_run.test.hpp"
#include "runtime/otp/gen_server.hpp"
#include "runtime/otp/reports.test.hpp"

namespace moirai::otp_test {
namespace {

DynamicSupervisorOptions dynamic(int restarts = 10) {
  return {.name = "root", .intensity = {.restarts = restarts, .within = 5s}, .registered = true};
}
DynamicSupervisorOptions at_most(std::int64_t children, int restarts = 10) {
  DynamicSupervisorOptions options = dynamic(restarts);
  options.max_children = children;
  return options;
}

ChildSpec attempts(std::string id, std::vector<std::string> ways, ChildOptions options = {}) {
  const auto start = [id, script = Attempts(std::move(ways))](Self& supervisor) {
    return script.next(supervisor, [&] { return supervisor.spawn_link(id, idle); });
  };
  return worker_started_by(id, start, std::move(options));
}

auto start(ChildSpec spec) {
  return [spec = std::move(spec)](Self& self) { return start_child(self, "root", spec).to_term(); };
}
std::string counted(int specs, int active) {
  return "?[{specs," + std::to_string(specs) + "},{active," + std::to_string(active) + "},{supervisors,0},{workers," +
         std::to_string(specs) + "}]";
}
auto terminate(const TreeRun& run, std::string path) {
  return [&run, path](Self& self) { return terminate_child(self, "root", run.latest(path)).to_term(); };
}
Journal reports(Journal journal) {
  std::erase_if(journal, [](const std::string& line) { return line[0] != '!'; });
  std::sort(journal.begin(), journal.end());
  return journal;
}

// ---- options

TEST(DynamicSupervisor, Defaults) {  // R-DYN-1; DynamicSupervisorTest: init/1 set default options
  EXPECT_FALSE(DynamicSupervisorOptions().max_children);
  EXPECT_FALSE(DynamicSupervisorOptions().extra_argument);
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor({.name = "root", .registered = true}));
    run.ask(1s, start(quiet("a")));
    for (int i = 0; i < 4; ++i) run.crash(2s + i * 1s, "a");
    run.journal(20s);
    ASSERT_EQ(run.announcements.size(), 1u);
    EXPECT_EQ(run.announcements[0].strategy, Strategy::one_for_one);
    EXPECT_EQ(run.announcements[0].intensity, 3);
    EXPECT_EQ(run.announcements[0].period_s, 5);
    EXPECT_TRUE(run.announcements[0].children.empty());
    EXPECT_EQ(run.incarnations["a"], 4);
    EXPECT_EQ(run.ended_at["root"], Time(5s));  // the fourth restart in five seconds is not made
  });
}

TEST(DynamicSupervisor, RefusesOptionsThatMakeNoSense) {  // R-DYN-1; DynamicSupervisorTest: start_link/3 with non-ok init
  on_every_schedule([](const Settings& settings) {
    EXPECT_EQ(TreeRun(settings, dynamic_supervisor(at_most(-1))).journal(1s), Journal{"-root {supervisor_data,{invalid_max_children,-1}}"});
    EXPECT_EQ(TreeRun(settings, dynamic_supervisor(dynamic(-1))).journal(1s), Journal{"-root {supervisor_data,{invalid_intensity,-1}}"});
    DynamicSupervisorOptions never = dynamic();
    never.intensity.within = 0s;
    EXPECT_EQ(TreeRun(settings, dynamic_supervisor(never)).journal(1s), Journal{"-root {supervisor_data,{invalid_period,0}}"});
  });
  SupervisorSpec spec = dynamic_spec(dynamic());
  EXPECT_EQ(find_error(spec), std::nullopt);
  spec.options.strategy = Strategy::one_for_all;
  EXPECT_EQ(find_error(spec)->to_string(), "{supervisor_data,{invalid_strategy,one_for_all}}");
  spec.options.strategy = Strategy::one_for_one;
  spec.options.auto_shutdown = AutoShutdown::all_significant;
  EXPECT_EQ(find_error(spec)->to_string(), "{supervisor_data,{invalid_auto_shutdown,all_significant}}");
  spec.options.auto_shutdown = AutoShutdown::never;
  spec.children.push_back(child("a"));
  EXPECT_EQ(find_error(spec)->to_string(), "{bad_start_spec,[a]}");
}

// R-DYN-1; DynamicSupervisorTest: start_child/2 supports extra arguments, restarting a child with extra_arguments successfully restarts child
TEST(DynamicSupervisor, EveryChildGetsTheExtraArgument) {
  DynamicSupervisorOptions options = dynamic();
  options.extra_argument = argument::encode(Pair{"bob", 7});
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(options));
    run.ask(1s, start(worker_with<Pair>("f", tell))).ask(2s, start(worker_with<Pair, Told>("h")));
    run.ask(3s, start(quiet("no-argument")));
    run.crash(4s, "f", atom("oops")).crash(4s, "h", atom("oops"));
    for (const char* path : {"f", "h"}) run.ask(5s, [&run, path](Self& self) { return Term::string(self.call(run.latest(path), Ask{})); });
    EXPECT_EQ(answers(run.journal(9s)), (Journal{"?{ok,f}", "?{ok,h}", "?{error,{badarg,{\"bob\",7}}}", "?\"bob7\"", "?\"bob7\""}));
    EXPECT_EQ(run.incarnations["f"] + run.incarnations["h"], 4);
  });
}

// ---- start_child

struct Served {
  using Accepts = Messages<Ask>;
  gen_server::Answer<Ask> on(Self&, const Ask&) { return gen_server::reply(std::string("served")); }
};

// R-DYN-1, R-DYN-2, R-DYN-5; DynamicSupervisorTest: can be supervised directly; start_child/2 supports old child spec, new child spec as
// tuple, new child spec
TEST(DynamicSupervisor, InATreeWithChildrenOfEveryForm) {
  const std::vector<ChildSpec> forms{worker("f", idle), worker<Idle>("h"), worker<Served>("g"),
                                     supervisor({.name = "s"}, {worker("x", idle)}), dynamic_supervisor({.name = "d"})};
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "top"}, {dynamic_supervisor(dynamic()), worker("after", idle)}));
    run.ask(1s, which());
    for (const ChildSpec& form : forms) run.ask(2s, start(form));
    run.ask(3s, count());
    for (const ChildSpec& form : forms) run.crash(4s, "root/" + form.id);
    run.ask(5s, [&run](Self& self) { return Term::string(self.call(run.latest("root/g"), Ask{})); });
    run.ask(6s, count());
    const Journal journal = run.journal(9s);
    const Journal got = answers(journal);
    EXPECT_EQ(got.front(), "?[]");
    EXPECT_EQ(std::set<std::string>(got.begin() + 1, got.begin() + 6),
              (std::set<std::string>{"?{ok,root/f}", "?{ok,root/h}", "?{ok,root/g}", "?{ok,root/s}", "?{ok,root/d}"}));
    EXPECT_EQ(Journal(got.begin() + 6, got.end()), (Journal{"?[{specs,5},{active,5},{supervisors,2},{workers,3}]", "?\"served\"",
                                                            "?[{specs,5},{active,5},{supervisors,2},{workers,3}]"}));
    for (const ChildSpec& form : forms) EXPECT_EQ(run.incarnations["root/" + form.id], 2) << form.id;
    EXPECT_EQ(run.incarnations["root/s/x"], 2);
    EXPECT_EQ(run.incarnations["root"], 1);
    EXPECT_TRUE(run.world.processes().empty());
    EXPECT_EQ(journal.back(), "-top shutdown");
  });
}

// R-DYN-1; DynamicSupervisorTest: multiple supervisors can be supervised and identified with simple child spec, start_link/3 with registered
// process
TEST(DynamicSupervisor, IsFoundByNameAndByPid) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "top", .registered = true}, {dynamic_supervisor(dynamic())}));
    run.ask(1s, [&run](Self& self) { return Term::atom(self.whereis("root") == run.latest("root") ? "its" : "not_its"); });
    run.ask(2s, [](Self& self) {
      const ChildSpec nameless = dynamic_supervisor({.name = "nameless"});
      const StartChildResult first = start_child(self, "top", nameless), second = start_child(self, "top", nameless);
      EXPECT_TRUE(which_children(self, first.pid).empty());
      return second.to_term();
    });
    // DynamicSupervisor.stop/1, and its parent starts it again
    run.ask(3s, [](Self& self) { return gen_server::stop(self, "root"), atom("stopped"); }).ask(4s, which());
    EXPECT_EQ(answers(run.journal(9s)), (Journal{"?its", "?{error,{already_started,nameless}}", "?stopped", "?[]"}));
    EXPECT_EQ(run.incarnations["root"], 2);
  });
}

TEST(DynamicSupervisor, RefusesSpecsThatMakeNoSense) {  // R-DYN-2; DynamicSupervisorTest: start_child/2 with invalid child spec
  ChildSpec no_start = worker("a", idle);
  no_start.start.reset();
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(at_most(0)));  // what is wrong with a spec comes first
    const ChildOptions odd_restart{.restart = static_cast<Restart>(9)};
    run.ask(1s, start(worker("", idle))).ask(2s, start(no_start)).ask(3s, start(worker("a", idle, odd_restart)));
    run.ask(4s, start(worker("a", idle, {.shutdown = Shutdown::after(0s)})));
    run.ask(5s, start(worker("a", idle, {.shutdown = Shutdown::after(-1ms)})));
    run.ask(6s, start(worker("a", idle, {.restart = Restart::transient, .significant = true})));
    run.ask(7s, [](Self& self) { return start_child_with(self, "root", 7).to_term(); });
    run.ask(8s, [](Self& self) { return start_child(self, "root").to_term(); });
    run.ask(9s, count());
    EXPECT_EQ(answers(run.journal(10s)), (Journal{"?{error,missing_id}", "?{error,missing_start}", "?{error,{invalid_restart_type,9}}",
                                                  "?{error,{invalid_shutdown,0}}", "?{error,{invalid_shutdown,-1}}",
                                                  "?{error,{bad_combination,[{auto_shutdown,never},{significant,true}]}}",
                                                  "?{error,{invalid_child_spec,7}}", "?{error,{invalid_child_spec,[]}}", counted(0, 0)}));
  });
}

TEST(DynamicSupervisor,
     WhatStartChildReturns) {  // R-DYN-2; DynamicSupervisorTest: start_child/2 with different returns, with throw/error/exit
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    run.ask(1s, start(attempts("a", {"extra"}))).ask(2s, start(attempts("a", {"ok"}))).ask(3s, start(attempts("a", {"ignore"})));
    run.ask(4s, start(attempts("a", {"found"}))).ask(5s, start(attempts("a", {"exit"}))).ask(6s, start(attempts("a", {"throw"})));
    run.ask(7s, start(attempts("a", {"EXIT"}))).ask(8s, count());
    const Journal got = answers(run.journal(9s));
    EXPECT_EQ(Journal(got.begin(), got.begin() + 5), (Journal{"?{ok,a,extra}", "?{ok,a}", "?ignore", "?{error,found}", "?{error,oops}"}));
    EXPECT_TRUE(got[5].starts_with("?{error,{error,")) << got[5];
    EXPECT_EQ(got[6], "?{error,{'EXIT',mine}}");  // its own word: nothing was thrown
    EXPECT_EQ(got[7], counted(2, 2));
    EXPECT_TRUE(run.reports.empty());  // whoever asked knows it already
  });
}

TEST(DynamicSupervisor, IdsNeedNotBeUnique) {  // R-DYN-1, R-DYN-5
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    run.ask(1s, [&run](Self& self) {
      const Pid one = start_child(self, "root", quiet("a")).pid, other = start_child(self, "root", quiet("a")).pid;
      return Term::atom(one != other && run.incarnations["a"] == 2 ? "two" : "one");
    });
    run.ask(2s, count()).crash(3s, "a").ask(4s, count());
    EXPECT_EQ(answers(run.journal(9s)), (Journal{"?two", counted(2, 2), counted(2, 2)}));
    EXPECT_EQ(run.incarnations["a"], 3);
  });
}

TEST(DynamicSupervisor, HasRoomForSoMany) {  // R-DYN-2; DynamicSupervisorTest: start_child/2 with max_children
  on_every_schedule([](const Settings& settings) {
    TreeRun none(settings, dynamic_supervisor(at_most(0)));
    none.ask(1s, start(quiet("a")));
    EXPECT_EQ(answers(none.journal(2s)), Journal{"?{error,max_children}"});

    TreeRun two(settings, dynamic_supervisor(at_most(2)));
    two.ask(1s, start(quiet("a"))).ask(2s, start(attempts("n", {"ignore"}))).ask(3s, start(quiet("b"))).ask(4s, start(quiet("c")));
    two.ask(5s, terminate(two, "a")).ask(6s, start(quiet("c")));
    EXPECT_EQ(answers(two.journal(7s)), (Journal{"?{ok,a}", "?ignore", "?{ok,b}", "?{error,max_children}", "?ok", "?{ok,c}"}));
  });
}

// R-DYN-2, R-DYN-3, R-DYN-5; DynamicSupervisorTest: restarting on init children counted in max_children, terminates restarting child
TEST(DynamicSupervisor, OneThatIsRestartingTakesRoom) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(at_most(1, 100'000)));
    run.ask(1s, start(attempts("a", {"ok", "e"}))).crash(2s, "a", reason::shutdown());
    run.ask(2s, [&run](Self& self) {
      while (count_children(self, "root").active > 0) self.yield();
      EXPECT_EQ(count_children(self, "root").to_term().to_string(), counted(1, 0).substr(1));
      EXPECT_EQ(to_term(which_children(self, "root")).to_string(), "[{undefined,restarting,worker,[function]}]");
      EXPECT_EQ(start_child(self, "root", quiet("b")).to_term().to_string(), "{error,max_children}");
      EXPECT_TRUE(terminate_child(self, "root", run.latest("a")));
      return terminate_child(self, "root", run.latest("a")).to_term();
    });
    run.ask(3s, count()).ask(4s, start(quiet("b")));
    EXPECT_EQ(answers(run.journal(5s)), (Journal{"?{ok,a}", "?{error,not_found}", counted(0, 0), "?{ok,b}"}));
    EXPECT_EQ(run.ended_at["root"], Time(5s));
  });
}

// R-DYN-2; DynamicSupervisorTest: restarting on exit children counted in max_children
TEST(DynamicSupervisor, OneThatWasRestartedTakesRoom) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(at_most(1)));
    run.ask(1s, start(quiet("a"))).crash(2s, "a", reason::shutdown()).ask(3s, count()).ask(4s, start(quiet("b")));
    EXPECT_EQ(answers(run.journal(5s)), (Journal{"?{ok,a}", counted(1, 1), "?{error,max_children}"}));
  });
}

// ---- deaths

// R-DYN-3; DynamicSupervisorTest: temporary child is not restarted regardless of reason, transient child is restarted unless
// normal/shutdown/{shutdown, _}, permanent child is restarted regardless of reason
TEST(DynamicSupervisor, RestartTable) {
  for (const Term& why :
       {reason::normal(), reason::shutdown(), Term::tuple({reason::shutdown(), atom("signal")}), atom("whatever"), reason::killed()})
    for (const Restart restart : {Restart::permanent, Restart::transient, Restart::temporary})
      on_every_schedule([&](const Settings& settings) {
        const bool calm = is_normal_exit(why);
        const bool again = restart == Restart::permanent || (restart == Restart::transient && !calm);
        TreeRun run(settings, dynamic_supervisor(dynamic()));
        run.ask(1s, start(quiet("a", {.restart = restart}))).ask(2s, start(quiet("b"))).crash(3s, "a", why).ask(4s, count());
        Journal expected{"?{ok,a}", "?{ok,b}", "-a " + why.to_string()};
        if (again || !calm) expected.push_back("!child_terminated a " + why.to_string());
        expected.push_back(again ? counted(2, 2) : counted(1, 1));
        Journal journal = run.journal(5s);
        journal.resize(expected.size());
        EXPECT_EQ(journal, expected);
        EXPECT_EQ(run.incarnations["a"], again ? 2 : 1);
        EXPECT_EQ(run.incarnations["b"], 1);
      });
}

TEST(DynamicSupervisor, TheNewProcessReplacesTheOld) {  // R-DYN-3, R-DYN-5
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    Pid old;
    run.ask(1s, [&](Self& self) {
      old = start_child(self, "root", quiet("a")).pid;
      return Term::pid(old);
    });
    run.crash(2s, "a").ask(3s, [&](Self& self) { return terminate_child(self, "root", old).to_term(); });
    run.ask(4s, which()).ask(5s, terminate(run, "a")).ask(6s, which());
    const std::string modules = worker_form == Form::function ? "[function]" : "['Idle']";
    EXPECT_EQ(answers(run.journal(9s)), (Journal{"?a", "?{error,not_found}", "?[{undefined,a,worker," + modules + "}]", "?ok", "?[]"}));
  });
}

TEST(DynamicSupervisor, ARestartGoesAsTheStartFunctionSays) {  // R-DYN-3; DynamicSupervisorTest: child is restarted with different values
  const std::vector<std::pair<std::vector<std::string>, std::string>> ways{{{"ok", "ok"}, counted(1, 1)},
                                                                           {{"ok", "extra"}, counted(1, 1)},
                                                                           {{"ok", "ignore"}, counted(0, 0)},
                                                                           {{"ok", "found", "ignore"}, counted(0, 0)},
                                                                           {{"ok", "exit", "throw", "ok"}, counted(1, 1)}};
  for (const auto& [script, expected] : ways)
    on_every_schedule([&, way = script, answer = expected](const Settings& settings) {
      TreeRun run(settings, dynamic_supervisor(dynamic()));
      run.ask(1s, start(attempts("a", way))).crash(2s, "a", reason::shutdown()).ask(3s, count());
      EXPECT_EQ(answers(run.journal(4s)), (Journal{"?{ok,a}", answer}));
    });
}

TEST(DynamicSupervisor, TriesAgain) {  // R-DYN-3; DynamicSupervisorTest: child is restarted when trying again
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic(2)));
    run.ask(1s, start(attempts("a", {"ok", "try_again", "ok"}))).crash(2s, "a", reason::shutdown()).ask(3s, count());
    EXPECT_EQ(run.journal(4s), (Journal{"?{ok,a}", "-a shutdown", "!child_terminated a shutdown", "!start_error a try_again {restarting}",
                                        counted(1, 1), "-a shutdown", "-root shutdown"}));
    EXPECT_EQ(run.incarnations["a"], 2);
  });
}

// R-DYN-3; DynamicSupervisorTest: child triggers maximum restarts, child triggers maximum intensity when trying again
TEST(DynamicSupervisor, EachRetryCounts) {
  for (const int limit : {1, 10})
    on_every_schedule([limit](const Settings& settings) {
      TreeRun run(settings, dynamic_supervisor(dynamic(limit)));
      run.ask(1s, start(quiet("b"))).ask(2s, start(attempts("a", {"ok", "found"}))).crash(3s, "a", reason::shutdown());
      Journal expected{"?{ok,b}", "?{ok,a}", "-a shutdown", "!child_terminated a shutdown"};
      for (int i = 0; i < limit; ++i) expected.push_back("!start_error a found {restarting}");
      expected.insert(expected.end(), {"!shutdown a reached_max_restart_intensity", "-b shutdown", "-root shutdown"});
      EXPECT_EQ(run.journal(9s), expected);
      EXPECT_EQ(run.ended_at["root"], Time(3s));
    });
}

TEST(DynamicSupervisor, OneCountForAllChildren) {  // R-DYN-3: the intensity of R-SUP-16, boundary included
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic(1)));
    run.ask(1s, start(quiet("a"))).ask(1s, start(quiet("b"))).crash(2s, "a").crash(8s, "b").crash(13s, "a");
    run.journal(20s);
    EXPECT_EQ(run.incarnations["a"] + run.incarnations["b"], 4);  // the second crash came too late to count with the first
    EXPECT_EQ(run.ended_at["root"], Time(13s));
  });
}

TEST(DynamicSupervisor, RestartsMayWait) {  // R-BO-3, R-DYN-3, R-DYN-5
  const Backoff backoff{.base = 4s, .max = 4s, .first_immediate = false};
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(at_most(1)));
    run.ask(1s, start(quiet("a", {.backoff = backoff}))).crash(2s, "a").ask(3s, count()).ask(4s, start(quiet("b"))).ask(7s, count());
    Pid waiting;
    run.crash(8s, "a").ask(9s, [&](Self& self) { return waiting = run.latest("a"), terminate_child(self, "root", waiting).to_term(); });
    run.ask(20s, count());
    EXPECT_EQ(answers(run.journal(30s)), (Journal{"?{ok,a}", counted(1, 0), "?{error,max_children}", counted(1, 1), "?ok", counted(0, 0)}));
    EXPECT_EQ(run.incarnations["a"], 2);
  });
}

// ---- stopping

// R-DYN-4; DynamicSupervisorTest: terminates children with brutal kill, infinity shutdown, integer shutdown, expired integer shutdown; terminates
// with mixed children
TEST(DynamicSupervisor, StopsAllAtOnceEachWithinItsOwnTime) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    const auto slow = [](Duration time) { return ending_with(reason::shutdown(), time); };
    run.ask(1s, start(quiet("calm", {.shutdown = Shutdown::infinity()})));
    run.ask(1s, start(quiet("shot", {.shutdown = Shutdown::brutal_kill()})));
    run.ask(1s, start(worker("late-1", stubborn, {.shutdown = Shutdown::after(1s)})));
    run.ask(1s, start(worker("late-1-too", stubborn, {.shutdown = Shutdown::after(1s)})));
    run.ask(1s, start(worker("late-3", stubborn, {.shutdown = Shutdown::after(3s)})));
    run.ask(1s, start(worker("in-time", slow(2s), {.shutdown = Shutdown::after(3s)})));
    run.ask(1s, start(worker("endless", slow(60s), {.shutdown = Shutdown::infinity()})));
    const Journal journal = run.journal(10s);
    const std::map<std::string, Duration> expected{{"calm", 0s},   {"shot", 0s},    {"late-1", 1s},   {"late-1-too", 1s},
                                                   {"late-3", 3s}, {"in-time", 2s}, {"endless", 60s}, {"root", 60s}};
    for (const auto& [path, time] : expected) EXPECT_EQ(run.ended_at[path], Time(10s + time)) << path;
    EXPECT_EQ(reports(journal),
              (Journal{"!shutdown_error late-1 killed", "!shutdown_error late-1-too killed", "!shutdown_error late-3 killed"}));
    EXPECT_EQ(std::count(journal.begin(), journal.end(), "-calm shutdown"), 1);
    EXPECT_EQ(std::count(journal.begin(), journal.end(), "-shot killed"), 1);
  });
}

// R-DYN-4; DynamicSupervisorTest: terminates children with infinity shutdown and abnormal reason, with integer shutdown and abnormal reason,
// with permanent restart and normal reason
TEST(DynamicSupervisor, WhichEndsAreReported) {
  const Term because = Term::tuple({reason::shutdown(), atom("oops")});
  for (const Term& why : {reason::normal(), reason::shutdown(), because, atom("odd")})
    for (const Restart restart : {Restart::permanent, Restart::transient, Restart::temporary})
      for (const Shutdown shutdown : {Shutdown::infinity(), Shutdown::after(1s)})
        for (const bool by_request : {false, true}) {
          const bool odd = why.is_atom("odd") || (why.is_atom("normal") && restart == Restart::permanent);
          for (std::uint64_t seed = 0; seed < 20; ++seed) {
            TreeRun run({.seed = seed, .scheduler = seed == 0 ? Scheduler::fifo : Scheduler::random}, dynamic_supervisor(dynamic()));
            for (const char* id : {"a", "b", "c"})
              run.ask(1s, start(worker(id, ending_with(why), {.restart = restart, .shutdown = shutdown})));
            if (by_request)
              for (const char* id : {"a", "b", "c"}) run.ask(5s, terminate(run, id));
            const Journal expected = odd ? Journal{"!shutdown_error a " + why.to_string(), "!shutdown_error b " + why.to_string(),
                                                   "!shutdown_error c " + why.to_string()}
                                         : Journal{};
            EXPECT_EQ(reports(run.journal(10s)), expected) << why.to_string() << " " << to_string(restart);
            EXPECT_EQ(run.ended_at["root"], Time(10s));
          }
        }
}

TEST(DynamicSupervisor, ABrutalKillThatComesTooLate) {  // R-DYN-4: only `killed` is what a brutal kill should come to
  std::set<std::string> seen;
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    run.ask(1s, start(quiet("a", {.restart = Restart::temporary, .shutdown = Shutdown::brutal_kill()})));
    run.crash(5s, "a", reason::shutdown());
    const Journal got = reports(run.journal(5s));
    seen.insert(got.empty() ? "" : got[0]);
  });
  // Its EXIT was handled in time, or it was waiting, or under way.
  for (const std::string& report : seen)
    EXPECT_TRUE(report.empty() || report == "!shutdown_error a shutdown" || report == "!shutdown_error a noproc") << report;
  EXPECT_GT(seen.size(), 1u);
}

TEST(DynamicSupervisor, DropsItsLinksBeforeItAsks) {  // R-DYN-4: what OTP did before 24.1; if it is killed meanwhile it leaves orphans
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    std::vector<std::string> got;
    const auto body = [&got](Self& self) {
      self.trap_exit(true);
      for (;;) self.receive([&](const Exit& m) { got.push_back(m.reason.to_string()); });
    };
    run.ask(1s, start(worker("a", body, {.shutdown = Shutdown::infinity()})));
    std::size_t links = 9, watchers = 0;
    run.exit_signal(5s, "root", reason::shutdown()).act(6s, [&](Control& control) {
      links = control.look().links_of(run.latest("a")).size();
      watchers = control.look().monitors_of(run.latest("root")).size();
    });
    run.exit_signal(7s, "root", reason::kill());
    const Journal journal = run.journal(8s);
    EXPECT_EQ(got, std::vector<std::string>{"shutdown"});
    EXPECT_EQ(links, 0u);
    EXPECT_EQ(watchers, 1u);
    EXPECT_EQ(std::count(journal.begin(), journal.end(), "-root killed"), 1);
  });
}

TEST(DynamicSupervisor, OneThatDiesMeanwhileIsNotWaitedForTwice) {  // R-DYN-4
  std::set<std::string> seen;
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    run.ask(1s, start(worker("slow", ending_with(reason::shutdown(), 3s)))).ask(1s, start(quiet("a", {.restart = Restart::temporary})));
    run.crash(10s, "a", atom("boom"));
    const Journal got = reports(run.journal(10s));
    EXPECT_EQ(run.ended_at["root"], Time(13s));
    ASSERT_LE(got.size(), 1u);
    seen.insert(got.empty() ? "none" : got[0]);
  });
  for (const std::string& report : seen)
    EXPECT_TRUE(report == "none" || report == "!child_terminated a boom" || report == "!shutdown_error a boom" ||
                report == "!shutdown_error a noproc")
        << report;
  EXPECT_GT(seen.size(), 1u);
}

TEST(DynamicSupervisor, StoppingManyIsLinear) {  // R-DYN-4
  const ChildSpec spec = worker<Idle>("n", {.restart = Restart::temporary});
  expect_linear_end(dynamic_supervisor(dynamic()), [spec](Self& self) { start_child(self, "root", spec); });
}

// ---- what else one may ask

// R-DYN-5; DynamicSupervisorTest: terminate_child/2 terminates child with brutal kill, with integer shutdown
TEST(DynamicSupervisor, TerminateChild) {
  for (const Shutdown shutdown : {Shutdown::brutal_kill(), Shutdown::after(1s)})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, dynamic_supervisor(dynamic()));
      run.ask(1s, start(quiet("a", {.shutdown = shutdown}))).ask(2s, terminate(run, "a")).ask(3s, terminate(run, "a")).ask(4s, count());
      run.ask(5s, [](Self& self) { return terminate_child(self, "root", self.pid()).to_term(); });
      EXPECT_EQ(run.journal(9s), (Journal{"?{ok,a}", shutdown.kind == Shutdown::Kind::brutal_kill ? "-a killed" : "-a shutdown", "?ok",
                                          "?{error,not_found}", counted(0, 0), "?{error,not_found}", "-root shutdown"}));
      EXPECT_TRUE(run.reports.empty());
    });
}

TEST(DynamicSupervisor, NobodyIsFoundByAnId) {  // R-DYN-5
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    run.ask(1s, start(quiet("a", {.modules = {"m"}}))).ask(2s, start(quiet("t", {.restart = Restart::temporary})));
    run.ask(3s, [](Self& self) { return terminate_child(self, "root", "a").to_term(); });
    run.ask(4s, [](Self& self) { return restart_child(self, "root", "a").to_term(); });
    run.ask(5s, [](Self& self) { return delete_child(self, "root", "a").to_term(); });
    run.ask(6s, [](Self& self) { return get_childspec(self, "root", "a").to_term(); });
    run.ask(7s, [&](Self& self) { return get_childspec(self, "root", self.pid()).to_term(); });
    run.ask(8s, [&](Self& self) { return get_childspec(self, "root", run.latest("a")).to_term(); });
    run.ask(9s, [&](Self& self) {
      // R-SUP-46: it will not be started again
      EXPECT_FALSE(get_childspec(self, "root", run.latest("t")).spec->start);
      EXPECT_TRUE(get_childspec(self, "root", run.latest("a")).spec->start);
      return count_children(self, "root").to_term();
    });
    EXPECT_EQ(
        answers(run.journal(10s)),
        (Journal{"?{ok,a}", "?{ok,t}", "?{error,not_found}", "?{error,not_found}", "?{error,not_found}", "?{error,not_found}",
                 "?{error,not_found}", "?{ok,[{id,a},{restart,permanent},{significant,false},{shutdown,5000},{type,worker},{modules,[m]}]}",
                 counted(2, 2)}));
  });
}

struct Junk {
  using Reply = std::string;
};

TEST(DynamicSupervisor, TakesNoHarmFromJunk) {  // R-DYN-2; R-SUP-47, where a call of nobody's and a cast crash OTP's
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    const rules::Reports seen(run.world);
    run.ask(1s, start(quiet("a"))).ask(2s, [](Self& self) {
      self.send("root", Pair{"junk", 1});
      self.cast("root", Junk{});
      self.cast("root", CountChildren{});
      self.send("root", RetryDynamicRestart{self.pid()});
      return Term::string(self.call("root", Junk{}));
    });
    run.ask(3s, count());
    EXPECT_EQ(answers(run.journal(4s)),
              (Journal{"?{ok,a}", "?exit {{unknown_call,'Junk'},{gen_server,call,[root,'Junk']}}", counted(1, 1)}));
    EXPECT_EQ(seen.unexpected.size(), 3u);
  });
}

// ---- changes of code

auto change_to(DynamicSupervisorOptions options) {
  return [spec = dynamic_spec(std::move(options))](Self& self) { return change_code(self, "root", spec).to_term(); };
}

// R-DYN-1, R-SUP-52; DynamicSupervisorTest: code_change/3 with non-ok init, with ok init
TEST(DynamicSupervisor, ChangeOfCode) {
  SupervisorSpec significant = dynamic_spec(dynamic());
  significant.options.auto_shutdown = AutoShutdown::any_significant;
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    run.ask(1s, start(quiet("a"))).ask(2s, change_to(dynamic(-1))).ask(3s, change_to(at_most(-1)));
    run.ask(3500ms, [&](Self& self) { return change_code(self, "root", significant).to_term(); });
    run.ask(4s, [](Self& self) { return change_code(self, "root", SupervisorSpec{root(Strategy::one_for_one), {child("b")}}).to_term(); });
    run.ask(5s, start(quiet("b"))).ask(6s, change_to(at_most(1, 0))).ask(7s, count()).ask(8s, start(quiet("c"))).crash(9s, "a");
    EXPECT_EQ(answers(run.journal(20s)), (Journal{"?{ok,a}", "?{error,{invalid_intensity,-1}}", "?{error,{invalid_max_children,-1}}",
                                                  "?{error,{invalid_auto_shutdown,any_significant}}",
                                                  "?{error,{bad_combination,[{strategy,dynamic},{strategy,one_for_one}]}}", "?{ok,b}",
                                                  "?ok", counted(2, 2), "?{error,max_children}"}));
    EXPECT_EQ(run.ended_at["root"], Time(9s));  // the new intensity allows no restart
  });
}

// R-DYN-1, R-SUP-7; DynamicSupervisorTest: start_link/3 and code_change/3 with non-ok init: ignore
TEST(DynamicSupervisor, AnInitMayDecline) {
  SupervisorSpec declining = dynamic_spec(at_most(0));
  declining.init = [](Self&) { return std::nullopt; };
  on_every_schedule([&](const Settings& settings) {
    TreeRun run(settings, dynamic_supervisor(dynamic()));
    run.ask(1s, [&](Self& self) { return change_code(self, "root", declining).to_term(); }).ask(2s, start(quiet("a")));
    EXPECT_EQ(answers(run.journal(3s)), (Journal{"?ok", "?{ok,a}"}));
    TreeRun started(settings, detail::supervisor_of(declining));
    EXPECT_EQ(started.journal(1s), Journal{"-root normal"});
  });
}

}  // namespace
}  // namespace moirai::otp_test
