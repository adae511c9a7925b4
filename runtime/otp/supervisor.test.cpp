#include "runtime/otp/supervisor.hpp"

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

TEST(Supervisor, Defaults) {  // R-SUP-1
  const SupervisorOptions options;
  EXPECT_EQ(options.strategy, Strategy::one_for_one);
  EXPECT_EQ(options.intensity.restarts, 1);
  EXPECT_EQ(options.intensity.within, Duration(5s));
  EXPECT_EQ(options.auto_shutdown, AutoShutdown::never);
  EXPECT_EQ(options.mutant, SupervisorMutant::none);
}

TEST(Supervisor, RefusesABadSpecWithAReason) {  // R-SUP-2, R-SUP-4; supervisor_SUITE:sup_flags
  const auto error_of = [](SupervisorOptions options, std::vector<ChildSpec> children) {
    options.name = "root";
    const auto error = find_error(*supervisor(options, std::move(children)).subtree);
    return error ? error->to_string() : "none";
  };
  EXPECT_EQ(error_of({}, {}), "none");
  EXPECT_EQ(error_of({.intensity = {.restarts = 0, .within = 1s}}, {worker("a", idle)}), "none");
  EXPECT_EQ(error_of({.intensity = {.restarts = -1}}, {}), "{supervisor_data,{invalid_intensity,-1}}");
  EXPECT_EQ(error_of({.intensity = {.within = 0s}}, {}), "{supervisor_data,{invalid_period,0}}");
  EXPECT_EQ(error_of({.intensity = {.within = 1500ms}}, {}), "{supervisor_data,{invalid_period,{1500000000,nanosecond}}}");
  EXPECT_EQ(error_of({.strategy = Strategy(9)}, {}), "{supervisor_data,{invalid_strategy,9}}");
  EXPECT_EQ(error_of({.auto_shutdown = AutoShutdown(9)}, {}), "{supervisor_data,{invalid_auto_shutdown,9}}");
  EXPECT_EQ(error_of({.strategy = Strategy(9), .intensity = {.restarts = -1}}, {}), "{supervisor_data,{invalid_strategy,9}}");
  EXPECT_EQ(error_of({}, {worker("a", idle, {.restart = Restart::transient, .significant = true})}),
            "{start_spec,{bad_combination,[{auto_shutdown,never},{significant,true}]}}");
  EXPECT_EQ(error_of({}, {worker("a", idle), worker("a", idle)}), "{start_spec,{duplicate_child_name,a}}");
  EXPECT_EQ(error_of({}, {worker("", idle)}), "{start_spec,missing_id}");
}

TEST(Supervisor, ABadSpecEndsTheProcessBeforeAnyChildStarts) {  // R-SUP-2
  on_every_schedule([](const Settings& settings) {
    TreeRun bad_root(settings, supervisor({.name = "root", .intensity = {.within = 1500ms}}, {worker("a", idle)}));
    EXPECT_EQ(bad_root.journal(1s), Journal{"-root {supervisor_data,{invalid_period,{1500000000,nanosecond}}}"});

    const auto bad_child = supervisor({.name = "s"}, {worker("x", idle), worker("x", idle)});
    TreeRun nested(settings, supervisor({.name = "root"}, {worker("a", idle), bad_child}));
    const std::string why = "{start_spec,{duplicate_child_name,x}}";
    EXPECT_EQ(nested.journal(1s), (Journal{"+a", "-s " + why, "!start_error s " + why, "-a shutdown",
                                           "-root {shutdown,{failed_to_start_child,s," + why + "}}"}));
  });
}

TEST(Supervisor, AnnouncesItselfBeforeItsFirstChild) {
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root", .strategy = Strategy::rest_for_one, .intensity = {.restarts = 3, .within = 7s}},
                                     {worker("a", idle, {.restart = Restart::transient, .shutdown = Shutdown::after(2s)}),
                                      supervisor({.name = "s", .shutdown = Shutdown::brutal_kill()}, {})}));
    std::size_t announced_before_spawn = 0;
    struct FirstSpawn : Observer {
      TreeRun* run;
      std::size_t* announced;
      EventMask wants() const override { return {EventKind::spawn}; }
      void saw(const Event& event) override {
        if (event.other && *announced == 0) *announced = run->announcements.size();
      }
    } first;
    first.run = &run;
    first.announced = &announced_before_spawn;
    run.world.observe(first);
    run.journal(1s);
    EXPECT_EQ(announced_before_spawn, 1u);
    ASSERT_EQ(run.announcements.size(), 2u);
    const SupervisorStarted& root = run.announcements[0];
    EXPECT_EQ(root.id, "root");
    EXPECT_EQ(root.strategy, Strategy::rest_for_one);
    EXPECT_EQ(root.intensity, 3);
    EXPECT_EQ(root.period_s, 7);
    EXPECT_EQ(root.children, (std::vector<ChildConfig>{{"a", Restart::transient, Shutdown::after(2s), ChildType::worker},
                                                       {"s", Restart::permanent, Shutdown::brutal_kill(), ChildType::supervisor}}));
    EXPECT_EQ(run.announcements[1].id, "s");
  });
}

