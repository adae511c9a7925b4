#include "runtime/otp/child_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "runtime/kernel/random.hpp"

namespace moirai {
namespace {

std::shared_ptr<const ChildSpec> spec(const std::string& id) { return std::make_shared<ChildSpec>(ChildSpec{.id = id}); }
Pid pid(std::uint32_t slot) { return Pid(slot, 1, 0); }

std::string order(const ChildTable& table) {
  std::string ids, back;
  for (auto place = table.first(); place != ChildTable::none; place = table.next(place)) ids += table[place].spec->id;
  for (auto place = table.last(); place != ChildTable::none; place = table.previous(place)) back += table[place].spec->id;
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(ids, back);
  return ids;
}

TEST(ChildTable, KeepsStartOrder) {  // R-SUP-37: whoever is deleted and added again is the last
  ChildTable table;
  for (const char* id : {"a", "b", "c", "d"}) table.append(spec(id));
  EXPECT_EQ(order(table), "abcd");
  table.erase(table.find("b"));
  EXPECT_EQ(order(table), "acd");
  table.append(spec("b"));
  EXPECT_EQ(order(table), "acdb");
  table.move_to_end(table.find("a"));
  EXPECT_EQ(order(table), "cdba");
  table.erase(table.first());
  table.erase(table.last());
  EXPECT_EQ(order(table), "db");
}

TEST(ChildTable, FindsOnlyThoseThatRunByPid) {  // R-SUP-12
  ChildTable table;
  const auto a = table.append(spec("a"));
  table.set(a, Child::State::running, pid(1));
  EXPECT_EQ(table.find_running(pid(1)), a);
  table.set(a, Child::State::restarting, pid(1));
  EXPECT_EQ(table.find_running(pid(1)), ChildTable::none);
  table.set(a, Child::State::running, pid(2));
  EXPECT_EQ(table.find_running(pid(1)), ChildTable::none);
  EXPECT_EQ(table.find_running(pid(2)), a);
  table.erase(a);
  EXPECT_EQ(table.find_running(pid(2)), ChildTable::none);
  EXPECT_EQ(table.find("a"), ChildTable::none);
}

TEST(ChildTable, AgreesWithAPlainMapInRandomUse) {
  Random random(7);
  for (int round = 0; round < 20; ++round) {
    ChildTable table;
    std::map<std::string, Pid> known;  // nobody: stopped
    std::uint32_t next_pid = 1;
    for (int step = 0; step < 2000; ++step) {
      const std::string id = std::to_string(random.below(300));
      const auto place = table.find(id);
      ASSERT_EQ(place != ChildTable::none, known.count(id) == 1);
      if (place == ChildTable::none) {
        table.append(spec(id));
        known[id] = Pid{};
      } else if (random.below(4) == 0) {
        table.erase(place);
        known.erase(id);
      } else {
        const Pid process = random.below(3) == 0 ? Pid{} : pid(next_pid++);
        table.set(place, process ? Child::State::running : Child::State::stopped, process);
        known[id] = process;
      }
    }
    ASSERT_EQ(table.size(), known.size());
    for (const auto& [id, process] : known) {
      const auto place = table.find(id);
      ASSERT_NE(place, ChildTable::none);
      ASSERT_EQ(table[place].pid, process);
      if (process) { ASSERT_EQ(table.find_running(process), place); }
    }
  }
}

}  // namespace
}  // namespace moirai
