// The end of a process (K-7, K-12, K-50, K-51): killed at every operation; the table of swallowing and unwinding; exceptions that
// processes keep while they wait.
#include <algorithm>
#include <exception>
#include <stdexcept>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

const Term boom = Term::atom("boom");

// ---- killed at every operation

// What the victim did, as the world saw it, up to its death and after.
class Effects : public Observer {
 public:
  Pid victim;
  std::size_t before = 0;  // effects of the victim's operations
  std::size_t posts = 0;   // what its guards posted
  std::size_t after = 0;   // effects after its exit, other than the link exits and downs of its death
  std::string end = "lives";
  EventMask wants() const override { return EventMask::all(); }
  void saw(const Event& event) override {
    if (!victim) return;  // not yet started
    if (event.kind == EventKind::exit && event.subject == victim) {
      end = event.reason->to_string();
      return;
    }
    const bool spawned = event.kind == EventKind::spawn && event.other == victim;
    const bool did = event.subject == victim &&
                     (event.kind == EventKind::send || event.kind == EventKind::signal_send || event.kind == EventKind::timer ||
                      event.kind == EventKind::link || event.kind == EventKind::monitor || event.kind == EventKind::flag ||
                      event.kind == EventKind::note || (event.kind == EventKind::name && event.on));
    if (!spawned && !did) return;
    const bool of_death =
        event.kind == EventKind::signal_send && (event.signal == SignalKind::link_exit || event.signal == SignalKind::down);
    if (end != "lives")
      after += of_death ? 0 : 1;
    else
      ++(event.as<Other>() && event.as<Other>()->number == 99 ? posts : before);
  }
};

struct Ledger {  // of one victim
  Pid collector;
  Effects* effects;
  int constructed = 0, destroyed = 0, done = 0;
  std::vector<std::size_t> effects_after{0};  // n operations
  void did() {
    ++done;
    effects_after.push_back(effects->before);
  }
};

struct Guard {  // posts in its destructor, which has an effect only while the process lives
  Self self;
  Ledger& ledger;
  bool of_handler;  // a handler's state is destroyed only when it ends
  Guard(Self& s, Ledger& l, bool member = false) : self(s), ledger(l), of_handler(member) { ++ledger.constructed; }
  ~Guard() {
    ++ledger.destroyed;
    EXPECT_EQ(ledger.effects->end, "lives") << "unwound after its exit was announced";
    const std::size_t posts = ledger.effects->posts;
    const bool ending = of_handler || std::uncaught_exceptions() > 0;
    self.post(ledger.collector, Other{99});
    EXPECT_EQ(ledger.effects->posts, posts + (ending ? 0 : 1));
  }
};

// Operations of all kinds in nested frames with guards.
void work(Self& self, Ledger& ledger) {
  const Pid to = ledger.collector;
  const auto frame = [&](auto&& inner) {
    const Guard guard(self, ledger);
    inner();
  };
  frame([&] {
    self.send(to, Note1{1}), ledger.did();
    self.trap_exit(true), ledger.did();
    frame([&] {
      const Ref ref = self.monitor(to);
      ledger.did();
      self.link(to), ledger.did();
      self.register_name("victim"), ledger.did();
      self.send("victim", Note1{2}), ledger.did();
      self.take<Note1>(), ledger.did();
      frame([&] {
        const Pid child = self.spawn_link(quiet);
        ledger.did();
        self.exit(child, reason::kill()), ledger.did();
        self.receive([](const Exit&) {}), ledger.did();
        self.whereis("nobody"), ledger.did();
        self.sleep(1ms), ledger.did();
        const Ref timer = self.send_after(5ms, self.pid(), Note1{3});
        ledger.did();
        self.cancel_timer(timer), ledger.did();
        self.note(Note1{4}), ledger.did();
        self.yield(), ledger.did();
        self.cast(to, Ask{1}), ledger.did();
      });
      self.demonitor(ref, true), ledger.did();
      self.unlink(to), ledger.did();
      self.receive([](const Note1&) {}, after(0ms, [] {})), ledger.did();
      self.unregister_name("victim"), ledger.did();
      self.exit(to, reason::normal()), ledger.did();
      self.send(to, Other{5}), ledger.did();
    });
  });
}

