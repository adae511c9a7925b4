// The rules of aliases, R-ALI-1, and of what aliases and tags make of monitors, R-MON-6.
#include <set>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

const Term boom = Term::atom("boom");

// What reaches the mailbox of what others send to `alias` now: two messages of one sender.
Got sent_to(Self& self, const Alias& alias) {
  self.spawn([alias](Self& other) {
    other.send(alias, Note1{1});
    other.send(alias, Other{2});
  });
  self.sleep(1ms);
  return drain(self);
}
const Got both = {"note 1", "other 2"}, first_only = {"note 1"};

// R-ALI-1 (process_SUITE:alias_bif): explicit_unalias lives until unalias, reply until the first message; unalias tells whether it lived.
TEST(OtpAliases, LifeOfAnAlias) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Alias lasting = self.alias();
          EXPECT_EQ(sent_to(self, lasting), both);
          EXPECT_EQ(sent_to(self, lasting), both);
          EXPECT_TRUE(self.unalias(lasting));
          EXPECT_FALSE(self.unalias(lasting));
          EXPECT_EQ(sent_to(self, lasting), Got{});

          const Alias once = self.alias(AliasMode::reply);
          EXPECT_NE(once, lasting);
          EXPECT_EQ(sent_to(self, once), first_only);
          EXPECT_EQ(sent_to(self, once), Got{});
          EXPECT_FALSE(self.unalias(once));
          const Alias unused = self.alias(AliasMode::reply);
          EXPECT_TRUE(self.unalias(unused));
          EXPECT_EQ(sent_to(self, unused), Got{});
          EXPECT_EQ(sent_to(self, Alias{}), Got{});
          EXPECT_EQ(sent_to(self, Alias{self.pid(), Ref{}}), Got{});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-ALI-1, R-SIG-4, R-SIG-5: what counts is whether the alias is active at reception. Between two operations nothing is received; a
// poll receives what is one's own; what is in the mailbox stays there.
TEST(OtpAliases, CountAtReception) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const Alias alias = self.alias();
          self.send(alias, Note1{1});
          self.send(alias, Note1{2});
          self.unalias(alias);
          EXPECT_EQ(drain(self), Got{});

          const Alias other = self.alias();
          self.send(other, Note1{1});
          self.send(other, Note1{2});
          self.receive([](const Exit&) {}, after(0ms, [] {}));
          self.unalias(other);
          EXPECT_EQ(drain(self), (Got{"note 1", "note 2"}));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      50);
}

// R-ALI-1 (process_SUITE:monitor_alias, spawn_monitor_alias): the alias of a monitor, by way of ending it.
TEST(OtpAliases, OfMonitors) {
  enum Ending { none, demonitor, death, unalias, message };
  struct Case {
    MonitorAlias alias;
    Ending ending;
    Got then;  // what then comes through
    bool still_watches;
  };
  const Case cases[] = {
      {MonitorAlias::none, none, {}, true},
      {MonitorAlias::explicit_unalias, none, both, true},
      {MonitorAlias::explicit_unalias, demonitor, both, false},
      {MonitorAlias::explicit_unalias, death, both, false},
      {MonitorAlias::explicit_unalias, unalias, {}, true},
      {MonitorAlias::explicit_unalias, message, both, true},
      {MonitorAlias::demonitor, none, both, true},
      {MonitorAlias::demonitor, demonitor, {}, false},
      {MonitorAlias::demonitor, death, {}, false},
      {MonitorAlias::demonitor, unalias, {}, true},
      {MonitorAlias::demonitor, message, both, true},
      {MonitorAlias::reply_demonitor, none, first_only, false},
      {MonitorAlias::reply_demonitor, demonitor, {}, false},
      {MonitorAlias::reply_demonitor, death, {}, false},
      {MonitorAlias::reply_demonitor, unalias, {}, true},
      {MonitorAlias::reply_demonitor, message, {}, false},
  };
  for (const bool spawned : {false, true})  // spawn_monitor_alias
    for (const Case& c : cases)
      in_every_order(
          [&c, spawned](Trial& trial) {
            SCOPED_TRACE("alias " + std::to_string(static_cast<int>(c.alias)) + ", ending " + std::to_string(c.ending));
            trial.run([&](Self& self) {
              Ref ref;
              Pid target;
              if (spawned) {
                target = self.spawn(SpawnOptions{.monitor = &ref, .monitored = {.alias = c.alias}}, quiet);
              } else {
                target = self.spawn(quiet);
                ref = self.monitor(target, {.alias = c.alias});
              }
              const Alias alias{self.pid(), ref};
              switch (c.ending) {
                case none: break;
                case demonitor: EXPECT_TRUE(self.demonitor(ref)); break;
                case death:
                  self.exit(target, boom);
                  EXPECT_EQ(self.take<Down>().monitor, ref);
                  break;
                case unalias: EXPECT_TRUE(self.unalias(alias)); break;
                case message: self.send(alias, Note1{0}); EXPECT_EQ(self.take<Note1>().number, 0);
              }
              EXPECT_EQ(sent_to(self, alias), c.then);
              const bool unaliased = self.unalias(alias);
              EXPECT_EQ(unaliased, c.then == both);
              self.exit(target, boom);
              self.sleep(1ms);
              EXPECT_EQ(drain(self), c.still_watches ? Got{"DOWN boom"} : Got{});
              EXPECT_FALSE(self.demonitor(ref));
            });
            EXPECT_EQ(trial.finished, 1);
          },
          10);
}

