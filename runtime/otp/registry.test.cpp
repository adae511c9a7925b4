#include "runtime/otp/registry.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

using Unique = Registry<std::string, int>;
using Duplicate = Registry<std::string, int, Keys::duplicate>;
using Strings = std::vector<std::string>;

struct Hello {
  RegisterResult result;
};
struct GoOn {};

// The child's start function, in this process.
Pid start_here(Self& self, const ChildSpec& child) {
  const StartResult started = child.start->start(self, child.id);
  EXPECT_TRUE(started) << started.reason.to_string();
  return started.pid;
}

// Registers itself, tells, and lives on.
template <class R>
std::pair<RegisterResult, Pid> registered(Self& self, const R& registry, const std::string& key, int value) {
  const Pid me = self.pid();
  const Pid pid = self.spawn("registrant", [=](Self& peer) {
    peer.send(me, Hello{registry.register_key(peer, key, value)});
    peer.sleep(1h);
  });
  return {self.take<Hello>().result, pid};
}

void kill_and_wait(Self& self, Pid pid) {
  const Ref monitor = self.monitor(pid);
  self.exit(pid, reason::kill());
  self.receive(when([&](const Down& d) { return d.monitor == monitor; }, [](const Down&) {}));
}

bool linked(Self& self, Pid peer) {
  const std::vector<Pid> links = self.world().links_of(self.pid());
  return std::find(links.begin(), links.end(), peer) != links.end();
}

std::vector<Pid> partitions_of(Self& self, const std::string& registry) {
  std::vector<Pid> pids;
  for (const ChildStatus& child : which_children(self, registry)) pids.push_back(child.pid);
  return pids;
}

// Plays `body(self, registry)` in a process that has started the registry, with 1 and 8 partitions.
template <class R, class Body>
void with_registry(Body body, std::vector<std::string> listeners = {}, std::uint64_t schedules = 60) {
  for (const int partitions : {1, 8}) {
    SCOPED_TRACE(std::to_string(partitions) + " partitions");
    const R registry("registry", {.partitions = partitions, .listeners = listeners});
    in_every_order(
        [&](Trial& trial) {
          trial.run([&](Self& self) {
            start_here(self, registry.child());
            body(self, registry);
          });
          EXPECT_EQ(trial.finished, 1);
        },
        schedules);
  }
}

template <class Entry>
std::vector<int> values_of(const std::vector<Entry>& entries) {
  std::vector<int> values;
  for (const Entry& entry : entries) values.push_back(entry.value);
  std::sort(values.begin(), values.end());
  return values;
}

Strings sorted(Strings keys) {
  std::sort(keys.begin(), keys.end());
  return keys;
}

// ---- unique keys

TEST(Registry, StartsAsManyPartitionsAsAskedFor) {  // R-RGY-1, registry_test: starts configured number of partitions
  std::set<std::size_t> counts;
  with_registry<Unique>([&](Self& self, const Unique&) { counts.insert(partitions_of(self, "registry").size()); });
  EXPECT_EQ(counts, (std::set<std::size_t>{1, 8}));
}

TEST(Registry, AKeyIsTakenByOneProcess) {  // R-RGY-1, registry_test: has unique registrations
  with_registry<Unique>([](Self& self, const Unique& registry) {
    EXPECT_TRUE(registry.register_key(self, "hello", 1));
    EXPECT_EQ(registry.keys(self, self.pid()), Strings{"hello"});
    EXPECT_EQ(registry.register_key(self, "hello", 2), (RegisterResult{false, self.pid()}));
    EXPECT_EQ(registry.keys(self, self.pid()), Strings{"hello"});
    EXPECT_EQ(registry.lookup(self, "hello"), (Unique::Entry{"hello", self.pid(), 1}));
    EXPECT_FALSE(registry.lookup(self, "world"));
    EXPECT_TRUE(registry.register_key(self, "world", 3));
    EXPECT_EQ(sorted(registry.keys(self, self.pid())), (Strings{"hello", "world"}));
    EXPECT_EQ(registry.count(self), 2u);
    EXPECT_EQ(values_of(registry.entries(self)), (std::vector<int>{1, 3}));
  });
}

