#include "runtime/kernel/ready_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "runtime/kernel/random.hpp"

namespace moirai {
namespace {

TEST(ReadyList, DoesWhatAVectorDoesThatFillsGapsWithItsLast) {
  Random random(3);
  ReadyList<int> list;
  std::vector<int> expected;
  for (int i = 0; i < 20'000; ++i) {
    if (expected.empty() || random.below(expected.size() < 1'000 ? 8 : 3) != 0) {
      list.push_back(i);
      expected.push_back(i);
    } else {
      const auto index = static_cast<std::size_t>(random.below(expected.size()));
      EXPECT_EQ(list.remove(index), index + 1 != expected.size());
      expected[index] = expected.back();
      expected.pop_back();
    }
    ASSERT_EQ(list.size(), expected.size());
  }
  EXPECT_TRUE(std::equal(list.begin(), list.end(), expected.begin(), expected.end()));
  list.shrink(10);
  EXPECT_TRUE(std::equal(list.begin(), list.end(), expected.begin(), expected.begin() + 10));
  list.clear();
  EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace moirai
