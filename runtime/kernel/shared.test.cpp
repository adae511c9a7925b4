#include "runtime/kernel/shared.hpp"

#include <set>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

struct Count {
  int value = 0;
};
const Shared<Count> count("count");

int value_of(Count& c) { return c.value; }

TEST(Shared, IsSeenByAllProcessesUnderItsName) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      EXPECT_FALSE(count.access(self, value_of));
      count.create(self, Count{3});
      const Pid other = self.spawn([](Self& peer) { EXPECT_TRUE(count.access(peer, [](Count& c) { c.value += 4; })); });
      const Ref monitor = self.monitor(other);
      self.receive(when([&](const Down& d) { return d.monitor == monitor; }, [](const Down&) {}));
      EXPECT_EQ(count.access(self, value_of), 7);
      EXPECT_FALSE(Shared<int>("count").access(self, [](int&) {})) << "another type is another state";
      EXPECT_FALSE(Shared<Count>("county").access(self, value_of));
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

TEST(Shared, HasOneOwnerAtATime) {
  in_every_order([](Trial& trial) {
    Pid second;
    trial.run([&](Self& self) {
      count.create(self);
      second = self.spawn([](Self& peer) { count.create(peer); });
      self.sleep(1s);
    });
    EXPECT_EQ(trial.deaths.of(second), "{badarg,count}");
  });
}

// R-SIG-11: whoever hears of its owner's end finds the state gone, or made anew by a successor.
TEST(Shared, IsGoneBeforeTheDeathOfItsOwnerIsHeardOf) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.trap_exit(true);
      const Pid owner = self.spawn_link([](Self& peer) {
        count.create(peer);
        peer.sleep(1s);
      });
      self.sleep(100ms);
      EXPECT_TRUE(count.access(self, value_of));
      self.exit(owner, reason::kill());
      self.take<Exit>();
      EXPECT_FALSE(count.access(self, value_of));
      count.create(self);
      EXPECT_TRUE(count.access(self, value_of));
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

TEST(Shared, IsGoneInTheNextRun) {
  World world;
  for (int run = 0; run < 2; ++run) {
    world.reset(Settings{});
    EXPECT_EQ(count.look(world), nullptr);
    world.start("owner", [](Self& self) { count.create(self, Count{1}); });
    world.start("reader", [](Self& self) { self.sleep(1s); });
    world.run();
  }
}

// K-6 c: what two accesses do together may be torn apart, what one does may not.
TEST(Shared, ALostUpdateIsFoundAndOneAccessIsWhole) {
  std::set<int> torn, whole;
  in_every_order([&](Trial& trial) {
    const auto counts = [&](std::set<int>& results, auto increment) {
      trial.world.reset(Settings{.seed = trial.seed, .scheduler = Scheduler::random});
      trial.run([&](Self& self) {
        count.create(self);
        for (int i = 0; i < 2; ++i) self.spawn(increment);
        self.sleep(1s);
        results.insert(*count.access(self, value_of));
      });
    };
    counts(torn, [](Self& self) {
      const int value = *count.access(self, value_of);
      count.access(self, [&](Count& c) { c.value = value + 1; });
    });
    counts(whole, [](Self& self) { count.access(self, [](Count& c) { ++c.value; }); });
  });
  EXPECT_EQ(torn, (std::set<int>{1, 2}));
  EXPECT_EQ(whole, std::set<int>{2});
}

TEST(Shared, FifoStaysWithTheOneThatRuns) {
  World world;
  int result = 0;
  world.start("owner", [&](Self& self) {
    count.create(self);
    for (int i = 0; i < 2; ++i)
      self.spawn([](Self& peer) {
        const int value = *count.access(peer, value_of);
        count.access(peer, [&](Count& c) { c.value = value + 1; });
      });
    self.sleep(1s);
    result = *count.access(self, value_of);
  });
  world.run();
  EXPECT_EQ(result, 2);
}

TEST(Shared, ADestructorOfAProcessThatEndsFindsNothing) {
  in_every_order([](Trial& trial) {
    int touched = 0;
    trial.run([&](Self& self) {
      count.create(self);
      const Pid victim = self.spawn([&](Self& peer) {
        struct Guard {
          Self& self;
          int& touched;
          ~Guard() {
            touched += count.access(self, [](Count&) {}) ? 1 : 0;
          }
        };
        const Guard guard{peer, touched};
        peer.sleep(1h);
      });
      self.sleep(1s);
      self.exit(victim, reason::kill());
      EXPECT_FALSE(self.is_alive(victim));
    });
    EXPECT_EQ(touched, 0);
    EXPECT_EQ(trial.finished, 1);
  });
}

TEST(SharedDeath, AnOperationInsideAnAccessIsReported) {
  const auto run = [] {
    World world;
    world.start("owner", [](Self& self) {
      count.create(self);
      count.access(self, [&](Count&) { self.send(self.pid(), Note1{1}); });
    });
    world.run();
  };
  EXPECT_DEATH(run(), "inside an access");
}

}  // namespace
}  // namespace moirai::rules