TEST(Supervisor, StartsInOrderAndIsReadyAfterTheLast) {  // R-SUP-8
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings,
                supervisor({.name = "root"},
                           {worker("a", idle), supervisor({.name = "s"}, {worker("x", idle), worker("y", idle)}), worker("b", idle)}));
    EXPECT_EQ(run.journal(1s), (Journal{"+a", "+s/x", "+s/y", "+s", "+b", "-b shutdown", "-s/y shutdown", "-s/x shutdown", "-s shutdown",
                                        "-a shutdown", "-root shutdown"}));
  });
}

TEST(Supervisor, AFailedStartRollsBackInReverse) {  // R-SUP-10
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {worker("a", idle), worker("b", idle), scripted("c", {"boom"}), worker("d", idle)}));
    EXPECT_EQ(run.journal(1s), (Journal{"+a", "+b", "!start_error c boom", "-b shutdown", "-a shutdown",
                                        "-root {shutdown,{failed_to_start_child,c,boom}}"}));
    EXPECT_EQ(run.incarnations["d"], 0);
    ASSERT_EQ(run.reports.size(), 1u);
    EXPECT_FALSE(run.reports[0].pid);
  });
}

TEST(Supervisor, ItsParentStopsItWithAnyReason) {  // R-SUP-12; supervisor_SUITE:sup_start_normal
  for (const Term& why : {reason::normal(), reason::shutdown(), atom("boom")})
    on_every_schedule([&](const Settings& settings) {
      TreeRun run(settings, supervisor({.name = "root"}, {worker("a", idle)}));
      run.exit_signal(1s, "root", why);
      EXPECT_EQ(run.journal(2s), (Journal{"+a", "-a shutdown", "-root " + why.to_string()}));
    });
}

TEST(Supervisor, NobodyElseStopsIt) {  // R-SUP-12: also the EXIT of an unknown process is ignored
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {worker("a", idle), supervisor({.name = "s"}, {worker("x", idle)})}));
    run.exit_signal(1s, "s", reason::shutdown(), "a").exit_signal(2s, "root", atom("boom"), "s/x");
    run.exit_signal(3s, "s", reason::normal(), "a");
    run.act(4s, [&](Control& control) {
      EXPECT_TRUE(control.look().alive(run.latest("s")));
      EXPECT_EQ(run.incarnations["s"], 1);
    });
    run.journal(5s);
  });
}

TEST(Supervisor, AKilledSupervisorTakesItsChildrenWithIt) {  // R-SUP-40
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {supervisor({.name = "s"}, {worker("x", idle)})}));
    run.exit_signal(1s, "s", reason::kill());
    run.journal(2s);
    EXPECT_EQ(run.incarnations["s/x"], 2);
    EXPECT_EQ(std::count(run.lines.begin(), run.lines.end(), "-s killed"), 1);
    EXPECT_EQ(std::count(run.lines.begin(), run.lines.end(), "-s/x killed"), 1);
    EXPECT_EQ(std::count(run.lines.begin(), run.lines.end(), "!child_terminated s killed"), 1);
  });
}

struct Junk {
  int number = 0;
};
struct JunkCall {
  using Reply = bool;
};

