#include "runtime/otp/partition_supervisor.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

const PartitionSupervisor pool("pool");

Pid start_here(Self& self, const ChildSpec& child) {
  const StartResult started = child.start->start(self, child.id);
  EXPECT_TRUE(started) << started.reason.to_string();
  return started.pid;
}

struct Which {
  using Reply = int;
};

// Answers with the number that it was given.
ChildSpec numbered(int partition) {
  return worker("ignored", [partition](Self& self) {
    for (;;) self.receive([&](const Which&) { return partition; });
  });
}

template <class Body>
void with_pool(const PartitionOptions& options, Body body, std::uint64_t schedules = 50) {
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          start_here(self, pool.child(numbered, options));
          body(self);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      schedules);
}

TEST(PartitionSupervisor, StartsOneChildPerPartition) {  // R-PART-1, partition_supervisor_test: returns all partitions, with workers
  with_pool({.partitions = 3}, [](Self& self) {
    EXPECT_EQ(pool.partitions(self), 3);
    std::vector<ChildStatus> children = which_children(self, "pool");
    std::reverse(children.begin(), children.end());
    ASSERT_EQ(children.size(), 3u);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(children[static_cast<std::size_t>(i)].id, std::to_string(i));
      EXPECT_EQ(children[static_cast<std::size_t>(i)].pid, pool.whereis(self, i));
      EXPECT_EQ(children[static_cast<std::size_t>(i)].type, ChildType::worker);
    }
  });
}

TEST(PartitionSupervisor, RoutesIntegersByTheirRemainder) {  // R-PART-1, partition_supervisor_test: with_arguments
  with_pool({.partitions = 3}, [](Self& self) {
    const auto asked = [&](auto key) { return self.call(*pool.whereis(self, key), Which{}); };
    EXPECT_EQ(asked(0), 0);
    EXPECT_EQ(asked(1), 1);
    EXPECT_EQ(asked(2), 2);
    EXPECT_EQ(asked(3), 0);
    EXPECT_EQ(asked(-1), 1);
    EXPECT_EQ(asked(std::int64_t{-2}), 2);
    EXPECT_EQ(asked(std::numeric_limits<std::int64_t>::min()), 2) << "2^63 mod 3";
    EXPECT_EQ(asked(std::numeric_limits<std::uint64_t>::max()), 0);
    EXPECT_EQ(asked(std::uint8_t{200}), 2);
  });
}

TEST(PartitionSupervisor, IsCalledByAName) {  // R-PART-1
  with_pool(
      {.partitions = 3},
      [](Self& self) {
        EXPECT_EQ(self.call(pool.via(5), Which{}), 2);
        EXPECT_EQ(self.whereis(pool.via(5)), pool.pids(self)[2]);
        EXPECT_EQ(self.call(pool.via(std::string("hello")), Which{}), static_cast<int>(stable_hash(std::string("hello")) % 3));
        self.cast(pool.via(1), Which{});
        self.send(pool.via(1), Note1{1});
      },
      20);
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const auto end_of = [&](const Program& program) {
            self.spawn_monitor(program);
            return self.take<Down>().reason.to_string();
          };
          EXPECT_EQ(end_of([](Self& peer) { peer.call(pool.via(1), Which{}); }), "{noproc,{partition_supervisor,partitions,[pool]}}");
          EXPECT_EQ(end_of([](Self& peer) { peer.send(pool.via(1), Note1{}); }), "{noproc,{partition_supervisor,partitions,[pool]}}");
          EXPECT_EQ(end_of([](Self& peer) { peer.cast(pool.via(1), Which{}); }), "normal");
          EXPECT_EQ(pool.via(1).to_term().to_string(), "{via,partition_supervisor,{pool,1}}");
        });
        EXPECT_EQ(trial.finished, 1);
      },
      3);
}

TEST(PartitionSupervisor, RoutesOtherKeysByTheirHash) {  // R-PART-1
  with_pool(
      {.partitions = 4},
      [](Self& self) {
        std::set<int> seen;
        for (int i = 0; i < 40; ++i) {
          const std::string key = "key " + std::to_string(i);
          const int partition = self.call(*pool.whereis(self, key), Which{});
          EXPECT_EQ(partition, static_cast<int>(stable_hash(key) % 4));
          EXPECT_EQ(pool.whereis(self, key), pool.whereis(self, std::string_view(key)));
          seen.insert(partition);
        }
        EXPECT_EQ(seen, (std::set<int>{0, 1, 2, 3}));
      },
      10);
}

TEST(PartitionSupervisor, TwoPartitionsAndThreeRestartsUnlessSaidOtherwise) {  // R-PART-1, R-ES-1
  const ChildSpec child = pool.child(numbered);
  EXPECT_EQ(child.id, "pool");
  EXPECT_EQ(child.type, ChildType::supervisor);
  EXPECT_EQ(child.subtree->children.size(), 2u);
  EXPECT_EQ(child.subtree->options.strategy, Strategy::one_for_one);
  EXPECT_EQ(child.subtree->options.intensity.restarts, 3);
  EXPECT_EQ(child.subtree->options.intensity.within, 5s);
}

