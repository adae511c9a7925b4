// The rules of receive and of timers: R-RCV-1..4, R-TMR-1..4, and calls as far as the kernel makes them.
#include <algorithm>
#include <set>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

// R-RCV-1: the oldest message that matches any branch; the others keep their order; the order of branches decides nothing.
TEST(OtpReceive, OldestThatMatches) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid me = self.pid();
          for (int i = 1; i <= 3; ++i) {
            self.send(me, Note1{i});
            self.send(me, Other{i});
          }
          EXPECT_EQ(self.take<Other>().number, 1);
          Got got;
          self.receive([&](const Other& m) { got.push_back(text(m)); }, [&](const Note1& m) { got.push_back(text(m)); });
          EXPECT_EQ(got, Got{"note 1"});
          self.receive(when([](const Note1& m) { return m.number == 3; }, [&](const Note1& m) { got.push_back(text(m)); }));
          EXPECT_EQ(got.back(), "note 3");
          self.receive([&](const Message& any) {
            EXPECT_EQ(any.as<Note1>().number, 2);
            EXPECT_EQ(any.sender(), me);
          });
          EXPECT_EQ(drain(self), (Got{"other 2", "other 3"}));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

// R-RCV-1: a guard that fails leaves the message where it is; the first branch that matches takes it.
TEST(OtpReceive, GuardsAndBranches) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.send(self.pid(), Note1{1});
          int branch = 0;
          self.receive(when([](const Note1& m) { return m.number > 1; }, [&](const Note1&) { branch = 1; }),
                       after(0ms, [&] { branch = 2; }));
          EXPECT_EQ(branch, 2);
          self.receive([&](const Note1&) { branch = 3; }, [&](const Message&) { branch = 4; });
          EXPECT_EQ(branch, 3);
          const std::variant<Other, Note1> taken = (self.send(self.pid(), Note1{9}), self.take<Other, Note1>());
          EXPECT_EQ(std::get<Note1>(taken).number, 9);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

// R-RCV-2: after 0 runs only when nothing in the mailbox matches and what must be received has been (K-4).
TEST(OtpReceive, PollSeesOwnSends) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const Pid me = self.pid();
      self.spawn([me](Self& other) {
        for (int i = 0; i < 5; ++i) other.send(me, Other{i});
      });
      for (int i = 0; i < 20; ++i) {
        self.send(me, Note1{i});
        self.receive([&](const Note1& m) { EXPECT_EQ(m.number, i); }, after(0ms, [] { ADD_FAILURE() << "a self-send was not seen"; }));
      }
    });
    EXPECT_EQ(trial.finished, 1);
  });
}
// K-4: what another process sends may or may not be there.
TEST(OtpReceive, PollMayMissOthers) {
  std::set<bool> seen;
  in_every_order([&](Trial& trial) {
    trial.run([&](Self& self) {
      const Pid me = self.pid();
      self.spawn([me](Self& other) { other.send(me, Note1{}); });
      self.yield();
      self.receive([&](const Note1&) { seen.insert(true); }, after(0ms, [&] { seen.insert(false); }));
    });
  });
  EXPECT_EQ(seen.size(), 2u);
}

// R-RCV-3: the wait begins at entry; what does not match neither resets nor extends it.
TEST(OtpReceive, TimeoutIsNotExtended) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          for (int i = 1; i < 10; ++i) self.send_after(i * 1ms, self.pid(), Other{i});
          const Time begin = self.now();
          bool timed_out = false;
          self.receive([](const Note1&) { ADD_FAILURE(); }, after(2ms + 1us, [&] { timed_out = true; }));
          EXPECT_TRUE(timed_out);
          EXPECT_EQ(self.now() - begin, 2ms + 1us);
          const Time then = self.now();  // and now each of them wakes it, in vain
          self.receive(when([](const Other& m) { return m.number > 100; }, [](const Other&) { ADD_FAILURE(); }),
                       after(3ms, [&] { timed_out = false; }));
          EXPECT_FALSE(timed_out);
          EXPECT_EQ(self.now() - then, Duration(3ms));
          EXPECT_EQ(drain(self).size(), 5u);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}
