// The rules of links, monitors and names: R-LNK-1..6, R-MON-1..5,7, R-REG-1..3.
#include <algorithm>
#include <set>
#include <stdexcept>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

const Term boom = Term::atom("boom");
void dies_of_boom(Self& self) {
  self.take<Note1>();
  self.exit(boom);
}

// R-LNK-1: at most one link a pair, whoever asks how often; both ends have it; a link to oneself is nothing.
// erl_link_SUITE:links
TEST(OtpLinks, OneLinkPerPair) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.trap_exit(true);
      self.link(self.pid());
      EXPECT_TRUE(self.world().links_of(self.pid()).empty());
      const Pid me = self.pid();
      const Pid child = self.spawn_link([me](Self& other) {
        other.link(me);
        other.link(me);
        dies_of_boom(other);
      });
      self.link(child);
      self.link(child);
      self.sleep(1ms);
      EXPECT_EQ(self.world().links_of(me), std::vector<Pid>{child});
      EXPECT_EQ(self.world().links_of(child), std::vector<Pid>{me});
      self.send(child, Note1{});
      self.sleep(1ms);
      EXPECT_EQ(drain(self), Got{"EXIT boom"});
      EXPECT_TRUE(self.world().links_of(me).empty());
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// R-LNK-2: linking to the dead raises noproc in a process that does not trap.
TEST(OtpLinks, LinkToTheDead) {
  in_every_order(
      [](Trial& trial) {
        Pid careless;
        trial.run([&](Self& self) {
          const Pid dead = self.spawn([](Self&) {});
          self.sleep(1ms);
          careless = self.spawn([dead](Self& me) {
            me.link(dead);
            ADD_FAILURE();
          });
          self.trap_exit(true);
          self.link(dead);
          EXPECT_EQ(drain(self), Got{"EXIT noproc"});  // in answer to an operation: a poll finds it (K-4)
          EXPECT_TRUE(self.world().links_of(self.pid()).empty());
        });
        EXPECT_EQ(trial.finished, 1);
        EXPECT_TRUE(trial.deaths.of(careless) == "noproc" || trial.deaths.of(careless).rfind("{noproc", 0) == 0)
            << trial.deaths.of(careless);
      },
      50);
}

// R-LNK-3: after unlink nothing more comes of the link, but an EXIT that is queued stays.
TEST(OtpLinks, UnlinkDoesNotFlush) {
  std::set<Got> outcomes;
  in_every_order([&](Trial& trial) {
    trial.run([&](Self& self) {
      self.trap_exit(true);
      const Pid child = self.spawn_link(dies_of_boom);
      self.send(child, Note1{});
      self.yield();
      self.yield();
      self.unlink(child);
      const Got at_once = drain(self);
      self.sleep(1ms);
      EXPECT_EQ(drain(self), Got{}) << "an EXIT came after unlink and flush";
      outcomes.insert(at_once);
    });
    EXPECT_EQ(trial.finished, 1);
  });
  EXPECT_EQ(outcomes, (std::set<Got>{{}, {"EXIT boom"}}));
}

TEST(OtpLinks, QueuedExitSurvivesUnlink) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.trap_exit(true);
          const Pid child = self.spawn_link([](Self&) {});
          self.sleep(1ms);
          self.unlink(child);
          EXPECT_EQ(drain(self), Got{"EXIT normal"});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      30);
}

TEST(OtpLinks, UnlinkCanFlush) {  // R-LNK-3: the idiom as one operation
  in_every_order(
      [](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(true);
          const Pid one = self.spawn_link(dies_of_boom);
          const Pid other = self.spawn_link(dies_of_boom);
          self.send(one, Note1{});
          self.send(other, Note1{});
          if (trial.seed % 2 == 0) self.sleep(1ms);
          self.unlink(one, true);
          self.sleep(1ms);
          EXPECT_EQ(drain(self), Got{"EXIT boom"}) << "that of the other one alone";
        });
        EXPECT_EQ(trial.finished, 1);
      },
      60);
}

