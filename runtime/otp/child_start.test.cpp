#include "runtime/otp/child_start.hpp"

#include <stdexcept>

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

struct Ping {
  using Reply = std::int64_t;
};

// A handler whose init takes a second of virtual time.
struct Slow {
  using Accepts = Messages<Ping>;
  std::int64_t answer;
  Slow(Self& self, std::int64_t a) : answer(a) { self.sleep(1s); }
  std::int64_t on(Self&, const Ping&) const { return answer; }
};

struct Plain {
  using Accepts = Messages<Ping>;
  std::int64_t answer = 1;
  std::int64_t on(Self&, const Ping&) const { return answer; }
};

struct Failing {
  using Accepts = Messages<>;
  explicit Failing(Self& self) { self.exit(Term::atom("no_disk")); }
};

struct Throwing {
  using Accepts = Messages<>;
  explicit Throwing(Self&) { throw std::runtime_error("no disk"); }
};

struct Declining {
  using Accepts = Messages<>;
  explicit Declining(Self& self) { proc_lib::init_ignore(self); }
};

TEST(ChildStart, AHandlerIsStartedOnceItIsConstructed) {  // R-SUP-8
  on_every_schedule([](const Settings& settings) {
    std::vector<std::int64_t> answers;
    std::vector<Time> began;
    const auto last = [&](Self& self) {
      began.push_back(self.now());
      answers.push_back(self.call("slow", Ping{}));
      answers.push_back(self.call("plain", Ping{}));
      idle(self);
    };
    TreeRun run(settings,
                supervisor({.name = "root"}, {worker<Slow>("slow", {.registered = true}, std::int64_t{7}),
                                              worker<Plain>("plain", {.registered = true}, std::int64_t{8}), worker("last", last)}));
    EXPECT_EQ(run.journal(10s),
              (Journal{"+slow", "+plain", "+last", "-last shutdown", "-plain shutdown", "-slow shutdown", "-root shutdown"}));
    EXPECT_EQ(began, std::vector<Time>{Time(1s)});
    EXPECT_EQ(answers, (std::vector<std::int64_t>{7, 8}));
  });
}

TEST(ChildStart, ANameIsTakenBeforeTheNextSiblingStarts) {  // R-PL-3
  on_every_schedule([](const Settings& settings) {
    std::vector<Pid> found;
    const auto seeker = [&](Self& self) {
      found.push_back(self.whereis("store").value_or(Pid{}));
      idle(self);
    };
    TreeRun run(settings, supervisor({.name = "root"}, {worker("store", idle, {.registered = true}), worker("seeker", seeker)}));
    run.journal(1s);
    EXPECT_EQ(found, std::vector<Pid>{run.latest("store")});
  });
}

TEST(ChildStart, ANameIsFreeAgainForTheNextIncarnation) {  // R-SIG-11
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {worker("store", idle, {.registered = true})}));
    Pid named{};
    run.crash(1s, "store").act(2s, [&](Control& control) { named = control.look().whereis("store").value_or(Pid{}); });
    EXPECT_EQ(run.journal(3s),
              (Journal{"+store", "-store boom", "!child_terminated store boom", "+store", "-store shutdown", "-root shutdown"}));
    EXPECT_EQ(named, run.latest("store"));
  });
}

TEST(ChildStart, ATakenNameIsAFailedStart) {  // R-PL-3
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {supervisor({.name = "s"}, {worker("x", idle, {.registered = true})}),
                                                        supervisor({.name = "t"}, {worker("x", idle, {.registered = true})})}));
    const Journal journal = run.journal(1s);
    const std::string why = "{already_started," + run.latest("s/x").to_string() + "}";
    const std::string nested = "{shutdown,{failed_to_start_child,x," + why + "}}";
    EXPECT_EQ(journal, (Journal{"+s/x", "+s", "-t/x normal", "!start_error t/x " + why, "-t " + nested, "!start_error t " + nested,
                                "-s/x shutdown", "-s shutdown", "-root {shutdown,{failed_to_start_child,t," + nested + "}}"}));
  });
}

TEST(ChildStart, EndingInInitIsAFailedStart) {  // R-SUP-9, R-PL-2
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {worker("a", idle), worker<Failing>("b")}));
    EXPECT_EQ(run.journal(1s),
              (Journal{"+a", "-b no_disk", "!start_error b no_disk", "-a shutdown", "-root {shutdown,{failed_to_start_child,b,no_disk}}"}));
  });
}

TEST(ChildStart, AnExceptionInInitIsAFailedStart) {  // R-SUP-9
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {worker<Throwing>("b")}));
    run.journal(1s);
    ASSERT_EQ(run.reports.size(), 1u);
    EXPECT_EQ(run.reports[0].context, ReportContext::start_error);
    ASSERT_EQ(run.reports[0].reason.size(), 3u);
    EXPECT_TRUE(run.reports[0].reason[0].is_atom("error"));
    EXPECT_NE(run.reports[0].reason.to_string().find("no disk"), std::string::npos);
  });
}

