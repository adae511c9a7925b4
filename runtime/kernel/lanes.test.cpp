#include "runtime/kernel/lanes.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>

#include "runtime/kernel/random.hpp"

namespace moirai {
namespace {

// Against a map of queues, over a long random history of pushes and pops from many senders, old incarnations of a slot among them.
TEST(Lanes, AgreeWithAMapOfQueues) {
  Random draws(42);
  Lanes lanes;
  std::map<Pid, std::deque<Signal*>> model;
  std::vector<std::unique_ptr<Signal>> signals;
  for (int step = 0; step < 20'000; ++step) {
    const Pid sender(static_cast<std::uint32_t>(draws.below(200)), 1 + static_cast<std::uint32_t>(draws.below(2)), 0);
    if (draws.below(100) < 52 || !model.count(sender)) {
      signals.push_back(std::make_unique<Signal>());
      Signal* signal = signals.back().get();
      signal->sender = sender;
      EXPECT_EQ(lanes.push(signal), model.count(sender) == 0);
      model[sender].push_back(signal);
    } else {
      bool emptied = false;
      ASSERT_EQ(lanes.head(sender), model[sender].front());
      ASSERT_EQ(lanes.pop(sender, emptied), model[sender].front());
      model[sender].pop_front();
      EXPECT_EQ(emptied, model[sender].empty());
      if (emptied) model.erase(sender);
    }
    ASSERT_EQ(lanes.size(), model.size());
  }
  EXPECT_GT(model.size(), 100u);
}

TEST(Lanes, HaveNoHeadForAStranger) {
  Lanes lanes;
  EXPECT_EQ(lanes.head(Pid(1, 1, 0)), nullptr);
  EXPECT_TRUE(lanes.empty());
}

}  // namespace
}  // namespace moirai