TEST(Registry, AnotherProcessIsToldWhoHasTheKey) {  // R-RGY-1, registry_test: has unique registrations across processes, doesn't grow ets
  with_registry<Unique>([](Self& self, const Unique& registry) {
    const Pid other = registered(self, registry, "hello", 1).second;
    EXPECT_EQ(registry.register_key(self, "hello", 2), (RegisterResult{false, other}));
    EXPECT_EQ(registry.keys(self, self.pid()), Strings{});
    EXPECT_EQ(registry.keys(self, other), Strings{"hello"});
    EXPECT_EQ(registry.values(self, "hello", other), std::vector<int>{1});
    EXPECT_EQ(registry.values(self, "hello", self.pid()), std::vector<int>{});
    for (const Pid partition : partitions_of(self, "registry")) EXPECT_FALSE(linked(self, partition));
    EXPECT_TRUE(registry.register_key(self, "world", 3));
    EXPECT_FALSE(registry.register_key(self, "hello", 2));
    EXPECT_EQ(registry.keys(self, self.pid()), Strings{"world"});
    int links = 0;
    for (const Pid partition : partitions_of(self, "registry")) links += linked(self, partition);
    EXPECT_EQ(links, 1) << "a refusal does not take the link away that an entry needs";
  });
}

// The partition may hear of the death later than whoever wants the key: the entry may still be seen, and gives way.
TEST(Registry, AKeyOfADeadProcessIsFreeAtOnce) {  // R-RGY-1, registry_test: has unique registrations even if partition is delayed
  int stale = 0, gone = 0;
  with_registry<Unique>(
      [&](Self& self, const Unique& registry) {
        const Pid other = registered(self, registry, "hello", 1).second;
        kill_and_wait(self, other);
        const auto found = registry.lookup(self, "hello");
        (found ? stale : gone) += 1;
        EXPECT_EQ(found ? found->pid : other, other);
        EXPECT_TRUE(registry.register_key(self, "hello", 2));
        EXPECT_EQ(registry.lookup(self, "hello"), (Unique::Entry{"hello", self.pid(), 2}));
        self.sleep(1s);
        EXPECT_EQ(registry.lookup(self, "hello"), (Unique::Entry{"hello", self.pid(), 2}))
            << "the late clean-up takes only what was the dead one's";
        EXPECT_EQ(registry.keys(self, other), Strings{});
      },
      {}, 200);
  EXPECT_GT(stale, 0);
  EXPECT_GT(gone, 0);
}

TEST(Registry, OneOfManyGetsTheKey) {  // R-RGY-1
  std::set<std::size_t> winners;
  with_registry<Unique>([&](Self& self, const Unique& registry) {
    const Pid me = self.pid();
    std::vector<Pid> pids;
    for (int i = 0; i < 3; ++i)
      pids.push_back(self.spawn("rival", [=](Self& peer) {
        peer.send(me, Hello{registry.register_key(peer, "crown", i)});
        peer.sleep(1h);
      }));
    int kings = 0;
    std::set<Pid> named;
    for (int i = 0; i < 3; ++i) {
      const RegisterResult result = self.take<Hello>().result;
      kings += result ? 1 : 0;
      if (!result) named.insert(result.pid);
    }
    EXPECT_EQ(kings, 1);
    EXPECT_EQ(named, std::set<Pid>{registry.lookup(self, "crown")->pid});
    winners.insert(static_cast<std::size_t>(std::find(pids.begin(), pids.end(), *named.begin()) - pids.begin()));
  });
  EXPECT_EQ(winners, (std::set<std::size_t>{0, 1, 2}));
}

TEST(Registry, AProcessGivesItsOwnValueANewOne) {  // R-RGY-1, registry_test: updates current process value
  with_registry<Unique>([](Self& self, const Unique& registry) {
    const auto never = [](int) -> int {
      ADD_FAILURE();
      return 0;
    };
    EXPECT_FALSE(registry.update_value(self, "hello", never));
    registered(self, registry, "hello", 1);
    EXPECT_FALSE(registry.update_value(self, "hello", never));
    registry.register_key(self, "world", 1);
    EXPECT_EQ(registry.update_value(self, "world", [](int value) { return value + 1; }), (std::pair{2, 1}));
    EXPECT_EQ(registry.lookup(self, "world"), (Unique::Entry{"world", self.pid(), 2}));
  });
}