// R-LNK-3, R-XS-5: nobody dies between an unlink and the exit signal that goes with it, so the peer's end is certain.
TEST(OtpLinks, UnlinkAndExitAreOneOperation) {
  std::set<std::pair<std::string, std::string>> outcomes;
  in_every_order([&](Trial& trial) {
    Pid peer;
    const Pid root = trial.run([&](Self& self) {
      const Pid me = self.pid();
      peer = self.spawn_link(quiet);
      self.spawn([me](Self& other) {
        other.sleep(1ms);
        other.exit(me, boom);
      });
      self.sleep(1ms);
      self.unlink_and_exit(peer, reason::shutdown());
      self.yield();
    });
    outcomes.insert({trial.deaths.of(root), trial.deaths.of(peer)});
  });
  EXPECT_EQ(outcomes, (std::set<std::pair<std::string, std::string>>{{"boom", "boom"}, {"boom", "shutdown"}, {"normal", "shutdown"}}));
}

struct Peer {
  Pid pid;
};

// R-LNK-4, R-LNK-5: two or three processes link and unlink one another as they like; when all is quiet both ends of each pair agree,
// and when one dies each linked peer gets exactly one EXIT, the others none.
TEST(OtpLinks, BothSidesAgreeAtQuiescence) {
  std::size_t linked = 0, unlinked = 0;
  in_every_order(
      [&](Trial& trial) {
        const int count = trial.seed / 2 % 2 ? 2 : 3;
        Got got[3];
        trial.run([&](Self& self) {
          std::vector<Pid> ends;
          for (int i = 0; i < count; ++i) {
            Got* const mine = &got[i];
            ends.push_back(self.spawn([mine](Self& me) {
              me.trap_exit(true);
              std::vector<Pid> peers;
              for (bool more = true; more;) me.receive([&](const Peer& m) { peers.push_back(m.pid); }, [&](const Note1&) { more = false; });
              for (int k = 0; k < 6; ++k) {
                const Pid peer = peers[static_cast<std::size_t>(me.random(static_cast<int>(peers.size())))];
                if (me.chance({1, 2}))
                  me.link(peer);
                else
                  me.unlink(peer);
                if (me.chance({1, 3})) me.yield();
              }
              for (;;) me.receive([&](const Exit& m) { mine->push_back(text(m)); }, [&](const Note1&) { me.exit(boom); });
            }));
          }
          for (const Pid end : ends)
            for (const Pid peer : ends)
              if (peer != end) self.send(end, Peer{peer});
          for (const Pid end : ends) self.send(end, Note1{});
          self.sleep(1ms);
          const std::vector<Pid> of_first = self.world().links_of(ends[0]);
          for (const Pid a : ends)
            for (const Pid b : ends) {
              const auto has = [&](Pid x, Pid y) {
                const std::vector<Pid> links = self.world().links_of(x);
                return std::count(links.begin(), links.end(), y);
              };
              EXPECT_EQ(has(a, b), has(b, a));
              EXPECT_LE(has(a, b), 1);
            }
          self.send(ends[0], Note1{});
          self.sleep(1ms);
          for (int i = 1; i < count; ++i) {
            const bool was = std::find(of_first.begin(), of_first.end(), ends[static_cast<std::size_t>(i)]) != of_first.end();
            EXPECT_EQ(got[i], was ? Got{"EXIT boom"} : Got{});
            ++(was ? linked : unlinked);
          }
        });
        EXPECT_EQ(trial.finished, 1);
      },
      1'000);
  EXPECT_GT(linked, 100u);
  EXPECT_GT(unlinked, 100u);
}

// R-LNK-4: a LINK that is received while one's own half is unlinking is ignored; the UNLINK that is under way then removes the other half.
TEST(OtpLinks, UnlinkThenLinkGivesOneExit) {  // R-LNK-5
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.trap_exit(true);
      const Pid child = self.spawn_link(dies_of_boom);
      self.unlink(child);
      self.link(child);
      self.unlink(child);
      self.link(child);
      self.send(child, Note1{});
      self.sleep(1ms);
      EXPECT_EQ(drain(self), Got{"EXIT boom"});
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// R-LNK-5: link after the peer's death with an old unlink under way says noproc, never the old reason.
// signal_SUITE:unlink_exit
TEST(OtpLinks, LinkAfterDeathSaysNoproc) {
  std::set<Got> outcomes;
  in_every_order([&](Trial& trial) {
    trial.run([&](Self& self) {
      self.trap_exit(true);
      const Pid child = self.spawn_link(dies_of_boom);
      self.sleep(1ms);
      self.send(child, Note1{});
      self.unlink(child);  // behind Note1: the child is dead when it would arrive
      EXPECT_FALSE(self.is_alive(child));
      EXPECT_EQ(drain(self), Got{});
      self.link(child);
      outcomes.insert(drain(self));
    });
    EXPECT_EQ(trial.finished, 1);
  });
  EXPECT_EQ(outcomes, std::set<Got>{{"EXIT noproc"}});
}

// R-LNK-6: spawn with link or monitor is atomic, also for what dies at once.
TEST(OtpLinks, InstantDeathIsSeen) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.trap_exit(true);
          self.spawn_link([](Self& me) { me.exit(boom); });
          self.sleep(1ms);
          EXPECT_EQ(drain(self), Got{"EXIT boom"});
          const auto [child, ref] = self.spawn_monitor([](Self&) { throw std::runtime_error("x"); });
          self.receive([ref = ref, child = child](const Down& m) {
            EXPECT_EQ(m.monitor, ref);
            EXPECT_EQ(m.pid, child);
            EXPECT_EQ(m.name, "");
            EXPECT_EQ(root_of(m.reason), "error");
          });
          Ref both;  // spawn_opt([link, monitor])
          const Pid watched = self.spawn(SpawnOptions{.label = "watched", .link = true, .monitor = &both}, [](Self& me) { me.exit(boom); });
          EXPECT_EQ(self.world().links_of(self.pid()), std::vector<Pid>{watched});
          EXPECT_EQ(self.world().monitors_of(self.pid()), std::vector<Pid>{watched});
          self.sleep(1ms);
          EXPECT_EQ(drain(self), (Got{"EXIT boom", "DOWN boom"}));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-LNK-7 (process_SUITE:spawn_request_*): the reply comes first of all that the new process causes, whatever else was asked for.
TEST(OtpLinks, SpawnRequest) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.trap_exit(true);
      const Pid me = self.pid();
      Ref monitor;
      const Ref request = self.spawn_request(SpawnOptions{.label = "child", .link = true, .monitor = &monitor}, [me](Self& child) {
        child.send(me, Note1{1});
        child.exit(boom);
      });
      EXPECT_EQ(request, monitor);
      std::vector<std::string> order;
      Pid child;
      for (int i = 0; i < 4; ++i)
        self.receive(
            [&](const SpawnReply& m) {
              EXPECT_EQ(m.request, request);
              EXPECT_FALSE(m.error);
              child = m.pid;
              order.push_back("reply");
            },
            [&](const Note1&) { order.push_back("note"); }, [&](const Exit& m) { order.push_back(m.from == child ? "EXIT" : "?"); },
            [&](const Down& m) { order.push_back(m.monitor == request && m.pid == child ? "DOWN" : "?"); });
      EXPECT_EQ(order, (std::vector<std::string>{"reply", "note", "EXIT", "DOWN"}));
      const Ref plain = self.spawn_request(SpawnOptions{}, quiet);
      self.receive([&](const SpawnReply& m) { EXPECT_EQ(m.request, plain); },
                   after(0ms, [] { ADD_FAILURE() << "an answer is one's own (K-4)"; }));
      EXPECT_EQ(self.world().links_of(me), std::vector<Pid>{});
      const Ref bad = self.spawn_request(SpawnOptions{.label = "", .link = true}, quiet);
      const SpawnReply refused = self.take<SpawnReply>();
      EXPECT_EQ(refused.request, bad);
      EXPECT_EQ(refused.pid, Pid{});
      EXPECT_EQ(refused.error, Term::atom("badopt"));
      EXPECT_EQ(drain(self), Got{});
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// R-SIG-12: link exits in the order of linking, to several peers, then downs in the order of monitoring. Our own fixed order: OTP's of
// links is that of a tree.
TEST(OtpLinks, OrderOfADeath) {
  struct Sent : Observer {
    std::vector<std::string> lines;
    Pid dying;
    EventMask wants() const override { return {EventKind::signal_send}; }
    void saw(const Event& event) override {
      if (event.subject == dying && (event.signal == SignalKind::link_exit || event.signal == SignalKind::down))
        lines.push_back(std::string(to_string(event.signal)) + " " + std::to_string(event.other.slot()));
    }
  };
  in_every_order(
      [](Trial& trial) {
        Sent sent;
        trial.world.observe(sent);
        std::vector<std::string> expected;
        trial.run([&](Self& self) {
          std::vector<Pid> peers;
          const Pid dying = self.spawn(dies_of_boom);
          for (int i = 0; i < 5; ++i)
            peers.push_back(self.spawn([dying, i](Self& me) {
              me.trap_exit(true);
              me.sleep((5 - i) * 1ms);
              me.monitor(dying);
              me.sleep(10ms);
              me.link(dying);
              me.sleep(1h);
            }));
          self.sleep(100ms);
          sent.dying = dying;
          self.send(dying, Note1{});
          for (int i = 4; i >= 0; --i) expected.push_back("link_exit " + std::to_string(peers[static_cast<std::size_t>(i)].slot()));
          for (int i = 4; i >= 0; --i) expected.push_back("down " + std::to_string(peers[static_cast<std::size_t>(i)].slot()));
        });
        EXPECT_EQ(sent.lines, expected);
      },
      20);
}

// R-MON-1: monitors stack; each fires once. R-SIG-12: links before monitors, monitors in order of making.
// monitor_SUITE:mon_1, mon_2, case_1, case_1a; erl_link_SUITE:process_monitors
TEST(OtpMonitors, EachFiresOnce) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          Got got;
          trial.run([&](Self& self) {
            self.trap_exit(true);
            const Pid child = self.spawn(listener(form, false, got));
            const Ref a = self.monitor(child);
            const Ref b = self.monitor(child);
            self.link(child);
            const Ref c = self.monitor(child);
            self.exit(child, boom);
            self.sleep(1ms);
            std::vector<Ref> refs;
            int exits = 0;
            for (int i = 0; i < 4; ++i)
              self.receive(
                  [&](const Down& m) {
                    refs.push_back(m.monitor);
                    EXPECT_EQ(m.reason, boom);
                  },
                  [&](const Exit&) {
                    ++exits;
                    EXPECT_TRUE(refs.empty()) << "link exits come first";
                  });
            EXPECT_EQ(refs, (std::vector<Ref>{a, b, c}));
            EXPECT_EQ(exits, 1);
            EXPECT_EQ(drain(self), Got{});
          });
          EXPECT_EQ(trial.finished, 1);
        },
        50);
}

