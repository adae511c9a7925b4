#include "chaos/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace moirai {
namespace {

TEST(EditDistance, CountsASwapOfNeighboursAsOne) {
  EXPECT_EQ(edit_distance("rtae", "rate"), 1u);
  EXPECT_EQ(edit_distance("", "rate"), 4u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("Crash", "crash"), 0u);
}

TEST(Nearest, TakesTheClosestAndTheFirstOfEquals) {
  const std::vector<std::string> words{"at", "every", "rate", "cooldown"};
  EXPECT_EQ(nearest("rtae", words), "rate");
  EXPECT_EQ(nearest("cooldwon", words), "cooldown");
  EXPECT_EQ(nearest("bt", std::vector<std::string>{"at", "it"}), "at");
}

TEST(Nearest, HasACutoff) {
  EXPECT_EQ(nearest("budget", std::vector<std::string>{"format", "phases"}), "");
  EXPECT_EQ(nearest("x", std::vector<std::string>{"at"}), "");
  EXPECT_EQ(nearest("", std::vector<std::string>{"a"}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), std::vector<std::string>{"a"}), "");
}

TEST(HintFor, FallsBackToTheWholeList) {
  const std::vector<std::string> words{"fifo", "random"};
  EXPECT_EQ(hint_for("randon", words), "did you mean \"random\"?");
  EXPECT_EQ(hint_for("pct", words), "one of: fifo, random");
  EXPECT_EQ(hint_for("pct", std::vector<std::string>{}), "");
}

}  // namespace
}  // namespace moirai
