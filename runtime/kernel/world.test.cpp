// What a run is, seen from outside: ends and limits, reset, paths, windows of outside events, the wire, queries.
#include "runtime/kernel/world.hpp"

#include <gtest/gtest.h>

#include "runtime/kernel/self.hpp"

namespace moirai {
namespace {

struct Note {
  int number;
};

Settings with(std::uint64_t seed, Scheduler scheduler) {
  Settings settings;
  settings.seed = seed;
  settings.scheduler = scheduler;
  return settings;
}

// Two chatty processes, a timer and a link; ends by itself.
void chatter(World& world, int messages = 50) {
  world.start("main", [messages](Self& self) {
    self.trap_exit(true);
    const Pid me = self.pid();
    for (int k = 0; k < 3; ++k)
      self.spawn_link("peer", [me, messages](Self& peer) {
        for (int i = 0; i < messages; ++i) {
          peer.send(me, Note{static_cast<int>(peer.random(100))});
          if (i % 10 == 0) peer.sleep(1ms);
        }
      });
    int exits = 0, sum = 0;
    while (exits < 3) self.receive([&](const Note& note) { sum += note.number; }, [&](const Exit&) { ++exits; });
    self.note(Note{sum});
  });
}

std::uint64_t digest_of(World& world, std::uint64_t seed, Scheduler scheduler) {
  world.reset(with(seed, scheduler));
  chatter(world);
  const RunEnd end = world.run();
  EXPECT_EQ(end.why, RunEnd::Why::quiescent);
  return end.digest;
}

TEST(World, SeedsDecideRunsWhateverRanBefore) {
  for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random}) {
    World used;
    std::vector<std::uint64_t> in_sequence;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) in_sequence.push_back(digest_of(used, seed, scheduler));
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      World fresh;
      EXPECT_EQ(digest_of(fresh, seed, scheduler), in_sequence[seed - 1]) << seed;
    }
    EXPECT_NE(in_sequence[0], in_sequence[1]);
  }
}

// A change of this number changes what every seed means: say so in the commit ("trace: order changes").
TEST(World, DigestsArePinned) {
  World world;
  EXPECT_EQ(digest_of(world, 1, Scheduler::fifo), 9583859676716890981ull);
  EXPECT_EQ(digest_of(world, 1, Scheduler::random), 14257891555579252593ull);
}

TEST(World, ObserversChangeNothing) {
  struct All final : Observer {
    int seen = 0;
    EventMask wants() const override { return EventMask::all(); }
    void saw(const Event&) override { ++seen; }
  };
  for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      World quiet, watched;
      All observer;
      const std::uint64_t expected = digest_of(quiet, seed, scheduler);
      watched.reset(with(seed, scheduler));
      watched.observe(observer);
      chatter(watched);
      EXPECT_EQ(watched.run().digest, expected) << seed;
      EXPECT_GT(observer.seen, 300);
    }
}

TEST(World, EndsAtItsLimits) {
  Settings settings;
  settings.limits.virtual_time = 10s;
  World world(settings);
  world.start("ticker", [](Self& self) {
    for (;;) self.sleep(3s);
  });
  RunEnd end = world.run();
  EXPECT_EQ(end.why, RunEnd::Why::virtual_time);
  EXPECT_EQ(end.at, Time{} + 10s);

  settings = {};
  settings.limits.steps = 500;
  world.reset(settings);
  world.start("ticker", [](Self& self) {
    for (;;) self.sleep(1ns);
  });
  end = world.run();
  EXPECT_EQ(end.why, RunEnd::Why::steps);
  EXPECT_EQ(end.steps, 500u);

  settings = {};
  settings.limits.stall_steps = 1'000;
  world.reset(settings);
  world.start("bystander", [](Self& self) { self.sleep(1h); });
  world.start("spinner", [](Self& self) {
    for (;;) {
      self.send(self.pid(), Note{1});
      self.take<Note>();
    }
  });
  end = world.run();
  EXPECT_EQ(end.why, RunEnd::Why::stall);
  EXPECT_EQ(end.detail, "spinner");
}