// R-MON-2, R-MON-3: a monitor by name reports the name; the name is looked up once, when the monitor is made.
TEST(OtpMonitors, ByName) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid first = self.spawn(dies_of_boom);
          const Pid second = self.spawn(dies_of_boom);
          self.register_name("it", first);
          const Ref ref = self.monitor("it");
          self.unregister_name("it");
          self.register_name("it", second);
          self.send(second, Note1{});
          self.sleep(1ms);
          self.receive([](const Down&) { ADD_FAILURE() << "the second has died"; }, after(0ms, [] {}));
          self.register_name("it", self.spawn(dies_of_boom));
          self.send(first, Note1{});
          self.receive([&](const Down& m) {
            EXPECT_EQ(m.monitor, ref);
            EXPECT_EQ(m.name, "it");
            EXPECT_EQ(m.reason, boom);
          });
          const Ref none = self.monitor("nobody");
          self.receive(
              [&](const Down& m) {
                EXPECT_EQ(m.monitor, none);
                EXPECT_EQ(m.name, "nobody");
                EXPECT_EQ(m.reason, reason::noproc());
              },
              after(0ms, [] { ADD_FAILURE() << "noproc is there at once (K-4)"; }));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-MON-4. There is nothing to take back either: demonitor(R,[info]) is false.