TEST(Supervisor, JunkDoesNotHarmIt) {  // the project's deviation from R-SUP-47: not even an unknown call does
  on_every_schedule([](const Settings& settings) {
    std::vector<std::string> ends;
    const auto vandal = [&](Self& self) {
      const Pid supervisor = self.world().parent(self.pid());
      self.send(supervisor, Junk{1});
      self.cast(supervisor, JunkCall{});
      self.send(supervisor, proc_lib::StartAnswer{self.pid(), StartResult::Kind::ignore, {}, {}});
      self.send(supervisor, Down{Ref{}, self.pid(), "", reason::normal()});
      bool answered = false;
      try {
        self.call(supervisor, JunkCall{}, 1s);
        answered = true;
      } catch (const ExitRequest& request) { ends.push_back(request.reason[0].to_string()); }
      EXPECT_FALSE(answered);
      idle(self);
    };
    TreeRun run(settings, supervisor({.name = "root"}, {worker("vandal", vandal)}));
    run.crash(5s, "vandal");
    EXPECT_EQ(run.journal(10s),
              (Journal{"+vandal", "-vandal boom", "!child_terminated vandal boom", "+vandal", "-vandal shutdown", "-root shutdown"}));
    EXPECT_EQ(ends, (std::vector<std::string>{"{unknown_call,'JunkCall'}", "{unknown_call,'JunkCall'}"}));
  });
}

// ---- exact intensity

TEST(Supervisor, AnExactIntensityCountsInNanoseconds) {  // R-SUP-16, R-SUP-17: chosen by name; OTP's seconds are the default
  const auto end_after = [](const Settings& settings, Intensity intensity, std::vector<Duration> crashes) {
    SupervisorOptions options = root(Strategy::one_for_one);
    options.intensity = intensity;
    TreeRun run(settings, supervisor(options, {child("a")}));
    for (const Duration when : crashes) run.crash(when, "a");
    run.journal(20s);
    return run.ended_at["root"];
  };
  on_every_schedule([&](const Settings& settings) {
    const Intensity exact{.restarts = 1, .within = 1500ms, .exact = true};
    EXPECT_EQ(end_after(settings, exact, {1s, 2500ms}), Time(2500ms));  // the boundary is included
    EXPECT_EQ(end_after(settings, exact, {1s, 2500ms + 1ns}), Time(20s));
    const Intensity seconds{.restarts = 1, .within = 1s};
    EXPECT_EQ(end_after(settings, seconds, {1s, 2999ms}), Time(2999ms));
    EXPECT_EQ(end_after(settings, {.restarts = 1, .within = 1s, .exact = true}, {1s, 2999ms}), Time(20s));
  });
}

// ---- init

// R-SUP-7; supervisor_SUITE:sup_start_ignore_init
TEST(Supervisor, AnInitThatDeclinesIsAnIgnoredStart) {
  on_every_schedule([](const Settings& settings) {
    const auto declining = supervisor({.name = "s"}, [](Self&) -> std::optional<std::vector<ChildSpec>> { return std::nullopt; });
    TreeRun run(settings, supervisor({.name = "root"}, {child("a"), declining, child("b")}));
    EXPECT_EQ(run.journal(1s), (Journal{"+a", "-s normal", "+b", "-b shutdown", "-a shutdown", "-root shutdown"}));
  });
}

// R-SUP-7; supervisor_SUITE:sup_start_fail, sup_start_error_return (an init that returns anything else does not compile)
TEST(Supervisor, AnInitThatFailsIsAFailedStart) {
  on_every_schedule([](const Settings& settings) {
    const auto failing =
        supervisor({.name = "s"}, [](Self& self) -> std::optional<std::vector<ChildSpec>> { self.exit(atom("no_config")); });
    TreeRun run(settings, supervisor({.name = "root"}, {failing}));
    EXPECT_EQ(run.journal(1s),
              (Journal{"-s no_config", "!start_error s no_config", "-root {shutdown,{failed_to_start_child,s,no_config}}"}));
  });
}

TEST(Supervisor, AnInitIsAskedAnewByEachIncarnation) {  // R-SUP-7, R-SUP-40
  on_every_schedule([](const Settings& settings) {
    auto asked = std::make_shared<int>(0);
    const auto growing = supervisor({.name = "s", .intensity = {.restarts = 0}}, [asked](Self& self) {
      EXPECT_TRUE(self.world().trapping(self.pid()));  // before its init
      std::vector<ChildSpec> children;
      for (int i = 0; i <= *asked; ++i) children.push_back(child(std::to_string(i)));
      ++*asked;
      return std::optional(children);
    });
    TreeRun run(settings, supervisor({.name = "root"}, {growing}));
    run.crash(1s, "s/0");
    const Journal journal = run.journal(2s);
    EXPECT_EQ(run.incarnations["s/0"], 2);
    EXPECT_EQ(run.incarnations["s/1"], 1);
  });
}

