#include "runtime/otp/application.hpp"

#include "runtime/otp/release_run.test.hpp"

namespace moirai::rules {
namespace {

Term not_started(std::string_view name) { return Term::tuple({Term::atom("not_started"), Term::atom(name)}); }
Term not_loaded(std::string_view name) { return Term::tuple({Term::atom("not_loaded"), Term::atom(name)}); }

Application failing(const std::string& name, std::vector<std::string> needs = {}) {
  return {.name = name, .applications = std::move(needs), .start = [](Self&) { return StartResult::error(Term::atom("no")); }};
}

TEST(Application, IsStartedAfterWhatItNeeds) {  // R-APP-1
  const Release release = loaded({simple_application("shop", {"store", "bank"}), simple_application("store"), simple_application("bank")});
  with_release(release, [](Self& self, ReleaseJournal& journal) {
    EXPECT_EQ(application::start(self, "shop").error, not_started("store"));
    EXPECT_TRUE(application::start(self, "store"));
    EXPECT_EQ(application::start(self, "shop").error, not_started("bank"));
    EXPECT_TRUE(application::start(self, "bank"));
    EXPECT_EQ(application::start(self, "shop").to_term().to_string(), "ok");
    EXPECT_EQ(application::start(self, "shop").to_term().to_string(), "{error,{already_started,shop}}");
    EXPECT_EQ(application::start(self, "shoe").error, not_loaded("shoe"));
    EXPECT_EQ(application::which_applications(self), (Got{"shop", "bank", "store"}));
    EXPECT_EQ(journal.lines, (Got{"+store", "+bank", "+shop"}));
    EXPECT_TRUE(find_process(self, "node/shop/start/shop_sup/w"));
  });
}

TEST(Application, AllThatItNeedsIsStartedFirst) {  // R-APP-1
  const Release release = loaded({simple_application("shop", {"store", "bank"}), simple_application("store", {"disk"}),
                                  simple_application("disk"), simple_application("bank", {"disk"})});
  with_release(release, [](Self& self, ReleaseJournal& journal) {
    EXPECT_EQ(application::ensure_all_started(self, "shop").to_term().to_string(), "{ok,[disk,store,bank,shop]}");
    EXPECT_EQ(application::ensure_all_started(self, "shop").to_term().to_string(), "{ok,[]}");
    EXPECT_EQ(journal.lines, (Got{"+disk", "+store", "+bank", "+shop"}));
  });
}

TEST(Application, WhatWasStartedForNothingIsStoppedAgain) {  // R-APP-1
  const Release release = loaded(
      {simple_application("shop", {"store", "bank"}), simple_application("store", {"disk"}), simple_application("disk"), failing("bank")});
  with_release(release, [](Self& self, ReleaseJournal& journal) {
    application::start(self, "disk");
    EXPECT_EQ(application::ensure_all_started(self, "shop").to_term().to_string(), "{error,{bank,{no,{bank,start,[normal,[]]}}}}");
    EXPECT_EQ(application::which_applications(self), Got{"disk"});
    EXPECT_EQ(journal.lines, (Got{"+disk", "+store", "-bank {no,{bank,start,[normal,[]]}}", "store_sup/w dies shutdown",
                                  "store_sup dies shutdown", "-store stopped"}));
    EXPECT_EQ(application::ensure_all_started(self, "shoe").to_term().to_string(), "{error,{shoe,{not_loaded,shoe}}}");
  });
}

TEST(Application, IsKnownBeforeItIsStarted) {  // R-APP-1
  with_release(
      loaded({simple_application("store")}),
      [](Self& self, ReleaseJournal&) {
        EXPECT_TRUE(application::load(self, simple_application("shop", {"store"})));
        EXPECT_EQ(application::load(self, simple_application("shop")).to_term().to_string(), "{error,{already_loaded,shop}}");
        Application pair = simple_application("pair");
        pair.included_applications = {"shoe"};
        EXPECT_EQ(application::load(self, pair).error, not_loaded("shoe"));
        EXPECT_EQ(application::dependencies(self, "shop"), Got{"store"});
        EXPECT_EQ(application::dependencies(self, "shoe"), std::nullopt);
        EXPECT_TRUE(application::ensure_all_started(self, "shop"));
        EXPECT_EQ(application::unload(self, "shop").to_term().to_string(), "{error,{running,shop}}");
        application::stop(self, "shop");
        EXPECT_TRUE(application::unload(self, "shop"));
        EXPECT_EQ(application::unload(self, "shop").error, not_loaded("shop"));
        EXPECT_EQ(application::start(self, "shop").error, not_loaded("shop"));
        application::load(self, simple_application("a", {"b"}));
        application::load(self, simple_application("b", {"a"}));
        EXPECT_EQ(application::ensure_all_started(self, "a").to_term().to_string(), "{error,{a,{circular_dependencies,[a,b,a]}}}");
      },
      10);
}

TEST(Application, NobodyToAsk) {  // R-APP-1
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.spawn_monitor([](Self& peer) { application::start(peer, "shop"); });
          EXPECT_EQ(self.take<Down>().reason.to_string(),
                    "{noproc,{gen_server,call,[application_controller,'StartApplication',infinity]}}");
        });
        EXPECT_EQ(trial.finished, 1);
      },
      3);
}

