#include "runtime/otp/application_controller.hpp"

#include "runtime/otp/release_run.test.hpp"

namespace moirai::rules {
namespace {

// An application whose top process ends as it is told, by a message to the name APP_top.
struct End {
  static constexpr std::string_view fields[] = {"reason"};
  Term reason;
};
Application mortal(const std::string& name, std::vector<std::string> needs = {}) {
  return {.name = name, .applications = std::move(needs), .start = [name](Self& self) {
            return proc_lib::start_link(self,
                                        [name](Self& top) {
                                          top.register_name(name + "_top");
                                          proc_lib::init_ack(top);
                                          const End end = top.take<End>();
                                          top.exit(end.reason);
                                        },
                                        {.label = name + "_top"});
          }};
}

// R-APP-2
TEST(ApplicationController, WhatAnEndMeansDependsOnTheType) {
  struct Case {
    ApplicationType type;
    Term reason;
    bool node_stops;
  };
  const Term shutdown_because = Term::tuple({reason::shutdown(), Term::atom("why")});
  const std::vector<Case> cases{
      {ApplicationType::temporary, reason::normal(), false}, {ApplicationType::temporary, Term::atom("boom"), false},
      {ApplicationType::transient, reason::normal(), false}, {ApplicationType::transient, reason::shutdown(), true},
      {ApplicationType::transient, shutdown_because, true},  {ApplicationType::transient, Term::atom("boom"), true},
      {ApplicationType::permanent, reason::normal(), true},  {ApplicationType::permanent, reason::shutdown(), true},
      {ApplicationType::permanent, Term::atom("boom"), true}};
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(to_string(c.type)) + " " + c.reason.to_string());
    const Release release{.name = "node", .applications = {{simple_application("store")}, {mortal("shop", {"store"}), c.type}}};
    with_release(
        release,
        [&c](Self& self, ReleaseJournal& journal) {
          self.send("shop_top", End{c.reason});
          self.sleep(1s);
          const std::string why = c.reason.to_string();
          Got expected{"+store", "+shop", "shop_top dies " + why, "-shop " + why};
          std::string end = "lives";
          if (c.node_stops) {
            end = "{application_terminated,shop," + why + "}";
            for (const std::string line : {"store_sup/w dies shutdown", "store_sup dies shutdown"}) expected.push_back(line);
            expected.push_back("node " + end);
          }
          EXPECT_EQ(journal.lines, expected);
          EXPECT_EQ(journal.node_end, end);
        },
        15);
  }
}

TEST(ApplicationController, StoppingNeverStopsTheNode) {  // R-APP-2, R-APP-4
  for (const ApplicationType type : {ApplicationType::permanent, ApplicationType::transient, ApplicationType::temporary}) {
    const Release release{.name = "node", .applications = {{simple_application("shop"), type}}};
    with_release(release, [](Self& self, ReleaseJournal& journal) {
      EXPECT_EQ(application::stop(self, "shop").to_term().to_string(), "ok");
      EXPECT_EQ(application::stop(self, "shop").to_term().to_string(), "{error,{not_started,shop}}");
      self.sleep(1s);
      EXPECT_EQ(journal.lines, (Got{"+shop", "shop_sup/w dies shutdown", "shop_sup dies shutdown", "-shop stopped"}));
      EXPECT_EQ(journal.node_end, "lives");
      EXPECT_TRUE(application::start(self, "shop"));
    });
  }
}

// One that ended by itself counts as started until it is stopped, as in OTP.
TEST(ApplicationController, ATemporaryOneThatEndedIsStillStarted) {  // R-APP-1, R-APP-2
  with_release(loaded({mortal("store"), simple_application("shop", {"store"})}), [](Self& self, ReleaseJournal& journal) {
    application::start(self, "store");
    self.send("store_top", End{Term::atom("boom")});
    self.sleep(1s);
    EXPECT_EQ(application::which_applications(self), Got{});
    EXPECT_EQ(application::start(self, "shop").error->to_string(), "{not_running,store}");
    EXPECT_TRUE(application::stop(self, "store"));
    EXPECT_EQ(application::start(self, "shop").error->to_string(), "{not_started,store}");
    EXPECT_EQ(journal.node_end, "lives");
  });
}

