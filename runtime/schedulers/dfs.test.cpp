// All schedules of small programs, against counts made by hand; and every program of links, monitors and ends on a few processes in every
// schedule (runtime/kernel/link_programs.test.cpp).
#include "runtime/schedulers/dfs.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "runtime/kernel/self.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {
namespace {

struct Number {
  int value = 0;
};

// The orders in which one receiver gets what several senders send, each `each` messages; and how many schedules there were.
std::pair<std::set<std::string>, int> orders(int senders, int each) {
  World world;
  DfsStrategy dfs(Time{} + 1ms);
  std::set<std::string> found;
  int runs = 0;
  do {
    std::string order;
    world.reset(Settings{.scheduler = Scheduler::custom, .strategy = &dfs});
    world.start("receiver", [&](Self& self) {
      const Pid me = self.pid();
      for (int i = 0; i < senders; ++i)
        self.spawn([me, i, each](Self& sender) {  // all are ready before the exploration begins
          for (int k = 0; k < each; ++k) sender.send(me, Number{i});
        });
      self.sleep(1ms);
      for (int i = 0; i < senders * each; ++i) order += std::to_string(self.take<Number>().value);
    });
    world.run();
    found.insert(order);
    ++runs;
  } while (dfs.next());
  return {found, runs};
}

TEST(Dfs, BeforeItsTimeThereIsOneSchedule) { EXPECT_EQ(orders(3, 1), (std::pair<std::set<std::string>, int>{{"012"}, 1})); }

// The senders run when the exploration has begun: all interleavings, each once per order of the senders' own turns.
std::pair<std::set<std::string>, int> all_orders(int senders, int each) {
  World world;
  DfsStrategy dfs;
  std::set<std::string> found;
  int runs = 0;
  do {
    std::string order;
    world.reset(Settings{.scheduler = Scheduler::custom, .strategy = &dfs});
    const Pid receiver = world.start("receiver", [&, senders, each](Self& self) {
      for (int i = 0; i < senders * each; ++i) order += std::to_string(self.take<Number>().value);
    });
    for (int i = 0; i < senders; ++i)
      world.start("sender", [receiver, i, each](Self& sender) {
        for (int k = 0; k < each; ++k) sender.send(receiver, Number{i});
      });
    world.run();
    found.insert(order);
    ++runs;
  } while (dfs.next());
  return {found, runs};
}

TEST(Dfs, FindsEveryOrderAndEnds) {
  EXPECT_EQ(all_orders(1, 3).first, std::set<std::string>{"000"});
  EXPECT_EQ(all_orders(2, 1).first, (std::set<std::string>{"01", "10"}));
  EXPECT_EQ(all_orders(3, 1).first.size(), 6u);
  EXPECT_EQ(all_orders(2, 2).first.size(), 6u);   // 4! / (2! 2!)
  EXPECT_EQ(all_orders(2, 3).first.size(), 20u);  // 6! / (3! 3!)
}

// Receiver starts, sender starts, delivery; or sender first, and then the start and the delivery in both orders.
TEST(Dfs, PlaysEachScheduleOnce) { EXPECT_EQ(all_orders(1, 1).second, 3); }

}  // namespace
}  // namespace moirai