TEST(Supervisor, ANameIsTakenBeforeInit) {  // R-PL-3, R-SUP-7
  on_every_schedule([](const Settings& settings) {
    int asked = 0;
    const auto taking = supervisor({.name = "twin", .registered = true}, [&asked](Self&) {
      ++asked;
      return std::optional(std::vector<ChildSpec>());
    });
    const auto elsewhere = supervisor({.name = "s"}, {worker("twin", idle, {.registered = true})});
    TreeRun run(settings, supervisor({.name = "root"}, {elsewhere, taking}));
    run.journal(1s);
    EXPECT_EQ(asked, 0);
    EXPECT_FALSE(run.world.alive(run.root_pid));
  });
}

// ---- changes of code

SupervisorOptions upgradable(Strategy strategy = Strategy::one_for_one, int restarts = 10,
                             AutoShutdown auto_shutdown = AutoShutdown::never) {
  SupervisorOptions options = root(strategy, restarts);
  options.auto_shutdown = auto_shutdown;
  options.registered = true;
  return options;
}
auto change(SupervisorSpec spec) {
  return [spec](Self& self) { return change_code(self, "root", spec).to_term(); };
}
auto list_children() {
  return [](Self& self) {
    std::vector<Term> pairs;
    for (const ChildStatus& status : which_children(self, "root")) {
      const Term term = status.to_term();
      pairs.push_back(Term::tuple({term[0], term[1]}));
    }
    return Term::list(std::move(pairs));
  };
}

TEST(ChangeCode, FlagsTakeEffectAndTheCountStays) {  // R-SUP-52; supervisor_SUITE:code_change, code_change_map
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(upgradable(Strategy::one_for_one, 5), {child("a"), child("b")}));
    run.crash(1s, "a").ask(2s, change({upgradable(Strategy::one_for_all, 2), {child("a"), child("b")}})).crash(3s, "a").crash(4s, "b");
    EXPECT_EQ(run.journal(9s), (Journal{"+a", "+b", "-a boom", "!child_terminated a boom", "+a", "?ok", "-a boom",
                                        "!child_terminated a boom", "-b shutdown", "+a", "+b", "-b boom", "!child_terminated b boom",
                                        "!shutdown b reached_max_restart_intensity", "-a shutdown", "-root shutdown"}));
  });
}

TEST(ChangeCode, SpecsAreMergedAndNobodyIsStarted) {  // R-SUP-52; supervisor_SUITE:code_change, code_change_map
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(upgradable(), {child("a"), child("b"), child("c")}));
    run.ask(1s, change({upgradable(), {child("n"), child("c", Restart::transient), child("m")}}));
    run.ask(2s, list_children());
    run.crash(3s, "c", reason::normal());
    run.ask(4s, [](Self& self) { return restart_child(self, "root", "n").to_term(); });
    run.ask(5s, list_children());
    // New ones and those that stay in the new order, then what the new spec does not name.
    EXPECT_EQ(run.journal(9s),
              (Journal{"+a", "+b", "+c", "?ok", "?[{b,b},{a,a},{m,undefined},{c,c},{n,undefined}]", "-c normal", "+n", "?{ok,n}",
                       "?[{b,b},{a,a},{m,undefined},{c,undefined},{n,n}]", "-b shutdown", "-a shutdown", "-n shutdown", "-root shutdown"}));
  });
}

TEST(ChangeCode, AFaultySpecChangesNothing) {  // R-SUP-52; supervisor_SUITE:code_change, code_change_map
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(upgradable(), {child("a")}));
    SupervisorOptions negative = upgradable();
    negative.intensity.restarts = -1;
    run.ask(1s, change({negative, {child("b")}}));
    run.ask(2s, change({upgradable(), {child("b"), child("b")}}));
    run.ask(3s, change({upgradable(), {worker("b", idle, {.restart = Restart::transient, .significant = true})}}));
    run.ask(4s, change({upgradable(Strategy::simple_one_for_one), {child("b")}}));
    run.ask(5s, change({upgradable(), {}, [](Self&) { return std::optional<std::vector<ChildSpec>>(); }}));  // it declines: no change
    run.ask(6s, list_children());
    EXPECT_EQ(run.journal(9s), (Journal{"+a", "?{error,{invalid_intensity,-1}}", "?{error,{duplicate_child_name,b}}",
                                        "?{error,{bad_combination,[{auto_shutdown,never},{significant,true}]}}",
                                        "?{error,{bad_combination,[{strategy,one_for_one},{strategy,simple_one_for_one}]}}", "?ok",
                                        "?[{a,a}]", "-a shutdown", "-root shutdown"}));
  });
}

