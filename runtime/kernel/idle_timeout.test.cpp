// Self::idle_timeout: gen_server's timeout (R-GS-9), a candidate like the timeout of a process that waits.
#include <set>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/schedulers/fifo.hpp"
#include "runtime/schedulers/pos.hpp"
#include "runtime/schedulers/random.hpp"

namespace moirai::rules {
namespace {

struct Arm {
  Duration wait{};
};
struct Twice {  // arms twice in one turn
  Duration first{}, last{};
};
struct Doze {  // arms, then waits inside its turn
  Duration timeout{}, sleep{};
};
struct SendYourself {
  int number = 0;
};

struct Dozer {
  using Accepts = Messages<Arm, Twice, Doze, SendYourself, Note1, Ask, Exit, Down, IdleTimeout>;
  Got* got;
  explicit Dozer(Self& self, Got* where, Duration first) : got(where) {
    self.trap_exit(true);
    if (first != Duration::max()) self.idle_timeout(first);
  }
  void write(Self& self, const std::string& what) { got->push_back(std::to_string((self.now() - Time{}) / 1ms) + " " + what); }
  void on(Self& self, const Arm& m) { self.idle_timeout(m.wait); }
  void on(Self& self, const Twice& m) { self.idle_timeout(m.first), self.idle_timeout(m.last); }
  void on(Self& self, const Doze& m) {
    self.idle_timeout(m.timeout);
    self.sleep(m.sleep);
  }
  void on(Self& self, const SendYourself& m) {
    self.send(self.pid(), Note1{m.number});
    self.idle_timeout(0ms);
  }
  int on(Self&, const Ask& m) { return m.number; }
  void on(Self& self, const Note1& m) { write(self, text(m)); }
  void on(Self& self, const Exit& m) { write(self, text(m)); }
  void on(Self& self, const Down& m) { write(self, text(m)); }
  void on(Self& self, const IdleTimeout&) { write(self, "idle"); }
};

// Runs `body(self, dozer)` and returns what the dozer wrote.
template <class Body>
void with_dozer(Trial& trial, Got& got, Duration first, Body body) {
  Got* const where = &got;
  trial.run([where, first, body](Self& self) {
    const Pid dozer = self.spawn(handler<Dozer>(where, first));
    body(self, dozer);
  });
  EXPECT_EQ(trial.finished, 1);
}

// R-GS-9: fires once, when nothing was received for that long since the turn.
TEST(IdleTimeout, FiresOnce) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        with_dozer(trial, got, Duration::max(), [](Self& self, Pid dozer) {
          self.sleep(5ms);
          self.send(dozer, Arm{10ms});
          self.sleep(100ms);
          EXPECT_EQ(self.call(dozer, Ask{1}), 1);
          self.sleep(100ms);
        });
        EXPECT_EQ(got, Got{"15 idle"});
      },
      20);
}

// R-GS-9: also from the constructor, gen_server's {ok,State,Timeout}.
TEST(IdleTimeout, FromTheConstructor) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        with_dozer(trial, got, 10ms, [](Self&, Pid) {});
        EXPECT_EQ(got, Got{"10 idle"});
      },
      20);
  in_every_order(
      [](Trial& trial) {
        Got got;
        with_dozer(trial, got, 10ms, [](Self& self, Pid dozer) { self.send(dozer, Note1{1}); });
        EXPECT_EQ(got, Got{"0 note 1"});
      },
      20);
}

// R-GS-9: every kind of message cancels it: plain ones, calls, EXIT and DOWN; each only if it is received first.
TEST(IdleTimeout, AnyMessageCancels) {
  for (int kind = 0; kind < 4; ++kind)
    in_every_order(
        [kind](Trial& trial) {
          Got got;
          with_dozer(trial, got, Duration::max(), [kind](Self& self, Pid dozer) {
            self.send(dozer, Arm{10ms});
            self.sleep(9ms);
            switch (kind) {
              case 0: self.send(dozer, Note1{1}); break;
              case 1: self.call(dozer, Ask{}); break;
              case 2: self.exit(dozer, Term::atom("boom")); break;
              default: self.send(dozer, Arm{20ms});
            }
            self.sleep(100ms);
          });
          const Got expected[] = {{"9 note 1"}, {}, {"9 EXIT boom"}, {"29 idle"}};
          EXPECT_EQ(got, expected[kind]);
        },
        20);
}

// R-GS-9: what does not reach the mailbox cancels nothing: links, monitors, questions, exits that are dropped.
TEST(IdleTimeout, OtherSignalsDoNotCancel) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        with_dozer(trial, got, Duration::max(), [](Self& self, Pid dozer) {
          self.send(dozer, Arm{10ms});
          self.sleep(5ms);
          self.link(dozer);
          self.unlink(dozer);
          self.demonitor(self.monitor(dozer));
          EXPECT_TRUE(self.is_alive(dozer));
          self.sleep(100ms);
        });
        EXPECT_EQ(got, Got{"10 idle"});
      },
      50);
}

