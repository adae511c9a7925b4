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
