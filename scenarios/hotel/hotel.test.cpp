#include <gtest/gtest.h>

#include "scenarios/rehearsal.test.hpp"

namespace moirai {
namespace {

TEST(Hotel, AGuestWhoIsTooEarlyIsFound) {
  Rehearsal bad("known_bad/hotel_early_key.toml");
  EXPECT_GT(bad.violations(100, "guests_get_in"), 5);
}

TEST(Hotel, NeverWhenTheOldestGoesFirst) {
  Rehearsal bad("known_bad/hotel_early_key.toml");
  bad.scenario.schedule.strategy = ScheduleStrategy::fifo;
  EXPECT_EQ(bad.first_failure(1'000), "");
}

TEST(Hotel, AReceptionThatWaitsMendsIt) { EXPECT_EQ(Rehearsal("known_bad/hotel_early_key_fixed.toml").first_failure(1'000), ""); }

}  // namespace
}  // namespace moirai