TEST(ChangeCode, AnInitIsRunByTheSupervisor) {  // R-SUP-52
  on_every_schedule([](const Settings& settings) {
    Pid ran_in;
    TreeRun run(settings, supervisor(upgradable(), {child("a")}));
    run.ask(1s, change({upgradable(), {}, [&ran_in](Self& self) {
                          ran_in = self.pid();
                          return std::optional(std::vector<ChildSpec>{child("b"), child("a")});
                        }}));
    run.ask(2s, list_children());
    EXPECT_EQ(run.journal(3s), (Journal{"+a", "?ok", "?[{a,a},{b,undefined}]", "-a shutdown", "-root shutdown"}));
    EXPECT_EQ(ran_in, run.root_pid);
  });
}

// R-SUP-52; supervisor_SUITE:code_change_simple, code_change_simple_map
TEST(ChangeCode, ASimpleSupervisorTakesExactlyOneTemplate) {
  on_every_schedule([](const Settings& settings) {
    const SupervisorOptions simple = upgradable(Strategy::simple_one_for_one);
    TreeRun run(settings, supervisor(simple, {child("n")}));
    run.ask(1s, [](Self& self) { return start_child(self, "root").to_term(); });
    run.ask(2s, change({simple, {}})).ask(3s, change({simple, {child("n"), child("m")}}));
    run.ask(4s, change({simple, {child("n", Restart::temporary)}})).crash(5s, "n");
    run.ask(6s, [](Self& self) { return count_children(self, "root").to_term(); });
    EXPECT_EQ(run.journal(9s),
              (Journal{"?{ok,n}", "?{error,{bad_start_spec,[]}}", "?{error,{bad_start_spec,[n,m]}}", "?ok", "-n boom",
                       "!child_terminated n boom", "?[{specs,1},{active,0},{supervisors,0},{workers,0}]", "-root shutdown"}));
  });
}

// R-SUP-44, R-SUP-52; supervisor_SUITE:significant_upgrade_never_any, _any_never, _never_all, _all_never, _any_all, _all_any,
// significant_upgrade_child
TEST(ChangeCode, AutomaticShutdownFollowsTheCurrentSpec) {
  const auto worker_that_is = [](bool significant, const char* id) {
    return quiet(id, {.restart = Restart::transient, .significant = significant});
  };
  const auto specs = [&](AutoShutdown when) {
    const bool significant = when != AutoShutdown::never;
    return SupervisorSpec{upgradable(Strategy::one_for_one, 10, when),
                          {worker_that_is(significant, "a"), worker_that_is(significant, "b")}};
  };
  constexpr AutoShutdown all[] = {AutoShutdown::never, AutoShutdown::any_significant, AutoShutdown::all_significant};
  for (const AutoShutdown from : all)
    for (const AutoShutdown to : all)
      on_every_schedule([&](const Settings& settings) {
        const SupervisorSpec old = specs(from);
        TreeRun run(settings, supervisor(old.options, old.children));
        run.ask(1s, change(specs(to))).crash(2s, "a", reason::normal()).crash(3s, "b", reason::normal());
        run.journal(9s);
        EXPECT_EQ(run.ended_at["root"], Time(to == AutoShutdown::never ? 9s : to == AutoShutdown::any_significant ? 2s : 3s));
      });
}

// ---- whole trees

// R-SUP-40, R-SIG-11; supervisor_SUITE:simple_global_supervisor. A new incarnation may find the names of the old one still taken for a
// moment; then its start fails, and is tried again.
TEST(Supervisor, NamesMoveToTheNextIncarnation) {
  on_every_schedule([](const Settings& settings) {
    const auto inner =
        supervisor({.name = "inner", .intensity = {.restarts = 100}, .registered = true}, {quiet("w", {.registered = true})});
    TreeRun run(settings, supervisor(root(Strategy::one_for_one, 1000), {inner}));
    const auto names_are_right = [&run](Control& control) {
      EXPECT_EQ(control.look().whereis("inner"), run.latest("inner"));
      EXPECT_EQ(control.look().whereis("w"), run.latest("inner/w"));
    };
    run.exit_signal(1s, "inner", reason::kill()).act(2s, names_are_right);
    run.exit_signal(3s, "inner/w", reason::kill()).act(4s, names_are_right);
    run.crash(5s, "inner/w", reason::normal()).act(6s, names_are_right);
    run.ask(7s, [](Self& self) {
      terminate_child(self, "inner", "w");
      return restart_child(self, "inner", "w").to_term();
    });
    run.act(8s, names_are_right);
    run.journal(9s);
    EXPECT_EQ(run.ended_at["root"], Time(9s));
  });
}

