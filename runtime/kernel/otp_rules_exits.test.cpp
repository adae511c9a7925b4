// The table of exit signals, R-XS-1..12, row by row, for both forms of the receiver.
#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

struct Row {
  const char* rule;
  bool linked;
  const char* sent;
  bool traps;
  std::string dies;  // or "lives"
  Got got;
};

// Unlinked: exit/2. Linked: the peer dies of `sent` by exit/1.
void check(const Row& row, Form form) {
  in_every_order(
      [&](Trial& trial) {
        SCOPED_TRACE(std::string(row.rule) + " " + row.sent + " " + to_string(form));
        Got got;
        Pid receiver;
        trial.run([&](Self& self) {
          receiver = self.spawn(listener(form, row.traps, got));
          self.sleep(1ms);
          const Term why = Term::atom(row.sent);
          if (!row.linked) return self.exit(receiver, why);
          const Pid to = receiver;
          self.spawn([to, why](Self& peer) {
            peer.link(to);
            peer.exit(why);
          });
        });
        EXPECT_EQ(trial.finished, 1);
        EXPECT_EQ(trial.deaths.of(receiver), row.dies);
        EXPECT_EQ(got, row.got);
      },
      30);
}

// process_SUITE:t_exit_1, t_exit_2_other, t_exit_2_other_normal
TEST(OtpExits, TheTable) {
  const Row rows[] = {
      {"R-XS-1", false, "kill", false, "killed", {}},
      {"R-XS-1", false, "kill", true, "killed", {}},
      {"R-XS-2", false, "normal", false, "lives", {}},
      {"R-XS-4", false, "normal", true, "lives", {"EXIT normal"}},
      {"R-XS-5", false, "boom", false, "boom", {}},
      {"R-XS-5", false, "killed", false, "killed", {}},
      {"R-XS-5", false, "shutdown", false, "shutdown", {}},
      {"R-XS-6", false, "boom", true, "lives", {"EXIT boom"}},
      {"R-XS-6", false, "killed", true, "lives", {"EXIT killed"}},
      {"R-XS-8", true, "normal", false, "lives", {}},
      {"R-XS-9", true, "boom", false, "boom", {}},
      {"R-XS-9", true, "kill", false, "kill", {}},  // not rewritten to killed
      {"R-XS-9", true, "shutdown", false, "shutdown", {}},
      {"R-XS-10", true, "normal", true, "lives", {"EXIT normal"}},
      {"R-XS-10", true, "boom", true, "lives", {"EXIT boom"}},
      {"R-XS-10", true, "kill", true, "lives", {"EXIT kill"}},
      {"R-XS-10", true, "killed", true, "lives", {"EXIT killed"}},
  };
  for (const Row& row : rows)
    for (const Form form : forms) check(row, form);
}

// R-XS-3: exit/2 with normal to oneself ends, though from others it is dropped. (Both in ExitToOneselfIsImmediate too.)
TEST(OtpExits, NormalToOneself) {
  in_every_order(
      [](Trial& trial) {
        const Pid root = trial.run([](Self& self) { self.exit(self.pid(), reason::normal()); });
        EXPECT_EQ(trial.deaths.of(root), "normal");
        EXPECT_EQ(trial.finished, 0);
      },
      5);
}

// R-XS-7: a link exit that finds the link inactive is dropped. The child dies of boom while `unlink` is under way.
TEST(OtpExits, InactiveLink) {
  in_every_order([](Trial& trial) {
    const Pid root = trial.run([](Self& self) {
      const Pid child = self.spawn_link([](Self& me) {
        me.take<Note1>();
        me.exit(Term::atom("boom"));
      });
      self.sleep(1ms);
      self.send(child, Note1{});  // in front of the UNLINK: the link exit is sent while the child's half is active
      self.unlink(child);
      self.sleep(1ms);
    });
    EXPECT_EQ(trial.deaths.of(root), "normal");
    EXPECT_EQ(trial.finished, 1);
  });
}

// R-XS-8: after a peer's normal exit the link is gone: its pid, used again or not, has no more effect.
TEST(OtpExits, NormalExitRemovesTheLink) {
  in_every_order(
      [](Trial& trial) {
        trial.run([&](Self& self) {
          const Pid child = self.spawn_link([](Self&) {});
          self.sleep(1ms);
          EXPECT_TRUE(self.world().links_of(self.pid()).empty());
          EXPECT_FALSE(self.is_alive(child));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      30);
}

// R-XS-11: a kill travels down a chain of links as killed.
TEST(OtpExits, KillTravelsAsKilled) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          Got got;
          Pid chain[3];
          trial.run([&](Self& self) {
            chain[2] = self.spawn(listener(form, true, got));
            self.sleep(1ms);
            const Pid last = chain[2];
            chain[1] = self.spawn([last](Self& me) {
              me.link(last);
              me.sleep(1h);
            });
            const Pid middle = chain[1];
            chain[0] = self.spawn([middle](Self& me) {
              me.link(middle);
              me.sleep(1h);
            });
            self.sleep(1ms);
            self.exit(chain[0], reason::kill());
          });
          EXPECT_EQ(trial.deaths.of(chain[0]), "killed");
          EXPECT_EQ(trial.deaths.of(chain[1]), "killed");
          EXPECT_EQ(trial.deaths.of(chain[2]), "lives");
          EXPECT_EQ(got, Got{"EXIT killed"});
        },
        30);
}

// R-XS-11 (signal_SUITE:kill2killed): along chains of 1, 2, 9 and 10 links, exit(P, kill) goes on as killed, exit(kill) as kill, and the
// last, which traps, gets it.
TEST(OtpExits, KillAlongChains) {
  for (const int length : {1, 2, 9, 10})
    for (const bool own : {false, true})
      in_every_order(
          [length, own](Trial& trial) {
            Got got;
            std::vector<Pid> chain;
            trial.run([&](Self& self) {
              chain.push_back(self.spawn(listener(forms[length % 2], true, got)));
              for (int i = 0; i < length; ++i) {
                self.sleep(1ms);
                const Pid next = chain.back();
                chain.push_back(self.spawn([next](Self& me) {
                  me.link(next);
                  me.take<Note1>();
                  me.exit(reason::kill());
                }));
              }
              self.sleep(1ms);
              if (own)
                self.send(chain.back(), Note1{});
              else
                self.exit(chain.back(), reason::kill());
            });
            EXPECT_EQ(trial.finished, 1);
            const std::string why = own ? "kill" : "killed";
            EXPECT_EQ(got, Got{"EXIT " + why});
            for (std::size_t i = 1; i < chain.size(); ++i) EXPECT_EQ(trial.deaths.of(chain[i]), why);
          },
          10);
}

// R-XS-12.
TEST(OtpExits, QueuedExitsSurviveUntrapping) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          EXPECT_FALSE(self.trap_exit(true));
          EXPECT_TRUE(self.trap_exit(true));
          const Pid me = self.pid();
          self.spawn([me](Self& other) { other.exit(me, Term::atom("boom")); });
          self.sleep(1ms);
          EXPECT_TRUE(self.trap_exit(false));
          EXPECT_FALSE(self.trap_exit(false));
          EXPECT_EQ(drain(self), Got{"EXIT boom"});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      30);
}

}  // namespace
}  // namespace moirai::rules
