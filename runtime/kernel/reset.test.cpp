// A run is a function of its settings alone: seed k gives the same digest alone and after seeds 1..k-1 in the same world, with
// observers and without, and twice.
#include <gtest/gtest.h>

#include <cstdlib>

#include "runtime/kernel/stage.test.hpp"

namespace moirai::oracle {
namespace {

std::uint64_t seeds() { return std::getenv("MOIRAI_FULL") ? 5'000 : 500; }

struct Everything : Observer {
  std::uint64_t events = 0;
  EventMask wants() const override { return EventMask::all(); }
  void saw(const Event&) override { ++events; }
};

RunEnd run(World& world, std::uint64_t seed, Scheduler scheduler, Observer* observer = nullptr) {
  world.reset(Settings{.seed = seed, .scheduler = scheduler});
  if (observer) world.observe(*observer);
  const Play play = draw_play(seed);
  Stage stage(world, play, Stage::Journal::none);
  return stage.run();
}

class Reset : public testing::TestWithParam<Scheduler> {};

TEST_P(Reset, IsCanonical) {
  World used;
  const Scheduler other = GetParam() == Scheduler::fifo ? Scheduler::random : Scheduler::fifo;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    if (seed % 4 == 0) run(used, seed, other);  // leaves its stacks in another loop
    const RunEnd after_others = run(used, seed, GetParam());
    World fresh;
    const RunEnd alone = run(fresh, seed, GetParam());
    ASSERT_EQ(alone.digest, after_others.digest) << "seed " << seed << " after 1.." << seed - 1;
    ASSERT_EQ(alone.steps, after_others.steps);
    ASSERT_EQ(alone.at, after_others.at);
  }
}

TEST_P(Reset, TwiceIsTheSame) {
  World world;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const RunEnd once = run(world, seed, GetParam());
    run(world, seed + 7, GetParam());
    const RunEnd twice = run(world, seed, GetParam());
    ASSERT_EQ(once.digest, twice.digest) << "seed " << seed;
  }
}

TEST_P(Reset, ObserversChangeNothing) {
  World world;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const RunEnd unseen = run(world, seed, GetParam());
    Everything everything;
    const RunEnd seen = run(world, seed, GetParam(), &everything);
    ASSERT_EQ(unseen.digest, seen.digest) << "seed " << seed;
    ASSERT_EQ(unseen.steps, seen.steps) << "seed " << seed;
    ASSERT_GT(everything.events, 0u);
  }
}

// Different seeds differ, also when they play the same program.
TEST_P(Reset, SeedsMatter) {
  World world;
  const Play play = draw_play(3);
  std::uint64_t digests[2];
  for (int i = 0; i < 2; ++i) {
    world.reset(Settings{.seed = static_cast<std::uint64_t>(i) + 1, .scheduler = GetParam()});
    Stage stage(world, play, Stage::Journal::none);
    digests[i] = stage.run().digest;
  }
  EXPECT_NE(digests[0], digests[1]);
}

INSTANTIATE_TEST_SUITE_P(Schedulers, Reset, testing::Values(Scheduler::fifo, Scheduler::random));

}  // namespace
}  // namespace moirai::oracle
