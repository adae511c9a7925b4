// R-TASK-3, with the cases of Elixir's Task.SupervisorTest.
#include "runtime/otp/task_supervisor.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "runtime/otp/partition_supervisor.hpp"
#include "runtime/otp/task_run.test.hpp"
#include "runtime/system.hpp"

namespace moirai::rules {
namespace {

auto forever(int value = 0) {
  return [value](Self& self) {
    self.sleep(1h);
    return value;
  };
}
// Says that it runs and waits for a note, as wait_and_send of the test: 7.
auto when_told(Pid whom) {
  return [whom](Self& self) {
    self.send(whom, Other{1});
    self.take<Note1>();
    return 7;
  };
}

Pid start_tasks(Self& self, std::optional<std::int64_t> max_children = std::nullopt) {
  const ChildSpec spec = task_supervisor::child({.name = "tasks", .max_children = max_children, .registered = true});
  return spec.start->start(self, spec.id).pid;
}

bool linked(Self& self, Pid pid) {
  const std::vector<Pid> links = self.world().links_of(self.pid());
  return std::find(links.begin(), links.end(), pid) != links.end();
}

// Nothing is left but the supervisor, which has no children, and nothing comes later.
void expect_clean(Self& self, Pid supervisor) {
  EXPECT_EQ(self.world().links_of(self.pid()), std::vector<Pid>{supervisor});
  EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
  self.sleep(1s);
  EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
  EXPECT_EQ(self.world().process_count(), 2u);
  EXPECT_TRUE(task_supervisor::children(self, supervisor).empty());
}

// Plays it under fifo and random schedules, its owner in both forms.
template <class Body>
void with_tasks(bool traps, Body body, std::optional<std::int64_t> max_children = std::nullopt, std::uint64_t schedules = 60) {
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(traps);
          body(self, start_tasks(self, max_children));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      schedules);
}

// ---- async, async_nolink, start_child

// R-TASK-3; Task.SupervisorTest: async/1 and async_nolink/1 spawn tasks under the supervisor, with and without linking to the caller, async/3,
// async_nolink/3, counts and returns children
TEST(TaskSupervisor, ATaskIsItsChildAndItsOwnersTask) {
  for (const bool links : {true, false})
    for (const bool traps : {true, false})
      with_tasks(traps, [&](Self& self, Pid supervisor) {
        EXPECT_TRUE(task_supervisor::children(self, supervisor).empty());
        EXPECT_EQ(count_children(self, supervisor), ChildCounts());
        Task<int> task = links ? task_supervisor::async(self, supervisor, when_told(self.pid()))
                               : task_supervisor::async_nolink(self, "tasks", when_told(self.pid()));
        EXPECT_EQ(task_supervisor::children(self, "tasks"), std::vector<Pid>{task.pid()});
        EXPECT_EQ(task.owner(), self.pid());
        self.take<Other>();
        EXPECT_EQ(linked(self, task.pid()), links);
        EXPECT_EQ(self.world().path(task.pid()), "root/tasks/task");
        self.send(task.pid(), Note1{});
        EXPECT_EQ(task::await(self, std::move(task)), 7);
        EXPECT_EQ(drain(self), Got{});
        expect_clean(self, supervisor);
      });
}

// R-TASK-3; Task.SupervisorTest: start_child/1, start_child/3, terminate_child/2
TEST(TaskSupervisor, StartChildIsForSideEffects) {
  with_tasks(false, [](Self& self, Pid supervisor) {
    const StartChildResult child = task_supervisor::start_child(self, supervisor, when_told(self.pid()));
    EXPECT_EQ(task_supervisor::children(self, supervisor), std::vector<Pid>{child.pid});
    EXPECT_FALSE(linked(self, child.pid));
    EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
    self.take<Other>();
    self.send(child.pid, Note1{});
    self.sleep(1ms);
    expect_clean(self, supervisor);

    const Pid other = task_supervisor::start_child(self, supervisor, forever()).pid;
    EXPECT_EQ(task_supervisor::terminate_child(self, supervisor, other).to_term().to_string(), "ok");
    EXPECT_EQ(task_supervisor::terminate_child(self, supervisor, other).to_term().to_string(), "{error,not_found}");
    expect_clean(self, supervisor);
  });
}

// R-TASK-3; Task.SupervisorTest: async/1, async_nolink/1 and start_child/1 with custom shutdown
TEST(TaskSupervisor, ATaskIsStoppedAsItSays) {
  const auto stubborn = [](Self& self) {
    self.trap_exit(true);
    for (;;) self.receive([](const Message&) {});
  };
  in_every_order(
      [&](Trial& trial) {
        std::vector<Pid> pids;
        Pid supervisor;
        trial.run([&](Self& self) {
          self.trap_exit(true);
          supervisor = start_tasks(self);
          const task_supervisor::Options brutal{.shutdown = Shutdown::brutal_kill()};
          Task<int> linked = task_supervisor::async(self, supervisor, forever(), brutal);
          Task<int> alone = task_supervisor::async_nolink(self, supervisor, forever(), brutal);
          pids = {linked.pid(), alone.pid(), task_supervisor::start_child(self, supervisor, forever(), brutal).pid,
                  task_supervisor::start_child(self, supervisor, forever()).pid,
                  task_supervisor::start_child(self, supervisor, stubborn).pid};
          self.sleep(1s);
          self.exit(supervisor, reason::shutdown());
          EXPECT_EQ(task::yield(self, alone)->reason(), reason::killed());
          while (self.take<Exit>().from != supervisor) {}
          EXPECT_EQ(self.now(), Time(6s));  // the stubborn one
        });
        EXPECT_EQ(trial.finished, 1);
        const Got expected{"killed", "killed", "killed", "shutdown", "killed"};
        for (std::size_t i = 0; i < pids.size(); ++i) EXPECT_EQ(trial.deaths.of(pids[i]), expected[i]) << i;
      },
      60);
}

// R-TASK-3; Task.SupervisorTest: start_child/1 with custom restart
TEST(TaskSupervisor, ATaskIsTemporaryUnlessItSaysOtherwise) {
  for (const Restart restart : {Restart::temporary, Restart::transient, Restart::permanent})
    for (const Term& why : {reason::shutdown(), Term::atom("boom")})
      with_tasks(
          false,
          [&](Self& self, Pid supervisor) {
            const auto body = [whom = self.pid()](Self& s) {
              s.send(whom, Other{1});
              s.sleep(1h);
            };
            const Pid first = restart == Restart::temporary ? task_supervisor::start_child(self, supervisor, body).pid
                                                            : task_supervisor::start_child(self, supervisor, body, {}, restart).pid;
            self.take<Other>();
            self.exit(first, why);
            self.sleep(1ms);
            const bool again = restart == Restart::permanent || (restart == Restart::transient && why.is_atom("boom"));
            EXPECT_EQ(drain(self), again ? Got{"other 1"} : Got{});
            EXPECT_EQ(task_supervisor::children(self, supervisor).size(), again ? 1u : 0u);
          },
          std::nullopt, 20);
}

// R-TASK-3; Task.SupervisorTest: raises when :max_children is reached, of async/1 and async_nolink/1
TEST(TaskSupervisor, ATaskThatHasNoRoomIsAnExitOfItsOwner) {
  with_tasks(
      false,
      [](Self& self, Pid supervisor) {
        Task<int> first = task_supervisor::async_nolink(self, supervisor, forever());
        EXPECT_EQ(exit_of([&] { static_cast<void>(task_supervisor::async(self, "tasks", forever())); }),
                  "{max_children,{task_supervisor,async,[tasks]}}");
        EXPECT_EQ(exit_of([&] { static_cast<void>(task_supervisor::async_nolink(self, "tasks", forever())); }),
                  "{max_children,{task_supervisor,async,[tasks]}}");
        EXPECT_EQ(task_supervisor::start_child(self, supervisor, forever()).to_term().to_string(), "{error,max_children}");
        task::shutdown(self, std::move(first));
        self.sleep(1ms);  // until its supervisor knows
        EXPECT_EQ(task::await(self, task_supervisor::async(self, supervisor, [](Self&) { return 3; })), 3);
        expect_clean(self, supervisor);
      },
      1);
}

TEST(TaskSupervisor, WithoutASupervisorThereIsNoTask) {  // R-TASK-3
  with_tasks(false, [](Self& self, Pid) {
    EXPECT_EQ(exit_of([&] { static_cast<void>(task_supervisor::async(self, "nobody", forever())); }),
              "{noproc,{gen_server,call,[nobody,'StartChild',infinity]}}");
    EXPECT_EQ(exit_of([&] { static_cast<void>(task_supervisor::async(self, "tasks", forever(), {.shutdown = Shutdown::after(0s)})); }),
              "{{invalid_shutdown,0},{task_supervisor,async,[tasks]}}");
  });
}

// R-TASK-3; Task.SupervisorTest: await/1 exits on task throw, error, exit
TEST(TaskSupervisor, ATaskThatCrashes) {
  const auto throws = [](Self&) -> int { throw std::runtime_error("oops"); };
  const auto leaves = [](Self& self) -> int { self.exit(Term::atom("unknown")); };
  for (const bool links : {true, false})
    with_tasks(links, [&](Self& self, Pid supervisor) {  // an owner that is linked had better trap exits
      const auto begin = [&](auto fun) {
        return links ? task_supervisor::async(self, supervisor, fun) : task_supervisor::async_nolink(self, supervisor, fun);
      };
      Task<int> left = begin(leaves);
      const std::string pid = left.pid().to_string();
      EXPECT_EQ(exit_of([&] { task::await(self, std::move(left)); }), "{unknown,{task,await,[" + pid + ",5000]}}");
      EXPECT_TRUE(exit_of([&] { task::await(self, begin(throws)); }).starts_with("{{error,"));
      expect_clean(self, supervisor);
    });
  in_every_order([&](Trial& trial) {  // linked, and not trapping
    const Pid owner = trial.run([&](Self& self) {
      const Pid supervisor = start_tasks(self);
      static_cast<void>(task_supervisor::async(self, supervisor, leaves));
      self.sleep(1h);
    });
    EXPECT_EQ(trial.finished, 0);
    EXPECT_EQ(trial.deaths.of(owner), "unknown");
  });
}

// R-TASK-3; Task.SupervisorTest: await/1 demonitors and unalias on timeout
TEST(TaskSupervisor, NothingComesAfterATimeout) {
  for (const bool links : {true, false})
    with_tasks(false, [&](Self& self, Pid supervisor) {
      Task<int> task = links ? task_supervisor::async(self, supervisor, when_told(self.pid()))
                             : task_supervisor::async_nolink(self, supervisor, when_told(self.pid()));
      const Pid pid = task.pid();
      EXPECT_EQ(exit_of([&] { task::await(self, std::move(task), 0ms); }), "{timeout,{task,await,[" + pid.to_string() + ",0]}}");
      self.take<Other>();
      self.send(pid, Note1{});
      self.sleep(1ms);
      expect_clean(self, supervisor);
    });
}

TEST(TaskSupervisor, IgnoresAnExtraArgument) {  // R-TASK-3
  const ChildSpec spec = task_supervisor::child({.name = "tasks", .extra_argument = argument::encode(7), .registered = true});
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          spec.start->start(self, spec.id);
          EXPECT_EQ(task::await(self, task_supervisor::async(self, "tasks", [](Self&) { return 3; })), 3);
          EXPECT_TRUE(task_supervisor::start_child(self, "tasks", forever()));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

TEST(TaskSupervisor, InATree) {  // R-TASK-3; Task.SupervisorTest: can be supervised directly
  const PartitionSupervisor spread("spread");
  in_every_order(
      [&](Trial& trial) {
        int sum = 0;
        const auto asker = [&](Self& self) {
          sum += task::await(self, task_supervisor::async(self, "tasks", [](Self&) { return 1; }));
          for (const int key : {0, 1}) {
            Task<int> task = task_supervisor::async_nolink(self, spread.via(key), [](Self& s) { return sleeps(s, 10); }, {.label = "t"});
            EXPECT_EQ(self.world().path(task.pid()), "shop/spread/" + std::to_string(key) + "/t");
            sum += task::await(self, std::move(task));
          }
          for (const auto& n : task_supervisor::async_stream(self, spread.via(0), {100, 200}, sleeps)) sum += *n;
        };
        start_tree(trial.world, supervisor({.name = "shop"}, {task_supervisor::child({.name = "tasks", .registered = true}),
                                                              spread.child(task_supervisor::child({.name = "part"}), {.partitions = 2}),
                                                              task::child_spec("asker", asker)}));
        trial.world.run();
        EXPECT_EQ(sum, 321);
      },
      50);
}

// ---- a task and its owner before it is let go

TEST(TaskSupervisor, ATaskEndsIfItsOwnerDoesBeforeItIsLetGo) {  // R-TASK-3
  for (const bool links : {true, false}) {
    std::set<std::string> ends;
    for (const Term& why : {reason::kill(), Term::atom("boom")})
      for (std::uint32_t n = 1; n <= 12; ++n)
        in_every_order(
            [&](Trial& trial) {
              Pid owner, supervisor;
              bool ran = false;
              const Pid root = trial.world.start("root", [&](Self& self) {
                self.trap_exit(true);
                supervisor = start_tasks(self);
                owner = self.spawn("owner", [&](Self& s) {
                  s.sleep(1s);
                  const auto runs = [&](Self&) { return ran = true; };
                  static_cast<void>(links ? task_supervisor::async(s, "tasks", runs) : task_supervisor::async_nolink(s, "tasks", runs));
                  s.sleep(1h);
                });
                self.sleep(2s);
                EXPECT_TRUE(task_supervisor::children(self, supervisor).empty());  // nobody waits any more
              });
              // Its n-th operation after the first second, whatever that is.
              trial.world.control().post(
                  {"test", Time(500ms), Time(500ms), [&](Control& control) { control.after_operations(owner, n, why); }});
              trial.world.run();
              std::string end = "none";
              for (const Pid pid : trial.deaths.order())
                if (pid != root && pid != owner && pid != supervisor) end = trial.deaths.of(pid);
              EXPECT_TRUE(!ran || end == "normal" || links) << end;
              ends.insert(ran ? "ran" : end);
            },
            5);
    std::set<std::string> expected{"none", "ran", "{shutdown,killed}", "{shutdown,boom}", "{shutdown,noproc}"};
    if (links) expected.insert({"killed", "boom"});  // the link was faster
    EXPECT_EQ(ends, expected) << (links ? "async" : "async_nolink");
  }
}

TEST(TaskSupervisor, ATaskWaitsForFiveSeconds) {  // R-TASK-3
  const Ref go{7};
  std::set<std::string> ends;  // of those that were told at that moment
  for (const Duration told : {5s - 1ns, Duration(5s), 5s + 1ns, Duration(1h)})
    in_every_order([&](Trial& trial) {
      trial.run([&](Self& self) {
        const Pid task = self.spawn([&, owner = self.pid()](Self& s) { EXPECT_EQ(task_supervisor::detail::await_go(s, owner), go); });
        self.spawn([&, task, owner = self.pid()](Self& s) {
          s.sleep(told);
          s.send(task, task_supervisor::detail::Go{owner, go});
        });
        self.monitor(task);
        const Down down = self.take<Down>();
        if (told == 5s)
          ends.insert(down.reason.to_string());
        else
          EXPECT_EQ(down.reason, told < 5s ? reason::normal() : reason::timeout());
        EXPECT_EQ(self.now(), Time(std::min(told, Duration(5s))));
      });
      EXPECT_EQ(trial.finished, 1);
    });
  EXPECT_EQ(ends, (std::set<std::string>{"normal", "timeout"})) << "both at once: either may be first";
}

TEST(TaskSupervisor, ATaskNeverWaitsForADeadOwner) {  // R-TASK-3
  in_every_order([](Trial& trial) {
    Pid task;
    trial.run([&](Self& self) {
      const Pid dead = self.spawn([](Self&) {});
      self.sleep(1s);
      task = self.spawn([dead](Self& s) { task_supervisor::detail::await_go(s, dead); });
      self.sleep(1ns);
      EXPECT_EQ(trial.deaths.of(task), "{shutdown,noproc}");
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

// R-TASK-3: a linked task ends with its owner, unless that ends normally or the task traps exits; the others go on
TEST(TaskSupervisor, AfterThatItsOwnerMayEnd) {
  for (const Term& why : {Term::atom("boom"), reason::shutdown(), reason::normal()})
    for (const bool traps : {false, true})
      in_every_order(
          [&](Trial& trial) {
            const auto body = [traps](Self& self) {
              self.trap_exit(traps);
              self.sleep(1h);
            };
            Pid linked, alone, child;
            trial.run([&](Self& self) {
              self.trap_exit(true);
              start_tasks(self);
              self.spawn([&](Self& owner) {
                Task<void> a = task_supervisor::async(owner, "tasks", body), b = task_supervisor::async_nolink(owner, "tasks", body);
                linked = a.pid(), alone = b.pid(), child = task_supervisor::start_child(owner, "tasks", body).pid;
                owner.sleep(1s);
                owner.exit(why);
              });
              self.sleep(2s);
              EXPECT_EQ(trial.deaths.of(linked), traps || why.is_atom("normal") ? "lives" : why.to_string());
              EXPECT_EQ(trial.deaths.of(alone), "lives");
              EXPECT_EQ(trial.deaths.of(child), "lives");
            });
            EXPECT_EQ(trial.finished, 1);
          },
          50);
}

struct Begin2 {};

// A handler that owns tasks.
struct Counter {
  using Accepts = Messages<Begin2, task::Answer<int>, Down>;
  std::vector<std::string>* got;
  void on(Self& self, const Begin2&) {
    static_cast<void>(task_supervisor::async_nolink(self, "tasks", [](Self& s) { return sleeps(s, 1); }));
    static_cast<void>(task_supervisor::async_nolink(self, "tasks", [](Self& s) -> int { s.exit(Term::atom("boom")); }));
  }
  void on(Self&, const task::Answer<int>& m) { got->push_back("answer " + std::to_string(m.value)); }
  void on(Self&, const Down& m) { got->push_back("down " + m.reason.to_string()); }
};

TEST(TaskSupervisor, AHandlerTakesAnswersAsMessages) {  // R-TASK-3
  in_every_order([](Trial& trial) {
    std::vector<std::string> got;
    trial.run([&](Self& self) {
      start_tasks(self);
      const Pid counter = self.spawn(handler<Counter>(&got));
      self.send(counter, Begin2{});
      self.sleep(1s);
    });
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, (Got{"answer 1", "down boom", "down normal"}));
  });
}

// ---- streams

template <class Stream>
Got some_of(Stream&& stream, std::size_t count) {
  Got got = first_of(stream, count);
  stream.halt();
  return got;
}
// Both kinds of stream; the linked one with an owner that traps exits, since its tasks may crash.
template <class Body>
void with_streams(Body body, std::optional<std::int64_t> max_children = std::nullopt) {
  for (const bool links : {true, false})
    with_tasks(
        links,
        [&](Self& self, Pid supervisor) {
          body(self, supervisor, [&](std::vector<int> input, auto fun, task::StreamOptions options) {
            return links ? task_supervisor::async_stream(self, "tasks", std::move(input), fun, std::move(options))
                         : task_supervisor::async_stream_nolink(self, supervisor, std::move(input), fun, std::move(options));
          });
          expect_clean(self, supervisor);
        },
        max_children, 40);
}

// R-TASK-3, R-TASK-4; Task.SupervisorTest: async_stream and async_stream_nolink stream an enumerable with fun, with mfa, without leaking tasks,
// with slowest first
TEST(TaskSupervisor, StreamsItsTasks) {
  with_streams([](Self& self, Pid supervisor, auto stream) {
    EXPECT_EQ(all_of(stream({1, 2, 3, 4}, sleeps, {})), (Got{"ok 1", "ok 2", "ok 3", "ok 4"}));
    EXPECT_EQ(all_of(stream({4, 3, 2, 1}, sleeps, {})), (Got{"ok 4", "ok 3", "ok 2", "ok 1"}));
    EXPECT_EQ(all_of(stream({}, sleeps, {})), Got{});
    auto running = stream({1, for_ever, 1, for_ever}, sleeps, {.max_concurrency = 2});
    EXPECT_EQ(text_of(*running.next()), "ok 1");
    self.sleep(1ms);
    EXPECT_EQ(task_supervisor::children(self, supervisor).size(), 1u);
    running.halt();
  });
}

// R-TASK-3, R-TASK-4; Task.SupervisorTest: streams an enumerable with exits, with outer halt on failure and :zip_input_on_exit
TEST(TaskSupervisor, StreamsTasksThatCrash) {
  with_streams([](Self&, Pid, auto stream) {
    EXPECT_EQ(all_of(stream({1, 2, 3, 4}, exits, {})), (Got{"exit 1", "exit 2", "exit 3", "exit 4"}));
    EXPECT_EQ(some_of(stream({1, 2, 3, 4, 5, 6, 7, 8}, exits, {.zip_input_on_exit = true}), 4),
              (Got{"exit {1,1}", "exit {2,2}", "exit {3,3}", "exit {4,4}"}));
  });
  // A linked one ends an owner that does not trap exits.
  in_every_order([](Trial& trial) {
    const Pid owner = trial.run([](Self& self) {
      start_tasks(self);
      all_of(task_supervisor::async_stream(self, "tasks", {1, 2}, exits));
    });
    EXPECT_EQ(trial.finished, 0);
    EXPECT_TRUE(trial.deaths.of(owner) == "1" || trial.deaths.of(owner) == "2") << trial.deaths.of(owner);
  });
}

// R-TASK-3, R-TASK-4; Task.SupervisorTest: shuts down unused tasks, without leaking messages
TEST(TaskSupervisor, AStreamThatIsLeftEndsItsTasks) {
  with_streams([](Self& self, Pid, auto stream) {
    EXPECT_EQ(some_of(stream({0, for_ever, for_ever, for_ever}, sleeps, {}), 1), Got{"ok 0"});
    EXPECT_EQ(self.now(), Time(0s));
  });
}

// R-TASK-3, R-TASK-4; Task.SupervisorTest: with timeout and :zip_input_on_exit set to true
TEST(TaskSupervisor, StreamsInTime) {
  with_streams([](Self&, Pid, auto stream) {
    const task::StreamOptions options{.timeout = 50ms, .on_timeout = task::OnTimeout::kill_task, .zip_input_on_exit = true};
    EXPECT_EQ(all_of(stream({1, 100}, sleeps, options)), (Got{"ok 1", "exit {100,timeout}"}));
    EXPECT_EQ(exit_of([&] { all_of(stream({1, 100}, sleeps, {.timeout = 50ms})); }), "{timeout,{task,stream,[50]}}");
  });
}

// R-TASK-3, R-TASK-4; Task.SupervisorTest: raises an error if :max_children is reached with clean stream shutdown
TEST(TaskSupervisor, AStreamThatHasNoRoomEnds) {
  with_streams(
      [](Self&, Pid, auto stream) {
        EXPECT_EQ(exit_of([&] {
                    all_of(stream({for_ever, for_ever, for_ever}, sleeps, {.max_concurrency = 2}));
                  }),
                  "{max_children,{task,stream,[5000]}}");
        EXPECT_EQ(all_of(stream({1, 2}, sleeps, {.max_concurrency = 1})), (Got{"ok 1", "ok 2"}));
      },
      1);
}

// R-TASK-3, R-TASK-4; Task.SupervisorTest: does not allow streaming with invalid :shutdown; async/1 with custom shutdown
TEST(TaskSupervisor, AStreamsTasksHaveAShutdownOfTheirOwn) {
  with_streams([](Self& self, Pid supervisor, auto stream) {
    EXPECT_EQ(exit_of([&] { all_of(stream({1}, sleeps, {.shutdown = Shutdown::infinity()})); }), "{badarg,{shutdown,infinity}}");
    auto some = stream({0, for_ever}, sleeps, {.shutdown = Shutdown::brutal_kill()});
    some.next();
    const std::vector<Pid> running = task_supervisor::children(self, supervisor);
    ASSERT_EQ(running.size(), 1u);
    EXPECT_EQ(get_childspec(self, supervisor, running[0]).spec->shutdown, Shutdown::brutal_kill());
    some.halt();
  });
}

// R-TASK-3, R-TASK-4; Task.SupervisorTest: consuming from another process
TEST(TaskSupervisor, AStreamsOwnerMayEnd) {  // linked tasks end with it, the others go on
  for (const bool links : {true, false})
    with_tasks(true, [&](Self& self, Pid supervisor) {
      const Pid owner = self.spawn([links](Self& s) {
        const std::vector<int> input{for_ever, for_ever};
        if (links)
          all_of(task_supervisor::async_stream(s, "tasks", input, sleeps));
        else
          all_of(task_supervisor::async_stream_nolink(s, "tasks", input, sleeps));
      });
      self.sleep(1s);
      EXPECT_EQ(task_supervisor::children(self, supervisor).size(), 2u);
      self.exit(owner, Term::atom("boom"));
      self.sleep(1s);
      EXPECT_EQ(task_supervisor::children(self, supervisor).size(), links ? 0u : 2u);
    });
}

}  // namespace
}  // namespace moirai::rules
