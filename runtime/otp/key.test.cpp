#include "runtime/otp/key.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace moirai {
namespace {

struct Place {
  std::string street;
  int number;
};

// The same on every compiler: a change would move every key to another partition, and every seed would mean another run.
TEST(Key, HasAHashOfItsContent) {
  EXPECT_EQ(stable_hash(std::string("hello")), stable_hash(std::string_view("hello")));
  EXPECT_NE(stable_hash(std::string("hello")), stable_hash(std::string("world")));
  EXPECT_EQ(stable_hash(Place{"Hoefe", 7}), stable_hash(Place{"Hoefe", 7}));
  EXPECT_NE(stable_hash(Place{"Hoefe", 7}), stable_hash(Place{"Hoefe", 8}));
  EXPECT_EQ(stable_hash(std::string("hello")), 1390596407204096886u);
}

TEST(Key, IsSpreadOverPartitions) {
  std::array<int, 8> counts{};
  for (int i = 0; i < 8000; ++i) ++counts[partition_of(i, counts.size())];
  for (const int count : counts) EXPECT_NEAR(count, 1000, 150);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(partition_of(i, 1), 0u);
}

TEST(Key, IsShownAsATerm) {
  EXPECT_EQ(term_of(-7).to_string(), "-7");
  EXPECT_EQ(term_of(std::string("hello")).to_string(), "\"hello\"");
  EXPECT_EQ(term_of(Term::atom("hello")).to_string(), "hello");
  EXPECT_EQ(term_of(Pid(1, 2, 0)), Term::pid(Pid(1, 2, 0)));
  EXPECT_EQ(term_of(Place{"Hoefe", 7}), Term::string("Place{\"Hoefe\", 7}"));
  EXPECT_EQ(term_of(true), Term::string("true"));
}

}  // namespace
}  // namespace moirai