struct Worker {
  using Accepts = Messages<Other, Exit>;
  Ledger* ledger;
  Guard guard;
  Worker(Self& self, Ledger* l) : ledger(l), guard(self, *l, true) {}
  void on(Self& self, const Other&) { work(self, *ledger); }
  void on(Self&, const Exit&) {}
};

struct Ending {
  Effects effects;
  Ledger ledger;
  std::string end;
  bool ran_to_end = false;
};

// Runs the victim; it ends at its n-th operation from its beginning (0: never).
void run_victim(Ending& out, Form form, std::uint32_t n, Scheduler scheduler, std::uint64_t seed) {
  World world(Settings{.seed = seed, .scheduler = scheduler});
  Got got;
  out.ledger.effects = &out.effects;
  world.observe(out.effects);
  out.ledger.collector = world.start("collector", listener(Form::handler, true, got));
  Ledger* const ledger = &out.ledger;
  bool* const finished = &out.ran_to_end;
  const Pid victim =
      form == Form::handler ? world.start("victim", handler<Worker>(ledger)) : world.start("victim", [ledger, finished](Self& self) {
        work(self, *ledger);
        *finished = true;
      });
  out.effects.victim = victim;
  if (form == Form::handler) world.start("root", [victim](Self& self) { self.send(victim, Other{}); });
  if (n > 0) world.control().after_operations(victim, n, boom);
  world.run();
}

class EveryOperation : public testing::TestWithParam<std::tuple<Form, Scheduler>> {};

TEST_P(EveryOperation, IsExact) {
  const auto [form, scheduler] = GetParam();
  for (std::uint64_t seed = 1; seed <= (scheduler == Scheduler::fifo ? 1u : 20u); ++seed) {
    Ending whole;
    run_victim(whole, form, 0, scheduler, seed);
    const int operations = whole.ledger.done;
    ASSERT_EQ(operations, 23);
    for (int n = 1; n <= operations; ++n) {
      SCOPED_TRACE("operation " + std::to_string(n) + ", seed " + std::to_string(seed) + ", " + to_string(form));
      Ending cut;
      run_victim(cut, form, static_cast<std::uint32_t>(n), scheduler, seed);
      EXPECT_EQ(cut.effects.end, "boom");
      EXPECT_EQ(cut.ledger.done, n - 1);
      EXPECT_EQ(cut.effects.before, cut.ledger.effects_after.back()) << "the n-th operation had an effect";
      EXPECT_EQ(cut.effects.after, 0u) << "something came after the death";
      EXPECT_EQ(cut.ledger.constructed, cut.ledger.destroyed);
      EXPECT_GT(cut.ledger.destroyed, 0);
      EXPECT_FALSE(cut.ran_to_end);
    }
    Ending beyond;
    run_victim(beyond, form, static_cast<std::uint32_t>(operations + 1), scheduler, seed);
    EXPECT_EQ(beyond.effects.end, form == Form::function ? "normal" : "lives");
  }
}
INSTANTIATE_TEST_SUITE_P(Endings, EveryOperation,
                         testing::Combine(testing::Values(Form::function, Form::handler),
                                          testing::Values(Scheduler::fifo, Scheduler::random)));

// ---- the table of K-50

struct SendsAtTheEnd {
  Self& self;
  Pid to;
  int& ran;
  ~SendsAtTheEnd() {
    ++ran;
    self.send(to, Note1{1});  // plain send: does nothing while ending
    self.post(to, Note1{2});
  }
};

// Case 1: a guard that sends in its destructor is ignored, and so is post.
TEST(Endings, DestructorsOfTheEndingSendNothing) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        int ran = 0;
        trial.run([&](Self& self) {
          const Pid to = self.spawn(listener(Form::function, false, got));
          const Pid victim = self.spawn([to, &ran](Self& me) {
            const SendsAtTheEnd guard{me, to, ran};
            me.sleep(1h);
          });
          self.sleep(1ms);
          self.exit(victim, boom);
          self.sleep(1ms);
          EXPECT_EQ(ran, 1);
          EXPECT_EQ(self.world().ignored_while_ending(), 2u);
        });
        EXPECT_EQ(got, Got{});
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}
// While the process is alive, destructors work: on return, and while an exception of its own is on its way to a catch.
TEST(Endings, DestructorsOfTheLivingWork) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        int ran = 0;
        trial.run([&](Self& self) {
          const Pid to = self.spawn(listener(Form::function, false, got));
          { const SendsAtTheEnd guard{self, to, ran}; }
          try {
            const SendsAtTheEnd guard{self, to, ran};
            throw std::runtime_error("own");
          } catch (const std::runtime_error&) {}
        });
        EXPECT_EQ(got, (Got{"note 1", "note 2", "note 1", "note 2"}));
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