// Two who start the same application at once get the same answer.
TEST(ApplicationController, AStartIsSharedByAllWhoAskForIt) {  // R-APP-1
  int shared = 0;
  for (const bool fails : {false, true}) {
    Application slow{.name = "shop", .start = [fails](Self& self) {
                       self.sleep(1s);
                       if (fails) return StartResult::error(Term::atom("no"));
                       return StartResult::ok(self.spawn_link("top", quiet));
                     }};
    with_release(loaded({slow, simple_application("store")}), [&](Self& self, ReleaseJournal&) {
      const Pid me = self.pid();
      for (int i = 0; i < 2; ++i)
        self.spawn([me](Self& peer) { peer.send(me, Log{application::start(peer, "shop").to_term().to_string()}); });
      self.sleep(100ms);
      EXPECT_TRUE(application::start(self, "store")) << "nobody waits for somebody else's start";
      Got answers;
      for (int i = 0; i < 2; ++i) answers.push_back(self.take<Log>().text);
      EXPECT_EQ(answers[0], fails ? "{error,{no,{shop,start,[normal,[]]}}}" : "ok");
      EXPECT_EQ(answers[0], answers[1]);
      ++shared;
    });
  }
  EXPECT_GT(shared, 0);
}

// R-APP-2, R-APP-3; supervisor_SUITE:faulty_application_shutdown
TEST(ApplicationController, AFailureToStartIsAnEndToo) {
  Application faulty{.name = "shop",
                     .start = tree(supervisor({.name = "shop_sup"}, {worker("good", idle_worker), worker_started_by("bad", [](Self&) {
                                                                       return StartResult::error(Term::atom("no"));
                                                                     })}))};
  const std::string why = "{{shutdown,{failed_to_start_child,bad,no}},{shop,start,[normal,[]]}}";
  for (const ApplicationType type : {ApplicationType::permanent, ApplicationType::transient, ApplicationType::temporary}) {
    const bool node_stops = type != ApplicationType::temporary;
    Got expected{"+store", "shop_sup/good dies shutdown", "shop_sup dies {shutdown,{failed_to_start_child,bad,no}}", "-shop " + why};
    const std::string end = node_stops ? "{application_start_failure,shop," + why + "}" : "lives";
    if (node_stops)
      for (const std::string& line : Got{"store_sup/w dies shutdown", "store_sup dies shutdown", "node " + end}) expected.push_back(line);
    // Asked for by somebody ...
    Release release = loaded({faulty, simple_application("store")});
    with_release(
        release,
        [&](Self& self, ReleaseJournal& journal) {
          application::start(self, "store");
          const Term answer = application::start(self, "shop", type).to_term();
          EXPECT_EQ(answer.to_string(), "{error," + why + "}");
          self.sleep(1s);
          EXPECT_EQ(journal.lines, expected);
          EXPECT_EQ(journal.node_end, end);
        },
        15);
    // ... and by the release.
    const Release booted{.name = "node", .applications = {{simple_application("store")}, {faulty, type}, {simple_application("next")}}};
    with_release(
        booted,
        [&](Self&, ReleaseJournal& journal) {
          Got seen = expected;
          if (!node_stops) seen.push_back("+next");
          EXPECT_EQ(journal.lines, seen);
          EXPECT_EQ(journal.node_end, end);
        },
        15);
  }
}

