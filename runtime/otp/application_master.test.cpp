#include "runtime/otp/application_master.hpp"

#include <stdexcept>

#include "runtime/otp/release_run.test.hpp"

namespace moirai::rules {
namespace {

// Says what is called, and with which state.
Application telling(const std::string& name) {
  Application application = simple_application(name, {}, {"a", "b"});
  const auto start = application.start;
  application.start = [start](Self& self) {
    StartResult result = start(self);
    result.info = Term::integer(1);
    return result;
  };
  application.prep_stop = [name](Self& self, const Term& state) {
    self.log(name + " prep_stop " + state.to_string());
    return Term::integer(2);
  };
  application.stop = [name](Self& self, const Term& state) { self.log(name + " stop " + state.to_string()); };
  return application;
}

TEST(ApplicationMaster, StopsInOrder) {  // R-APP-4
  with_release(loaded({telling("shop")}), [](Self& self, ReleaseJournal& journal) {
    application::start(self, "shop");
    application::stop(self, "shop");
    EXPECT_EQ(journal.lines, (Got{"+shop", "shop prep_stop 1", "shop_sup/b dies shutdown", "shop_sup/a dies shutdown",
                                  "shop_sup dies shutdown", "shop stop 2", "-shop stopped"}));
  });
}

TEST(ApplicationMaster, AnEndByItselfIsFollowedByTheSame) {  // R-APP-4
  with_release(loaded({telling("shop")}), [](Self& self, ReleaseJournal& journal) {
    application::start(self, "shop");
    self.exit(find_process(self, "node/shop/start/shop_sup"), reason::kill());
    self.sleep(1s);
    const auto at = [&](const std::string& line) {
      return std::find(journal.lines.begin(), journal.lines.end(), line) - journal.lines.begin();
    };
    EXPECT_LT(at("shop_sup dies killed"), at("shop prep_stop 1"));
    EXPECT_LT(at("shop prep_stop 1"), at("shop stop 2"));
    EXPECT_LT(at("shop stop 2"), at("-shop killed"));
    EXPECT_EQ(journal.lines.back(), "-shop killed");
  });
}

TEST(ApplicationMaster, WaitsForTheTreeAsLongAsItTakes) {  // R-APP-4
  const auto slow = [](Self& self) {
    self.trap_exit(true);
    self.take<Exit>();
    self.sleep(1h);
  };
  const Application patient{.name = "shop",
                            .start = tree(supervisor({.name = "shop_sup"}, {worker("w", slow, {.shutdown = Shutdown::infinity()})}))};
  with_release(
      loaded({patient}),
      [](Self& self, ReleaseJournal&) {
        application::start(self, "shop");
        const Time before = self.now();
        application::stop(self, "shop");
        EXPECT_EQ(self.now() - before, 1h);
      },
      5);
}

// R-APP-4: what the application has started and is not in its tree, and what that starts while it is being killed.
TEST(ApplicationMaster, NothingOfItOutlivesIt) {
  struct Breeder {
    static void breed(Self& self) {
      self.trap_exit(true);
      for (;;) {
        self.spawn("follower", [](Self& child) { child.sleep(1h); });
        self.sleep(1ms);
      }
    }
  };
  Application untidy = simple_application("shop");
  const auto start = untidy.start;
  untidy.start = [start](Self& self) {
    self.spawn("follower", Breeder::breed);
    return start(self);
  };
  const auto left = [](Self& self) {
    int count = 0;
    for (const Pid pid : self.world().processes()) count += self.world().label(pid) == "follower" ? 1 : 0;
    return count;
  };
  for (const bool by_itself : {false, true})
    with_release(loaded({untidy}), [&](Self& self, ReleaseJournal& journal) {
      application::start(self, "shop");
      self.sleep(5ms);
      EXPECT_GT(left(self), 2);
      if (by_itself) {
        self.exit(find_process(self, "node/shop/start/shop_sup"), reason::kill());
        while (journal.lines.back() != "-shop killed") self.sleep(1us);
      } else {
        application::stop(self, "shop");
      }
      EXPECT_EQ(left(self), 0);
    });
}

TEST(ApplicationMaster, SomebodyElsesProcessesAreLeftAlone) {  // R-APP-4
  with_release(
      loaded({simple_application("shop"), simple_application("store")}),
      [](Self& self, ReleaseJournal&) {
        application::start(self, "shop");
        application::start(self, "store");
        const Pid mine = self.spawn(quiet);
        application::stop(self, "shop");
        EXPECT_TRUE(self.is_alive(mine));
        EXPECT_TRUE(find_process(self, "node/store/start/store_sup/w"));
      },
      10);
}

// ---- failing to start

TEST(ApplicationMaster, WhyAStartFailed) {  // R-APP-3
  using Start = std::function<StartResult(Self&)>;
  const std::string call = "{shop,start,[normal,[]]}";
  const std::vector<std::pair<Start, std::string>> cases{
      {[](Self&) { return StartResult::error(Term::atom("no")); }, "{no," + call + "}"},
      {[](Self&) { return StartResult::ignore(); }, "{bad_return,{" + call + ",ignore}}"},
      {[](Self& self) -> StartResult { self.exit(Term::atom("boom")); }, "{bad_return,{" + call + ",{'EXIT',boom}}}"},
      {[](Self&) -> StartResult { throw std::runtime_error("no disk"); },
       "{bad_return,{" + call + ",{'EXIT',{error,runtime_error,\"no disk\"}}}}"},
      {[](Self& self) -> StartResult {
         self.exit(self.pid(), reason::kill());
         return StartResult::ignore();
       },
       "killed"}};
  for (const auto& [start, why] : cases)
    with_release(
        loaded({{.name = "shop", .start = start}}),
        [&, expected = why](Self& self, ReleaseJournal& journal) {
          EXPECT_EQ(application::start(self, "shop").error->to_string(), expected);
          EXPECT_EQ(journal.lines, Got{"-shop " + expected});
          EXPECT_FALSE(find_process(self, "node/shop"));
        },
        10);
}

// ---- phases

// Runs the phases, and says so; `failing` fails.
Application phased(const std::string& name, std::vector<std::string> phases, std::vector<std::string> includes = {},
                   const std::string& failing = "") {
  Application application = simple_application(name);
  application.included_applications = std::move(includes);
  application.start_phases.emplace();
  for (const std::string& phase : phases)
    application.start_phases->push_back({phase, [=](Self& self) {
                                           self.log(name + " " + phase);
                                           return phase == failing ? std::optional(Term::atom("no")) : std::nullopt;
                                         }});
  return application;
}

TEST(ApplicationMaster, PhaseByPhaseThroughAllThatIsIncluded) {  // R-APP-5
  const Release release = loaded({phased("whole", {"init", "go", "end"}, {"left", "right"}), phased("left", {"init", "go"}, {"inner"}),
                                  phased("inner", {"go"}), phased("right", {"go"})});
  with_release(release, [](Self& self, ReleaseJournal& journal) {
    EXPECT_TRUE(application::start(self, "whole"));
    EXPECT_EQ(journal.lines, (Got{"whole init", "left init", "whole go", "left go", "inner go", "right go", "whole end", "+whole"}));
    EXPECT_EQ(application::which_applications(self), Got{"whole"});
    EXPECT_FALSE(find_process(self, "node/whole/start/left_sup")) << "its tree is the business of the whole's tree";
  });
}

TEST(ApplicationMaster, NoPhasesWithoutThem) {  // R-APP-5
  Application whole = simple_application("whole");
  whole.included_applications = {"part"};
  with_release(
      loaded({whole, phased("part", {})}),
      [](Self& self, ReleaseJournal& journal) {
        EXPECT_TRUE(application::start(self, "whole"));
        EXPECT_EQ(journal.lines, Got{"+whole"});
      },
      5);
}

TEST(ApplicationMaster, APhaseThatFailsIsAFailureToStart) {  // R-APP-5, R-APP-3
  with_release(loaded({phased("shop", {"init", "go", "end"}, {}, "go")}), [](Self& self, ReleaseJournal& journal) {
    const std::string why = "{no,{shop,start_phase,[go,normal,[]]}}";
    EXPECT_EQ(application::start(self, "shop").error->to_string(), why);
    EXPECT_EQ(journal.lines, (Got{"shop init", "shop go", "shop_sup/w dies shutdown", "shop_sup dies shutdown", "-shop " + why}))
        << "OTP would leave the tree behind";
  });
  Application part = simple_application("part");
  with_release(
      loaded({phased("whole", {"init"}, {"part"}), part}),
      [](Self& self, ReleaseJournal&) { EXPECT_EQ(application::start(self, "whole").error->to_string(), "{start_phases_undefined,part}"); },
      5);
  Application odd = simple_application("odd");
  odd.start_phases = std::vector<StartPhase>{{"init", [](Self& self) -> std::optional<Term> { self.exit(Term::atom("boom")); }}};
  with_release(
      loaded({odd}),
      [](Self& self, ReleaseJournal&) {
        EXPECT_EQ(application::start(self, "odd").error->to_string(),
                  "{bad_return_value,{{odd,start_phase,[init,normal,[]]},{'EXIT',boom}}}");
      },
      5);
}

// ---- its own death

TEST(ApplicationMaster, IfItIsKilledTheTreeIsStoppedInOrder) {  // R-APP-4
  with_release(loaded({telling("shop")}), [](Self& self, ReleaseJournal& journal) {
    application::start(self, "shop");
    self.exit(find_process(self, "node/shop"), reason::kill());
    self.sleep(1s);
    Got lines = journal.lines;
    std::erase(lines, "-shop killed");
    EXPECT_EQ(lines, (Got{"+shop", "shop prep_stop 1", "shop_sup/b dies shutdown", "shop_sup/a dies shutdown", "shop_sup dies killed",
                          "shop stop 2"}));
    EXPECT_FALSE(find_process(self, "node/shop/start"));
  });
}

}  // namespace
}  // namespace moirai::rules