// A loop that only sends and polls never waits; its quantum of operations lets others in.
TEST(World, APollLoopDoesNotStarveOthers) {
  World world;
  bool done = false;
  world.start("main", [&done](Self& self) {
    const Pid me = self.pid();
    self.spawn("other", [me](Self& other) { other.send(me, Note{1}); });
    while (!done) self.receive([&](const Note&) { done = true; }, after(0s, [] {}));
  });
  EXPECT_EQ(world.run().why, RunEnd::Why::quiescent);
  EXPECT_TRUE(done);
}

TEST(World, PathsCountIncarnations) {
  World world;
  std::vector<std::string> paths;
  world.start("root", [&paths](Self& self) {
    for (int i = 0; i < 2; ++i) {
      self.spawn_monitor("child", [&paths](Self& child) {
        paths.push_back(child.world().full_path(child.spawn("leaf", [](Self&) {})));
        char buffer[64];
        child.world().write_path(child.pid(), buffer, sizeof buffer);
        paths.emplace_back(buffer);
        child.world().write_path(child.pid(), buffer, 6);
        paths.emplace_back(buffer);
      });
      self.take<Down>();
    }
  });
  world.run();
  EXPECT_EQ(paths,
            (std::vector<std::string>{"root#1/child#1/leaf#1", "root/child", "child", "root#1/child#2/leaf#1", "root/child", "child"}));
}

TEST(World, StaleDeadlinesNeverMoveTime) {
  World world;
  Time at_end{};
  struct Ask {
    using Reply = int;
  };
  world.start("client", [&at_end](Self& self) {
    const Pid server = self.spawn("server", [](Self& s) {
      for (;;) s.receive([](const Ask&) { return 1; });
    });
    for (int i = 0; i < 1000; ++i) self.call(server, Ask{}, 5s);
    at_end = self.now();
  });
  const RunEnd end = world.run();
  EXPECT_EQ(at_end, Time{});
  EXPECT_EQ(end.at, Time{});
}

TEST(World, AWindowedEventMayMeetAnyMomentOfItsWindow) {
  // Ticks at 1, 2, ... 20 ms; the event may run from 5 to 15 ms.
  std::map<int, int> after_tick;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    World world(with(seed, Scheduler::random));
    int ticks = 0;
    world.start("ticker", [&ticks](Self& self) {
      for (; ticks < 20; ++ticks) self.sleep(1ms);
    });
    world.control().post({"event", Time{} + 5ms, Time{} + 15ms, [&](Control&) { ++after_tick[ticks]; }});
    world.run();
  }
  int total = 0;
  for (const auto& [tick, count] : after_tick) {
    EXPECT_GE(tick, 3);
    EXPECT_LE(tick, 15);
    total += count;
  }
  EXPECT_EQ(total, 500);
  EXPECT_GT(after_tick.size(), 3u);  // each tick is a new choice, so the ends of long windows are rare
  World fifo(with(1, Scheduler::fifo));
  Time ran{};
  fifo.control().post({"event", Time{} + 5ms, Time{} + 15ms, [&](Control& control) { ran = control.now(); }});
  fifo.start("sleeper", [](Self& self) { self.sleep(30ms); });
  fifo.run();
  EXPECT_EQ(ran, Time{} + 5ms);
}

// ---- the wire

struct TableWire final : Wire {
  Route answer;
  Route route(const SignalView&) override { return answer; }
};