TEST(Registry, ASingleProcessIsDispatchedTo) {  // R-RGY-1, registry_test: dispatches to a single key
  with_registry<Unique>([](Self& self, const Unique& registry) {
    registry.dispatch(self, "hello", [](const auto&) { ADD_FAILURE(); });
    registry.register_key(self, "hello", 7);
    registry.dispatch(self, "hello", [&](const std::vector<Unique::Entry>& entries) {
      for (const auto& entry : entries) self.send(entry.pid, Note1{entry.value});
    });
    EXPECT_EQ(drain(self), Got{"note 7"});
  });
}

TEST(Registry, AKeyIsGivenBack) {  // R-RGY-1, registry_test: allows process unregistering, unregistering with no entries
  with_registry<Unique>([](Self& self, const Unique& registry) {
    registry.unregister_key(self, "hello");
    registry.register_key(self, "hello", 1);
    registry.register_key(self, "world", 2);
    registry.unregister_key(self, "hello");
    EXPECT_EQ(registry.keys(self, self.pid()), Strings{"world"});
    EXPECT_FALSE(registry.lookup(self, "hello"));
    registry.unregister_key(self, "world");
    EXPECT_EQ(registry.keys(self, self.pid()), Strings{});
    EXPECT_EQ(registry.count(self), 0u);
  });
}

TEST(Registry, OnlyItsOwnKeyIsGivenBack) {  // R-RGY-1
  with_registry<Unique>([](Self& self, const Unique& registry) {
    const Pid other = registered(self, registry, "hello", 1).second;
    registry.unregister_key(self, "hello");
    EXPECT_EQ(registry.lookup(self, "hello"), (Unique::Entry{"hello", other, 1}));
  });
}

TEST(Registry, AProcessIsLinkedWhileItHasAKey) {  // R-RGY-1, registry_test: links and unlinks on register/unregister
  with_registry<Unique>([](Self& self, const Unique& registry) {
    const Pid owner = registry.register_key(self, "hello", 1).pid;
    EXPECT_TRUE(linked(self, owner));
    EXPECT_EQ(registry.register_key(self, "world", 1).pid, owner);
    registry.unregister_key(self, "hello");
    EXPECT_TRUE(linked(self, owner));
    registry.unregister_key(self, "world");
    EXPECT_FALSE(linked(self, owner));
  });
}

TEST(Registry, ListenersHearOfRegistrationsButNotOfDeaths) {  // R-RGY-1, registry_test: allows listeners
  with_registry<Unique>(
      [](Self& self, const Unique& registry) {
        self.register_name("listener");
        const Pid other = registered(self, registry, "hello", 1).second;
        const auto heard = self.take<KeyRegistered<std::string, int>>();
        EXPECT_EQ(heard.registry, "registry");
        EXPECT_EQ(heard.key, "hello");
        EXPECT_EQ(heard.pid, other);
        EXPECT_EQ(heard.value, 1);
        registry.register_key(self, "world", 2);
        EXPECT_EQ((self.take<KeyRegistered<std::string, int>>().key), "world");
        registry.unregister_key(self, "world");
        EXPECT_EQ(self.take<KeyUnregistered<std::string>>().pid, self.pid());
        kill_and_wait(self, other);
        bool quiet = false;
        self.receive([](const KeyUnregistered<std::string>&) {}, after(1s, [&] { quiet = true; }));
        EXPECT_TRUE(quiet);
      },
      {"listener"});
}

TEST(Registry, AListenerThatIsNotThereIsAnError) {  // R-RGY-1
  with_registry<Unique>(
      [](Self& self, const Unique& registry) {
        self.spawn_monitor([=](Self& peer) { registry.register_key(peer, "hello", 1); });
        EXPECT_EQ(self.take<Down>().reason.to_string(), "{badarg,nobody}");
      },
      {"nobody"}, 5);
}