// ---- releases

std::string error_of(const Release& release) {
  const auto error = find_error(release);
  return error ? error->to_string() : "sound";
}

TEST(Application, ReleasesAreChecked) {  // R-APP-1, R-APP-5
  EXPECT_EQ(error_of(loaded({simple_application("a", {"b"}), simple_application("b")})), "sound");
  EXPECT_EQ(error_of(loaded({simple_application("a", {"b", "c"})})), "{undefined_applications,[b,c]}");
  EXPECT_EQ(error_of(loaded({simple_application("a"), simple_application("a")})), "{duplicate_application,a}");
  EXPECT_EQ(error_of(loaded({simple_application("a", {"b"}), simple_application("b", {"c"}), simple_application("c", {"b"})})),
            "{circular_dependencies,[b,c]}");
  EXPECT_EQ(error_of(loaded({simple_application("a", {"a"})})), "{circular_dependencies,[a]}");

  Application whole = simple_application("whole"), part = simple_application("part"), inner = simple_application("inner");
  whole.included_applications = {"part"};
  part.included_applications = {"inner"};
  EXPECT_EQ(error_of(loaded({whole, part, inner})), "sound");
  whole.start_phases = std::vector<StartPhase>{{"init"}, {"go"}};
  inner.start_phases = std::vector<StartPhase>{{"go"}};
  EXPECT_EQ(error_of(loaded({whole, part, inner})), "{undefined_start_phase,inner,go}") << "part does not have it";
  part.start_phases = std::vector<StartPhase>{{"go"}};
  EXPECT_EQ(error_of(loaded({whole, part, inner})), "sound");
  part.start_phases = std::vector<StartPhase>{{"go"}, {"stay"}};
  EXPECT_EQ(error_of(loaded({whole, part, inner})), "{undefined_start_phase,part,stay}");

  in_every_order(
      [](Trial& trial) {
        const Pid node = start_release(trial.world, loaded({simple_application("a", {"b"})}));
        trial.world.run();
        EXPECT_EQ(trial.deaths.of(node), "{undefined_applications,[b]}");
      },
      2);
}

TEST(Application, TheReleaseIsStartedInTheOrderOfDependencies) {  // R-APP-5
  const Release release{.name = "node",
                        .applications = {{simple_application("shop", {"store"})},
                                         {simple_application("store", {"disk"})},
                                         {simple_application("tools"), std::nullopt},
                                         {simple_application("disk")},
                                         {simple_application("lib", {}), ApplicationType::temporary}}};
  EXPECT_EQ(boot_order(release), (Got{"disk", "store", "shop", "lib"}));
  with_release(release, [](Self& self, ReleaseJournal& journal) {
    EXPECT_EQ(journal.lines, (Got{"+disk", "+store", "+shop", "+lib"}));
    EXPECT_EQ(application::which_applications(self), (Got{"lib", "shop", "store", "disk"}));
  });
}

}  // namespace
}  // namespace moirai::rules
