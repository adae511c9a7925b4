// The clean-up idioms that must hold under every schedule: cancel_timer + flush (R-TMR-3), demonitor + flush (R-MON-5), unlink + flush
// (R-LNK-3), monitor of the dead + poll and self-send + poll (K-4). 10,000 random schedules in the full run.
#include <cstdlib>
#include <set>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

const Term boom = Term::atom("boom");
std::uint64_t schedules() { return std::getenv("MOIRAI_FULL") ? 10'000 : 2'000; }

// Others that keep the receiver's channels busy, and signals of all kinds coming at it, while it does its clean-up.
void noise(Self& self, int senders) {
  const Pid to = self.pid();
  for (int i = 0; i < senders; ++i)
    self.spawn([to, i](Self& other) {
      for (int k = 0; k < 4; ++k) {
        other.send(to, Other{i});
        if (k == 1) other.monitor(to);
        if (k == 2) other.exit(to, reason::normal());  // dropped, or an EXIT if it traps
        if (other.chance({1, 2})) other.sleep(1ms);
      }
    });
}

TEST(FlushIdioms, Timers) {
  std::set<std::string> ways;
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          noise(self, 2);
          for (int round = 0; round < 5; ++round) {
            const Ref timer = self.send_after(self.random(0, 3) * 1ms, self.pid(), Note1{round});
            const auto kind = self.random(4);
            if (kind == 1) self.yield();
            if (kind == 2) self.sleep(self.random(0, 3) * 1ms);
            bool taken = false;
            if (kind == 3) self.receive([&](const Note1&) { taken = true; }, after(self.random(0, 3) * 1ms, [] {}));
            if (self.cancel_timer(timer)) {
              EXPECT_FALSE(taken);
              ways.insert("cancelled");
            } else if (!taken) {
              self.receive([&](const Note1& m) { EXPECT_EQ(m.number, round); },
                           after(0ms, [] { ADD_FAILURE() << "fired, but a flush does not find it"; }));
              ways.insert("flushed");
            } else {
              ways.insert("taken");
            }
            self.receive([](const Note1&) { ADD_FAILURE() << "a timer came after cancel and flush"; },
                         after(self.random(0, 4) * 1ms, [] {}));
          }
        });
        EXPECT_EQ(trial.finished, 1);
      },
      schedules());
  EXPECT_EQ(ways.size(), 3u);
}

TEST(FlushIdioms, Monitors) {
  for (const bool by_hand : {false, true}) {
    std::set<std::string> ways;
    in_every_order(
        [&](Trial& trial) {
          trial.run([&](Self& self) {
            noise(self, 2);
            const Pid child = self.spawn([](Self& me) {
              if (me.chance({1, 2})) me.yield();
              me.exit(boom);
            });
            const Ref other = self.monitor(child);
            const Ref ref = self.monitor(child);
            for (int i = static_cast<int>(self.random(4)); i > 0; --i) self.yield();
            if (self.chance({1, 4})) self.sleep(1ms);
            bool active;
            if (by_hand) {
              active = self.demonitor(ref);
              bool found = false;
              self.receive(when([&](const Down& m) { return m.monitor == ref; }, [&](const Down&) { found = true; }), after(0ms, [] {}));
              EXPECT_EQ(found, !active);
            } else {
              active = self.demonitor(ref, true);
            }
            ways.insert(active ? "active" : "fired");
            self.receive([&](const Down& m) { EXPECT_EQ(m.monitor, other); });  // the other monitor of the same target is not touched
            self.receive([](const Down&) { ADD_FAILURE() << "a DOWN came after demonitor and flush"; }, after(5ms, [] {}));
          });
          EXPECT_EQ(trial.finished, 1);
        },
        schedules() / 2);
    EXPECT_EQ(ways.size(), 2u);
  }
}

TEST(FlushIdioms, Unlink) {
  std::set<std::string> ways;
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(true);
          const Pid me = self.pid();
          const Pid child = self.spawn_link([me](Self& other) {
            if (other.chance({1, 2})) {  // links and unlinks from the other side at the same time
              other.unlink(me);
              other.link(me);
            }
            if (other.chance({1, 2})) other.yield();
            other.exit(boom);
          });
          for (int i = static_cast<int>(self.random(5)); i > 0; --i) self.yield();
          self.unlink(child);
          bool found = false;
          self.receive(when([&](const Exit& m) { return m.from == child; }, [&](const Exit&) { found = true; }), after(0ms, [] {}));
          ways.insert(found ? "fired" : "unlinked");
          if (found)
            self.receive([](const Exit&) { ADD_FAILURE() << "a second EXIT of one link"; }, after(5ms, [] {}));
          else
            self.receive(when([&](const Exit& m) { return m.from == child; },
                              [&](const Exit& m) {
                                // Only a link that the child made after the unlink reached it can still fire.
                                EXPECT_EQ(m.reason, boom);
                                ways.insert("linked again");
                              }),
                         after(5ms, [] {}));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      schedules());
  EXPECT_EQ(ways.count("fired") + ways.count("unlinked"), 2u);
}

// The same without a child that links back: nothing at all may come after unlink and flush.
TEST(FlushIdioms, UnlinkIsFinal) {
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(true);
          noise(self, 1);
          const Pid child = self.spawn_link([](Self& other) {
            if (other.chance({1, 2})) other.yield();
            other.exit(boom);
          });
          for (int i = static_cast<int>(self.random(5)); i > 0; --i) self.yield();
          self.unlink(child);
          const auto from_child = [&](const Exit& m) { return m.from == child; };
          self.receive(when(from_child, [](const Exit&) {}), after(0ms, [] {}));
          self.receive(when(from_child, [](const Exit&) { ADD_FAILURE() << "an EXIT came after unlink and flush"; }), after(5ms, [] {}));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      schedules());
}

// K-4: what answers an operation of this process is found by its next poll.
TEST(FlushIdioms, PollsFindWhatIsTheirOwn) {
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(true);
          noise(self, 3);
          const Pid dead = self.spawn([](Self&) {});
          while (self.is_alive(dead)) self.yield();
          const auto missing = [] { ADD_FAILURE() << "not there"; };
          for (int round = 0; round < 5; ++round) {
            switch (self.random(5)) {
              case 0: {
                const Ref ref = self.monitor(dead);
                self.receive(
                    when([&](const Down& m) { return m.monitor == ref; }, [](const Down& m) { EXPECT_EQ(m.reason, reason::noproc()); }),
                    after(0ms, missing));
                break;
              }
              case 1: {
                const Ref ref = self.monitor("nobody");
                self.receive(when([&](const Down& m) { return m.monitor == ref; }, [](const Down&) {}), after(0ms, missing));
                break;
              }
              case 2:
                self.link(dead);
                self.receive(
                    when([&](const Exit& m) { return m.from == dead; }, [](const Exit& m) { EXPECT_EQ(m.reason, reason::noproc()); }),
                    after(0ms, missing));
                break;
              case 3:
                self.send(self.pid(), Note1{round});
                self.receive([&](const Note1& m) { EXPECT_EQ(m.number, round); }, after(0ms, missing));
                break;
              default:
                self.exit(self.pid(), boom);
                self.receive(when([&](const Exit& m) { return m.from == self.pid(); }, [](const Exit&) {}), after(0ms, missing));
            }
          }
        });
        EXPECT_EQ(trial.finished, 1);
      },
      schedules());
}

}  // namespace
}  // namespace moirai::rules
