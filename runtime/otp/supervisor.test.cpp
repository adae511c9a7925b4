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

TEST(Supervisor, ItsParentStopsItWithAnyReason) {  // R-SUP-12
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

}  // namespace
}  // namespace moirai::otp_test