// R-RCV-3: of a message and a timeout that are due at the same moment either may win, but what was received first wins; the other is not lost.
TEST(OtpReceive, MessageAgainstTimeout) {
  std::set<std::string> seen;
  in_every_order([&](Trial& trial) {
    trial.run([&](Self& self) {
      self.send_after(5ms, self.pid(), Note1{1});
      std::string first;
      self.receive([&](const Note1&) { first = "message"; }, after(5ms, [&] { first = "timeout"; }));
      if (first == "timeout") { EXPECT_EQ(drain(self), Got{"note 1"}); }
      EXPECT_EQ(self.now(), Time{} + 5ms);
      seen.insert(first);
    });
    EXPECT_EQ(trial.finished, 1);
  });
  EXPECT_EQ(seen.size(), 2u);
}

struct IdleEnd {
  using Accepts = Messages<IdleTimeout>;
  explicit IdleEnd(Self& self) { self.idle_timeout(5ms); }
  void on(Self& self, const IdleTimeout&) { self.exit(reason::timeout()); }
};
void idle_end(Self& self) {
  self.receive(after(5ms, [&] { self.exit(reason::timeout()); }));
}

// R-RCV-3, R-EXIT-2 (process_SUITE:exit_and_timeout): an exit signal and a timeout at the same moment: one of them ends the process, and
// whoever is linked to it hears of that one, once.
TEST(OtpReceive, ExitAgainstTimeout) {
  for (const Form form : forms) {
    std::set<Got> seen;
    in_every_order([&](Trial& trial) {
      trial.run([&](Self& self) {
        self.trap_exit(true);
        const Pid child = self.spawn_link(form == Form::function ? Program(idle_end) : handler<IdleEnd>());
        self.sleep(5ms);
        self.exit(child, Term::atom("boom"));
        self.sleep(1ms);
        const Got got = drain(self);
        EXPECT_EQ(got.size(), 1u);
        seen.insert(got);
      });
      EXPECT_EQ(trial.finished, 1);
    });
    EXPECT_EQ(seen, (std::set<Got>{{"EXIT boom"}, {"EXIT timeout"}})) << to_string(form);
  }
}

struct Answerer {
  using Accepts = Messages<Ask>;
  int on(Self& self, const Ask& m) {
    if (m.number < 0) self.sleep(10ms);
    if (m.number == 666) self.exit(Term::atom("boom"));
    return m.number + 1;
  }
};
void answerer(Self& self) {
  for (;;)
    self.receive([&](const Ask& m) {
      if (m.number < 0) self.sleep(10ms);
      if (m.number == 666) self.exit(Term::atom("boom"));
      return m.number + 1;
    });
}
Program server(Form form) { return form == Form::function ? Program(answerer) : handler<Answerer>(); }

// R-RCV-4: the receive mark of a call is invisible: a full mailbox changes nothing, before, during or after.
// receive_SUITE:receive_in_between
TEST(OtpReceive, CallsAmongManyMessages) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          trial.run([&](Self& self) {
            const Pid me = self.pid();
            const Pid to = self.spawn(server(form));
            self.spawn([me](Self& other) {
              for (int i = 100; i < 110; ++i) {
                other.send(me, Note1{i});
                other.sleep(1ms);
              }
            });
            for (int i = 0; i < 10; ++i) {
              self.send(me, Note1{i});
              EXPECT_EQ(self.call(to, Ask{i}), i + 1);
              EXPECT_EQ(self.call(to, Ask{-1}), 0);
            }
            const Got got = drain(self);
            EXPECT_EQ(got.size(), 20u);
            int own = 0, others = 100;  // each sender's in order
            for (const std::string& line : got) {
              if (line == "note " + std::to_string(own)) ++own;
              if (line == "note " + std::to_string(others)) ++others;
            }
            EXPECT_EQ(own, 10);
            EXPECT_EQ(others, 110);
          });
          EXPECT_EQ(trial.finished, 1);
        },
        50);
}

template <class F>
std::string end_of_call(Trial& trial, F body) {
  Pid caller;
  trial.run([&](Self& self) { caller = self.spawn([&](Self& me) { body(me); }); });
  return trial.deaths.of(caller);
}

