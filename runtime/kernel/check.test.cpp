#include "runtime/kernel/check.hpp"

#include <gtest/gtest.h>

#include "runtime/kernel/self.hpp"

namespace moirai {
namespace {

TEST(Check, IsSilentWhileTheInvariantHolds) {
  MOIRAI_CHECK(1 + 1 == 2, "arithmetic");
  EXPECT_EQ(running_world(), nullptr);
}

TEST(CheckDeathTest, SaysWhatBrokeAndWhere) {
  const int two = 2;
  EXPECT_DEATH(MOIRAI_CHECK(two == 3, "two is three"), "broken invariant: two is three\n *two == 3\n *at .*check.test.cpp:[0-9]+");
}

TEST(CheckDeathTest, NamesSeedStepAndProcessInsideARun) {
  const auto run = [] {
    Settings settings;
    settings.seed = 0x83;
    World world(settings);
    world.start("clerk", [](Self& self) { MOIRAI_CHECK(self.now() > Time{}, "time has passed"); });
    world.run();
  };
  EXPECT_DEATH(run(), "time has passed(.|\n)*seed 0x0000000000000083  step [0-9]+  process clerk#1  digest [0-9a-f]{16}");
}

}  // namespace
}  // namespace moirai
