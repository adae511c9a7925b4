#include "runtime/otp/backoff.hpp"

#include <gtest/gtest.h>

#include "runtime/otp/intensity.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

std::vector<Duration> delays(const Backoff& backoff, std::uint32_t count, std::uint64_t bits = 0) {
  std::vector<Duration> all;
  for (std::uint32_t n = 0; n < count; ++n) all.push_back(delay_after(backoff, n, bits));
  return all;
}
using Delays = std::vector<Duration>;

TEST(Backoff, ExactDelays) {  // R-BO-3, R-BO-8
  EXPECT_EQ(delays(Backoff::constant(100ms), 4), (Delays{0ms, 100ms, 100ms, 100ms}));
  EXPECT_EQ(delays(Backoff::linear(100ms, 50ms, 220ms), 5), (Delays{0ms, 100ms, 150ms, 200ms, 220ms}));
  EXPECT_EQ(delays(Backoff::exponential(100ms, 1s), 7), (Delays{0ms, 100ms, 200ms, 400ms, 800ms, 1s, 1s}));
  Backoff slower = Backoff::exponential(100ms, 1s);
  slower.factor = {3, 2};
  slower.first_immediate = false;
  EXPECT_EQ(delays(slower, 4), (Delays{100ms, 150ms, 225ms, 337500us}));
}

TEST(Backoff, SaturatesAtMax) {  // R-BO-3, R-BO-8
  Backoff steep = Backoff::exponential(1ns, 24h * 365);
  steep.factor = {1'000'000'007, 1};
  EXPECT_EQ(delay_after(steep, 4'000'000'000, 0), 24h * 365);
  EXPECT_EQ(delay_after(Backoff::linear(1ns, 24h, 24h * 365), 4'000'000'000, 0), 24h * 365);
  // With a factor of 1 nothing grows, however often it fails.
  Backoff flat = Backoff::exponential(1ms, 1s);
  flat.factor = {1, 1};
  EXPECT_EQ(delay_after(flat, 4'000'000'000, 0), 1ms);
}

TEST(Backoff, Jitter) {  // R-BO-3, R-BO-8
  Backoff backoff = Backoff::constant(1s);
  backoff.max = 1200ms;
  const std::uint64_t none = 0, half = std::uint64_t{1} << 63, all = ~std::uint64_t{0};
  const auto range = [&] { return Delays{delay_after(backoff, 1, none), delay_after(backoff, 1, half), delay_after(backoff, 1, all)}; };
  EXPECT_EQ(range(), (Delays{1s, 1s, 1s}));
  backoff.jitter = Backoff::Jitter::full;
  EXPECT_EQ(range(), (Delays{0s, 500ms, 1s}));
  backoff.jitter = Backoff::Jitter::equal;
  EXPECT_EQ(range(), (Delays{500ms, 750ms, 1s}));
  backoff.jitter = Backoff::Jitter::factor;
  backoff.spread = {1, 10};
  EXPECT_EQ(range(), (Delays{1s, 1050ms, 1100ms}));
  backoff.spread = {1, 1};
  EXPECT_EQ(range(), (Delays{1s, 1200ms, 1200ms}));  // never above max, unlike Akka's
}

TEST(Backoff, NeverAboveMaxNorBelowZero) {  // R-BO-3, R-BO-8
  Random random(11);
  for (int i = 0; i < 20'000; ++i) {
    Backoff backoff;
    backoff.policy = static_cast<Backoff::Policy>(random.below(3));
    backoff.base = Duration(random.between(1, 1'000'000'000));
    backoff.step = Duration(random.between(0, 1'000'000'000));
    backoff.factor = {1 + random.below(1000) + 1000, 1 + random.below(1000)};
    backoff.max = backoff.base + Duration(random.between(0, 100'000'000'000));
    backoff.jitter = static_cast<Backoff::Jitter>(random.below(4));
    backoff.spread = {random.below(11), 10};
    if (backoff.spread.numerator > backoff.spread.denominator) backoff.spread.numerator = 10;
    ASSERT_EQ(find_error(backoff), std::nullopt);
    const auto n = static_cast<std::uint32_t>(random.next() >> (32 + random.below(32)));
    const Duration delay = delay_after(backoff, n, random.next());
    ASSERT_GE(delay, 0ns);
    ASSERT_LE(delay, backoff.max);
  }
}

TEST(Backoff, SaysWhatIsWrong) {  // R-BO-3, R-BO-5
  const auto error_of = [](auto change) {
    Backoff backoff = Backoff::exponential(100ms, 1s);
    change(backoff);
    const auto error = find_error(backoff);
    return error ? error->to_string() : "ok";
  };
  EXPECT_EQ(error_of([](Backoff&) {}), "ok");
  EXPECT_EQ(error_of([](Backoff& b) { b.policy = Backoff::Policy(7); }), "{invalid_backoff,policy}");
  EXPECT_EQ(error_of([](Backoff& b) { b.base = 0ns; }), "{invalid_backoff,base}");
  EXPECT_EQ(error_of([](Backoff& b) { b.step = -1ns; }), "{invalid_backoff,step}");
  EXPECT_EQ(error_of([](Backoff& b) { b.factor = {1, 2}; }), "{invalid_backoff,factor}");
  EXPECT_EQ(error_of([](Backoff& b) { b.factor = {1, 0}; }), "{invalid_backoff,factor}");
  EXPECT_EQ(error_of([](Backoff& b) { b.max = 99ms; }), "{invalid_backoff,max}");
  EXPECT_EQ(error_of([](Backoff& b) { b.jitter = Backoff::Jitter(9); }), "{invalid_backoff,jitter}");
  EXPECT_EQ(error_of([](Backoff& b) { b.spread = {3, 2}; }), "{invalid_backoff,spread}");
  EXPECT_EQ(error_of([](Backoff& b) { b.reset_after = -1ns; }), "{invalid_backoff,reset_after}");
  EXPECT_EQ(error_of([](Backoff& b) { b.applies = Backoff::Applies(9); }), "{invalid_backoff,applies}");
}

TEST(Backoff, DelaysThatHideTheLimit) {  // R-BO-5: max * restarts >= within
  const auto error_of = [](Duration max, int restarts, Duration within) {
    const auto error = hides_limit(Backoff::exponential(1ms, max), {.restarts = restarts, .within = within});
    return error ? error->to_string() : "ok";
  };
  EXPECT_EQ(error_of(1666ms, 3, 5s), "ok");
  EXPECT_EQ(error_of(1667ms, 3, 5s), "{bad_combination,[{backoff,1667},{intensity,3},{period,5}]}");
  EXPECT_EQ(error_of(5s, 1, 5s), "{bad_combination,[{backoff,5000},{intensity,1},{period,5}]}");
  EXPECT_EQ(error_of(1h, 0, 5s), "ok");  // it gives up at the first failure
}

TEST(Backoff, PrintsItself) {
  std::string text;
  print(text, Backoff::exponential(100ms, 2s));
  EXPECT_EQ(text, "exponential 100ms to 2s");
}

}  // namespace
}  // namespace moirai
