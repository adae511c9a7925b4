#include <gtest/gtest.h>

#include "scenarios/rehearsal.test.hpp"

namespace moirai {
namespace {

TEST(Restaurant, AStalePidIsFound) {
  Rehearsal bad("known_bad/restaurant_stale_pid.toml");
  const int found = bad.violations(50, "guests_are_fed");
  EXPECT_GT(found, 10) << "one of two is struck, and only the kitchen's crash does harm";
  EXPECT_LT(found, 40);
}

TEST(Restaurant, NeverWithoutItsFault) {
  Rehearsal bad("known_bad/restaurant_stale_pid.toml");
  bad.no_faults = true;
  EXPECT_EQ(bad.first_failure(100), "");
}

TEST(Restaurant, RestForOneMendsIt) { EXPECT_EQ(Rehearsal("known_bad/restaurant_stale_pid_fixed.toml").first_failure(100), ""); }

}  // namespace
}  // namespace moirai