TEST(ChildStart, ADecliningChildIsKeptWithoutAProcess) {  // R-SUP-9
  on_every_schedule([](const Settings& settings) {
    std::vector<ChildStatus> listed;
    const auto asker = [&](Self& self) {
      listed = which_children(self, self.world().parent(self.pid()));
      idle(self);
    };
    TreeRun run(settings, supervisor({.name = "root"}, {worker<Declining>("a"), worker<Declining>("t", {.restart = Restart::temporary}),
                                                        scripted("i", {"ignore"}), worker("asker", asker)}));
    EXPECT_EQ(run.journal(1s), (Journal{"-a normal", "-t normal", "+asker", "-asker shutdown", "-root shutdown"}));
    EXPECT_EQ(run.named(to_term(listed)),
              "[{asker,asker,worker,[function]},{i,undefined,worker,[function]},{a,undefined,worker,['Declining']}]");
  });
}

TEST(ChildStart, AFailedOrDeclinedStartLeavesNothingInTheMailbox) {  // R-PL-2
  on_every_schedule([](const Settings& settings) {
    std::vector<std::string> left;
    std::vector<StartResult> results;
    const auto starter = [&](Self& self) {
      self.trap_exit(true);
      for (const Program& program : {gen_server::server<Declining>(), gen_server::server<Failing>()})
        results.push_back(proc_lib::start_link(self, program));
      self.receive([&](const Message& any) { left.push_back(any.to_string()); }, after(1s, [] {}));
    };
    World& world = one_world();
    world.reset(settings);
    world.start("starter", starter);
    world.run();
    EXPECT_EQ(results, (std::vector<StartResult>{StartResult::ignore(), StartResult::error(atom("no_disk"))}));
    EXPECT_EQ(left, std::vector<std::string>{});
  });
}

TEST(ChildStart, OnlyTheChildItselfSaysThatItIsReady) {
  on_every_schedule([](const Settings& settings) {
    std::vector<Time> began;
    const auto liar = [](Self& self) {
      const Pid supervisor = self.world().parent(self.pid());
      self.send(supervisor, proc_lib::StartAnswer{self.pid(), StartResult::Kind::ok, {}, {}});
      self.send(supervisor, Exit{self.pid(), atom("lie")});
      idle(self);
    };
    const auto last = [&](Self& self) {
      began.push_back(self.now());
      idle(self);
    };
    TreeRun run(settings, supervisor({.name = "root"}, {worker("liar", liar, {.restart = Restart::temporary}),
                                                        worker<Slow>("slow", {}, std::int64_t{7}), worker("last", last)}));
    run.journal(9s);
    EXPECT_EQ(began, std::vector<Time>{Time(1s)});
  });
}

TEST(ChildStart, AnExceptionInAStartFunctionIsAFailedStart) {  // R-SUP-9
  on_every_schedule([](const Settings& settings) {
    const auto throwing = [](Self&) -> StartResult { throw std::runtime_error("no disk"); };
    TreeRun run(settings, supervisor({.name = "root"}, {worker_started_by("b", throwing)}));
    run.journal(1s);
    ASSERT_EQ(run.reports.size(), 1u);
    ASSERT_EQ(run.reports[0].reason.size(), 2u);
    EXPECT_TRUE(run.reports[0].reason[0].is_atom("EXIT"));
    EXPECT_FALSE(run.world.alive(run.root_pid));
  });
}

TEST(ChildStart, AnExitInAStartFunctionIsAFailedStart) {  // R-SUP-9
  on_every_schedule([](const Settings& settings) {
    const auto exiting = [](Self& supervisor) -> StartResult { supervisor.exit(Term::atom("no_disk")); };
    TreeRun run(settings, supervisor({.name = "root"}, {worker_started_by("b", exiting)}));
    EXPECT_EQ(run.journal(1s), (Journal{"!start_error b {'EXIT',no_disk}", "-root {shutdown,{failed_to_start_child,b,{'EXIT',no_disk}}}"}));
  });
}

TEST(ChildStart, AnUnlinkedChildIsNotNoticed) {  // R-SUP-9
  on_every_schedule([](const Settings& settings) {
    const auto unlinking = [](Self& supervisor) { return StartResult::ok(supervisor.spawn("a", idle)); };
    TreeRun run(settings, supervisor({.name = "root"}, {worker_started_by("a", unlinking)}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "-a boom", "!shutdown_error a noproc", "-root shutdown"}));
  });
}

TEST(ChildStart, ACrashDuringInitIsAFailedStart) {  // R-SUP-9: a child that is killed before it is ready has not started
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {worker<Slow>("slow", {}, std::int64_t{7})}));
    run.crash(500ms, "slow");
    EXPECT_EQ(run.journal(2s), (Journal{"-slow boom", "!start_error slow boom", "-root {shutdown,{failed_to_start_child,slow,boom}}"}));
  });
}

}  // namespace
}  // namespace moirai::otp_test