TEST(OtpMonitors, OfOneselfNeverFires) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Ref ref = self.monitor(self.pid());
          EXPECT_TRUE(ref);
          EXPECT_EQ(drain(self), Got{});
          self.sleep(1ms);
          EXPECT_EQ(drain(self), Got{});
          EXPECT_FALSE(self.demonitor(ref));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

// R-MON-5: after demonitor no new DOWN; one that is queued stays, unless flushed; another's ref has no effect.
// monitor_SUITE:demon_1, demon_2, demon_3, case_2, case_2a, remove_monitor
TEST(OtpMonitors, Demonitor) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid a = self.spawn(dies_of_boom);
          const Ref kept = self.monitor(a);
          const Ref cancelled = self.monitor(a);
          EXPECT_TRUE(self.demonitor(cancelled));
          EXPECT_FALSE(self.demonitor(cancelled));
          EXPECT_FALSE(self.demonitor(Ref{}));
          self.spawn([kept](Self& other) { EXPECT_FALSE(other.demonitor(kept)); });
          self.sleep(1ms);
          self.send(a, Note1{});
          self.sleep(1ms);
          EXPECT_FALSE(self.demonitor(kept));
          EXPECT_EQ(drain(self), Got{"DOWN boom"});

          const auto [b, ref] = self.spawn_monitor(dies_of_boom);
          self.send(b, Note1{});
          self.sleep(1ms);
          EXPECT_FALSE(self.demonitor(ref, true));
          EXPECT_EQ(drain(self), Got{});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-MON-5: a flush removes the DOWN of its own monitor and nothing else. monitor_SUITE:demonitor_flush
