#include "runtime/kernel/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>

namespace moirai {
namespace {

TEST(Random, StreamsAreSplitBySeedDomainAndKey) {
  std::set<std::uint64_t> keys;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (const char* domain : {"sched", "fault", "app"})
      for (const char* key : {"", "a", "b", "cut#1"}) keys.insert(stream_key(seed, domain, key));
  EXPECT_EQ(keys.size(), 50u * 3 * 4);
  EXPECT_NE(stream_key(1, "ab", "c"), stream_key(1, "a", "bc"));
}

TEST(Random, BelowIsUniform) {
  Random draws(stream_key(1, "test"));
  std::array<int, 10> counts{};
  for (int i = 0; i < 100'000; ++i) ++counts[draws.below(10)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);  // 4 sigma
}

TEST(Random, PeekingDrawsNothing) {
  Random random(5);
  for (std::uint64_t n = 1; n < 100; ++n) {
    const std::uint64_t next = random.peek_below(n, 0), after_next = random.peek_below(n, 1);
    EXPECT_EQ(random.below(n), next);
    EXPECT_EQ(random.below(n), after_next);
  }
}

TEST(Random, BetweenIncludesBothEnds) {
  Random draws(7);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(draws.between(-2, 2));
  EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
  EXPECT_EQ(draws.between(5, 5), 5);
  draws.between(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());  // the span wraps to 0
}

TEST(Random, AChanceIsARatio) {
  Random draws(9);
  int hits = 0;
  for (int i = 0; i < 40'000; ++i) hits += draws.chance({1, 4});
  EXPECT_NEAR(hits, 10'000, 350);
  EXPECT_FALSE(draws.chance({0, 1}));
  EXPECT_TRUE(draws.chance({1, 1}));
}

// Every seed that people have written down depends on these.
TEST(Random, ValuesArePinned) {
  Random draws(stream_key(1, "sched"));
  const std::uint64_t first = draws.next();
  EXPECT_EQ(first, 0xa794a6f5d3e6ec87ull);
  EXPECT_EQ(draws.below(1000), 365u);
  EXPECT_EQ(hash_text("bank/teller-1"), 0x7f1a0d7951a9b57aull);
}

}  // namespace
}  // namespace moirai