TEST(Supervisor, Tree) {  // supervisor_SUITE:tree: what was added by request is not there any more after an escalation
  on_every_schedule([](const Settings& settings) {
    const auto inner = supervisor({.name = "inner", .intensity = {.restarts = 0}, .registered = true}, {child("x"), child("y")});
    TreeRun run(settings, supervisor(root(Strategy::one_for_one), {inner, child("a")}));
    run.ask(1s, [](Self& self) { return start_child(self, "inner", child("z")).to_term(); });
    run.crash(2s, "inner/x");
    EXPECT_EQ(run.journal(3s), (Journal{"+inner/x",
                                        "+inner/y",
                                        "+inner",
                                        "+a",
                                        "+inner/z",
                                        "?{ok,inner/z}",
                                        "-inner/x boom",
                                        "!child_terminated inner/x boom",
                                        "!shutdown inner/x reached_max_restart_intensity",
                                        "-inner/z shutdown",
                                        "-inner/y shutdown",
                                        "-inner shutdown",
                                        "!child_terminated inner shutdown",
                                        "+inner/x",
                                        "+inner/y",
                                        "+inner",
                                        "-a shutdown",
                                        "-inner/y shutdown",
                                        "-inner/x shutdown",
                                        "-inner shutdown",
                                        "-root shutdown"}));
  });
}

TEST(Supervisor, SlowRestartsNeverReachTheLimit) {  // R-SUP-22: a hazard of OTP's arithmetic, kept
  on_every_schedule([](const Settings& settings) {
    const auto crashing = [](Self& self) {
      self.sleep(1ms);
      self.exit(Term::atom("boom"));
    };
    const auto slow = worker("slow", ending_with(reason::shutdown(), 3s), {.shutdown = Shutdown::infinity()});
    TreeRun run(settings, supervisor(root(Strategy::one_for_all, 2, 5s), {worker("a", crashing), slow}));
    run.journal(200s);
    EXPECT_GT(run.incarnations["a"], 60);
    EXPECT_GE(run.ended_at["root"], Time(200s));
  });
}

TEST(Supervisor, AKilledSupervisorsChildrenMayOutliveIt) {  // R-SUP-41: only those that trap exits and take no notice
  on_every_schedule([](const Settings& settings) {
    const auto hesitant = [](Self& self) {
      self.trap_exit(true);
      self.take<Exit>();
      self.exit(self.take<Exit>().reason);  // its supervisor waits for it meanwhile, and is still linked to it
    };
    const auto inner =
        supervisor({.name = "inner", .shutdown = Shutdown::after(1s)},
                   {worker("deaf", stubborn, {.shutdown = Shutdown::infinity()}), child("x"), worker("y", ending_with(atom("late"), 100s)),
                    worker("z", hesitant, {.shutdown = Shutdown::infinity()})});
    TreeRun run(settings, supervisor(root(Strategy::one_for_one), {inner}));
    bool deaf = false;
    run.act(15s, [&](Control& control) {
      deaf = control.look().alive(run.latest("inner/deaf"));
      control.crash(run.latest("inner/deaf"), reason::kill());
    });
    run.journal(10s);
    EXPECT_EQ(run.ended_at["inner"], Time(11s));
    EXPECT_TRUE(deaf);
    EXPECT_EQ(run.ended_at["inner/x"], Time(11s));
    EXPECT_EQ(run.ended_at["inner/z"], Time(11s));
    EXPECT_EQ(run.ended_at["root"], Time(11s));
  });
}

TEST(Supervisor, StartingAndStoppingManyIsLinear) {  // supervisor_SUITE:scale_start_stop_many_children
  const auto steps = [](int count) {
    std::vector<ChildSpec> children;
    for (int i = 0; i < count; ++i) children.push_back(worker<Idle>(std::to_string(i)));
    TreeRun run({}, supervisor({.name = "root"}, std::move(children)));
    run.crash(1s, std::to_string(count / 2));
    run.journal(2s);
    EXPECT_EQ(run.run_end.why, RunEnd::Why::quiescent);
    return run.run_end.steps;
  };
  const auto few = steps(300), many = steps(3000);
  EXPECT_LT(many, few * 11);
}

}  // namespace
}  // namespace moirai::otp_test