// R-ALI-1: an alias that ends while messages to it are under way lets through exactly those that were received before.
TEST(OtpAliases, EndUnderWay) {
  std::set<Got> seen;
  in_every_order([&](Trial& trial) {
    trial.run([&](Self& self) {
      const Pid target = self.spawn([](Self& me) { me.take<Note1>(); });
      const Alias alias{self.pid(), self.monitor(target, {.alias = MonitorAlias::demonitor})};
      self.spawn([alias](Self& other) {
        for (int i = 1; i <= 3; ++i) other.send(alias, Note1{i});
      });
      self.send(target, Note1{});
      self.sleep(1ms);
      Got got = drain(self);
      ASSERT_FALSE(got.empty());
      EXPECT_EQ(got.back(), "DOWN normal");
      seen.insert(got);
    });
  });
  EXPECT_EQ(
      seen,
      (std::set<Got>{
          {"DOWN normal"}, {"note 1", "DOWN normal"}, {"note 1", "note 2", "DOWN normal"}, {"note 1", "note 2", "note 3", "DOWN normal"}}));
}

// R-SIG-2 (signal_SUITE:monitor_order): by pid, by name and by alias it is one channel; the DOWN comes last.
// signal_SUITE:monitor_named_order_local
TEST(OtpAliases, KeepTheOrderOfTheirPair) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.register_name("me");
      const Pid me = self.pid();
      const Alias alias = self.alias();
      self.spawn_monitor([me, alias](Self& other) {
        for (int i = 0; i < 9; i += 3) {
          other.send(alias, Note1{i});
          other.send(me, Note1{i + 1});
          other.send("me", Note1{i + 2});
        }
      });
      for (int i = 0; i < 9; ++i)
        self.receive([&](const Note1& m) { EXPECT_EQ(m.number, i); }, [](const Down&) { ADD_FAILURE() << "the DOWN overtook"; });
      self.take<Down>();
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// An alias is its process's own: nobody else can end it, it dies with it, and a later process in its place does not have it.
TEST(OtpAliases, BelongToTheirProcess) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          trial.run([&](Self& self) {
            const Alias mine = self.alias();
            self.spawn([mine](Self& other) { EXPECT_FALSE(other.unalias(mine)); });
            EXPECT_EQ(sent_to(self, mine), both);
            Got got;
            const Pid owner = self.spawn([me = self.pid()](Self& other) { other.send(me, other.alias()); });
            const Alias dead = self.take<Alias>();
            EXPECT_FALSE(self.is_alive(owner));
            const Pid next = self.spawn(listener(form, false, got));
            EXPECT_EQ(next.slot(), owner.slot());
            self.send(dead, Note1{});
            self.send(Alias{next, dead.ref}, Note1{});
            self.send(Alias{next, mine.ref}, Note1{});
            self.sleep(1ms);
            EXPECT_EQ(got, Got{});
          });
          EXPECT_EQ(trial.finished, 1);
        },
        20);
}

