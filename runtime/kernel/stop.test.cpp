// Self::stop: a handler ends with the turn that asked for it, as exit/1 would end it.
#include <gtest/gtest.h>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

// What the handler does in its one turn, and what it saw.
struct Story {
  std::function<void(Self&)> turn;
  int turns = 0;
  bool destroyed = false;
};

struct Stopping {
  using Accepts = Messages<Note1>;
  Story* story;
  Self self;
  Stopping(Self& s, Story* told) : story(told), self(s) {}
  ~Stopping() { story->destroyed = true; }
  void on(Self& s, const Note1&) {
    ++story->turns;
    story->turn(s);
  }
};

// A watcher starts the handler, sends it two messages, and tells with what it ended.
std::string end_of(Trial& trial, Story& story, std::function<void(Self&, Pid)> meanwhile = {}) {
  std::string end;
  trial.run([&](Self& self) {
    const auto [pid, monitor] = self.spawn_monitor("stopping", handler<Stopping>(&story));
    self.send(pid, Note1{1});
    self.send(pid, Note1{2});
    if (meanwhile) meanwhile(self, pid);
    self.receive([&](const Down& down) { end = down.reason.to_string(); });
  });
  EXPECT_EQ(trial.finished, 1);
  EXPECT_TRUE(story.destroyed);
  return end;
}

TEST(Stop, EndsWithTheTurnAndLeavesTheRestUnhandled) {
  in_every_order(
      [](Trial& trial) {
        bool went_on = false;
        Story story{[&](Self& self) {
          self.stop();
          self.send(self.pid(), Note1{3});  // the turn goes on
          went_on = true;
        }};
        EXPECT_EQ(end_of(trial, story), "normal");
        EXPECT_TRUE(went_on);
        EXPECT_EQ(story.turns, 1);
      },
      30);
}

TEST(Stop, TheLastReasonCountsAndAnExitCountsMore) {
  in_every_order(
      [](Trial& trial) {
        Story twice{[](Self& self) {
          self.stop(Term::atom("first"));
          self.stop();
        }};
        EXPECT_EQ(end_of(trial, twice), "normal");
      },
      10);
  in_every_order(
      [](Trial& trial) {
        Story other{[](Self& self) {
          self.stop();
          self.stop(Term::atom("second"));
        }};
        EXPECT_EQ(end_of(trial, other), "second");
      },
      10);
  in_every_order(
      [](Trial& trial) {
        Story exits{[](Self& self) {
          self.stop(Term::atom("stopped"));
          self.exit(Term::atom("exited"));
        }};
        EXPECT_EQ(end_of(trial, exits), "exited");
      },
      10);
}

// It waits in its turn after it has asked; a kill that comes first is what it dies of.
TEST(Stop, AKillInTheSameTurnWins) {
  in_every_order(
      [](Trial& trial) {
        Story story{[](Self& self) {
          self.stop();
          self.sleep(1h);
        }};
        EXPECT_EQ(end_of(trial, story,
                         [](Self& self, Pid pid) {
                           self.sleep(1s);
                           self.exit(pid, reason::kill());
                         }),
                  "killed");
      },
      10);
  in_every_order(
      [](Trial& trial) {
        Story story{[](Self& self) {
          self.stop(Term::atom("late"));
          self.sleep(1s);
        }};
        EXPECT_EQ(end_of(trial, story), "late");
        EXPECT_EQ(trial.world.now(), after(Time{}, 1s));
      },
      10);
}

struct StillBorn {
  using Accepts = Messages<Note1>;
  explicit StillBorn(Self& self) { self.stop(Term::atom("stillborn")); }
  void on(Self&, const Note1&) { ADD_FAILURE() << "handled a message after it had stopped"; }
};
TEST(Stop, AtOnceInTheConstructor) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const auto [pid, monitor] = self.spawn_monitor("stillborn", handler<StillBorn>());
          self.send(pid, Note1{1});
          self.receive([](const Down& down) { EXPECT_EQ(down.reason, Term::atom("stillborn")); });
        });
        EXPECT_EQ(trial.finished, 1);
      },
      30);
}

TEST(Stop, IsNotForFunctions) {
  in_every_order(
      [](Trial& trial) {
        Pid pid;
        trial.run([&](Self& self) { pid = self.spawn([](Self& me) { me.stop(); }); });
        EXPECT_EQ(trial.deaths.of(pid), "badarg");
      },
      5);
}

TEST(Stop, ObserversAreToldTheCauseItNames) {
  class Causes : public Observer {
   public:
    std::vector<ExitCause> seen;
    EventMask wants() const override { return {EventKind::exit}; }
    void saw(const Event& event) override { seen.push_back(event.cause); }
  };
  Trial trial(1, Scheduler::fifo);
  Causes causes;
  trial.world.observe(causes);
  trial.run([](Self& self) {
    static Story own{[](Self&me) { me.stop(); }}, error{[](Self&me) { me.stop(Term::atom("wrong"), ExitCause::error); }};
    for (Story* story : {&own, &error}) self.send(self.spawn(handler<Stopping>(story)), Note1{});
  });
  EXPECT_EQ(causes.seen, (std::vector{ExitCause::returned, ExitCause::own_exit, ExitCause::error}));
}

}  // namespace
}  // namespace moirai::rules
