#include "properties/shrink.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace moirai {
namespace {

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

bool has(const std::vector<int>& items, int item) { return std::find(items.begin(), items.end(), item) != items.end(); }

TEST(Shrink, AnyTwoOfTwentyAreFoundForEveryPair) {
  for (int a = 0; a < 20; ++a)
    for (int b = a + 1; b < 20; ++b) {
      const auto result = shrink(numbers(20), [&](const std::vector<int>& items) { return has(items, a) && has(items, b); });
      EXPECT_EQ(result.items, (std::vector<int>{a, b}));
      EXPECT_TRUE(result.minimal);
      EXPECT_LE(result.attempts, 80u) << a << " and " << b;
    }
}

TEST(Shrink, NothingIsNeeded) {
  const auto result = shrink(numbers(20), [](const std::vector<int>&) { return true; });
  EXPECT_TRUE(result.items.empty());
  EXPECT_EQ(result.attempts, 1u);
}

TEST(Shrink, EverythingIsNeeded) {
  const auto result = shrink(numbers(8), [](const std::vector<int>& items) { return items.size() == 8; });
  EXPECT_EQ(result.items, numbers(8));
  EXPECT_TRUE(result.minimal);
}

TEST(Shrink, OneItemStays) {
  const auto result = shrink(numbers(1), [](const std::vector<int>& items) { return has(items, 0); });
  EXPECT_EQ(result.items, numbers(1));
  EXPECT_TRUE(result.minimal);
}

TEST(Shrink, ResultIsOneMinimalForAPredicateThatIsNotMonotone) {
  // Fails with an odd number of items below ten, or with all: subsets of failing sets may pass.
  const auto fails = [](const std::vector<int>& items) {
    return items.size() == 20 || std::count_if(items.begin(), items.end(), [](int i) { return i < 10; }) % 2 == 1;
  };
  const auto result = shrink(numbers(20), fails);
  ASSERT_TRUE(result.minimal);
  EXPECT_TRUE(fails(result.items));
  for (std::size_t i = 0; i < result.items.size(); ++i) {
    auto fewer = result.items;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(fails(fewer));
  }
}

TEST(Shrink, NoSubsetIsTriedTwice) {
  std::vector<std::vector<int>> tried;
  const auto result = shrink(numbers(20), [&](const std::vector<int>& items) {
    tried.push_back(items);
    return has(items, 3) && has(items, 11) && has(items, 19);
  });
  EXPECT_EQ(result.attempts, tried.size());
  std::sort(tried.begin(), tried.end());
  EXPECT_EQ(std::adjacent_find(tried.begin(), tried.end()), tried.end());
  EXPECT_EQ(result.items, (std::vector<int>{3, 11, 19}));
}

TEST(Shrink, TheCapKeepsWhatStillFails) {
  const auto fails = [](const std::vector<int>& items) { return has(items, 7) && has(items, 1); };
  const auto result = shrink(numbers(64), fails, {.attempts = 5});
  EXPECT_FALSE(result.minimal);
  EXPECT_EQ(result.attempts, 5u);
  EXPECT_LT(result.items.size(), 64u);
  EXPECT_TRUE(fails(result.items));
}

TEST(Shrink, SameCallsEveryTime) {
  const auto record = [] {
    std::vector<std::vector<int>> tried;
    shrink(numbers(30), [&](const std::vector<int>& items) {
      tried.push_back(items);
      return has(items, 4) && has(items, 25);
    });
    return tried;
  };
  EXPECT_EQ(record(), record());
}

}  // namespace
}  // namespace moirai
