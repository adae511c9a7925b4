#include "scenarios/suite/progress.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

TEST(Progress, SaysNothingAtOnceAndTimeOnlyGrows) {
  Progress progress(10);
  testing::internal::CaptureStderr();
  progress.beat(1, "bank/crash");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_GE(progress.lap(), 0.0);
  EXPECT_GT(Progress::unix_time(), 1'600'000'000);
}

}  // namespace
}  // namespace moirai
