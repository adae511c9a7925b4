// The rules of signals and of the end of a process: R-SIG-2,4,5,6,8,9,10,11 and R-EXIT-1..3.
#include <set>
#include <stdexcept>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

const Term boom = Term::atom("boom");

// R-SIG-2: from one sender to one receiver everything arrives in the order of sending, whatever its kind and address.
// signal_SUITE:xm_sig_order
TEST(OtpSignals, APairKeepsItsOrder) {
  for (const Form form : forms)
    in_every_order([form](Trial& trial) {
      Got got;
      trial.run([&](Self& self) {
        const Pid child = self.spawn(listener(form, true, got));
        self.sleep(1ms);
        self.register_name("listener", child);
        self.send(child, Note1{1});
        self.send("listener", Other{2});
        self.exit(child, boom);
        self.send("listener", Note1{3});
        self.exit(child, reason::normal());
        self.link(child);
        self.send(child, Other{4});
      });
      EXPECT_EQ(trial.finished, 1);
      EXPECT_EQ(got, (Got{"note 1", "other 2", "EXIT boom", "note 3", "EXIT normal", "other 4", "EXIT normal"})) << to_string(form);
    });
}

// R-SIG-1: every interaction is a signal that is sent and, later, received: nothing of it acts on the other one before that.
TEST(OtpSignals, EverythingIsASignal) {
  struct Kinds : Observer {
    std::set<std::string> sent, received;
    EventMask wants() const override {
      return {EventKind::send, EventKind::signal_send, EventKind::receive, EventKind::signal_receive, EventKind::signal_drop};
    }
    void saw(const Event& event) override {
      const bool sends = event.kind == EventKind::send || event.kind == EventKind::signal_send;
      (sends ? sent : received).insert(std::string(to_string(event.signal)));
    }
  };
  in_every_order(
      [](Trial& trial) {
        Kinds kinds;
        trial.world.observe(kinds);
        Got got;
        trial.run([&](Self& self) {
          const Pid peer = self.spawn(listener(forms[trial.seed % 2], true, got));
          self.sleep(1ms);
          const Alias alias = self.alias();
          const Ref monitor = self.monitor(peer);
          self.send(peer, Note1{});
          self.spawn([alias](Self& other) { other.send(alias, Note1{}); });
          self.link(peer);
          self.unlink(peer);
          self.exit(peer, boom);
          self.demonitor(monitor);
          EXPECT_EQ(got, Got{}) << "nothing has acted before it was received";
          EXPECT_EQ(self.world().in_flight_size(peer), 6u);
          self.group_leader(self.pid(), peer);
          EXPECT_TRUE(self.process_info(peer)->trap_exit);
          self.spawn_link([](Self&) {});
          self.spawn_monitor([](Self&) {});
          self.sleep(1ms);
        });
        EXPECT_EQ(trial.finished, 1);
        const std::set<std::string> all{"message",    "reply",   "exit",      "link_exit", "link",         "unlink",
                                        "unlink_ack", "monitor", "demonitor", "down",      "info_request", "group_leader"};
        EXPECT_EQ(kinds.received, all);
        EXPECT_EQ(kinds.sent, all);
      },
      10);
}

// R-SIG-3: inside a node nothing is lost while the receiver lives, nor comes twice.
TEST(OtpSignals, NothingIsLost) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          Got got;
          trial.run([&](Self& self) {
            const Pid to = self.spawn(listener(form, false, got));
            for (int i = 0; i < 20; ++i)
              self.spawn([to, i](Self& sender) {
                for (int k = 0; k < 20; ++k) sender.send(to, Note1{i * 20 + k});
              });
          });
          std::set<std::string> different(got.begin(), got.end());
          EXPECT_EQ(got.size(), 400u);
          EXPECT_EQ(different.size(), 400u);
        },
        10);
}