// How calls fail: as gen_server:call does.
TEST(OtpCalls, Failures) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          const std::string died = end_of_call(trial, [form](Self& me) { me.call(me.spawn(server(form)), Ask{666}); });
          EXPECT_EQ(died.rfind("{boom,{gen_server,call,[", 0), 0u) << died;
        },
        20);
  in_every_order(
      [](Trial& trial) {
        const std::string late = end_of_call(trial, [](Self& me) { me.call(me.spawn(server(Form::handler)), Ask{-1}, 5ms); });
        EXPECT_EQ(late.rfind("{timeout,{gen_server,call,[", 0), 0u) << late;
      },
      20);
  in_every_order(
      [](Trial& trial) {
        const std::string gone = end_of_call(trial, [](Self& me) { me.call("nobody", Ask{1}); });
        EXPECT_EQ(gone.rfind("{noproc,{gen_server,call,[nobody,", 0), 0u) << gone;
      },
      20);
  in_every_order(
      [](Trial& trial) {
        const std::string self_call = end_of_call(trial, [](Self& me) { me.call(me.pid(), Ask{1}); });
        EXPECT_EQ(self_call.rfind("{calling_self,{gen_server,call,[", 0), 0u) << self_call;
      },
      20);
}

// The reply of a call that was given up is dropped before the mailbox, and so is its DOWN.
TEST(OtpCalls, LateRepliesAreDropped) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          trial.run([&](Self& self) {
            const Pid to = self.spawn(server(form));
            bool failed = false;
            try {
              self.call(to, Ask{-1}, 5ms);
            } catch (...) { failed = true; }
            EXPECT_TRUE(failed);
            self.exit(to, reason::kill());
            self.sleep(20ms);
            EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
            EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
          });
          EXPECT_EQ(trial.finished, 1);
        },
        50);
}

// R-TMR-1. timer_bif_SUITE:start_timer_1, send_after_1, send_after_e, start_timer_e
TEST(OtpTimers, DeliverWhatTheyCarry) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.send_after(2ms, self.pid(), Note1{7});
          const Ref timer = self.start_timer(1ms, self.pid(), Other{8});
          self.receive([&](const TimedOut<Other>& m) {
            EXPECT_EQ(m.timer, timer);
            EXPECT_EQ(m.message.number, 8);
            EXPECT_EQ(self.now(), Time{} + 1ms);
          });
          EXPECT_EQ(self.take<Note1>().number, 7);
          EXPECT_EQ(self.now(), Time{} + 2ms);
          bool refused = false;
          try {
            self.send_after(-1ms, self.pid(), Note1{});
          } catch (...) { refused = true; }
          EXPECT_TRUE(refused);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

// R-TMR-1: {abs,true}.
TEST(OtpTimers, AtAMoment) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.sleep(5ms);
          self.register_name("me");
          self.send_at(Time{} + 7ms, self.pid(), Note1{7});
          self.send_at(Time{} + 6ms, "me", Note1{6});
          const Ref timer = self.start_timer_at(Time{} + 8ms, self.pid(), Other{8});
          self.send_at(Time{} + 2ms, self.pid(), Note1{2});  // past: at once
          for (const int expected : {2, 6, 7}) {
            EXPECT_EQ(self.take<Note1>().number, expected);
            EXPECT_EQ(self.now(), Time{} + std::max(expected, 5) * 1ms);
          }
          EXPECT_EQ(self.read_timer(timer), Duration(1ms));
          EXPECT_EQ(self.take<TimedOut<Other>>().timer, timer);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

// R-TMR-3: the asynchronous form answers by a message, behind that of a timer that has fired; info=false: not at all.
TEST(OtpTimers, CancelAsynchronously) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const auto answer = [&](Ref timer) {
        std::optional<Duration> left;
        self.receive(
            [&](const TimerCancelled& m) {
              EXPECT_EQ(m.timer, timer);
              left = m.left;
            },
            after(0ms, [] { ADD_FAILURE() << "an answer is one's own (K-4)"; }));
        return left;
      };
      const Ref one = self.send_after(10ms, self.pid(), Note1{1});
      self.sleep(4ms);
      self.cancel_timer_async(one);
      EXPECT_EQ(answer(one), Duration(6ms));
      self.cancel_timer_async(one);
      EXPECT_EQ(answer(one), std::nullopt);
      const Ref fired = self.send_after(1ms, self.pid(), Note1{2});
      self.sleep(1ms);
      self.cancel_timer_async(fired);
      self.take<TimerCancelled>();
      self.cancel_timer_async(self.send_after(1ms, self.pid(), Note1{3}), false);
      self.sleep(20ms);
      const Got got = drain(self);
      EXPECT_TRUE(got == Got{} || got == Got{"note 2"});
      EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// R-TMR-2: a timer of 0 is not synchronous: an immediate poll does not see it, and a self-send overtakes it.