// A transient one may say that it has nothing to do by exiting with normal in its start function.
TEST(ApplicationController, AStartThatExitsNormally) {  // R-APP-2
  const Application shy{.name = "shy", .start = [](Self& self) -> StartResult { self.exit(reason::normal()); }};
  for (const ApplicationType type : {ApplicationType::permanent, ApplicationType::transient}) {
    with_release(
        loaded({shy}),
        [&](Self& self, ReleaseJournal& journal) {
          EXPECT_EQ(application::start(self, "shy", type).error->to_string(), "{{'EXIT',normal},{shy,start,[normal,[]]}}");
          self.sleep(1s);
          EXPECT_EQ(journal.node_end == "lives", type == ApplicationType::transient);
        },
        5);
  }
}

TEST(ApplicationController, WhatTheReleaseCannotStartIsAFailure) {  // R-APP-1, R-APP-2
  const Release release{.name = "node",
                        .applications = {{simple_application("store"), std::nullopt}, {simple_application("shop", {"store"})}}};
  with_release(
      release,
      [](Self&, ReleaseJournal& journal) {
        EXPECT_EQ(journal.lines, (Got{"-shop {not_started,store}", "node {application_start_failure,shop,{not_started,store}}"}));
      },
      5);
}

// R-APP-5: the last started first, each one completely.
TEST(ApplicationController, TheNodeStopsInReverseOrder) {
  const Release release{.name = "node",
                        .applications = {{simple_application("disk", {}, {"a", "b"})},
                                         {simple_application("store", {"disk"})},
                                         {.application = {.name = "lib"}},
                                         {simple_application("shop", {"store", "lib"})}}};
  const Got stopped{"shop_sup/w dies shutdown", "shop_sup dies shutdown",   "store_sup/w dies shutdown", "store_sup dies shutdown",
                    "disk_sup/b dies shutdown", "disk_sup/a dies shutdown", "disk_sup dies shutdown"};
  in_every_order([&](Trial& trial) {
    ReleaseJournal journal(trial.world);
    trial.world.observe(journal);
    const Pid node = start_release(trial.world, release);
    trial.world.control().post(
        {"stop", Time(1s), Time(1s), [node](Control& control) { control.exit_signal(Pid{}, node, reason::shutdown()); }});
    trial.world.run();
    Got expected{"+disk", "+store", "+lib", "+shop"};
    expected.insert(expected.end(), stopped.begin(), stopped.end());
    expected.push_back("node shutdown");
    EXPECT_EQ(journal.lines, expected);
    EXPECT_EQ(journal.node_end, "shutdown");
    EXPECT_EQ(trial.world.process_count(), 0u);
    trial.world.reset(Settings{});
  });
}

// Each master sees its controller die, and stops what it has: all at once then.
TEST(ApplicationController, IfItIsKilledAllApplicationsStop) {  // R-APP-4
  const Release release{.name = "node", .applications = {{simple_application("store")}, {simple_application("shop", {"store"})}}};
  with_release(release, [](Self& self, ReleaseJournal& journal) {
    self.exit(*self.whereis("application_controller"), reason::kill());
    self.sleep(1s);
    EXPECT_EQ(journal.node_end, "killed");
    for (const std::string line : {"shop_sup dies killed", "store_sup dies killed"})
      EXPECT_EQ(std::count(journal.lines.begin(), journal.lines.end(), line), 0) << "in order, not by the link";
    for (const std::string line : {"shop_sup dies shutdown", "store_sup dies shutdown"})
      EXPECT_EQ(std::count(journal.lines.begin(), journal.lines.end(), line), 1);
    EXPECT_FALSE(find_process(self, "node/shop"));
  });
}

TEST(ApplicationController, JunkDoesNotHarmIt) {
  with_release(
      loaded({simple_application("shop")}),
      [](Self& self, ReleaseJournal& journal) {
        self.send("application_controller", Note1{1});
        self.spawn_monitor([](Self& peer) { peer.call("application_controller", Ask{1}); });
        EXPECT_TRUE(self.take<Down>().reason[0][0].is_atom("unknown_call"));
        EXPECT_TRUE(application::start(self, "shop"));
        EXPECT_EQ(journal.node_end, "lives");
      },
      5);
}

}  // namespace
}  // namespace moirai::rules
