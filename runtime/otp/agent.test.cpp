#include "runtime/otp/agent.hpp"

#include <stdexcept>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/reports.test.hpp"

namespace moirai::rules {
namespace {

const Term boom = Term::atom("boom");
const auto itself = [](int n) { return n; };

template <class Body>
void played(Body body) {
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(true);
          body(self);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      100);
}

Agent<int> counter(Self& self) {
  EXPECT_TRUE(agent::start_link(self, {.name = "count"}, [] { return 1; }));
  return Agent<int>("count");
}

TEST(Agent, HoldsAValue) {  // R-AG-1, agent_test:start_link/2 workflow
  played([](Self& self) {
    const Agent<int> count = counter(self);
    EXPECT_EQ(agent::get(self, count, itself), 1);
    agent::update(self, count, [](int n) { return n + 1; });
    agent::update(self, count, [](int& n) { n *= 10; });
    EXPECT_EQ(agent::get_and_update(self, count, [](int n) { return std::pair(std::to_string(n), n + 1); }), "20");
    agent::cast(self, count, [](int n) { return n + 1; });
    EXPECT_EQ(agent::get(self, Agent<int>(*self.whereis("count")), itself), 22);
    agent::stop(self, count);
    EXPECT_EQ(drain(self), Got{"EXIT normal"});
  });
}

TEST(Agent, FunctionsRunInIt) {  // R-AG-1
  played([](Self& self) {
    Pid where;
    const auto place = [&where](Self& own) {
      where = own.pid();
      return 7;
    };
    const StartResult started = agent::start(self, {}, place);
    EXPECT_EQ(where, started.pid);
    const Agent<int> seven(started.pid);
    EXPECT_EQ(agent::get(self, seven, [](Self& own, int) { return own.pid(); }), started.pid);
    agent::update(self, seven, [](Self& own, int n) {
      own.sleep(1s);
      return n;
    });
    EXPECT_EQ(self.now(), Time(1s));
    const auto late = catch_exit([&] {
      return agent::get(
          self, seven,
          [](Self& own, int n) {
            own.sleep(1s);
            return n;
          },
          500ms);
    });
    EXPECT_EQ(late.reason()[0].to_string(), "timeout");
  });
}

TEST(Agent, AFailingFunctionEndsItAndItsCaller) {  // R-AG-1, agent_test:get/update crash
  for (const bool throws : {false, true})
    played([&](Self& self) {
      const Agent<int> count = counter(self);
      const Pid pid = *self.whereis("count");
      const auto caught = catch_exit([&] {
        return agent::get(self, count, [throws](Self& own, int) -> int {
          if (throws) throw std::runtime_error("boom");
          own.exit(boom);
        });
      });
      const std::string why = throws ? "{error,runtime_error,\"boom\"}" : "boom";
      EXPECT_EQ(caught.reason().to_string(), "{" + why + ",{gen_server,call,[count,'Apply',5000]}}");
      EXPECT_EQ(self.take<Exit>().reason.to_string(), why);
      EXPECT_FALSE(self.is_alive(pid));
      agent::cast(self, count, itself);  // never fails
      EXPECT_EQ(catch_exit([&] { return agent::get(self, count, itself); }).reason()[0].to_string(), "noproc");
    });
}

TEST(Agent, AFailingInitIsAFailedStart) {  // R-AG-1
  played([](Self& self) {
    EXPECT_EQ(agent::start_link(self, {.name = "count"}, [](Self& own) -> int { own.exit(boom); }), StartResult::error(boom));
    EXPECT_FALSE(self.whereis("count"));
    EXPECT_EQ(drain(self), Got{});
  });
}

TEST(Agent, JunkAndOtherTypesAreRefusedOrNoted) {  // R-GS-12
  in_every_order([](Trial& trial) {
    Reports reports(trial.world);
    trial.run([](Self& self) {
      const Agent<int> count = counter(self);
      gen_server::cast(self, "count", Note1{1});
      const auto wrong = catch_exit([&] { return agent::get(self, Agent<std::string>("count"), [](const std::string& s) { return s; }); });
      EXPECT_EQ(wrong.reason()[0].to_string(), "{unknown_call,'Apply'}");
      EXPECT_EQ(agent::get(self, count, itself), 1);
    });
    EXPECT_EQ(trial.finished, 1);
    ASSERT_EQ(reports.unexpected.size(), 2u);
    EXPECT_EQ(reports.unexpected[1].message, "get(fun)");
  });
}

// What is done and what comes of it is part of the run; the function itself is not.
TEST(Agent, ResultsAreInTheDigest) {
  const auto digest = [](int result, agent::Use use) {
    World world;
    world.start("root", [=](Self& self) {
      const Agent<int> zero(agent::start(self, {}, [] { return 0; }).pid);
      if (use == agent::Use::get)
        agent::get(self, zero, [result](int) { return result; });
      else
        agent::update(self, zero, [result](int) { return result; });
    });
    return world.run().digest;
  };
  EXPECT_EQ(digest(1, agent::Use::get), digest(1, agent::Use::get));
  EXPECT_NE(digest(1, agent::Use::get), digest(2, agent::Use::get));
  EXPECT_EQ(digest(1, agent::Use::update), digest(2, agent::Use::update));
  EXPECT_NE(digest(1, agent::Use::get), digest(1, agent::Use::update));
  EXPECT_EQ(agent::to_string(agent::Use::get_and_update), "get_and_update");
}

}  // namespace
}  // namespace moirai::rules