// Case 2: `catch (...)` in a loop: thrown again at each operation, so that the loop is left at the next one outside.
TEST(Endings, SwallowedExitIsThrownAgain) {
  in_every_order(
      [](Trial& trial) {
        int swallowed = 0;
        bool went_on = false;
        Pid victim;
        trial.run([&](Self& self) {
          victim = self.spawn([&](Self& me) {
            for (int i = 0; i < 3; ++i) try {
                me.receive([](const Note1&) {});
              } catch (...) { ++swallowed; }
            me.send(me.pid(), Note1{});
            went_on = true;
          });
          self.sleep(1ms);
          self.exit(victim, boom);
        });
        EXPECT_EQ(swallowed, 3);
        EXPECT_FALSE(went_on);
        EXPECT_EQ(trial.deaths.of(victim), "boom");
      },
      20);
}
// ... or at the end of the body: what it returns, throws or exits with does not count (R-EXIT-2).
TEST(Endings, SwallowedExitCountsAtTheEnd) {
  for (int how = 0; how < 3; ++how)
    in_every_order(
        [how](Trial& trial) {
          Pid victim;
          trial.run([&](Self& self) {
            victim = self.spawn([how](Self& me) {
              try {
                me.sleep(1h);
              } catch (...) {}
              if (how == 1) throw std::runtime_error("other");
              if (how == 2) me.exit(Term::atom("other"));
            });
            self.sleep(1ms);
            self.exit(victim, boom);
          });
          EXPECT_EQ(trial.deaths.of(victim), "boom");
        },
        10);
}

// Case 3: the exit is no std::exception.
TEST(Endings, ExitIsNoStdException) {
  in_every_order(
      [](Trial& trial) {
        Pid victim;
        bool caught = false;
        trial.run([&](Self& self) {
          victim = self.spawn([&caught](Self& me) {
            try {
              me.sleep(1h);
            } catch (const std::exception&) { caught = true; }
          });
          self.sleep(1ms);
          self.exit(victim, boom);
        });
        EXPECT_FALSE(caught);
        EXPECT_EQ(trial.deaths.of(victim), "boom");
      },
      5);
}