TEST(OtpMonitors, FlushIsExact) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid a = self.spawn(dies_of_boom);
          const Ref first = self.monitor(a);
          const Ref second = self.monitor(a);
          const Ref third = self.monitor(a);
          self.send(self.pid(), Note1{1});
          self.send(a, Note1{});
          self.sleep(1ms);
          self.send(self.pid(), Note1{2});
          self.sleep(1ms);
          self.demonitor(second, true);
          std::vector<Ref> left;
          Got notes;
          for (int i = 0; i < 4; ++i)
            self.receive([&](const Down& m) { left.push_back(m.monitor); }, [&](const Note1& m) { notes.push_back(text(m)); });
          EXPECT_EQ(left, (std::vector<Ref>{first, third}));
          EXPECT_EQ(notes, (Got{"note 1", "note 2"}));
          EXPECT_EQ(drain(self), Got{});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-MON-7.
TEST(OtpMonitors, AfterAndBeforeAnExitOfTheSameSender) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          Got got;
          trial.run([&](Self& self) {
            const Pid a = self.spawn(listener(form, false, got));
            self.exit(a, boom);
            self.monitor(a);
            self.receive([](const Down& m) { EXPECT_EQ(m.reason, reason::noproc()); });
            const Pid b = self.spawn(listener(form, false, got));
            self.monitor(b);
            self.exit(b, boom);
            self.receive([](const Down& m) { EXPECT_EQ(m.reason, boom); });
          });
          EXPECT_EQ(trial.finished, 1);
        },
        100);
}

// R-MON-1: the end of a watcher takes its monitors with it: the target is watched by nobody, and dies in peace. And no list keeps what is
// over. monitor_SUITE:list_cleanup
TEST(OtpMonitors, DieWithTheirWatcher) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid target = self.spawn(dies_of_boom);
          for (int i = 0; i < 3; ++i) self.spawn([target](Self& watcher) { watcher.monitor(target); });
          self.sleep(1ms);
          EXPECT_EQ(self.process_info(target)->monitored_by, std::vector<Pid>{});
          const Ref ref = self.monitor(target);
          self.monitor(target);
          self.demonitor(ref);
          EXPECT_EQ(self.process_info(self.pid())->monitors, std::vector<Pid>{target});
          self.send(target, Note1{});
          EXPECT_FALSE(self.is_alive(target));
          EXPECT_EQ(self.process_info(self.pid())->monitors, std::vector<Pid>{});
          EXPECT_EQ(drain(self), Got{"DOWN boom"});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

std::string why_it_died(Trial& trial, void (*body)(Self&)) {
  Pid child;
  trial.run([&child, body](Self& self) { child = self.spawn(body); });
  const std::string reason = trial.deaths.of(child);
  return reason.rfind("{badarg", 0) == 0 ? "badarg" : reason;
}