struct Value {
  using Reply = int;
};

// Has a name from its start on, and answers with its number.
Program named(const Unique& registry, const std::string& key, int number) {
  return [=](Self& self) {
    proc_lib::register_name(self, registry.via(key, number));
    proc_lib::init_ack(self);
    for (;;) self.receive([&](const Value&) { return number; }, [&](const Note1&) { self.exit(Term::atom("noted")); });
  };
}

TEST(Registry, AKeyIsAName) {  // R-RGY-1, registry_test: via callbacks, send works
  with_registry<Unique>([](Self& self, const Unique& registry) {
    const auto name = registry.via("hello");
    EXPECT_FALSE(self.whereis(name));
    const StartResult started = proc_lib::start(self, named(registry, "hello", 7));
    ASSERT_TRUE(started);
    EXPECT_EQ(self.whereis(name), started.pid);
    EXPECT_EQ(self.call(name, Value{}), 7);
    EXPECT_EQ(registry.lookup(self, "hello"), (Unique::Entry{"hello", started.pid, 7}));
    EXPECT_EQ(proc_lib::start(self, named(registry, "hello", 8)).reason,
              Term::tuple({Term::atom("already_started"), Term::pid(started.pid)}));
    self.cast(name, Value{});
    const Ref monitor = self.monitor(started.pid);
    self.send(name, Note1{1});
    EXPECT_EQ(self.take<Down>().monitor, monitor);
    EXPECT_FALSE(self.whereis(name)) << "a name never finds a dead process, whatever the table says";
    self.cast(name, Value{});
    const auto end_of = [&](const Program& program) {
      self.spawn_monitor(program);
      return self.take<Down>().reason.to_string();
    };
    EXPECT_EQ(end_of([&](Self& peer) { peer.call(name, Value{}); }),
              "{noproc,{gen_server,call,[{via,registry,{registry,\"hello\"}},'Value']}}");
    EXPECT_EQ(end_of([&](Self& peer) { peer.send(name, Note1{1}); }), "{badarg,{via,registry,{registry,\"hello\"}}}");
    EXPECT_TRUE(name.register_self(self));
    name.unregister_self(self);
    EXPECT_FALSE(self.whereis(name));
  });
}

TEST(Registry, TwoThatWantANameAtOnce) {  // R-RGY-1, R-PL-3
  std::set<int> winners;
  with_registry<Unique>([&](Self& self, const Unique& registry) {
    const Pid me = self.pid();
    for (const int number : {1, 2})
      self.spawn([=](Self& peer) {
        const StartResult result = proc_lib::start(peer, named(registry, "crown", number));
        peer.send(me, Note1{result ? number : 0});
        EXPECT_TRUE(result || result.reason[0].is_atom("already_started"));
      });
    std::set<int> results;
    for (int i = 0; i < 2; ++i) results.insert(self.take<Note1>().number);
    EXPECT_EQ(results.size(), 2u);
    EXPECT_EQ(*results.begin(), 0);
    winners.insert(*results.rbegin());
    EXPECT_EQ(self.call(registry.via("crown"), Value{}), *results.rbegin());
  });
  EXPECT_EQ(winners, (std::set<int>{1, 2}));
}

// ---- duplicate keys

TEST(Registry, AKeyIsTakenByMany) {  // R-RGY-1, registry_test: has duplicate registrations, across processes, counts the number of keys
  with_registry<Duplicate>([](Self& self, const Duplicate& registry) {
    EXPECT_EQ(registry.count(self), 0u);
    EXPECT_TRUE(registry.register_key(self, "hello", 1));
    EXPECT_EQ(registry.keys(self, self.pid()), Strings{"hello"});
    EXPECT_TRUE(registry.register_key(self, "hello", 2));
    EXPECT_EQ(registry.keys(self, self.pid()), (Strings{"hello", "hello"}));
    EXPECT_EQ(registry.values(self, "hello", self.pid()), (std::vector<int>{1, 2}));
    EXPECT_TRUE(registry.register_key(self, "world", 3));
    EXPECT_EQ(sorted(registry.keys(self, self.pid())), (Strings{"hello", "hello", "world"}));
    const auto [result, other] = registered(self, registry, "hello", 4);
    EXPECT_TRUE(result);
    EXPECT_EQ(registry.values(self, "hello", other), std::vector<int>{4});
    EXPECT_EQ(values_of(registry.lookup(self, "hello")), (std::vector<int>{1, 2, 4}));
    EXPECT_EQ(registry.count(self), 4u);
    EXPECT_EQ(values_of(registry.entries(self)), (std::vector<int>{1, 2, 3, 4}));
  });
}