// Between a death and the restart the route points at the dead.
TEST(PartitionSupervisor, RoutesToTheDeadUntilTheRestart) {  // R-PART-1
  int dead = 0, restarted = 0;
  with_pool({}, [&](Self& self) {
    const Pid other = *pool.whereis(self, 0);
    const Pid victim = *pool.whereis(self, 1);
    const Ref monitor = self.monitor(victim);
    self.exit(victim, reason::kill());
    self.receive(when([&](const Down& d) { return d.monitor == monitor; }, [](const Down&) {}));
    (*pool.whereis(self, 1) == victim ? dead : restarted) += 1;
    self.sleep(1s);
    EXPECT_NE(pool.whereis(self, 1), victim);
    EXPECT_EQ(self.call(*pool.whereis(self, 1), Which{}), 1);
    EXPECT_EQ(pool.whereis(self, 0), other) << "one for one";
  });
  EXPECT_GT(dead, 0);
  EXPECT_GT(restarted, 0);
}

TEST(PartitionSupervisor, KeepsToItsStrategy) {  // R-PART-1
  with_pool({.partitions = 3, .strategy = Strategy::one_for_all}, [&](Self& self) {
    const std::vector<Pid> before = pool.pids(self);
    self.exit(before[1], reason::kill());
    self.sleep(1s);
    const std::vector<Pid> after = pool.pids(self);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NE(before[i], after[i]);
  });
}

TEST(PartitionSupervisor, APartitionThatDeclinesIsNobody) {  // R-PART-1
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          start_here(self, pool.child([](int partition) {
            return worker_started_by("p", [partition](Self& supervisor) {
              return partition == 0 ? StartResult::ignore() : StartResult::ok(supervisor.spawn_link("p", quiet));
            });
          }));
          EXPECT_EQ(pool.whereis(self, 0), std::nullopt);
          EXPECT_NE(pool.whereis(self, 1), std::nullopt);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      10);
}

TEST(PartitionSupervisor, IsNobodyWhenItDoesNotRun) {  // R-PART-1, partition_supervisor_test: raises noproc for unknown, is synchronous
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const auto end_of = [&](const Program& program) {
            self.spawn_monitor(program);
            return self.take<Down>().reason.to_string();
          };
          const std::string noproc = "{noproc,{partition_supervisor,partitions,[pool]}}";
          EXPECT_EQ(end_of([](Self& peer) { pool.partitions(peer); }), noproc);
          EXPECT_EQ(end_of([](Self& peer) { pool.whereis(peer, 1); }), noproc);
          EXPECT_FALSE(pool.find_pids(self));
          self.trap_exit(true);
          const Pid started = start_here(self, pool.child(numbered));
          EXPECT_EQ(self.whereis("pool"), started);
          self.exit(started, reason::shutdown());
          self.take<Exit>();
          EXPECT_FALSE(self.whereis("pool"));
          EXPECT_FALSE(pool.find_pids(self));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      30);
}

TEST(PartitionSupervisor, RefusesToStart) {  // R-PART-1, partition_supervisor_test: raises on bad partitions
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          self.trap_exit(true);
          const auto failure_of = [&](const ChildSpec& child) { return child.start->start(self, child.id).reason.to_string(); };
          EXPECT_EQ(failure_of(pool.child(numbered, {.partitions = 0})), "{badarg,{invalid_partitions,0}}");
          EXPECT_EQ(failure_of(pool.child(numbered, {.partitions = -3})), "{badarg,{invalid_partitions,-3}}");
          EXPECT_EQ(failure_of(pool.child(ChildSpec{})), "{start_spec,missing_start}");
          EXPECT_EQ(failure_of(pool.child(worker_started_by("p", [](Self&) { return StartResult::error(Term::atom("no")); }))),
                    "{shutdown,{failed_to_start_child,'0',no}}");
          EXPECT_FALSE(pool.find_pids(self));
          const Pid first = start_here(self, pool.child(numbered));
          EXPECT_EQ(pool.child(numbered).start->start(self, "pool").reason, Term::tuple({Term::atom("already_started"), Term::pid(first)}));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

TEST(PartitionSupervisor, SupervisorsArePartitionsToo) {  // R-PART-1, partition_supervisor_test: with supervisors
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          start_here(self, pool.child(supervisor({.name = "sub"}, {worker("w", quiet)}), {.partitions = 2}));
          for (const ChildStatus& child : which_children(self, "pool")) {
            EXPECT_EQ(child.type, ChildType::supervisor);
            EXPECT_EQ(which_children(self, child.pid).size(), 1u);
          }
          EXPECT_EQ(self.world().path(pool.pids(self)[1]), "root/pool/1");
        });
        EXPECT_EQ(trial.finished, 1);
      },
      10);
}

}  // namespace
}  // namespace moirai::rules
