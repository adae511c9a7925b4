// R-TASK-4, with the cases of Elixir's task_test on async_stream.
#include "runtime/otp/async_stream.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>
#include <stdexcept>

#include "runtime/otp/task_run.test.hpp"

namespace moirai::rules {
namespace {

using task::OnTimeout;
using task::StreamOptions;

const Term boom = Term::atom("boom");
std::vector<int> range(int first, int end) {
  std::vector<int> numbers(static_cast<std::size_t>(end - first));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

// Nothing of a stream is at its owner or anywhere else, and nothing comes later.
void expect_clean(Self& self) {
  const Pid me = self.pid();
  EXPECT_TRUE(self.world().links_of(me).empty());
  EXPECT_TRUE(self.world().monitors_of(me).empty());
  self.sleep(1s);
  EXPECT_EQ(self.world().mailbox_size(me), 0u);
  EXPECT_EQ(self.world().process_count(), 1u);
}

// Plays it with fewer tasks at a time than elements, as many, and more: async_stream with max_concurrency ==, <, > tasks.
template <class Body>
void for_each_width(bool traps, Body body, std::uint64_t schedules = 30) {
  for (const std::size_t width : {4u, 2u, 8u})
    in_every_order(
        [&](Trial& trial) {
          SCOPED_TRACE("max_concurrency " + std::to_string(width));
          trial.run([&](Self& self) {
            self.trap_exit(traps);
            StreamOptions options;
            options.max_concurrency = width;
            body(self, options);
            expect_clean(self);
          });
          EXPECT_EQ(trial.finished, 1);
        },
        schedules);
}
StreamOptions with(StreamOptions options, bool ordered, Duration timeout = 5s, OnTimeout on_timeout = OnTimeout::exit, bool zip = false) {
  options.ordered = ordered;
  options.timeout = timeout;
  options.on_timeout = on_timeout;
  options.zip_input_on_exit = zip;
  return options;
}

// R-TASK-4, task_test: streams an enumerable with fun, without leaking tasks, with slowest first, is zippable
TEST(AsyncStream, ResultsComeInTheOrderOfTheInput) {
  for (const bool traps : {false, true})
    for_each_width(traps, [](Self& self, const StreamOptions& options) {
      EXPECT_EQ(all_of(task::async_stream(self, {1, 2, 3, 4}, sleeps, options)), (Got{"ok 1", "ok 2", "ok 3", "ok 4"}));
      EXPECT_EQ(all_of(task::async_stream(self, {4, 3, 2, 1}, sleeps, options)), (Got{"ok 4", "ok 3", "ok 2", "ok 1"}));
      EXPECT_EQ(all_of(task::async_stream(self, std::vector<int>{}, sleeps, options)), Got{});
      EXPECT_EQ(all_of(task::async_stream(self, std::set<int>{2, 1}, sleeps, options)), (Got{"ok 1", "ok 2"}));
      EXPECT_EQ(all_of(task::async_stream(self, range(1, 4), sleeps, options)), (Got{"ok 1", "ok 2", "ok 3"}));
      auto one = task::async_stream(self, {4, 3, 2, 1}, sleeps, options), other = task::async_stream(self, {1, 2, 3, 4}, sleeps, options);
      for (int n = 1; n <= 4; ++n) {
        EXPECT_EQ(**one.next(), 5 - n);
        EXPECT_EQ(**other.next(), n);
      }
      EXPECT_FALSE(one.next() || other.next());
    });
}

// R-TASK-4, task_test: streams an enumerable with ordered: false
TEST(AsyncStream, OrAsTheTasksEnd) {
  for_each_width(false, [](Self& self, StreamOptions options) {
    options = with(options, false);
    const std::vector<int> input = {400, 300, 250, 100};
    const Got got = all_of(task::async_stream(self, input, sleeps, options));
    const bool together = options.max_concurrency >= 4;
    EXPECT_EQ(got, (together ? Got{"ok 100", "ok 250", "ok 300", "ok 400"} : Got{"ok 300", "ok 400", "ok 100", "ok 250"}));
    options.max_concurrency = 1;
    EXPECT_EQ(all_of(task::async_stream(self, input, sleeps, options)), (Got{"ok 400", "ok 300", "ok 250", "ok 100"}));
  });
}

TEST(AsyncStream, NoMoreTasksThanAskedForAndNoMoreInputThanTasks) {  // R-TASK-4
  for_each_width(false, [](Self& self, const StreamOptions& options) {
    std::size_t running = 0, running_max = 0;
    int read = 0;
    const auto count = [&](Self& s, const int& n) {
      running_max = std::max(running_max, ++running);
      s.sleep(std::chrono::milliseconds(n));
      --running;
      return n;
    };
    const auto numbers = [&]() -> std::optional<int> { return ++read; };  // there is no end to them
    auto stream = task::async_stream(self, numbers, count, options);
    EXPECT_EQ(read, 0);
    for (int n = 1; n <= 20; ++n) {
      EXPECT_EQ(**stream.next(), n);
      EXPECT_LE(read, n - 1 + static_cast<int>(options.max_concurrency));
    }
    EXPECT_EQ(running_max, options.max_concurrency);
    stream.halt();
    EXPECT_FALSE(stream.next());
  });
}

// R-TASK-4, task_test: streams an enumerable with exits, is zippable on failure
TEST(AsyncStream, ATaskThatExitsIsAResultForAnOwnerThatTraps) {
  for_each_width(true, [](Self& self, const StreamOptions& options) {
    EXPECT_EQ(all_of(task::async_stream(self, {1, 2, 3, 4}, exits, options)), (Got{"exit 1", "exit 2", "exit 3", "exit 4"}));
    EXPECT_EQ(drain(self), Got{}) << "its EXIT is the stream's";
    const auto some = [](Self& s, const int& n) -> int { return n % 2 ? n : exits(s, n); };
    EXPECT_EQ(all_of(task::async_stream(self, {1, 2, 3, 4}, some, options)), (Got{"ok 1", "exit 2", "ok 3", "exit 4"}));
    const auto throws = [](Self&, const int&) -> int { throw std::runtime_error("wrong"); };
    EXPECT_EQ(all_of(task::async_stream(self, {1}, throws, options)), (Got{"exit {error,runtime_error,\"wrong\"}"}));
  });
}

TEST(AsyncStream, ANormalExitIsAResultForEveryOwner) {  // R-TASK-4
  for_each_width(false, [](Self& self, const StreamOptions& options) {
    const auto leaves = [](Self& s, const int&) -> int { s.exit(reason::normal()); };
    EXPECT_EQ(all_of(task::async_stream(self, {1, 2}, leaves, options)), (Got{"exit normal", "exit normal"}));
  });
}

TEST(AsyncStream, ACrashEndsAnOwnerThatDoesNotTrapAndItsTasks) {  // R-TASK-4
  in_every_order([](Trial& trial) {
    const Pid root = trial.run([](Self& self) {
      all_of(task::async_stream(self, {for_ever, 1, for_ever}, [](Self& s, const int& n) {
        if (n == 1) s.exit(boom);
        return sleeps(s, n);
      }));
    });
    EXPECT_EQ(trial.deaths.of(root), "boom");
    EXPECT_EQ(trial.world.now(), Time{}) << "a task slept on";
  });
}

TEST(AsyncStream, AtATimeoutTheOwnerExits) {  // R-TASK-4, task_test:async_stream/2 timeout
  for (const bool traps : {false, true})
    for_each_width(traps, [](Self& self, const StreamOptions& options) {
      for (const Duration timeout : {0ms, 50ms})
        for (const bool ordered : {true, false}) {
          auto stream = task::async_stream(
              self, {1h / 1ms, 1h / 1ms},
              [](Self& s, const std::int64_t& n) {
                s.sleep(std::chrono::milliseconds(n));
                return 0;
              },
              with(options, ordered, timeout));
          const Time then = self.now();
          EXPECT_EQ(exit_of([&] { stream.next(); }), "{timeout,{task,stream,[" + std::to_string(timeout / 1ms) + "]}}");
          EXPECT_EQ(self.now() - then, timeout);
          expect_clean(self);
          EXPECT_FALSE(stream.next());
        }
    });
}

// R-TASK-4, task_test: with :on_timeout set to :kill_task, with ordered: false, on_timeout: :kill_task
TEST(AsyncStream, OrTheTaskIsKilled) {
  for (const bool traps : {false, true})
    for_each_width(traps, [](Self& self, const StreamOptions& options) {
      const std::vector<int> input = {100, 1, 100, 1};
      EXPECT_EQ(all_of(task::async_stream(self, input, sleeps, with(options, true, 50ms, OnTimeout::kill_task))),
                (Got{"exit timeout", "ok 1", "exit timeout", "ok 1"}));
      if (options.max_concurrency < 4) return;
      EXPECT_EQ(all_of(task::async_stream(self, input, sleeps, with(options, false, 50ms, OnTimeout::kill_task))),
                (Got{"ok 1", "ok 1", "exit timeout", "exit timeout"}));
    });
}

// A task that traps exits and one that answers at the very moment: the time is up, or it was in time, never both.
TEST(AsyncStream, AnAnswerAtTheDeadlineCountsOrNot) {  // R-TASK-4
  std::set<std::string> outcomes;
  for_each_width(
      false,
      [&](Self& self, const StreamOptions& options) {
        const auto trapping = [](Self& s, const int& n) {
          s.trap_exit(true);
          return sleeps(s, n);
        };
        for (const std::string& result :
             all_of(task::async_stream(self, {50, 50, 50}, trapping, with(options, true, 50ms, OnTimeout::kill_task))))
          outcomes.insert(result);
      },
      100);
  EXPECT_EQ(outcomes, (std::set<std::string>{"ok 50", "exit timeout"}));
}

// Delays the ends of tasks, but not their answers.
struct LateEnds : Wire {
  Route route(const SignalView& signal) override {
    return {.delay = signal.kind == SignalKind::down || signal.kind == SignalKind::link_exit ? Duration(100ms) : Duration(0)};
  }
};

TEST(AsyncStream, AnAnswerInTimeCountsThoughTheEndIsToldLate) {  // R-TASK-4
  for (const OnTimeout on_timeout : {OnTimeout::exit, OnTimeout::kill_task})
    in_every_order(
        [&](Trial& trial) {
          LateEnds wire;
          trial.world.control().set_wire(&wire);
          trial.run([&](Self& self) {
            const auto impaired = [&](Self& s, const int& n) {
              trial.world.control().impair(s.pid(), true);
              return sleeps(s, n);
            };
            StreamOptions options;
            EXPECT_EQ(all_of(task::async_stream(self, {10, 20}, impaired, with(options, true, 50ms, on_timeout))), (Got{"ok 10", "ok 20"}));
            EXPECT_EQ(self.now(), Time(120ms));
          });
          EXPECT_EQ(trial.finished, 1);
        },
        20);
}

// R-TASK-4, task_test: streams an enumerable with infinite timeout
TEST(AsyncStream, ThereMayBeNoTimeLimit) {
  for_each_width(
      false,
      [](Self& self, const StreamOptions& options) {
        EXPECT_EQ(all_of(task::async_stream(self, {for_ever}, sleeps, with(options, true, Duration::max()))), Got{"ok -1"});
      },
      5);
}

// R-TASK-4, task_test: with timeout and :zip_input_on_exit, with outer halt on failure and :zip_input_on_exit
TEST(AsyncStream, ResultsWithoutValueMaySayWhoseTheyAre) {
  for_each_width(true, [](Self& self, const StreamOptions& options) {
    EXPECT_EQ(all_of(task::async_stream(self, {1, 100}, sleeps, with(options, true, 50ms, OnTimeout::kill_task, true))),
              (Got{"ok 1", "exit {100,timeout}"}));
    auto stream = task::async_stream(self, range(1, 9), exits, with(options, true, 5s, OnTimeout::exit, true));
    EXPECT_EQ(first_of(stream, 4), (Got{"exit {1,1}", "exit {2,2}", "exit {3,3}", "exit {4,4}"}));
    stream.halt();
  });
}

// R-TASK-4, task_test: shuts down unused tasks, without leaking messages, with outer halt on success
TEST(AsyncStream, HaltKillsWhatRunsAndWaitsForIt) {
  for (const bool traps : {false, true})
    for_each_width(traps, [](Self& self, const StreamOptions& options) {
      const auto stubborn = [](Self& s, const int& n) {
        s.trap_exit(true);
        return sleeps(s, n);
      };
      auto stream = task::async_stream(self, {0, for_ever, for_ever, for_ever}, stubborn, options);
      EXPECT_EQ(first_of(stream, 1), Got{"ok 0"});
      const Time then = self.now();
      stream.halt();
      EXPECT_EQ(self.now(), then);
      EXPECT_LE(self.world().process_count(), 2u) << "the tasks are gone; the stream itself may be on its way";
      EXPECT_TRUE(self.world().links_of(self.pid()).empty());
      EXPECT_FALSE(stream.next());
      stream.halt();

      auto taken = task::async_stream(self, range(1, 9), sleeps, options);
      EXPECT_EQ(first_of(taken, 4), (Got{"ok 1", "ok 2", "ok 3", "ok 4"}));
      taken.halt();
      auto unused = task::async_stream(self, {1}, sleeps, options);
      unused.halt();
      EXPECT_FALSE(unused.next());
    });
}

// R-TASK-4, task_test: with outer halt on failure, terminates outer effect
TEST(AsyncStream, LeavingItDoesTheSameWithoutWaiting) {
  for (const bool traps : {false, true})
    for_each_width(traps, [](Self& self, const StreamOptions& options) {
      for (const auto& element : task::async_stream(self, {0, for_ever, for_ever, for_ever}, sleeps, options)) {
        EXPECT_EQ(*element, 0);
        break;
      }
      self.sleep(1ms);
      expect_clean(self);
      EXPECT_EQ(exit_of([&] {
                  for (const auto& element : task::async_stream(self, {0, for_ever}, sleeps, options)) self.exit(Term::integer(*element));
                }),
                "0");
      self.sleep(1ms);
    });
}

// Whatever operation it is at which the owner is ended, and whatever it is ended of: no task sleeps on.
TEST(AsyncStream, NoTaskOutlivesAnOwnerThatIsEnded) {  // R-TASK-4
  for (const bool traps : {false, true})
    for (std::uint32_t n = 1; n <= 16; ++n)
      in_every_order(
          [&](Trial& trial) {
            const Pid root = trial.run([&](Self& self) {
              self.trap_exit(traps);
              trial.world.control().after_operations(self.pid(), n, boom);
              StreamOptions options;
              options.max_concurrency = 2;
              auto stream = task::async_stream(self, {1, for_ever, 2, for_ever}, sleeps, with(options, false, Duration::max()));
              stream.next();
              stream.next();
              stream.halt();
              for (int i = 0; i < 16; ++i) self.note(Note1{});
            });
            EXPECT_EQ(trial.deaths.of(root), "boom");
            EXPECT_LT(trial.world.now(), Time(1h)) << "somebody slept on";
          },
          10);
}

// R-TASK-4, task_test: terminates inner effect
TEST(AsyncStream, WhatTheSourceThrowsPassesThrough) {
  for_each_width(false, [](Self& self, const StreamOptions& options) {
    int read = 0;
    const auto source = [&read]() -> std::optional<int> {
      if (++read == 3) throw std::runtime_error("source");
      return read > 4 ? std::nullopt : std::optional(read);
    };
    auto stream = task::async_stream(self, source, sleeps, options);
    Got got;
    for (int tries = 0; tries < 9; ++tries) {
      try {
        const auto element = stream.next();
        got.push_back(element ? text_of(*element) : "end");
        if (!element) break;
      } catch (const std::runtime_error& error) { got.emplace_back(error.what()); }
    }
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, (Got{"end", "ok 1", "ok 2", "ok 4", "source"}));
  });
}

// R-TASK-4, task_test: streams with fake down messages on the inbox
TEST(AsyncStream, StrangersDoNotDisturb) {
  for_each_width(false, [](Self& self, const StreamOptions& options) {
    const Pid me = self.pid();
    const auto disturbs = [me](Self& s, const int& n) {
      for (const Pid linked : s.world().links_of(s.pid())) {
        s.send(linked, Down{Ref{77}, me, "", boom});
        s.send(linked, Note1{});
        s.cast(linked, Ask{});
      }
      return n;
    };
    self.send(me, Note1{1});
    EXPECT_EQ(all_of(task::async_stream(self, {1, 2}, disturbs, options)), (Got{"ok 1", "ok 2"}));
    EXPECT_EQ(drain(self), Got{"note 1"});
  });
}

TEST(AsyncStream, TheStreamItselfMayBeKilled) {  // R-TASK-4
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.trap_exit(true);
          auto stream = task::async_stream(self, {1, for_ever}, sleeps);
          EXPECT_EQ(text_of(*stream.next()), "ok 1");
          const Pid monitor = self.world().links_of(self.pid()).at(0);
          self.exit(monitor, reason::kill());
          EXPECT_EQ(exit_of([&] { stream.next(); }), "{killed,{task,stream,[5000]}}");
          EXPECT_FALSE(stream.next());
          expect_clean(self);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      60);
}

// R-TASK-4, task_test: does not allow streaming with max_concurrency = 0
TEST(AsyncStream, MisuseExits) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          StreamOptions none;
          none.max_concurrency = 0;
          EXPECT_EQ(exit_of([&] { all_of(task::async_stream(self, {1}, sleeps, none)); }), "{badarg,{max_concurrency,0}}");
          auto mine = task::async_stream(self, {1}, sleeps);
          std::string end;
          self.spawn([&](Self&) { end = exit_of([&] { mine.next(); }); });
          self.sleep(1ms);
          EXPECT_EQ(end, "{badarg,not_owner}");
          EXPECT_EQ(all_of(mine), Got{"ok 1"});
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

// R-TASK-4, task_test:async_stream/2 with $callers, consuming from another process
TEST(AsyncStream, StreamsMayNest) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const auto inner = [](Self& s, const int& n) {
        int sum = 0;
        for (const auto& element : task::async_stream(s, range(0, n), sleeps)) sum += *element;
        return sum;
      };
      EXPECT_EQ(all_of(task::async_stream(self, {2, 3, 4}, inner)), (Got{"ok 1", "ok 3", "ok 6"}));
      EXPECT_EQ(self.world().process_count(), 1u);
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

struct Count {
  using Reply = int;
};

// ---- the README's example

int total(Self& self, std::vector<Pid> branches) {
  Task<int> vault = task::async(self, [](Self& s) { return s.call("vault", Count{}); });
  const auto ask = [](Self& s, const Pid& branch) { return s.call(branch, Count{}); };
  int sum = 0;
  for (const auto& part : task::async_stream(self, branches, ask))
    if (part) sum += *part;  // else part.reason() says why it has none
  return sum + task::await(self, std::move(vault));
}

// ---- end of the README's example

TEST(AsyncStream, TheExampleOfTheReadme) {  // R-TASK-1, R-TASK-4
  const auto holding = [](int cents) {
    return [cents](Self& self) {
      for (;;) self.receive([cents](const Count&) { return cents; });
    };
  };
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(true);
          self.register_name("vault", self.spawn(holding(100)));
          const Pid closed = self.spawn([](Self&) {});
          EXPECT_EQ(total(self, {self.spawn(holding(1)), closed, self.spawn(holding(20))}), 121);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

}  // namespace
}  // namespace moirai::rules