// R-SIG-7: two timers of one process are two senders: no order between them, though under fifo those that expire together fire in the
// order of making (OtpTimers.Order: R-TMR-4); a timer has none with its owner's own messages either.
TEST(OtpSignals, TimersHaveNoOrder) {
  std::set<Got> seen;
  in_every_order([&](Trial& trial) {
    trial.run([&](Self& self) {
      self.send_after(1ms, self.pid(), Note1{1});
      self.send_after(1ms, self.pid(), Note1{2});
      self.sleep(1ms);
      self.send(self.pid(), Note1{3});
      self.sleep(1ms);
      seen.insert(drain(self));
    });
  });
  EXPECT_EQ(seen.count({"note 1", "note 2", "note 3"}), 1u);
  EXPECT_EQ(seen.count({"note 2", "note 1", "note 3"}), 1u);
  EXPECT_GT(seen.size(), 2u);
}

// R-SIG-13: what is received is a copy: the sender may change its own afterwards, and one receiver's is not another's.
struct Text {
  std::vector<std::string> lines;
};
TEST(OtpSignals, MessagesAreCopies) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid me = self.pid();
          for (int i = 0; i < 2; ++i)
            self.spawn([me](Self& peer) {
              Text mine = peer.take<Text>();
              mine.lines[0] += "!";
              peer.send(me, mine);
            });
          Text text{{"one", "two"}};
          for (const Pid peer : self.world().processes())
            if (peer != me) self.send(peer, text);
          text.lines[0] = "changed";
          for (int i = 0; i < 2; ++i) EXPECT_EQ(self.take<Text>().lines, (std::vector<std::string>{"one!", "two"}));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

// R-SIG-10: process_info stands behind the asker's earlier signals as is_alive does, and tells what is true when it is received.
TEST(OtpSignals, ProcessInfo) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          Got got;
          trial.run([&](Self& self) {
            const Pid peer = self.spawn(listener(form, true, got));
            self.register_name("peer", peer);
            const Ref ref = self.monitor(peer);
            self.link(peer);
            const std::optional<ProcessInfo> info = self.process_info(peer);
            ASSERT_TRUE(info);
            EXPECT_EQ(info->registered_name, "peer");
            EXPECT_EQ(info->links, std::vector<Pid>{self.pid()});
            EXPECT_EQ(info->monitored_by, std::vector<Pid>{self.pid()});
            EXPECT_EQ(info->monitors, std::vector<Pid>{});
            EXPECT_EQ(info->message_queue_len, 0u);
            self.unlink(peer);
            self.demonitor(ref);
            EXPECT_EQ(self.process_info(peer)->links, std::vector<Pid>{});
            EXPECT_EQ(self.process_info(peer)->monitored_by, std::vector<Pid>{});
            self.send(self.pid(), Note1{});  // R-SIG-5: of oneself it is a reception point
            EXPECT_EQ(self.process_info(self.pid())->message_queue_len, 1u);
            self.exit(peer, reason::kill());
            EXPECT_FALSE(self.process_info(peer));
          });
          EXPECT_EQ(trial.finished, 1);
        },
        30);
}

// R-SIG-2: nothing is promised between two senders: all six orders of three are found.
TEST(OtpSignals, SendersHaveNoOrderAmongThemselves) {
  std::set<Got> orders;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Trial trial(seed, Scheduler::random);
    Got got;
    trial.run([&](Self& self) {
      const Pid child = self.spawn(listener(Form::function, false, got));
      for (int i = 1; i <= 3; ++i) self.spawn([child, i](Self& sender) { sender.send(child, Note1{i}); });
    });
    orders.insert(got);
  }
  EXPECT_EQ(orders.size(), 6u);
}

// R-SIG-4: trap_exit counts when the signal is received, not when it is sent. The signal below is sent before the flag is turned on
// (or off); it is received after, unless the child was not even started.
TEST(OtpSignals, TrapExitCountsAtReception) {
  for (const Form form : forms) {
    std::set<std::string> ends;
    in_every_order([&](Trial& trial) {
      Got got;
      Pid child;
      trial.run([&](Self& self) {
        child = self.spawn(listener(form, true, got));
        self.exit(child, boom);
      });
      ends.insert(trial.deaths.of(child));
      if (trial.deaths.of(child) == "lives") {
        EXPECT_EQ(got, Got{"EXIT boom"});
      } else {
        EXPECT_EQ(got, Got{});
      }
    });
    EXPECT_EQ(ends, (std::set<std::string>{"boom", "lives"}))
        << to_string(form);  // a process that was not started is a reception point too (K-1)
  }
}