TEST(OtpTimers, ZeroIsNotAtOnce) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.send_after(0ms, self.pid(), Note1{1});
      self.receive([](const Note1&) { ADD_FAILURE() << "a timer of 0 was synchronous"; }, after(0ms, [] {}));
      EXPECT_EQ(self.take<Note1>().number, 1);
      EXPECT_EQ(self.now(), Time{});
    });
    EXPECT_EQ(trial.finished, 1);
  });
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.send_after(0ms, self.pid(), Note1{1});
      self.send(self.pid(), Note1{2});
      self.sleep(1ms);
      EXPECT_EQ(drain(self), (Got{"note 2", "note 1"}));
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// timer_bif_SUITE:start_timer_big, send_after_big: longer than 32 bits of milliseconds.
TEST(OtpTimers, Long) {  // R-TMR-1, R-TMR-3
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Duration wait = std::chrono::milliseconds((std::int64_t{1} << 32) + 1);
          const Ref first = self.send_after(wait, self.pid(), Note1{1});
          const Ref second = self.start_timer(2 * wait, self.pid(), Note1{2});
          self.sleep(1ms);
          EXPECT_EQ(self.read_timer(first), wait - 1ms);
          EXPECT_EQ(self.cancel_timer(second), 2 * wait - 1ms);
          self.take<Note1>();
          EXPECT_EQ(self.now(), Time{} + wait);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

// R-TMR-3 (timer_bif_SUITE:cancel_timer_1, cancel_timer_e, read_timer, read_timer_trivial): what cancel says. False does not say that the message has arrived; cancel, and flush if false, is a correct clean-up
// (flush_idioms.test.cpp).
TEST(OtpTimers, Cancel) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Ref timer = self.send_after(10ms, self.pid(), Note1{});
          EXPECT_EQ(self.read_timer(timer), Duration(10ms));
          self.sleep(4ms);
          EXPECT_EQ(self.read_timer(timer), Duration(6ms));
          EXPECT_EQ(self.cancel_timer(timer), Duration(6ms));
          EXPECT_EQ(self.cancel_timer(timer), std::nullopt);
          EXPECT_EQ(self.read_timer(timer), std::nullopt);
          EXPECT_EQ(self.cancel_timer(Ref{}), std::nullopt);
          self.sleep(20ms);
          EXPECT_EQ(drain(self), Got{});
          const Ref fired = self.send_after(1ms, self.pid(), Note1{1});
          self.sleep(2ms);
          EXPECT_EQ(self.cancel_timer(fired), std::nullopt);
          EXPECT_EQ(drain(self), Got{"note 1"});
          const Ref others = self.send_after(10ms, self.pid(), Note1{2});  // any process may cancel
          self.spawn([others](Self& other) { EXPECT_TRUE(other.cancel_timer(others)); });
          self.sleep(20ms);
          EXPECT_EQ(drain(self), Got{});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-TMR-4: by expiry; equal expiries under fifo in order of making (R-SIG-7: under random in any).
TEST(OtpTimers, Order) {
  std::set<Got> orders;
  in_every_order([&](Trial& trial) {
    const bool fifo = orders.empty();  // the first trial is the one under fifo
    trial.run([&](Self& self) {
      self.send_after(3ms, self.pid(), Note1{3});
      self.send_after(1ms, self.pid(), Note1{1});
      self.send_after(2ms, self.pid(), Note1{2});
      self.sleep(5ms);
      EXPECT_EQ(drain(self), (Got{"note 1", "note 2", "note 3"}));
      for (int i = 1; i <= 3; ++i) self.send_after(1ms, self.pid(), Note1{i});
      self.sleep(5ms);
      const Got got = drain(self);
      if (fifo) { EXPECT_EQ(got, (Got{"note 1", "note 2", "note 3"})); }
      orders.insert(got);
    });
    EXPECT_EQ(trial.finished, 1);
  });
  EXPECT_EQ(orders.size(), 6u);
}

// Time moves only when nothing else is left (K-3): work takes none.
TEST(OtpTimers, WorkTakesNoTime) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          for (int i = 0; i < 100; ++i) {
            self.send(self.pid(), Note1{i});
            self.take<Note1>();
          }
          EXPECT_EQ(self.now(), Time{});
          self.sleep(1h);
          EXPECT_EQ(self.now(), Time{} + 1h);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

}  // namespace
}  // namespace moirai::rules
