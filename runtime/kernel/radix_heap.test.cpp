// The radix heap against std::multimap-like order: whatever is pushed and taken, in whatever order, the first is the first.
#include "runtime/kernel/radix_heap.hpp"

#include <gtest/gtest.h>

#include <set>
#include <tuple>
#include <vector>

#include "runtime/kernel/random.hpp"

namespace moirai {
namespace {

struct Entry {
  Time at;
  std::uint64_t order;
  auto operator<=>(const Entry&) const = default;
};

Time at(std::uint64_t ns) { return after(Time{}, Duration(static_cast<std::int64_t>(ns))); }

class Beside {  // the heap and a sorted set, told the same
 public:
  void push(Time when, std::uint64_t order) {
    heap_.push({when, order});
    sorted_.insert({when, order});
  }
  bool pop(Time until) {
    const Entry* first = heap_.first(until);
    const bool expected = !sorted_.empty() && sorted_.begin()->at <= until;
    EXPECT_EQ(first != nullptr, expected);
    if (!first || !expected) return false;
    EXPECT_EQ(*first, *sorted_.begin());
    EXPECT_EQ(heap_.pop(), *sorted_.begin());
    sorted_.erase(sorted_.begin());
    EXPECT_EQ(heap_.size(), sorted_.size());
    return true;
  }
  void erase_even() {
    const auto even = [](const Entry& entry) { return entry.order % 2 == 0; };
    heap_.erase_if(even);
    std::erase_if(sorted_, even);
    EXPECT_EQ(heap_.size(), sorted_.size());
  }
  void clear() {
    heap_.clear();
    sorted_.clear();
  }

 private:
  RadixHeap<Entry> heap_;
  std::set<Entry> sorted_;
};

TEST(RadixHeap, GivesWhatIsDueFirst) {
  Random random(7);
  Beside both;
  for (int round = 0; round < 300; ++round) {
    std::uint64_t now = 0, order = 0;
    const std::uint64_t spread = std::uint64_t{1} << random.below(40);  // from crowded to sparse
    for (int i = 0; i < 200; ++i) {
      switch (random.below(8)) {
        case 0:
        case 1:
        case 2: both.push(at(now + random.below(spread)), ++order); break;
        case 3: both.push(at(random.below(now + spread)), ++order); break;  // perhaps before what was looked at
        case 4: both.push(at(now), 2'000'000 - ++order); break;             // now, and out of order
        case 5:
          now += random.below(spread);
          both.pop(at(now));
          break;
        case 6: both.pop(time_never); break;
        default:
          if (random.below(20) == 0) both.erase_even();
          break;
      }
    }
    while (both.pop(time_never)) {}
    EXPECT_FALSE(both.pop(time_never));
    both.clear();
  }
}

TEST(RadixHeap, ALookAheadThatFindsNothingDueLosesNothing) {
  Beside both;
  both.push(at(1'000), 1);
  EXPECT_FALSE(both.pop(at(10)));
  both.push(at(20), 2);
  EXPECT_TRUE(both.pop(at(20)));
  EXPECT_TRUE(both.pop(time_never));
}

TEST(RadixHeap, ClearedItIsAsNew) {
  RadixHeap<Entry> heap;
  heap.push({at(5), 1});
  ASSERT_NE(heap.first(time_never), nullptr);
  heap.clear();
  EXPECT_EQ(heap.size(), 0u);
  EXPECT_EQ(heap.first(time_never), nullptr);
  heap.push({at(3), 2});
  EXPECT_EQ(heap.first(time_never)->order, 2u);
}

}  // namespace
}  // namespace moirai
