#include "chaos/clock_text.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

using namespace std::chrono_literals;

TEST(ClockText, WritesSecondsWithTheDecimalsThereAre) {
  EXPECT_EQ(clock_text(Duration::zero()), "0s");
  EXPECT_EQ(clock_text(Duration(10s)), "10s");
  EXPECT_EQ(clock_text(Duration(1500ms)), "1.5s");
  EXPECT_EQ(clock_text(Time{2468879939ns}), "2.468879939s");
  EXPECT_EQ(clock_text(Duration(1ns)), "0.000000001s");
  EXPECT_EQ(clock_text(Duration::max()), "9223372036.854775807s");
}

}  // namespace
}  // namespace moirai