TEST(Registry, ATopicIsDispatchedTo) {  // R-RGY-1, registry_test: dispatches to multiple keys in serial
  with_registry<Duplicate>([](Self& self, const Duplicate& registry) {
    registry.register_key(self, "hello", 1);
    registry.register_key(self, "hello", 2);
    registry.register_key(self, "world", 3);
    registered(self, registry, "hello", 4);
    std::vector<int> dispatched;
    registry.dispatch(self, "hello", [&](const std::vector<Duplicate::Entry>& entries) {
      EXPECT_FALSE(entries.empty());
      for (const auto& entry : entries) dispatched.push_back(entry.value);
    });
    std::sort(dispatched.begin(), dispatched.end());
    EXPECT_EQ(dispatched, (std::vector<int>{1, 2, 4}));
  });
}

TEST(Registry, AllOfAKeyIsGivenBack) {  // R-RGY-1, registry_test: unregisters by key
  with_registry<Duplicate>([](Self& self, const Duplicate& registry) {
    registry.unregister_key(self, "hello");
    const Pid owner = registry.register_key(self, "hello", 1).pid;
    registry.register_key(self, "hello", 2);
    registry.register_key(self, "world", 3);
    registered(self, registry, "hello", 4);
    registry.unregister_key(self, "hello");
    EXPECT_EQ(registry.keys(self, self.pid()), Strings{"world"});
    EXPECT_EQ(values_of(registry.lookup(self, "hello")), std::vector<int>{4});
    EXPECT_TRUE(linked(self, owner));
    registry.unregister_key(self, "world");
    EXPECT_FALSE(linked(self, owner));
  });
}

TEST(Registry, SomeOfAKeyIsGivenBack) {  // R-RGY-1, registry_test: unregister_match supports patterns
  with_registry<Duplicate>(
      [](Self& self, const Duplicate& registry) {
        self.register_name("listener");
        const Pid owner = registry.register_key(self, "hello", 1).pid;
        registry.register_key(self, "hello", 2);
        registry.register_key(self, "hello", 3);
        registry.unregister_match(self, "hello", [](int value) { return value > 7; });
        EXPECT_EQ(registry.keys(self, self.pid()).size(), 3u);
        registry.unregister_match(self, "hello", [](int value) { return value == 2; });
        EXPECT_EQ(values_of(registry.lookup(self, "hello")), (std::vector<int>{1, 3}));
        EXPECT_EQ(registry.keys(self, self.pid()), (Strings{"hello", "hello"}));
        self.receive([](const KeyUnregistered<std::string>&) { ADD_FAILURE() << "some are left"; }, after(0ms, [] {}));
        EXPECT_TRUE(linked(self, owner));
        registry.unregister_match(self, "hello", [](int) { return true; });
        EXPECT_EQ(registry.keys(self, self.pid()), Strings{});
        EXPECT_EQ(self.take<KeyUnregistered<std::string>>().key, "hello");
        EXPECT_FALSE(linked(self, owner));
      },
      {"listener"}, 20);
}

// ---- deaths

template <class R>
void clean_up_after_crashes() {
  with_registry<R>([](Self& self, const R& registry) {
    const Pid one = registered(self, registry, "hello", 1).second;
    const Pid two = registered(self, registry, "world", 2).second;
    kill_and_wait(self, one);
    kill_and_wait(self, two);
    for (const Pid partition : partitions_of(self, "registry")) self.call(partition, RegistrySync{});
    EXPECT_EQ(registry.count(self), 0u);
    EXPECT_EQ(registry.keys(self, one), Strings{});
    EXPECT_EQ(registry.keys(self, two), Strings{});
  });
}

