// R-TASK-1 and R-TASK-2, with the matrices of Elixir's task_test.
#include "runtime/otp/task.hpp"

#include <functional>
#include <set>
#include <stdexcept>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/tree_run.test.hpp"

namespace moirai::rules {
namespace {

// ---- a task can be asked once, by its owner; what can be known before it runs does not compile
template <class Handle>
concept CanAwait = requires(Self& self, Handle task) {
  task::await(self, static_cast<Handle>(task));
};
static_assert(CanAwait<Task<int>&&> && !CanAwait<Task<int>&> && !CanAwait<const Task<int>&>);
static_assert(!std::is_copy_constructible_v<Task<int>> && !std::is_copy_assignable_v<Task<int>>);

const Term unknown = Term::atom("unknown");
const Term oops = Term::atom("oops");
const Term noconnection = reason::noconnection();

template <class T>
using Results = std::vector<task::Yielded<T>>;
template <class T>
task::Yielded<T> value(T v) {
  return task::Outcome<T>::value(std::move(v));
}
template <class T = int>
task::Yielded<T> exited(Term reason) {
  return task::Outcome<T>::exit(std::move(reason));
}
template <class T = int>
const task::Yielded<T> nothing = std::nullopt;

// What `ask` exits with.
template <class Ask>
Term exit_of(Ask ask) {
  const auto caught = catch_exit(ask);
  return caught ? Term::tuple({Term::atom("no_exit"), Term::atom("it_returned")}) : caught.reason();
}
Term failure(Term reason, std::string_view function, std::vector<Term> arguments) {
  return Term::tuple({std::move(reason), Term::tuple({Term::atom("task"), Term::atom(function), Term::list(std::move(arguments))})});
}
Term await_failure(Term reason, Pid pid, std::int64_t milliseconds = 5000) {
  return failure(std::move(reason), "await", {Term::pid(pid), Term::integer(milliseconds)});
}
Term misuse(std::string_view why) { return Term::tuple({reason::badarg(), Term::atom(why)}); }

// Nothing of a task is at its owner, and nothing comes later.
void expect_clean(Self& self) {
  const Pid me = self.pid();
  EXPECT_TRUE(self.world().links_of(me).empty());
  EXPECT_TRUE(self.world().monitors_of(me).empty());
  self.sleep(1s);
  EXPECT_EQ(self.world().mailbox_size(me), 0u);
}

int seven(Self&) { return 7; }
auto seven_after(Duration time) {
  return [time](Self& self) {
    self.sleep(time);
    return 7;
  };
}
auto exits(Term reason) {
  return [reason](Self& self) -> int { self.exit(reason); };
}
int forever(Self& self) {
  self.sleep(1h);
  return 0;
}
// Waits for a note before it does `then`.
template <class Then>
auto when_told(Then then) {
  return [then](Self& self) {
    self.take<Note1>();
    return then(self);
  };
}

// Plays it under fifo and random schedules, with an owner that traps exits and with one that does not.
template <class Body>
void for_both_owners(Body body, std::uint64_t schedules = 60) {
  for (const bool traps : {false, true})
    in_every_order(
        [&](Trial& trial) {
          SCOPED_TRACE(traps ? "traps" : "does not trap");
          trial.run([&](Self& self) {
            self.trap_exit(traps);
            body(self, traps);
          });
          EXPECT_EQ(trial.finished, 1);
        },
        schedules);
}
template <class Body>
void for_trapping_owners(Body body, std::uint64_t schedules = 60) {
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(true);
          body(self);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      schedules);
}

// A task that is gone already and has sent nothing, as create_dummy_task of task_test. Its DOWN waits in the mailbox.
Task<int> dead_task(Self& self, Term reason) {
  const auto [pid, ref] = self.spawn_monitor([reason](Self& s) { s.exit(reason); });
  self.sleep(1ms);
  return {self.pid(), pid, ref};
}

// ---- async and await

TEST(Task, AwaitGivesTheValueAndLeavesNothing) {  // R-TASK-1, task_test:async/1, task_test:await/2
  for_both_owners([](Self& self, bool) {
    Task<int> one = task::async(self, seven_after(1ms));
    EXPECT_EQ(self.world().links_of(self.pid()), std::vector<Pid>{one.pid()});
    EXPECT_EQ(self.world().monitors_of(self.pid()), std::vector<Pid>{one.pid()});
    EXPECT_EQ(self.world().path(one.pid()), "root/task");
    EXPECT_EQ(task::await(self, std::move(one)), 7);
    EXPECT_FALSE(one);
    EXPECT_EQ(self.now(), Time(1ms));
    expect_clean(self);

    EXPECT_EQ(task::await(self, task::async(self, "text", [](Self& s) { return s.label(); })), "text");
    EXPECT_EQ(task::await(self, task::async(self, [](Self&) { return std::vector<int>{1, 2}; })), (std::vector<int>{1, 2}));
    task::await(self, task::async(self, [](Self&) {}));
    Task<void> nothing_to_tell = task::async(self, [](Self&) {});
    EXPECT_EQ(task::yield(self, nothing_to_tell), task::Outcome<void>::value({}));
    expect_clean(self);
  });
}

TEST(Task, AnAnswerMayWaitForItsAwait) {  // R-TASK-1
  for_both_owners([](Self& self, bool) {
    Task<int> early = task::async(self, seven);
    self.sleep(1s);  // it is over, and all of it has arrived
    EXPECT_EQ(task::await(self, std::move(early)), 7);
    expect_clean(self);
  });
}

// R-TASK-1, task_test:await/2 exits on normal exit, task throw, task error, task exit
TEST(Task, AwaitExitsWithTheReasonOfTheTask) {
  const auto throws = [](Self&) -> int { throw std::runtime_error("wrong"); };
  for (const bool late : {false, true}) {
    for_both_owners([&](Self& self, bool) {
      Task<int> ends = task::async(self, exits(reason::normal()));
      const Pid pid = ends.pid();
      if (late) self.sleep(1s);
      EXPECT_EQ(exit_of([&] { task::await(self, std::move(ends)); }), await_failure(reason::normal(), pid));
      expect_clean(self);
    });
    for_trapping_owners([&](Self& self) {
      for (const bool killed : {false, true}) {
        Task<int> crashes = killed ? task::async(self, forever) : task::async(self, exits(unknown));
        const Pid pid = crashes.pid();
        if (killed) self.exit(pid, reason::kill());
        if (late) self.sleep(1s);
        EXPECT_EQ(exit_of([&] { task::await(self, std::move(crashes)); }), await_failure(killed ? reason::killed() : unknown, pid));
        expect_clean(self);
      }
      Task<int> crashes = task::async(self, throws);
      const Pid pid = crashes.pid();
      if (late) self.sleep(1s);
      EXPECT_EQ(exit_of([&] { task::await(self, std::move(crashes)); }), await_failure(reason::error("runtime_error", "wrong"), pid));
      expect_clean(self);
    });
  }
}

TEST(Task, ACrashEndsAnOwnerThatDoesNotTrap) {  // R-TASK-1
  in_every_order([](Trial& trial) {
    const Pid root = trial.run([](Self& self) { task::await(self, task::async(self, exits(unknown))); });
    EXPECT_EQ(trial.deaths.of(root), "unknown");
  });
}

TEST(Task, TheEndOfTheOwnerEndsTheTask) {  // R-TASK-1
  in_every_order([](Trial& trial) {
    Pid pid;
    trial.run([&](Self& self) {
      const Task<int> never = task::async(self, forever);
      pid = never.pid();
      self.exit(oops);
    });
    EXPECT_EQ(trial.deaths.of(pid), "oops");
  });
}

// R-TASK-1, R-ALI-1, task_test:await/2 demonitors and unalias on timeout
TEST(Task, AwaitTimesOutAndTheTaskLivesOnLinked) {
  for_both_owners([](Self& self, bool traps) {
    Task<int> late = task::async(self, when_told(seven));
    const Pid pid = late.pid();
    EXPECT_EQ(exit_of([&] { task::await(self, std::move(late), 0ms); }), await_failure(reason::timeout(), pid, 0));
    EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
    EXPECT_EQ(self.world().links_of(self.pid()), std::vector<Pid>{pid});
    self.send(pid, Note1{});
    self.sleep(1s);
    EXPECT_FALSE(self.world().alive(pid));
    EXPECT_EQ(drain(self), traps ? Got{"EXIT normal"} : Got{}) << "the end of a link that nobody took away";
    expect_clean(self);
  });
}

// Under some schedules the answer is in time, under others it is not, and under some it comes while the owner gives up.
TEST(Task, AnAnswerAtTheDeadlineIsThereOrGone) {  // R-TASK-1, R-GS-3
  std::set<std::string> outcomes;
  for_both_owners(
      [&](Self& self, bool traps) {
        Task<int> close = task::async(self, seven_after(10ms));
        const Pid me = self.pid();
        if (traps)
          self.spawn([me](Self& other) {  // an exit in flight makes operations stops (K-6)
            other.sleep(10ms);
            other.exit(me, reason::normal());
          });
        const Term end = exit_of([&] { EXPECT_EQ(task::await(self, std::move(close), 10ms), 7); });
        outcomes.insert(root_of(end));
        self.sleep(1s);
        drain(self);
        expect_clean(self);
      },
      200);
  EXPECT_EQ(outcomes, (std::set<std::string>{"no_exit", "timeout"}));
}

// R-TASK-2, task_test:await/2, yield/2, ignore/1, shutdown/2, await_many/2, yield_many/2 on :noconnection
TEST(Task, LosingTheNodeIsNodedown) {
  for_both_owners(
      [](Self& self, bool) {
        const Term down = Term::tuple({Term::atom("nodedown"), Term::integer(0)});
        const std::vector<std::function<void(Task<int>)>> asks = {
            [&](Task<int> t) { task::await(self, std::move(t)); },
            [&](Task<int> t) { task::yield(self, t); },
            [&](Task<int> t) { task::ignore(self, std::move(t)); },
            [&](Task<int> t) { task::shutdown(self, std::move(t)); },
            [&](Task<int> t) { task::shutdown(self, std::move(t), Shutdown::brutal_kill()); },
            [&](Task<int> t) {
              std::vector<Task<int>> all;
              all.push_back(std::move(t));
              task::await_many(self, std::move(all));
            },
            [&](Task<int> t) {
              std::vector<Task<int>> all;
              all.push_back(std::move(t));
              task::yield_many(self, all);
            },
        };
        for (const auto& ask : asks) {
          Task<int> lost = dead_task(self, noconnection);
          EXPECT_EQ(exit_of([&] { ask(std::move(lost)); })[0], down);
          expect_clean(self);
        }
      },
      5);
}

// ---- who may ask

// R-TASK-1, R-TASK-2, task_test: raises when invoked from a non-owner process
TEST(Task, OnlyTheOwnerMayAsk) {
  for_both_owners(
      [](Self& self, bool) {
        std::vector<Task<int>> mine;
        mine.push_back(task::async(self, seven));
        const Pid pid = mine[0].pid();
        std::vector<Term> reasons;
        self.spawn([&mine, &reasons](Self& thief) {
          const auto asking = [&](auto ask) { reasons.push_back(exit_of([&] { ask(); })); };
          asking([&] { task::await(thief, std::move(mine[0]), 1ms); });
          asking([&] { task::yield(thief, mine[0], 1ms); });
          asking([&] { task::ignore(thief, std::move(mine[0])); });
          asking([&] { task::shutdown(thief, std::move(mine[0]), Shutdown::brutal_kill()); });
          asking([&] { task::await_many(thief, std::move(mine), 1ms); });
          asking([&] { task::yield_many(thief, mine, 1ms); });
        });
        self.sleep(1s);
        const Term p = Term::pid(pid), one = Term::integer(1);
        EXPECT_EQ(reasons, (std::vector<Term>{failure(misuse("not_owner"), "await", {p, one}),
                                              failure(misuse("not_owner"), "yield", {p, one}), failure(misuse("not_owner"), "ignore", {p}),
                                              failure(misuse("not_owner"), "shutdown", {p, Term::atom("brutal_kill")}),
                                              failure(misuse("not_owner"), "await_many", {Term::list({p}), one}),
                                              failure(misuse("not_owner"), "yield_many", {Term::list({p}), one})}));
        EXPECT_EQ(task::await(self, std::move(mine[0])), 7) << "nobody has harmed it";
      },
      10);
}

TEST(Task, ATaskIsAskedOnce) {  // R-TASK-1, task_test:ignore/1: awaiting what was ignored
  for_both_owners(
      [](Self& self, bool) {
        Task<int> once = task::async(self, seven);
        EXPECT_EQ(task::yield(self, once), value(7));
        EXPECT_EQ(exit_of([&] { task::await(self, std::move(once)); })[0], misuse("spent"));
        Task<int> ignored = task::async(self, seven);
        task::ignore(self, std::move(ignored));
        EXPECT_EQ(exit_of([&] { task::await(self, std::move(ignored)); })[0], misuse("spent"));
      },
      5);
}

// R-TASK-1, task_test:completed/1, task_test:shutdown/2 raises if task PID is nil
TEST(Task, CompletedIsOverAtOnce) {
  for_both_owners([](Self& self, bool) {
    Task<int> done = task::completed(self, 5);
    EXPECT_EQ(done.pid(), Pid{});
    EXPECT_EQ(exit_of([&] { task::shutdown(self, std::move(done)); })[0], misuse("no_process"));
    EXPECT_EQ(task::await(self, std::move(done), 0ms), 5);
    Task<int> again = task::completed(self, 6);
    EXPECT_EQ(task::yield(self, again, 0ms), value(6));
    Task<int> ignored = task::completed(self, 7);
    EXPECT_EQ(task::ignore(self, std::move(ignored)), value(7));
    expect_clean(self);
  });
}

// ---- await_many

// R-TASK-2, task_test:await_many/2 returns replies in input order ignoring response order
TEST(Task, AwaitManyKeepsTheOrderOfTheTasks) {
  for_both_owners([](Self& self, bool) {
    EXPECT_EQ(task::await_many(self, std::vector<Task<int>>{}), std::vector<int>{});
    std::vector<Task<int>> tasks;
    for (const int n : {1, 3, 9})
      tasks.push_back(task::async(self, [n](Self& s) {
        s.sleep(std::chrono::seconds(4) / n);
        return n;
      }));
    self.send(self.pid(), Note1{1});
    self.send(self.pid(), Down{Ref{99}, self.pid(), "", oops});
    EXPECT_EQ(task::await_many(self, std::move(tasks)), (std::vector<int>{1, 3, 9}));
    EXPECT_EQ(self.now(), Time(4s));
    EXPECT_EQ(drain(self), (Got{"note 1", "DOWN oops"}));
    expect_clean(self);

    std::vector<Task<void>> voids;
    for (int n = 0; n < 3; ++n) voids.push_back(task::async(self, [](Self&) {}));
    task::await_many(self, std::move(voids));
    expect_clean(self);
  });
}

// R-TASK-2, task_test:await_many/2 exits immediately when any task exits, crashes, throws
TEST(Task, AwaitManyExitsAtTheFirstFailure) {
  for (const bool crashes : {false, true})
    for_both_owners([&](Self& self, bool traps) {
      if (crashes && !traps) return;
      const Term why = crashes ? unknown : reason::normal();
      std::vector<Task<int>> tasks;
      tasks.push_back(task::async(self, forever));
      tasks.push_back(task::async(self, seven_after(1s)));
      tasks.push_back(task::async(self, exits(why)));
      const Pid first = tasks[0].pid(), second = tasks[1].pid(), third = tasks[2].pid();
      const Term all = Term::list({Term::pid(first), Term::pid(second), Term::pid(third)});
      EXPECT_EQ(exit_of([&] { task::await_many(self, std::move(tasks)); }), failure(why, "await_many", {all, Term::integer(5000)}));
      EXPECT_EQ(self.now(), Time{});
      EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
      EXPECT_EQ(self.world().links_of(self.pid()), (std::vector<Pid>{first, second}));
      self.unlink_and_exit(first, reason::kill());
      self.sleep(2s);
      EXPECT_EQ(drain(self), traps ? Got{"EXIT normal"} : Got{}) << "of the second, which lived on";
      expect_clean(self);
    });
}

TEST(Task, AwaitManyHasOneTimeForAll) {  // R-TASK-2, task_test:await_many/2 exits on timeout
  for_both_owners([](Self& self, bool) {
    std::vector<Task<int>> tasks;
    tasks.push_back(task::async(self, seven_after(2s)));
    tasks.push_back(task::async(self, seven_after(4s)));
    tasks.push_back(task::async(self, forever));
    const Pid last = tasks[2].pid();
    const Term end = exit_of([&] { task::await_many(self, std::move(tasks), 3s); });
    EXPECT_EQ(end[0], reason::timeout());
    EXPECT_EQ(end[1][2][1], Term::integer(3000));
    EXPECT_EQ(self.now(), Time(3s));
    EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
    self.unlink_and_exit(last, reason::kill());
    self.sleep(2s);
    drain(self);
    expect_clean(self);
  });
}

// ---- yield

TEST(Task, YieldGivesWhatThereIs) {  // R-TASK-2, task_test:yield/2
  for_both_owners([](Self& self, bool) {
    Task<int> slow = task::async(self, seven_after(2s));
    EXPECT_EQ(task::yield(self, slow, 0ms), nothing<>);
    EXPECT_EQ(task::yield(self, slow, 1s), nothing<>);
    EXPECT_TRUE(slow);
    EXPECT_EQ(self.world().monitors_of(self.pid()), std::vector<Pid>{slow.pid()});
    EXPECT_EQ(task::yield(self, slow), value(7));
    EXPECT_EQ(self.now(), Time(2s));
    expect_clean(self);

    Task<int> ends = task::async(self, exits(reason::normal()));
    EXPECT_EQ(task::yield(self, ends), exited(reason::normal()));
    expect_clean(self);
  });
  for_trapping_owners([](Self& self) {
    Task<int> crashes = task::async(self, exits(oops));
    EXPECT_EQ(task::yield(self, crashes), exited(oops));
    expect_clean(self);
  });
}

// R-TASK-2, task_test:yield/2 returns {:ok, result} when reply and :DOWN in message queue
TEST(Task, YieldPrefersTheAnswerToTheDown) {
  for_both_owners([](Self& self, bool) {
    Task<int> over = task::async(self, seven);
    self.sleep(1s);
    EXPECT_GE(self.world().mailbox_size(self.pid()), 2u);
    EXPECT_EQ(task::yield(self, over, 0ms), value(7));
    expect_clean(self);
  });
}

TEST(Task, YieldManyKeepsTheOrderAndHasOneTimeForAll) {  // R-TASK-2, task_test:yield_many/2
  for_both_owners([](Self& self, bool) {
    std::vector<Task<int>> tasks;
    tasks.push_back(task::async(self, seven_after(1s)));
    tasks.push_back(task::async(self, forever));
    tasks.push_back(task::async(self, exits(reason::normal())));
    tasks.push_back(task::async(self, seven_after(2s)));
    const Pid second = tasks[1].pid();
    EXPECT_EQ(task::yield_many(self, tasks, 3s), (Results<int>{value(7), nothing<>, exited(reason::normal()), value(7)}));
    EXPECT_EQ(self.now(), Time(3s));
    EXPECT_TRUE(tasks[1] && !tasks[0] && !tasks[2] && !tasks[3]);
    EXPECT_EQ(self.world().monitors_of(self.pid()), std::vector<Pid>{second});
    EXPECT_EQ(task::shutdown(self, std::move(tasks[1])), nothing<>);
    expect_clean(self);

    std::vector<Task<int>> again;
    for (int n = 0; n < 2; ++n) again.push_back(task::async(self, seven_after(1h)));
    EXPECT_EQ(task::yield_many(self, again, Duration::max()), (Results<int>{value(7), value(7)}));
    expect_clean(self);
  });
}

// ---- shutdown

// What the task came to before it is shut down, and what shutdown says: task_test:shutdown/2, shutdown/2 with :brutal_kill.
TEST(Task, ShutdownOfWhatIsOver) {  // R-TASK-2
  const Shutdown politely = Shutdown::after(5s), brutally = Shutdown::brutal_kill();
  struct Case {
    Shutdown how;
    Term end;
    task::Yielded<int> says;
  };
  const std::vector<Case> cases = {
      {politely, oops, exited(oops)},
      {politely, reason::normal(), exited(reason::normal())},
      {politely, reason::shutdown(), nothing<>},
      {politely, reason::killed(), exited(reason::killed())},
      {politely, reason::noproc(), exited(reason::noproc())},
      {brutally, oops, exited(oops)},
      {brutally, reason::normal(), exited(reason::normal())},
      {brutally, reason::shutdown(), exited(reason::shutdown())},
      {brutally, reason::killed(), nothing<>},
      {brutally, reason::noproc(), exited(reason::noproc())},
  };
  for_both_owners(
      [&](Self& self, bool) {
        for (const Case& c : cases) {
          SCOPED_TRACE(to_string(c.how) + " " + c.end.to_string());
          Task<int> over = dead_task(self, c.end);
          EXPECT_EQ(task::shutdown(self, std::move(over), c.how), c.says);
          expect_clean(self);
          Task<int> handled = dead_task(self, c.end);  // its DOWN has been taken by somebody else: returns {:exit, :noproc} if task handled
          EXPECT_EQ(drain(self), Got{"DOWN " + c.end.to_string()});
          EXPECT_EQ(task::shutdown(self, std::move(handled), c.how), exited(reason::noproc()));
          expect_clean(self);
        }
        for (const Shutdown how : {politely, brutally}) {  // returns {:ok, result} when reply and :DOWN in message queue
          Task<int> answered = task::async(self, seven);
          self.sleep(1s);
          EXPECT_EQ(task::shutdown(self, std::move(answered), how), value(7));
          expect_clean(self);
        }
      },
      10);
  for_trapping_owners(
      [&](Self& self) {
        for (const Shutdown how : {politely, brutally}) {  // a linked one: its EXIT waits in the mailbox, too
          Task<int> crashed = task::async(self, exits(oops));
          self.sleep(1s);
          EXPECT_EQ(task::shutdown(self, std::move(crashed), how), exited(oops));
          expect_clean(self);
        }
      },
      10);
}

// R-TASK-2, task_test:shutdown/2 returns nil on shutting down task, nil on killing task, exit on killing task after shutdown timeout
TEST(Task, ShutdownOfWhatRuns) {
  const auto stubborn = [](Self& self) -> int {
    self.trap_exit(true);
    for (;;) self.receive([](const Message&) {});
  };
  const auto last_word = [](auto then) {
    return [then](Self& self) -> int {
      self.trap_exit(true);
      self.take<Exit>();
      return then(self);
    };
  };
  for_both_owners([&](Self& self, bool) {
    const auto shut = [&](auto body, Shutdown how) {
      Task<int> runs = task::async(self, body);
      self.sleep(1ms);  // it has come to its wait
      const auto result = task::shutdown(self, std::move(runs), how);
      expect_clean(self);
      return result;
    };
    const Time began = self.now();
    EXPECT_EQ(shut(forever, Shutdown::after(5s)), nothing<>);
    EXPECT_EQ(shut(forever, Shutdown::infinity()), nothing<>);
    EXPECT_EQ(shut(forever, Shutdown::brutal_kill()), nothing<>);
    EXPECT_EQ(shut(stubborn, Shutdown::brutal_kill()), nothing<>);
    EXPECT_EQ(shut(last_word(seven), Shutdown::after(5s)), value(7));
    EXPECT_EQ(shut(last_word(exits(oops)), Shutdown::after(5s)), exited(oops));
    EXPECT_EQ(shut(last_word(exits(reason::shutdown())), Shutdown::after(5s)), nothing<>);
    EXPECT_LT(self.now() - began, 10s) << "none of them took its time";
    const Time then = self.now();
    EXPECT_EQ(shut(stubborn, Shutdown::after(5s)), exited(reason::killed()));
    EXPECT_EQ(self.now() - then, 1ms + 5s + 1s);
    EXPECT_EQ(shut(last_word(seven_after(5h)), Shutdown::infinity()), value(7));
  });
}

TEST(Task, ShutdownRacesWithTheEndOfTheTask) {  // R-TASK-2
  std::set<std::string> outcomes;
  for_trapping_owners(
      [&](Self& self) {
        Task<int> answering = task::async(self, seven);
        const auto one = task::shutdown(self, std::move(answering));
        EXPECT_TRUE(one == nothing<> || one == value(7));
        outcomes.insert(!one ? "nothing" : "value");
        expect_clean(self);
        Task<int> crashing = task::async(self, exits(oops));
        const auto other = task::shutdown(self, std::move(crashing));
        EXPECT_TRUE(other == nothing<> || other == exited(oops));
        outcomes.insert(!other ? "nothing" : "exit");
        expect_clean(self);
      },
      200);
  EXPECT_EQ(outcomes, (std::set<std::string>{"nothing", "value", "exit"}));
}

// A task whose owner is ended at any of its operations is ended, too: no schedule leaves it alone.
TEST(Task, NoTaskOutlivesAnOwnerThatIsEnded) {  // R-TASK-1, R-TASK-2
  for (std::uint32_t n = 1; n <= 12; ++n)
    in_every_order(
        [n](Trial& trial) {
          const Pid root = trial.run([&](Self& self) {
            trial.world.control().after_operations(self.pid(), n, oops);
            Task<int> one = task::async(self, forever), other = task::async(self, forever);
            task::yield(self, one, 1ms);
            task::shutdown(self, std::move(one));
            self.sleep(1ms);
            task::await(self, std::move(other));
          });
          EXPECT_EQ(trial.deaths.of(root).substr(0, 4), trial.finished ? "norm" : trial.deaths.of(root) == "oops" ? "oops" : "{tim");
          EXPECT_LT(trial.world.now(), Time(1h)) << "somebody slept on";
        },
        20);
}

// ---- ignore

// R-TASK-2, task_test:ignore/1 discards on time replies, on-time failures
TEST(Task, IgnoreTellsWhatIsOver) {
  for_both_owners([](Self& self, bool) {
    Task<int> answered = task::async(self, seven);
    self.sleep(1s);
    EXPECT_EQ(task::ignore(self, std::move(answered)), value(7));
    expect_clean(self);
    Task<int> over = dead_task(self, oops);
    EXPECT_EQ(task::ignore(self, std::move(over)), exited(oops));
    expect_clean(self);
  });
}

// R-TASK-2, task_test:ignore/1 discards late replies, late failures
TEST(Task, WhatIsIgnoredGoesOnAlone) {
  for_both_owners([](Self& self, bool) {
    for (const bool crashes : {false, true}) {
      Task<int> late = crashes ? task::async(self, when_told(exits(oops))) : task::async(self, when_told(seven));
      const Pid pid = late.pid();
      EXPECT_EQ(task::ignore(self, std::move(late)), nothing<>);
      expect_clean(self);
      EXPECT_TRUE(self.is_alive(pid));
      self.send(pid, Note1{});
      expect_clean(self);
      EXPECT_FALSE(self.is_alive(pid));
    }
  });
}

// ---- the rest

// An owner that does not wait: its task's answer is a message like any other.
struct Starter {
  using Accepts = Messages<Note1, task::Answer<int>>;
  std::vector<int>* got;
  std::optional<Task<int>> running{};
  void on(Self& self, const Note1&) { running = task::async(self, seven_after(1s)); }
  void on(Self& self, const task::Answer<int>& answer) {
    EXPECT_EQ(answer.ref, running->ref());
    got->push_back(answer.value);
    task::ignore(self, std::move(*running));  // its DOWN may have come, too
  }
};

TEST(Task, AHandlerMayTakeTheAnswerItself) {  // R-TASK-1
  in_every_order(
      [](Trial& trial) {
        std::vector<int> got;
        const Pid starter = trial.world.start("starter", handler<Starter>(&got));
        trial.run([starter](Self& self) {
          self.send(starter, Note1{});
          self.sleep(2s);
          EXPECT_TRUE(self.world().links_of(starter).empty());
          EXPECT_TRUE(self.world().monitors_of(starter).empty());
          EXPECT_EQ(self.world().mailbox_size(starter), 0u);
        });
        EXPECT_EQ(got, std::vector<int>{7});
      },
      20);
}

TEST(Task, StartedForItsEffects) {  // R-TASK-1, task_test:start/1, start_link/1
  for_both_owners([](Self& self, bool) {
    const Pid me = self.pid();
    const auto done = [me](Self& s) {
      s.take<Note1>();
      s.send(me, Note1{1});
    };
    const Pid alone = task::start(self, done);
    EXPECT_TRUE(self.world().links_of(me).empty());
    const Pid linked = task::start_link(self, done);
    EXPECT_EQ(self.world().links_of(me), std::vector<Pid>{linked});
    EXPECT_TRUE(self.world().monitors_of(me).empty());
    self.send(alone, Note1{});
    self.send(linked, Note1{});
    self.take<Note1>();
    self.take<Note1>();
  });
}

// R-TASK-1, task_test: can be supervised directly, generates child_spec/1
TEST(Task, AsAChildItRunsOnce) {
  const auto crashes = [](Self& self) {
    self.sleep(1s);
    self.exit(oops);
  };
  EXPECT_EQ(task::child_spec("once", crashes).restart, Restart::temporary);
  EXPECT_EQ(task::child_spec("once", crashes).shutdown, Shutdown::after(5s));
  otp_test::on_every_schedule([&](const Settings& settings) {
    otp_test::TreeRun run(
        settings, supervisor({.name = "top", .intensity = {.restarts = 1, .within = 5s}},
                             {task::child_spec("once", crashes), task::child_spec("again", crashes, {.restart = Restart::permanent})}));
    run.journal(1'500ms);
    EXPECT_EQ(run.incarnations["once"], 1);
    EXPECT_EQ(run.incarnations["again"], 2);
  });
}

}  // namespace
}  // namespace moirai::rules
