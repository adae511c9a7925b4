#include "chaos/exponential.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

using namespace std::chrono_literals;

TEST(Exponential, HasMeanOneAndTheRightTail) {
  Random draws(stream_key(1, "fault", "exponential"));
  constexpr std::uint64_t samples = 200'000;
  double sum = 0;
  std::uint64_t above_one = 0, above_three = 0, below_tenth = 0;
  for (std::uint64_t i = 0; i < samples; ++i) {
    const Exponential drawn = draw_exponential(draws);
    const double value = static_cast<double>(drawn.whole) + static_cast<double>(drawn.fraction) * 0x1p-64;
    sum += value;
    above_one += drawn.whole >= 1 ? 1 : 0;
    above_three += drawn.whole >= 3 ? 1 : 0;
    below_tenth += value < 0.1 ? 1 : 0;
  }
  EXPECT_NEAR(sum / samples, 1.0, 0.012);  // 5 sigma
  EXPECT_NEAR(static_cast<double>(above_one) / samples, 0.367879, 0.0055);
  EXPECT_NEAR(static_cast<double>(above_three) / samples, 0.049787, 0.0025);
  EXPECT_NEAR(static_cast<double>(below_tenth) / samples, 0.095163, 0.0033);
  EXPECT_NEAR(static_cast<double>(draws.drawn()) / samples, 4.30026, 0.03);
}

TEST(Exponential, GapsScaleWithTheRate) {
  for (const Rate rate : {Rate{1, 1s}, Rate{3, 1min}, Rate{1'000, 1s}, Rate{1, 24h}}) {
    Random draws(stream_key(2, "fault", "gaps"));
    constexpr int samples = 50'000;
    double sum = 0;
    for (int i = 0; i < samples; ++i) sum += static_cast<double>(draw_gap(rate, draws).count());
    const double mean = static_cast<double>(rate.per.count()) / static_cast<double>(rate.count);
    EXPECT_NEAR(sum / samples / mean, 1.0, 0.025);
  }
}

TEST(Exponential, AGapIsNeverZeroAndNeverOverflows) {
  Random draws(1);
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_GE(draw_gap(Rate{INT64_MAX, 1ns}, draws), 1ns);
    EXPECT_GT(draw_gap(Rate{1, Duration::max()}, draws), 0ns);
  }
}

TEST(Exponential, IsTheSameOnEveryCompiler) {
  Random draws(stream_key(42, "fault", "golden"));
  const Rate rate{3, 1min};
  std::vector<std::int64_t> gaps;
  for (int i = 0; i < 4; ++i) gaps.push_back(draw_gap(rate, draws).count());
  EXPECT_EQ(gaps, (std::vector<std::int64_t>{73'855'384'842, 3'264'674'800, 78'883'522'152, 20'465'430'326}));
}

}  // namespace
}  // namespace moirai