TEST(Registry, TheKeysOfTheDeadAreCleanedUp) {  // R-RGY-1, registry_test: clean up unique and duplicate registry on process crash
  clean_up_after_crashes<Unique>();
  clean_up_after_crashes<Duplicate>();
}

// Killed at every operation of its life: whatever it had done by then, nothing of it is left, and the key is free.
TEST(Registry, ADeathInTheMiddleOfARegistrationLeavesNothing) {  // R-RGY-1
  int alone = 0, registered_first = 0;
  for (std::uint32_t n = 1; n <= 14; ++n) {
    with_registry<Unique>(
        [&](Self& self, const Unique& registry) {
          const Pid victim = self.spawn("victim", [=](Self& peer) {
            peer.take<GoOn>();
            peer.note(Note1{1});
            registry.register_key(peer, "hello", 1);
            peer.sleep(1h);
          });
          Trial::one_world().control().after_operations(victim, n, reason::kill());
          self.send(victim, GoOn{});
          self.sleep(1s);
          if (self.is_alive(victim)) {
            ++registered_first;
            EXPECT_EQ(registry.lookup(self, "hello")->pid, victim);
            kill_and_wait(self, victim);
          } else {
            ++alone;
          }
          for (const Pid partition : partitions_of(self, "registry")) self.call(partition, RegistrySync{});
          EXPECT_EQ(registry.count(self), 0u);
          EXPECT_EQ(registry.keys(self, victim), Strings{});
          EXPECT_TRUE(registry.register_key(self, "hello", 2));
        },
        {}, 5);
  }
  EXPECT_GT(alone, 0);
  EXPECT_GT(registered_first, 0);
}

TEST(Registry, ACrashOfTheRegistryKillsTheRegistered) {  // R-RGY-1
  with_registry<Unique>([](Self& self, const Unique& registry) {
    const auto [result, pid] = registered(self, registry, "hello", 1);
    const Ref monitor = self.monitor(pid);
    EXPECT_TRUE(self.is_alive(pid)) << "it knows that it is watched";
    self.exit(result.pid, reason::kill());
    std::string why;
    self.receive(when([&](const Down& d) { return d.monitor == monitor; }, [&](const Down& d) { why = d.reason.to_string(); }));
    EXPECT_EQ(why, "killed");
    self.sleep(1s);
    EXPECT_FALSE(registry.lookup(self, "hello"));
    EXPECT_TRUE(registry.register_key(self, "hello", 2)) << "it is back";
  });
}

TEST(Registry, UniqueKeysAreStartedAnewTogether) {  // R-RGY-1
  with_registry<Unique>([](Self& self, const Unique&) {
    const std::vector<Pid> before = partitions_of(self, "registry");
    kill_and_wait(self, before[0]);
    self.sleep(1s);
    const std::vector<Pid> after = partitions_of(self, "registry");
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NE(before[i], after[i]);
  });
  with_registry<Duplicate>([](Self& self, const Duplicate&) {
    const std::vector<Pid> before = partitions_of(self, "registry");
    kill_and_wait(self, before[0]);
    self.sleep(1s);
    const std::vector<Pid> after = partitions_of(self, "registry");
    EXPECT_NE(before[0], after[0]);
    for (std::size_t i = 1; i < before.size(); ++i) EXPECT_EQ(before[i], after[i]);
  });
}

// Between the crash of a partition and its restart there is nobody to be linked to, and no table.
TEST(Registry, ARegistrationMeetsARestartingPartition) {  // R-RGY-1
  std::set<std::string> ends;
  in_every_order([&](Trial& trial) {
    const Unique registry("registry");
    for (const bool traps : {false, true}) {
      trial.world.reset(Settings{.seed = trial.seed, .scheduler = Scheduler::random});
      trial.finished = 0;
      trial.run([&](Self& self) {
        start_here(self, registry.child());
        kill_and_wait(self, partitions_of(self, "registry")[0]);
        self.spawn_monitor([&](Self& peer) {
          peer.trap_exit(traps);
          registry.register_key(peer, "hello", 1);
          EXPECT_TRUE(registry.lookup(peer, "hello"));
        });
        const std::string end = self.take<Down>().reason.to_string();
        ends.insert((traps ? "traps " : "") + end);
        self.sleep(1s);
        for (const Pid partition : partitions_of(self, "registry")) self.call(partition, RegistrySync{});
        EXPECT_EQ(registry.count(self), 0u);
      });
      EXPECT_EQ(trial.finished, 1);
    }
  });
  EXPECT_EQ(ends, (std::set<std::string>{"noproc", "normal", "traps normal", "traps {badarg,registry}"}));
}