TEST(OtpSignals, TurningTrapExitOffBeforeReceptionKills) {
  std::set<std::string> ends;
  in_every_order(
      [&](Trial& trial) {
        Pid child;
        trial.run([&](Self& self) {
          child = self.spawn([](Self& me) {
            me.trap_exit(true);
            me.take<Note1>();
            me.trap_exit(false);  // in the same turn as the reception of Note1; boom is behind it on the channel
            me.sleep(1h);
          });
          self.sleep(1ms);
          self.send(child, Note1{});
          self.exit(child, boom);
        });
        // Under random the process may be stopped before trap_exit(false), because boom is in flight (K-6 b); then it is trapped.
        const std::string end = trial.deaths.of(child);
        EXPECT_TRUE(end == "boom" || end == "normal") << end;
        ends.insert(end);
      },
      50);
  EXPECT_EQ(ends, (std::set<std::string>{"boom", "normal"}));
}

// R-SIG-5: receiving needs a reception point. What a process is sent while it does not wait is not received: demonitor right after
// monitor finds no DOWN; with a poll between, the DOWN is there and stays.
TEST(OtpSignals, NothingIsReceivedBetweenTwoOperations) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid dead = self.spawn([](Self&) {});
          self.sleep(1ms);
          const Ref first = self.monitor(dead);
          EXPECT_TRUE(self.demonitor(first));
          EXPECT_EQ(drain(self), Got{});
          const Ref second = self.monitor(dead);
          self.receive([](const Other&) { ADD_FAILURE(); }, after(0ms, [] {}));
          EXPECT_FALSE(self.demonitor(second));
          EXPECT_EQ(drain(self), Got{"DOWN noproc"});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-SIG-6: the order in the mailbox is the order of reception.
TEST(OtpSignals, MailboxOrderIsReceptionOrder) {
  struct Receptions : Observer {
    Pid of;
    Got seen;
    EventMask wants() const override { return {EventKind::receive}; }
    void saw(const Event& event) override {
      if (event.subject == of && event.as<Note1>()) seen.push_back(text(*event.as<Note1>()));
      if (event.subject == of && event.as<Exit>()) seen.push_back(text(*event.as<Exit>()));
    }
  };
  std::set<Got> orders;
  in_every_order([&](Trial& trial) {
    Receptions receptions;
    trial.world.observe(receptions);
    Got got;
    trial.run([&](Self& self) {
      receptions.of = self.pid();
      self.trap_exit(true);
      const Pid parent = self.pid();
      for (int i = 0; i < 3; ++i)
        self.spawn([parent, i](Self& child) {
          child.send(parent, Note1{i});
          child.exit(parent, boom);
        });
      self.sleep(1ms);
      got = drain(self);
    });
    EXPECT_EQ(got.size(), 6u);
    EXPECT_EQ(got, receptions.seen);
    orders.insert(got);
  });
  EXPECT_GT(orders.size(), 10u);
}

// R-SIG-8: the dead receive nothing; links, monitors and questions to them are answered.
TEST(OtpSignals, SignalsToTheDead) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid dead = self.spawn([](Self&) {});
          self.sleep(1ms);
          self.trap_exit(true);
          self.send(dead, Note1{1});
          EXPECT_FALSE(self.is_alive(dead));
          self.link(dead);
          self.monitor(dead);
          self.exit(dead, reason::kill());
          const Got got = drain(self);
          EXPECT_EQ(got, (Got{"EXIT noproc", "DOWN noproc"}));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-SIG-8: the same when they were in flight while it died.
TEST(OtpSignals, SignalsInFlightToTheDying) {
  for (const Form form : forms)
    in_every_order([form](Trial& trial) {
      Got ignored;
      trial.run([&](Self& self) {
        self.trap_exit(true);
        const Pid child = self.spawn(listener(form, false, ignored));
        self.exit(child, boom);
        self.link(child);
        self.monitor(child);
        self.send(child, Note1{});
        EXPECT_FALSE(self.is_alive(child));
        EXPECT_EQ(drain(self), (Got{"EXIT noproc", "DOWN noproc"}));
      });
      EXPECT_EQ(trial.finished, 1);
      EXPECT_EQ(ignored, Got{});
    });
}

