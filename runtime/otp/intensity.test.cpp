#include "runtime/otp/intensity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace moirai {
namespace {

using namespace std::chrono_literals;

// The rule as R-SUP-16 words it: a list, newest first, and its prefix.
class ListedWindow {
 public:
  ListedWindow(std::int64_t limit, std::int64_t period) : limit_(limit), period_(period) {}
  bool allows_attempt(std::int64_t second) {
    const auto end = std::find_if(list_.begin(), list_.end(), [&](std::int64_t t) { return t < second - period_; });
    list_.erase(end, list_.end());
    list_.insert(list_.begin(), second);
    return static_cast<std::int64_t>(list_.size()) <= limit_;
  }

 private:
  std::int64_t limit_, period_;
  std::vector<std::int64_t> list_;
};

TEST(RestartWindow, CountsAnAttemptExactlyOnePeriodAgo) {  // R-SUP-17
  RestartWindow window(1, 5);
  EXPECT_TRUE(window.allows_attempt(0));
  EXPECT_FALSE(window.allows_attempt(5));
}

TEST(RestartWindow, ForgetsAnAttemptOneSecondOlder) {  // R-SUP-17
  RestartWindow window(1, 5);
  EXPECT_TRUE(window.allows_attempt(0));
  EXPECT_TRUE(window.allows_attempt(6));
  EXPECT_EQ(window.attempts(), 1);
}

TEST(RestartWindow, AllowsAsManyAsTheLimitAtOneInstant) {  // R-SUP-18
  RestartWindow window(3, 5);
  EXPECT_TRUE(window.allows_attempt(7));
  EXPECT_TRUE(window.allows_attempt(7));
  EXPECT_TRUE(window.allows_attempt(7));
  EXPECT_FALSE(window.allows_attempt(7));
}

TEST(RestartWindow, AllowsNothingWithALimitOfZero) {  // R-SUP-18
  EXPECT_FALSE(RestartWindow(0, 1).allows_attempt(0));
}

TEST(RestartWindow, SecondsAreRoundedDown) {  // R-SUP-16
  EXPECT_EQ(whole_seconds(Time{5'999'999'999ns}), 5);
  EXPECT_EQ(whole_seconds(Time{6s}), 6);
  EXPECT_EQ(whole_seconds(Time{0ns}), 0);
}

TEST(RestartWindow, AgreesWithTheListOfTheRule) {  // R-SUP-16, R-SUP-20
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    const auto limit = static_cast<std::int64_t>(random() % 6);
    const auto period = static_cast<std::int64_t>(1 + random() % 8);
    RestartWindow window(limit, period);
    ListedWindow listed(limit, period);
    std::int64_t second = 0;
    for (int attempt = 0; attempt < 60; ++attempt) {
      second += static_cast<std::int64_t>(random() % 4);
      ASSERT_EQ(window.allows_attempt(second), listed.allows_attempt(second))
          << "limit " << limit << " period " << period << " at " << second;
    }
  }
}

TEST(RestartWindow, ManyAttemptsAtOneInstantTakeNoRoom) {  // R-SUP-16: OTP's list is quadratic there
  RestartWindow window(1'000'000, 5);
  for (int i = 0; i < 300'000; ++i) ASSERT_TRUE(window.allows_attempt(7));
  EXPECT_EQ(window.attempts(), 300'000);
  EXPECT_TRUE(window.allows_attempt(13));
  EXPECT_EQ(window.attempts(), 1);
}

TEST(RestartWindow, AChangeOfLimitKeepsWhatWasCounted) {  // R-SUP-52
  RestartWindow window(5, 5);
  EXPECT_TRUE(window.allows_attempt(0));
  EXPECT_TRUE(window.allows_attempt(4));
  window.change(2, 3);
  EXPECT_TRUE(window.allows_attempt(4));  // 0 has aged out of the shorter period
  EXPECT_FALSE(window.allows_attempt(5));
}

}  // namespace
}  // namespace moirai