// ---- the registry itself

TEST(Registry, MustRun) {  // R-RGY-1, registry_test: raises on unknown registry name
  in_every_order(
      [](Trial& trial) {
        const Unique registry("unknown");
        trial.run([&](Self& self) {
          self.spawn_monitor([&](Self& peer) { registry.register_key(peer, "hello", 1); });
          EXPECT_EQ(self.take<Down>().reason.to_string(), "{badarg,{unknown_registry,unknown}}");
          self.spawn_monitor([&](Self& peer) { registry.lookup(peer, "hello"); });
          EXPECT_EQ(self.take<Down>().reason.to_string(), "{badarg,{unknown_registry,unknown}}");
        });
        EXPECT_EQ(trial.finished, 1);
      },
      3);
}

TEST(Registry, ItsNameIsTakenOnce) {  // R-RGY-1
  in_every_order(
      [](Trial& trial) {
        const Unique registry("registry");
        trial.run([&](Self& self) {
          self.trap_exit(true);
          const Pid first = start_here(self, registry.child());
          EXPECT_EQ(self.whereis("registry"), first);
          const StartResult second = registry.child().start->start(self, "registry");
          EXPECT_EQ(second.reason, Term::tuple({Term::atom("already_started"), Term::pid(first)}));
          const StartResult bad = Unique("other", {.partitions = 0}).child().start->start(self, "other");
          EXPECT_EQ(bad.reason.to_string(), "{badarg,{invalid_partitions,0}}");
        });
        EXPECT_EQ(trial.finished, 1);
      },
      3);
}

TEST(Registry, IsAChildAndGoesWithItsParent) {  // R-RGY-1, registry_test: child_spec/1 uses :name as :id
  in_every_order(
      [](Trial& trial) {
        const Unique registry("registry", {.partitions = 2});
        EXPECT_EQ(registry.child().id, "registry");
        EXPECT_EQ(registry.child().type, ChildType::supervisor);
        trial.run([&](Self& self) {
          self.trap_exit(true);
          const Pid top = start_here(self, supervisor({.name = "top"}, {registry.child()}));
          registry.register_key(self, "hello", 1);
          self.exit(top, reason::shutdown());
          std::string why;
          for (int i = 0; i < 2; ++i) self.receive([&](const Exit& exit) { why += exit.reason.to_string() + " "; });
          EXPECT_EQ(why, "shutdown shutdown ");
          EXPECT_FALSE(self.whereis("registry"));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

TEST(Registry, TheTraceTellsOfKeys) {
  struct Keys : Observer {
    EventMask wants() const override { return {EventKind::note}; }
    void saw(const Event& event) override {
      if (event.as<KeyRegistered<std::string, int>>() || event.as<KeyUnregistered<std::string>>())
        told.push_back(event.message->to_string());
    }
    Strings told;
  } observer;
  World world;
  world.observe(observer);
  const Unique registry("rooms");
  const Program guest = [&](Self& self) { registry.register_key(self, "101", 2); };
  world.start("hotel", [&](Self& self) {
    start_here(self, registry.child());
    self.spawn(guest);
    self.sleep(1s);
  });
  world.run();
  ASSERT_EQ(observer.told.size(), 2u);
  EXPECT_EQ(observer.told[0].substr(0, 47), "KeyRegistered{registry=\"rooms\", key=\"101\", pid=");
  EXPECT_EQ(observer.told[1].substr(0, 49), "KeyUnregistered{registry=\"rooms\", key=\"101\", pid=");
}

}  // namespace
}  // namespace moirai::rules
