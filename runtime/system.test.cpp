#include "runtime/system.hpp"

#include <gtest/gtest.h>

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

TEST(System, StartsATreeBelowARootThatTheOutsideOwns) {
  World world;
  const Pid root = start_tree(world, supervisor({.name = "bank"}, {worker("ledger", idle)}));
  EXPECT_EQ(world.path(root), "bank");
  EXPECT_FALSE(world.parent(root));
  const RunEnd end = world.run();
  EXPECT_EQ(end.why, RunEnd::Why::quiescent);
}

TEST(System, PathsCountIncarnations) {
  TreeRun run({}, supervisor({.name = "bank"}, {worker("ledger", idle)}));
  run.crash(1s, "ledger");
  std::string path, full_path;
  run.act(2s, [&](Control& control) {
    path = control.look().path(run.latest("ledger"));
    full_path = control.look().full_path(run.latest("ledger"));
  });
  run.journal(3s);
  EXPECT_EQ(path, "bank/ledger");
  EXPECT_EQ(full_path, "bank#1/ledger#2");
}

TEST(System, OneSpecServesManyWorlds) {  // and leaves nothing of one in the other
  const ChildSpec tree =
      supervisor({.name = "root"}, {worker("a", idle, {.registered = true}), supervisor({.name = "s"}, {worker("x", idle)})});
  std::uint64_t digest = 0;
  for (int i = 0; i < 3; ++i) {
    TreeRun run({}, tree);
    run.crash(1s, "a").crash(2s, "s/x").journal(3s);
    if (i > 0) { EXPECT_EQ(run.run_end.digest, digest); }
    digest = run.run_end.digest;
  }
}

// A handler whose init waits, so that its supervisor can be cut while it waits for it.
struct SlowToStart {
  using Accepts = Messages<Log>;
  explicit SlowToStart(Self& self) { self.sleep(1s); }
  void on(Self&, const Log&) {}
};

// The supervisor s of a group is ended at its n-th operation after a child of it has crashed: in the middle of stopping the rest, of
// starting them, or of its own next life. Whatever n is, the tree is whole again afterwards and nobody is left behind.
TEST(System, ASupervisorMayBeCutAtEveryOperation) {
  constexpr std::uint32_t operations = 25;
  std::uint32_t cuts = 0;
  const auto check = [&](const Settings& settings, const Term& why, std::uint32_t n) {
    TreeRun run(settings, supervisor({.name = "root", .intensity = {.restarts = 3}},
                                     {supervisor({.name = "s", .strategy = Strategy::one_for_all, .registered = true},
                                                 {worker("a", idle, {.registered = true}), worker<SlowToStart>("b"), worker("c", idle)})}));
    run.act(10s, [&](Control& control) {
      control.crash(run.latest("s/a"), atom("boom"));
      control.after_operations(run.latest("s"), n, why);
    });
    run.act(20s, [&](Control& control) {
      const World& world = control.look();
      EXPECT_EQ(world.process_count(), 5u);
      for (const char* path : {"s", "s/a", "s/b", "s/c"}) EXPECT_TRUE(world.alive(run.latest(path))) << path;
      for (const char* path : {"s/a", "s/b", "s/c"}) {
        EXPECT_EQ(world.parent(run.latest(path)), run.latest("s")) << path;
        EXPECT_EQ(world.links_of(run.latest(path)), std::vector<Pid>{run.latest("s")}) << path;
      }
      EXPECT_EQ(world.whereis("s"), run.latest("s"));
      EXPECT_EQ(world.whereis("a"), run.latest("s/a"));
    });
    run.journal(30s);
    EXPECT_EQ(run.run_end.why, RunEnd::Why::quiescent);
    cuts += run.incarnations["s"] == 2 ? 1u : 0u;
  };
  for (std::uint32_t n = 1; n <= operations; ++n)
    for (std::uint64_t seed = 0; seed <= 20; ++seed) {
      SCOPED_TRACE("operation " + std::to_string(n) + ", seed " + std::to_string(seed));
      Settings settings;
      settings.seed = seed;
      settings.scheduler = seed == 0 ? Scheduler::fifo : Scheduler::random;
      check(settings, atom("cut"), n);
      check(settings, reason::kill(), n);
      if (HasFailure()) return;
    }
  EXPECT_GT(cuts, 21u * 15u * 2u);  // a restart of this group has more than fifteen operations; beyond the last one nothing is cut
}

TEST(System, ARestartIsTheSameInEveryReset) {
  const ChildSpec tree = supervisor({.name = "root"}, {worker("a", idle)});
  World world;
  std::vector<std::uint64_t> digests;
  for (int i = 0; i < 3; ++i) {
    world.reset(Settings{});
    const Pid root = start_tree(world, tree);
    world.control().post({"stop", Time(1s), Time(1s), [root](Control& control) { control.exit_signal(Pid{}, root, reason::shutdown()); }});
    digests.push_back(world.run().digest);
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(digests[1], digests[2]);
}

}  // namespace
}  // namespace moirai::otp_test
