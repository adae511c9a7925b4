#include "chaos/process_paths.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

TEST(ProcessPaths, AreThoseOfTheWorld) {
  const Pid root(1, 1, 0), first(2, 1, 0), second(2, 2, 0), grandchild(3, 1, 0);
  ProcessPaths paths;
  paths.born(root, Pid{}, "bank", 1);
  paths.born(first, root, "teller", 1);
  paths.born(second, root, "teller", 2);  // in the same slot
  paths.born(grandchild, second, "bank", 1);
  EXPECT_EQ(paths(root), "bank#1");
  EXPECT_EQ(paths(first), "bank#1/teller#1");
  EXPECT_EQ(paths(grandchild), "bank#1/teller#2/bank#1");
  EXPECT_EQ(paths(Pid{}), "");
  EXPECT_EQ(paths(Pid(7, 0, timer_node)), "timer#7");
  EXPECT_EQ(paths(Pid(9, 1, 0)), "<0.9.1>");
  paths.clear();
  EXPECT_EQ(paths(root), root.to_string());
}

}  // namespace
}  // namespace moirai