// R-REG-1. process_SUITE:bad_register
TEST(OtpNames, Registration) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid a = self.spawn(dies_of_boom);
          EXPECT_EQ(self.whereis("a"), std::nullopt);
          self.register_name("a", a);
          EXPECT_EQ(self.whereis("a"), a);
          self.send("a", Note1{});
          EXPECT_FALSE(self.is_alive(a));
          EXPECT_EQ(self.whereis("a"), std::nullopt);
          self.register_name("a");
          EXPECT_EQ(self.whereis("a"), self.pid());
          self.send("a", Note1{});
          self.take<Note1>();
          self.unregister_name("a");
          EXPECT_EQ(self.whereis("a"), std::nullopt);
          self.register_name("b");
        });
        EXPECT_EQ(trial.finished, 1);
      },
      30);
}
// R-REG-1: what is refused, and to send to nobody.
TEST(OtpNames, BadArguments) {
  void (*const bodies[])(Self&) = {
      [](Self& self) {  // in use
        self.register_name("a", self.spawn(dies_of_boom));
        self.register_name("a");
      },
      [](Self& self) {  // has a name already
        self.register_name("a");
        self.register_name("b");
      },
      [](Self& self) {  // dead
        const Pid dead = self.spawn([](Self&) {});
        self.sleep(1ms);
        self.register_name("a", dead);
      },
      [](Self& self) { self.register_name("undefined"); },
      [](Self& self) { self.unregister_name("a"); },
      [](Self& self) { self.send("a", Note1{}); },  // R-REG-2
  };
  for (const auto body : bodies) in_every_order([body](Trial& trial) { EXPECT_EQ(why_it_died(trial, body), "badarg"); }, 10);
}

// R-REG-2: sending to a dead pid is no error. (R-SIG-8 too.)
TEST(OtpNames, SendToTheDeadIsSilent) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Pid dead = self.spawn([](Self&) {});
          self.sleep(1ms);
          self.send(dead, Note1{});
          self.send(Pid{}, Note1{});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

// R-REG-4: inherited at spawn; changed by a signal, so that it stands in the order of its pair; of the dead it is badarg.
TEST(OtpNames, GroupLeader) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      EXPECT_EQ(self.group_leader(), Pid{});
      const Pid leader = self.spawn(quiet), other = self.spawn(quiet), before = self.spawn(quiet);
      self.group_leader(leader, self.pid());
      EXPECT_EQ(self.group_leader(), leader);
      const Pid child = self.spawn([other](Self& me) {
        EXPECT_NE(me.group_leader(), Pid{});
        me.take<Note1>();  // the leader was changed behind Note1, in front of Other
        const Pid grandchild = me.spawn(quiet);
        me.take<Other>();
        EXPECT_EQ(me.group_leader(), other);
        EXPECT_EQ(me.world().group_leader(grandchild), me.process_info(grandchild)->group_leader);
        me.sleep(1h);
      });
      EXPECT_EQ(self.world().group_leader(child), leader);
      EXPECT_EQ(self.world().group_leader(before), Pid{});
      self.send(child, Note1{});
      self.group_leader(other, child);
      EXPECT_EQ(self.process_info(child)->group_leader, other);
      self.send(child, Other{});
      EXPECT_EQ(self.group_leader(), leader);
      self.exit(before, reason::kill());
      const auto refused = catch_exit([&] { self.group_leader(leader, before); });
      EXPECT_FALSE(refused);
      if (!refused) { EXPECT_EQ(refused.reason(), reason::badarg()); }
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// R-REG-4: there may be any number of them.
TEST(OtpNames, ManyGroupLeaders) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          std::vector<Pid> followers;
          for (int i = 0; i < 300; ++i) {
            const Pid leader = self.spawn(quiet);
            self.group_leader(leader, self.pid());
            followers.push_back(self.spawn(quiet));
            EXPECT_EQ(self.world().group_leader(followers.back()), leader);
          }
          for (std::size_t i = 1; i < followers.size(); ++i)
            EXPECT_NE(self.world().group_leader(followers[i]), self.world().group_leader(followers[i - 1]));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      2);
}

// R-REG-3: a timer aimed at a name finds out when it fires; a timer aimed at a pid dies with it.
// timer_bif_SUITE:registered_process, cleanup
TEST(OtpNames, TimersToNamesAndPids) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.send_after(5ms, "later", Note1{1});
          self.send_after(7ms, "never", Note1{2});
          const Pid child = self.spawn(dies_of_boom);
          const Ref timer = self.send_after(10ms, child, Note1{});
          self.sleep(1ms);
          self.register_name("later");
          self.send(child, Note1{});
          self.sleep(1ms);
          EXPECT_EQ(self.read_timer(timer), std::nullopt);
          EXPECT_EQ(self.cancel_timer(timer), std::nullopt);
          self.sleep(10ms);
          EXPECT_EQ(drain(self), Got{"note 1"});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      30);
}

}  // namespace
}  // namespace moirai::rules