TEST(World, HeldSignalsAreReleasedInOrderAndNothingIsLost) {
  for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random}) {
    World world(with(3, scheduler));
    TableWire wire;
    std::vector<int> got;
    std::vector<Time> when;
    const Pid receiver = world.start("receiver", [&](Self& self) {
      for (int i = 0; i < 6; ++i) {
        got.push_back(self.take<Note>().number);
        when.push_back(self.now());
      }
    });
    world.start("sender", [receiver](Self& self) {
      for (int i = 0; i < 6; ++i) {
        self.send(receiver, Note{i});
        self.sleep(1s);
      }
    });
    world.control().set_wire(&wire);
    world.control().post({"cut", Time{} + 1500ms, Time{} + 1500ms, [&](Control& control) {
                            wire.answer.act = Route::Act::hold;
                            control.impair(receiver, true);
                          }});
    world.control().post({"heal", Time{} + 4500ms, Time{} + 4500ms, [&](Control& control) {
                            wire.answer.act = Route::Act::pass;
                            control.impair(receiver, false);
                            control.rewire();
                          }});
    EXPECT_EQ(world.run().why, RunEnd::Why::quiescent);
    EXPECT_EQ(got, (std::vector<int>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(when[1], Time{} + 1s);
    EXPECT_EQ(when[2], Time{} + 4500ms);
    EXPECT_EQ(when[4], Time{} + 4500ms);
    EXPECT_EQ(when[5], Time{} + 5s);
  }
}

TEST(World, ADelayedSignalHoldsBackTheLaterOnesOfItsPair) {
  World world(with(1, Scheduler::random));
  TableWire wire;
  std::vector<std::pair<int, Time>> got;
  const Pid receiver = world.start("receiver", [&](Self& self) {
    for (int i = 0; i < 3; ++i) {
      const int number = self.take<Note>().number;
      got.emplace_back(number, self.now());
    }
  });
  const Pid slow = world.start("slow", [receiver](Self& self) {
    self.sleep(1ms);
    self.send(receiver, Note{1});
    self.sleep(10ms);
    self.send(receiver, Note{2});  // passes, but not its predecessor
  });
  world.start("other", [receiver](Self& self) {
    self.sleep(20ms);
    self.send(receiver, Note{3});  // another pair
  });
  world.control().set_wire(&wire);
  wire.answer.delay = 100ms;
  world.control().impair(slow, true);
  world.control().post({"calm", Time{} + 5ms, Time{} + 5ms, [&](Control& control) {
                          wire.answer.delay = 0ms;
                          control.impair(slow, false);
                        }});
  world.run();
  EXPECT_EQ(got, (std::vector<std::pair<int, Time>>{{3, Time{} + 20ms}, {1, Time{} + 101ms}, {2, Time{} + 101ms}}));
}

TEST(World, SaysWhoWaitsForWhat) {
  World world;
  std::map<std::string, std::string> waits;
  world.start("reader", [](Self& self) { self.receive([](const Note&) {}, [](const Down&) {}); });
  world.start("sleeper", [](Self& self) { self.sleep(2s); });
  world.control().post({"look", Time{} + 1s, Time{} + 1s, [&](Control& control) {
                          control.look().each_process([&](Pid pid) { waits[control.look().path(pid)] = control.look().waiting_for(pid); });
                          control.stop("seen");
                        }});
  const RunEnd end = world.run();
  EXPECT_EQ(end.why, RunEnd::Why::stopped);
  EXPECT_EQ(end.detail, "seen");
  EXPECT_EQ(waits["reader"], "receive Note, Down");
  EXPECT_EQ(waits["sleeper"], "sleep until 2s");
}

// More candidates than the number from which the next ones are fetched ahead, open windows among them.
TEST(World, VeryManyCandidates) {
  const auto digest_of = [](std::uint64_t seed) {
    World world(with(seed, Scheduler::random));
    std::uint64_t got = 0;
    for (int i = 0; i < 3; ++i) world.control().post({"open", Time{}, Time{} + 1s, [](Control&) {}});
    const Pid sink = world.start("sink", [&](Self& self) {
      for (; got < 6'000; ++got) self.take<Note>();
    });
    for (int i = 0; i < 6'000; ++i) world.start("source", [sink, i](Self& self) { self.send(sink, Note{i}); });
    const RunEnd end = world.run();
    EXPECT_EQ(end.why, RunEnd::Why::quiescent);
    EXPECT_EQ(got, 6'000u);
    return end.digest;
  };
  EXPECT_EQ(digest_of(1), digest_of(1));
  EXPECT_NE(digest_of(1), digest_of(2));
}

TEST(World, CheckpointsFollowTheDigest) {
  World world;
  chatter(world, 2'000);
  const RunEnd end = world.run();
  EXPECT_EQ(world.checkpoints().size(), end.steps / 1024);
  EXPECT_GT(world.checkpoints().size(), 5u);
}

}  // namespace
}  // namespace moirai
