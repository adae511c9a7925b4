#include "runtime/otp/registry_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace moirai {
namespace {

using Table = RegistryTable<std::string, int>;
const Pid ann(1, 1, 0), bob(2, 1, 0);
const auto any = [](int) { return true; };

std::vector<int> values(const Table& table, const std::string& key) {
  std::vector<int> found;
  table.each(key, [&](const std::string&, Pid, int value) { found.push_back(value); });
  return found;
}

TEST(RegistryTable, EqualKeysStandInTheOrderOfRegistration) {
  Table table;
  table.add("a", ann, 3);
  table.add("a", bob, 1);
  table.add("a", ann, 2);
  table.add("b", ann, 9);
  EXPECT_EQ(values(table, "a"), (std::vector<int>{3, 1, 2}));
  EXPECT_EQ(table.size(), 4u);
}

TEST(RegistryTable, AUniqueKeyIsAddedOnce) {
  Table table;
  EXPECT_EQ(table.add_new("a", ann, 1), std::nullopt);
  EXPECT_EQ(table.add_new("a", bob, 2), ann);
  EXPECT_EQ(values(table, "a"), std::vector<int>{1});
  EXPECT_EQ(*table.value("a", ann), 1);
  EXPECT_EQ(table.value("a", bob), nullptr);
  EXPECT_EQ(table.value("b", ann), nullptr);
}

TEST(RegistryTable, WhatFitsIsRemovedOfOneProcess) {
  Table table;
  for (const int value : {1, 2, 3}) table.add("a", ann, value);
  table.add("a", bob, 2);
  using Counts = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(table.remove("a", ann, [](int value) { return value == 2; }), (Counts{1, 2}));
  EXPECT_EQ(values(table, "a"), (std::vector<int>{1, 3, 2}));
  EXPECT_EQ(table.remove("a", ann, any), (Counts{2, 0}));
  EXPECT_EQ(table.remove("a", ann, any), (Counts{0, 0}));
  EXPECT_EQ(values(table, "a"), std::vector<int>{2});
}

TEST(RegistryTable, KeysAreListedByProcess) {
  Table table;
  using Keys = std::vector<std::string>;
  for (const char* key : {"a", "b", "a", "a"}) table.list(ann, key);
  EXPECT_EQ(table.keys(ann), (Keys{"a", "b", "a", "a"}));
  table.unlist_last(ann);
  table.unlist(ann, "a", 1);
  EXPECT_EQ(table.keys(ann), (Keys{"a", "b"}));
  table.unlist(ann, "a");
  EXPECT_TRUE(table.lists(ann));
  EXPECT_EQ(table.take_keys(ann), Keys{"b"});
  EXPECT_FALSE(table.lists(ann));
  table.unlist(ann, "a");
  table.unlist_last(ann);
  EXPECT_EQ(table.keys(ann), Keys{});
  table.list(bob, "c");
  table.unlist(bob, "c");
  EXPECT_FALSE(table.lists(bob));
}

}  // namespace
}  // namespace moirai