// R-SIG-9, R-XS-3: exit/2 to oneself acts before it returns and cannot be caught.
// process_SUITE:self_exit, normal_suicide_exit, abnormal_suicide_exit
TEST(OtpSignals, ExitToOneselfIsImmediate) {
  for (const Term& why : {boom, reason::normal(), reason::killed(), Term::atom("shutdown")})
    in_every_order(
        [&why](Trial& trial) {
          bool went_on = false, caught = false;
          const Pid root = trial.run([&](Self& self) {
            try {
              self.exit(self.pid(), why);
              went_on = true;
            } catch (...) { caught = true; }
            self.now();
            self.send(self.pid(), Note1{});  // the swallowed end is thrown again here at the latest
            went_on = true;
          });
          EXPECT_FALSE(went_on);
          EXPECT_TRUE(caught);  // C++ cannot hide it from catch (...); it cannot be survived
          EXPECT_EQ(trial.finished, 0);
          EXPECT_EQ(trial.deaths.of(root), why.to_string());
        },
        5);
}

// R-SIG-9, R-XS-4, R-XS-6: a trapping process finds it in the mailbox at once, behind what it sent itself before (R-SIG-2).
TEST(OtpSignals, TrappedExitToOneselfIsInTheMailboxAtOnce) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.trap_exit(true);
      const Pid me = self.pid();
      self.exit(me, boom);
      self.receive([](const Exit& m) { EXPECT_EQ(m.reason, boom); }, after(0ms, [] { ADD_FAILURE() << "not there"; }));
      self.send(me, Note1{1});
      self.exit(me, reason::normal());
      self.send(me, Note1{2});
      EXPECT_EQ(drain(self), (Got{"note 1", "EXIT normal", "note 2"}));
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// R-XS-1: kill is not trappable, from oneself neither.
TEST(OtpSignals, KillOfOneself) {
  in_every_order(
      [](Trial& trial) {
        const Pid root = trial.run([](Self& self) {
          self.trap_exit(true);
          self.exit(self.pid(), reason::kill());
        });
        EXPECT_EQ(trial.deaths.of(root), "killed");
      },
      5);
}

// R-SIG-10: is_alive stands behind one's own earlier signals.
TEST(OtpSignals, KilledIsNotAlive) {
  for (const Form form : forms)
    for (const bool traps : {false, true})
      in_every_order(
          [=](Trial& trial) {
            Got got;
            trial.run([&](Self& self) {
              const Pid child = self.spawn(listener(form, traps, got));
              if (self.chance({1, 2})) self.sleep(1ms);
              EXPECT_TRUE(self.is_alive(child));
              self.exit(child, reason::kill());
              EXPECT_FALSE(self.is_alive(child));
            });
            EXPECT_EQ(trial.finished, 1);
          },
          100);
}

TEST(OtpSignals, OneselfIsAlive) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) { EXPECT_TRUE(self.is_alive(self.pid())); });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

// R-SIG-11: whoever learns of a death by EXIT, DOWN or is_alive finds the name free.
// monitor_SUITE:named_down
TEST(OtpSignals, NamesAreFreeBeforeAnybodyLearns) {
  for (const Form form : forms)
    in_every_order([form](Trial& trial) {
      Got got;
      trial.run([&](Self& self) {
        self.trap_exit(true);
        const Pid child = self.spawn(listener(form, false, got));
        self.link(child);
        self.register_name("it", child);
        const Ref ref = self.monitor(child);
        const Pid parent = self.pid();
        self.spawn([parent, child](Self& killer) {
          killer.exit(child, boom);
          if (!killer.is_alive(child)) { EXPECT_EQ(killer.whereis("it"), std::nullopt); }
          killer.send(parent, Note1{});
        });
        int left = 3;
        while (left > 0) {
          self.receive([&](const Exit&) { EXPECT_EQ(self.whereis("it"), std::nullopt); },
                       [&](const Down& m) {
                         EXPECT_EQ(m.monitor, ref);
                         EXPECT_EQ(self.whereis("it"), std::nullopt);
                       },
                       [](const Note1&) {});
          --left;
        }
      });
      EXPECT_EQ(trial.finished, 1);
    });
}