// R-GS-9: the time counts from the end of the turn; a message that came during the turn cancels; the last of a turn counts.
TEST(IdleTimeout, BeginsWhenTheTurnIsOver) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        with_dozer(trial, got, Duration::max(), [](Self& self, Pid dozer) {
          self.send(dozer, Doze{10ms, 50ms});
          self.sleep(100ms);
          self.send(dozer, Doze{10ms, 50ms});
          self.sleep(1ms);
          self.send(dozer, Note1{1});
          self.sleep(199ms);
          self.send(dozer, Twice{10ms, 20ms});
          self.sleep(100ms);
          self.send(dozer, Twice{10ms, Duration::max()});
        });
        EXPECT_EQ(got, (Got{"60 idle", "150 note 1", "320 idle"}));
      },
      20);
}

// R-GS-9: zero fires only when the mailbox is empty and nothing that is the handler's own is under way (K-4).
TEST(IdleTimeout, ZeroIsAPoll) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        with_dozer(trial, got, Duration::max(), [](Self& self, Pid dozer) { self.send(dozer, SendYourself{1}); });
        EXPECT_EQ(got, Got{"0 note 1"});
      },
      50);
  in_every_order(
      [](Trial& trial) {
        Got got;
        with_dozer(trial, got, 0ms, [](Self&, Pid) {});
        EXPECT_EQ(got, Got{"0 idle"});
      },
      20);
  std::set<Got> seen;  // a message of another may be there or not
  in_every_order([&](Trial& trial) {
    Got got;
    with_dozer(trial, got, Duration::max(), [](Self& self, Pid dozer) {
      self.send(dozer, Arm{0ms});
      self.send(dozer, Note1{1});
    });
    seen.insert(got);
  });
  EXPECT_EQ(seen, (std::set<Got>{{"0 note 1"}, {"0 idle", "0 note 1"}}));
}

// A message and the timeout at the same moment: either may be first.
TEST(IdleTimeout, AgainstAMessage) {
  std::set<Got> seen;
  in_every_order([&](Trial& trial) {
    Got got;
    with_dozer(trial, got, Duration::max(), [](Self& self, Pid dozer) {
      self.send(dozer, Arm{10ms});
      self.sleep(10ms);
      self.send(dozer, Note1{1});
    });
    seen.insert(got);
  });
  EXPECT_EQ(seen, (std::set<Got>{{"10 note 1"}, {"10 idle", "10 note 1"}}));
}

// A handler that polls for ever lets others in, under fifo too: its polls are one turn with one quantum.
struct Spinner {
  using Accepts = Messages<IdleTimeout, Ask>;
  int turns = 0;
  explicit Spinner(Self& self) { self.idle_timeout(0ms); }
  int on(Self&, const Ask&) { return turns; }
  void on(Self& self, const IdleTimeout&) {
    ++turns;
    self.idle_timeout(0ms);
  }
};
TEST(IdleTimeout, PollsForEverAreFair) {
  in_every_order(
      [](Trial& trial) {
        int turns = 0;
        trial.run([&](Self& self) {
          const Pid spinner = self.spawn(handler<Spinner>());
          self.yield();
          self.yield();
          turns = self.call(spinner, Ask{});  // the answer does not arm again
        });
        EXPECT_EQ(trial.finished, 1);
        EXPECT_LT(turns, 5'000);
      },
      20);
}

// It ends with the handler; of a function process, or negative, it is badarg.
TEST(IdleTimeout, Ends) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        with_dozer(trial, got, Duration::max(), [](Self& self, Pid dozer) {
          self.send(dozer, Arm{10ms});
          self.sleep(5ms);
          self.exit(dozer, reason::kill());
          const Pid next = self.spawn(handler<Spinner>());  // in the same place
          self.sleep(0ms);
          self.exit(next, reason::kill());
          self.sleep(20ms);
          self.spawn_monitor([](Self& function) { function.idle_timeout(1ms); });
          EXPECT_EQ(self.take<Down>().reason, reason::badarg());
          self.spawn_monitor(handler<Dozer>(static_cast<Got*>(nullptr), Duration(-1ms)));
          EXPECT_EQ(self.take<Down>().reason, reason::badarg());
        });
        EXPECT_EQ(got, Got{});
      },
      20);
}

// An idle handler with a timeout owns no stack, and says what it waits for.
TEST(IdleTimeout, IsSeenFromOutside) {
  Trial trial(1, Scheduler::fifo);
  Got got;
  with_dozer(trial, got, Duration::max(), [](Self& self, Pid dozer) {
    self.sleep(1ms);
    EXPECT_EQ(self.world().waiting_for(dozer), "idle");
    self.send(dozer, Arm{10ms});
    self.sleep(1ms);
    EXPECT_EQ(self.world().waiting_for(dozer), "idle until 11ms");
  });
}

}  // namespace
}  // namespace moirai::rules