// A handler receives through its alias as a function does: the message starts a turn.
struct Aliased2 {
  using Accepts = Messages<Note1, Other>;
  Got* got;
  Alias alias;
  Aliased2(Self& self, Got* where, Alias* out) : got(where), alias(self.alias(AliasMode::reply)) { *out = alias; }
  void on(Self&, const Note1& m) { got->push_back(text(m)); }
  void on(Self&, const Other& m) { got->push_back(text(m)); }
};
TEST(OtpAliases, OfHandlers) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        Alias alias;
        trial.run([&](Self& self) {
          self.spawn(handler<Aliased2>(&got, &alias));
          self.sleep(1ms);
          EXPECT_EQ(sent_to(self, alias), Got{});
        });
        EXPECT_EQ(trial.finished, 1);
        EXPECT_EQ(got, first_only);
      },
      30);
}

// Observers see what travels to an alias as the message that it is.
TEST(OtpAliases, AreSeenAsTheirMessages) {
  struct Seen : Observer {
    Got lines;
    EventMask wants() const override { return {EventKind::send, EventKind::receive, EventKind::drop}; }
    void saw(const Event& event) override {
      if (event.as<Note1>())
        lines.push_back(std::string(to_string(event.kind)) + " " + text(*event.as<Note1>()) + " " + event.message->to_string());
    }
  };
  Trial trial(1, Scheduler::fifo);
  Seen seen;
  trial.world.observe(seen);
  trial.run([](Self& self) {
    const Alias alias = self.alias(AliasMode::reply);
    self.send(alias, Note1{1});
    self.send(alias, Note1{2});
    EXPECT_EQ(drain(self), Got{"note 1"});
  });
  EXPECT_EQ(seen.lines, (Got{"send note 1 Note1{1}", "send note 2 Note1{2}", "receive note 1 Note1{1}", "drop note 2 Note1{2}"}));
}

// R-MON-6 (process_SUITE:monitor_tag): a tag stands in for 'DOWN', by pid, by name, for the dead and from spawn.
TEST(OtpMonitors, Tag) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const auto next = [&] {
            const Down down = self.take<Down>();
            return down.tag.to_string() + " " + down.name + " " + down.reason.to_string();
          };
          const Term mine = Term::tuple({Term::atom("mine"), Term::integer(7)});
          const Pid target = self.spawn(quiet);
          self.register_name("target", target);
          self.monitor(target);
          self.monitor(target, {.tag = mine});
          self.monitor("target", {.tag = mine});
          self.monitor("nobody", {.tag = mine});
          EXPECT_EQ(next(), "{mine,7} nobody noproc");
          self.exit(target, boom);
          EXPECT_EQ(next(), "'DOWN'  boom");
          EXPECT_EQ(next(), "{mine,7}  boom");
          EXPECT_EQ(next(), "{mine,7} target boom");
          self.monitor(target, {.tag = mine});
          EXPECT_EQ(next(), "{mine,7}  noproc");
          Ref ref;
          self.spawn(SpawnOptions{.monitor = &ref, .monitored = {.tag = mine}}, [](Self&) {});
          EXPECT_EQ(next(), "{mine,7}  normal");
          const Ref plain = self.monitor(target);  // in a place that had a tag before
          EXPECT_EQ(next(), "'DOWN'  noproc");
          EXPECT_FALSE(self.demonitor(plain));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

TEST(OtpMonitors, ATagIsShownOnlyIfItIsAnother) {
  EXPECT_EQ(reflect::to_text(Down{Ref{}, Pid{}, "", boom}),
            "Down{monitor=" + Ref{}.to_string() + ", pid=" + Pid{}.to_string() + ", name=\"\", reason=boom}");
  EXPECT_EQ(reflect::to_text(Down{Ref{}, Pid{}, "it", boom, Term::atom("t")}),
            "Down{monitor=" + Ref{}.to_string() + ", pid=" + Pid{}.to_string() + ", name=\"it\", reason=boom, tag=t}");
}

// R-ALI-1, R-MON-4: as in OTP there is no alias with a monitor of oneself, in any mode.
TEST(OtpAliases, AMonitorOfOneselfIsNone) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          for (const MonitorAlias mode : {MonitorAlias::explicit_unalias, MonitorAlias::demonitor, MonitorAlias::reply_demonitor}) {
            const Ref ref = self.monitor(self.pid(), {.alias = mode});
            self.send(Alias{self.pid(), ref}, Note1{1});
            EXPECT_EQ(drain(self), Got{});
            EXPECT_FALSE(self.unalias(ref));
          }
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

}  // namespace
}  // namespace moirai::rules