// Case 4: killed while it waits inside a catch block: the destructors in the handler run, the caught exception is destroyed, and the
// others keep theirs (below).
struct Counted : std::runtime_error {
  int* alive;
  explicit Counted(int* count) : std::runtime_error("counted"), alive(count) { ++*alive; }
  Counted(const Counted& other) : std::runtime_error(other), alive(other.alive) { ++*alive; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() override { --*alive; }
};
TEST(Endings, KilledInsideCatch) {
  in_every_order(
      [](Trial& trial) {
        Got got;
        int ran = 0, exceptions = 0;
        Pid victim;
        trial.run([&](Self& self) {
          const Pid to = self.spawn(listener(Form::function, false, got));
          victim = self.spawn([&ran, &exceptions, to](Self& me) {
            try {
              throw Counted(&exceptions);
            } catch (...) {
              const SendsAtTheEnd guard{me, to, ran};
              me.sleep(1h);
            }
          });
          self.sleep(1ms);
          EXPECT_EQ(exceptions, 1);
          self.exit(victim, boom);
          self.sleep(1ms);
          EXPECT_EQ(exceptions, 0);
        });
        EXPECT_EQ(ran, 1);
        EXPECT_EQ(got, Got{});
        EXPECT_EQ(trial.deaths.of(victim), "boom");
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

// What is caught as a ProcessExit is one.
TEST(Endings, AnEndIsCaughtAsAProcessExit) {
  in_every_order(
      [](Trial& trial) {
        int caught = 0;
        Pid victim;
        trial.run([&](Self& self) {
          victim = self.spawn([&](Self& me) {
            try {
              me.sleep(1h);
            } catch (const ProcessExit& end) {
              EXPECT_NE(&end, nullptr);
              ++caught;
              throw;
            }
          });
          self.sleep(1ms);
          self.exit(victim, boom);
        });
        EXPECT_EQ(caught, 1);
        EXPECT_EQ(trial.deaths.of(victim), "boom");
      },
      5);
}

// The unwinding of an ending process is that of an exception, inside another one too: it is counted, has a pointer, and is thrown again.
struct CountsExceptions {
  std::vector<int>& uncaught;
  ~CountsExceptions() { uncaught.push_back(std::uncaught_exceptions()); }
};
TEST(Endings, AnEndIsAnExceptionLikeOthers) {
  in_every_order(
      [](Trial& trial) {
        std::vector<int> uncaught;
        int passed = 0;
        Pid victim;
        trial.run([&](Self& self) {
          victim = self.spawn([&](Self& me) {
            try {
              const CountsExceptions outer{uncaught};
              try {
                throw std::runtime_error("first");
              } catch (const std::runtime_error& first) {
                std::exception_ptr kept;
                try {
                  const CountsExceptions inner{uncaught};
                  me.sleep(1h);
                } catch (...) {
                  uncaught.push_back(std::uncaught_exceptions());
                  kept = std::current_exception();
                }
                EXPECT_TRUE(kept);
                EXPECT_STREQ(first.what(), "first");
                ++passed;
                std::rethrow_exception(kept);
              }
            } catch (const std::exception&) { ADD_FAILURE() << "an end is no std::exception"; } catch (...) {
              ++passed;
              throw;
            }
          });
          self.sleep(1ms);
          self.exit(victim, boom);
        });
        EXPECT_EQ(passed, 2);
        EXPECT_EQ(uncaught, (std::vector<int>{1, 0, 1}));
        EXPECT_EQ(trial.deaths.of(victim), "boom");
        EXPECT_EQ(std::uncaught_exceptions(), 0);
      },
      20);
}

// Case 5: waiting in a destructor is a checked error that names the process and the operation.
TEST(EndingsDeathTest, WaitingWhileUnwinding) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto run = [](bool killed) {
    Trial trial(1, Scheduler::fifo);
    trial.run([killed](Self& self) {
      struct Waits {
        Self& self;
        ~Waits() {
          self.receive([](const Note1&) {});
        }
      };
      const Pid victim = self.spawn("careless", [killed](Self& me) {
        const Waits waits{me};
        if (!killed) throw std::runtime_error("own");
        me.sleep(1h);
      });
      self.sleep(1ms);
      self.exit(victim, boom);
    });
  };
  EXPECT_DEATH(run(true), "careless(.|\n)*(wait|receive)");
  EXPECT_DEATH(run(false), "careless(.|\n)*(wait|receive)");
}

// Case 6: an exit that meets a noexcept frame ends in our terminate handler, which names the process.
TEST(EndingsDeathTest, NoexceptFrame) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto run = [] {
    Trial trial(1, Scheduler::fifo);
    trial.run([](Self& self) {
      const Pid victim = self.spawn("stubborn", [](Self& me) {
        const auto inner = [&]() noexcept { me.sleep(1h); };
        inner();
      });
      self.sleep(1ms);
      self.exit(victim, boom);
    });
  };
  EXPECT_DEATH(run(), "stubborn(.|\n)*noexcept|noexcept(.|\n)*stubborn");
}

int swallowed;
struct Stubborn {
  // An abandoned stack may still use its state, so the state is abandoned too: kept here, where the leak check sees it.
  static inline Stubborn* volatile abandoned = nullptr;
  Stubborn() { abandoned = this; }
  using Accepts = Messages<Note1, Exit>;
  void on(Self& self, const Note1&) { endless(self); }
  void on(Self&, const Exit&) {}
  static void endless(Self& self) {
    for (;;) try {
        self.sleep(1h);
      } catch (...) { ++swallowed; }
  }
};

// Case 7: endless swallowing: after 1,000 times the stack is abandoned, and the run ends and says who.
TEST(Endings, EndlessSwallowingIsReported) {
  for (const Form form : forms) {
    World world(Settings{});
    swallowed = 0;
    const Pid victim = form == Form::handler ? world.start("stubborn", handler<Stubborn>())
                                             : world.start("stubborn", [](Self& self) { Stubborn::endless(self); });
    world.start("root", [victim](Self& self) {
      self.send(victim, Note1{});
      self.sleep(1ms);
      self.exit(victim, boom);
      self.sleep(1ms);
    });
    const RunEnd end = world.run();
    EXPECT_EQ(end.why, RunEnd::Why::swallowed_exit);
    EXPECT_NE(end.detail.find("stubborn"), std::string::npos) << end.detail;
    EXPECT_GE(swallowed, 1'000);
    EXPECT_LE(swallowed, 1'001);
    world.reset(Settings{});  // the world is as good as new
    bool ran = false;
    world.start("next", [&ran](Self& self) {
      self.sleep(1ms);
      ran = true;
    });
    EXPECT_EQ(world.run().why, RunEnd::Why::quiescent);
    EXPECT_TRUE(ran);
  }
}

struct Holder {
  using Accepts = Messages<Note1>;
  Self self;
  SendsAtTheEnd guard;
  Holder(Self& s, Pid target, int* count) : self(s), guard{self, target, *count} {}
  void on(Self&, const Note1&) {}
};

// What is still alive when the run ends is unwound with its operations inert: destructors run, nothing is sent.
TEST(Endings, TheEndOfTheRunUnwinds) {
  for (const Form form : forms) {
    Ending end;
    World world(Settings{});
    int ran = 0;
    Got got;
    const Pid to = world.start("listener", listener(Form::function, true, got));
    int* const count = &ran;
    if (form == Form::handler)
      world.start("holder", handler<Holder>(to, count));
    else
      world.start("holder", [to, count](Self& self) {
        const SendsAtTheEnd guard{self, to, *count};
        for (;;) self.receive([](const Note1&) {});
      });
    const RunEnd finish = world.run();
    EXPECT_EQ(finish.why, RunEnd::Why::quiescent);
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(got, Got{});
    EXPECT_EQ(finish.digest, world.digest()) << "unwinding is no part of the digest";
  }
}

// ---- exceptions: each process keeps its own

// Two processes wait inside `catch`, in turns; each rethrows its own exception afterwards.
TEST(Exceptions, ProcessesKeepTheirOwn) {
  in_every_order([](Trial& trial) {
    Got said;
    trial.run([&](Self& self) {
      std::vector<Pid> children;
      for (int i = 0; i < 2; ++i)
        children.push_back(self.spawn([&said, i](Self& me) {
          try {
            throw std::runtime_error("exception of " + std::to_string(i));
          } catch (const std::runtime_error& mine) {
            me.take<Note1>();
            try {
              throw std::logic_error("inner of " + std::to_string(i));
            } catch (const std::logic_error& inner) {
              me.take<Note1>();
              said.push_back(inner.what());
            }
            try {
              throw;
            } catch (const std::runtime_error& again) { said.push_back(again.what()); }
            said.push_back(mine.what());
          }
        }));
      for (int round = 0; round < 2; ++round)
        for (const Pid child : children) self.send(child, Note1{});
    });
    ASSERT_EQ(said.size(), 6u);
    for (int i = 0; i < 2; ++i) {
      const std::string own = "exception of " + std::to_string(i);
      const auto first = std::find(said.begin(), said.end(), "inner of " + std::to_string(i));
      ASSERT_LE(first, said.end() - 3);
      EXPECT_EQ(first[1], own);
      EXPECT_EQ(first[2], own);
    }
  });
}

struct Thrower {
  using Accepts = Messages<Note1>;
  Got* said;
  void on(Self& self, const Note1& m) {
    try {
      throw std::runtime_error("exception of " + std::to_string(m.number));
    } catch (...) {
      self.sleep(m.number * 1ms);
      try {
        throw;
      } catch (const std::runtime_error& again) { said->push_back(again.what()); }
    }
  }
};

// A handler that waits inside catch, while the carrier that its frames are on is left and others throw.
TEST(Exceptions, HandlersKeepTheirOwn) {
  in_every_order(
      [](Trial& trial) {
        Got said;
        trial.run([&](Self& self) {
          Got* const where = &said;
          for (int i = 3; i > 0; --i) {
            const Pid child = self.spawn(handler<Thrower>(where));
            self.send(child, Note1{i});
          }
          self.sleep(10ms);
          try {
            throw std::runtime_error("mine");
          } catch (const std::exception& mine) { said.push_back(mine.what()); }
        });
        EXPECT_EQ(said, (Got{"exception of 1", "exception of 2", "exception of 3", "mine"}));
      },
      50);
}

}  // namespace
}  // namespace moirai::rules