// R-EXIT-1: what a process dies of.
TEST(OtpSignals, ReasonsOfDeath) {
  in_every_order(
      [](Trial& trial) {
        Pid returned, asked, threw, threw_odd;
        trial.run([&](Self& self) {
          returned = self.spawn([](Self&) {});
          asked = self.spawn([](Self& me) { me.exit(Term::tuple({Term::atom("shutdown"), Term::integer(7)})); });
          threw = self.spawn([](Self&) { throw std::out_of_range("too far"); });
          threw_odd = self.spawn([](Self&) { throw 7; });
        });
        EXPECT_EQ(trial.deaths.of(returned), "normal");
        EXPECT_EQ(trial.deaths.of(asked), "{shutdown,7}");
        EXPECT_EQ(trial.deaths.of(threw).rfind("{error,", 0), 0u) << trial.deaths.of(threw);
        EXPECT_NE(trial.deaths.of(threw).find("out_of_range"), std::string::npos) << trial.deaths.of(threw);
        EXPECT_NE(trial.deaths.of(threw).find("too far"), std::string::npos);
        EXPECT_EQ(trial.deaths.of(threw_odd).rfind("{error,", 0), 0u) << trial.deaths.of(threw_odd);
      },
      5);
}

struct Mortal {  // a handler that dies as it is told
  using Accepts = Messages<Note1, Other>;
  void on(Self& self, const Note1& m) {
    if (m.number == 0) self.exit(reason::normal());
    if (m.number == 1) self.exit(boom);
    throw std::out_of_range("too far");
  }
  void on(Self&, const Other&) {}
};

TEST(OtpSignals, ReasonsOfDeathOfHandlers) {
  in_every_order(
      [](Trial& trial) {
        std::vector<Pid> children;
        trial.run([&](Self& self) {
          for (int i = 0; i < 3; ++i) {
            children.push_back(self.spawn(handler<Mortal>()));
            self.send(children.back(), Other{});
            self.send(children.back(), Note1{i});
          }
        });
        EXPECT_EQ(trial.deaths.of(children[0]), "normal");
        EXPECT_EQ(trial.deaths.of(children[1]), "boom");
        EXPECT_EQ(trial.deaths.of(children[2]).rfind("{error,", 0), 0u);
      },
      5);
}

// exit/1 may be caught, unlike everything else that ends a process.
TEST(OtpSignals, ExitOfOneselfMayBeCaught) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          try {
            self.exit(boom);
          } catch (const std::exception&) { ADD_FAILURE(); } catch (...) {
          }
          self.send(self.pid(), Note1{});
          self.take<Note1>();
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

// R-EXIT-2: the first cause wins. process_SUITE:exit_twice
TEST(OtpSignals, FirstCauseWins) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          Got got;
          Pid child;
          trial.run([&](Self& self) {
            child = self.spawn(listener(form, false, got));
            self.exit(child, Term::atom("first"));
            self.exit(child, Term::atom("second"));
            self.exit(child, reason::kill());
          });
          EXPECT_EQ(trial.deaths.of(child), "first");
        },
        100);
}

// R-EXIT-3.
TEST(OtpSignals, ExitToTheDeadHasNoEffect) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid dead = self.spawn([](Self&) {});
          self.sleep(1ms);
          self.exit(dead, boom);
          self.exit(dead, reason::kill());
          EXPECT_EQ(drain(self), Got{});
          self.sleep(1ms);
          self.trap_exit(true);
          self.exit(dead, boom);
          self.sleep(1ms);
          EXPECT_EQ(drain(self), Got{});
        });
        EXPECT_EQ(trial.finished, 1);
        EXPECT_EQ(trial.deaths.order().size(), 2u);
      },
      5);
}

}  // namespace
}  // namespace moirai::rules
