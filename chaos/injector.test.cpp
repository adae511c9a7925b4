#include "chaos/injector.hpp"

#include <gtest/gtest.h>

#include "chaos/small_systems.test.hpp"

namespace moirai {
namespace {

using namespace small;

PartitionFault cut(std::optional<Duration> lasts) { return {{{all("pipe/source")}, {all("pipe/sink")}}, lasts}; }

std::vector<std::string> closings(const Tried& tried) {
  std::vector<std::string> found;
  for (const Watch::Seen& note : tried.watch.notes)
    if (note.text.starts_with("FaultClosed")) found.push_back(note.text);
  return found;
}

TEST(Injector, HealUndoesInReverseOrder) {
  const Tried tried =
      attempt(pipe, plan({item("a", 100ms, cut(std::nullopt)), item("b", 200ms, cut(std::nullopt)), item("c", 300ms, cut(std::nullopt))}));
  EXPECT_EQ(closings(tried),
            (std::vector<std::string>{R"(FaultClosed{fault="c#1"})", R"(FaultClosed{fault="b#1"})", R"(FaultClosed{fault="a#1"})"}));
}

TEST(Injector, AFaultThatHasEndedIsNotUndoneAgain) {
  const Tried tried =
      attempt(pipe, plan({item("a", 100ms, cut(200ms)), item("b", 200ms, cut(std::nullopt)), item("c", 950ms, cut(500ms))}));
  EXPECT_EQ(closings(tried),
            (std::vector<std::string>{R"(FaultClosed{fault="a#1"})", R"(FaultClosed{fault="c#1"})", R"(FaultClosed{fault="b#1"})"}));
  EXPECT_EQ(tried.run.faults.records.at(2).closed, Time{1100ms});
}

TEST(Injector, EachItemIsAnOutsideEventOfItsOwn) {
  const Tried tried = attempt(pipe, plan({item("a", 100ms, cut(200ms)), item("boom", 350ms, CrashFault{all("pipe/sink"), "boom", {}})}));
  std::vector<std::string> keys;
  for (const Watch::Seen& seen : tried.watch.outsides) keys.push_back(seen.text);
  EXPECT_EQ(keys, (std::vector<std::string>{"phase:chaos", "fault:a#1", "fault:a#1 ends", "fault:boom#1", "phase:heal", "phase:over"}));
}

TEST(Injector, AWindowIsKept) {
  bool late = false;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Tried tried = attempt(pipe, plan({item("boom", 300'500us, CrashFault{all("pipe/source"), "boom", {}}, 20ms)}, seed), seed);
    ASSERT_EQ(tried.watch.exits.size(), 1u);
    EXPECT_GE(tried.watch.exits[0].at, Time{400'500us});
    EXPECT_LE(tried.watch.exits[0].at, Time{420'500us});
    late |= tried.watch.exits[0].at > Time{400'500us};
  }
  EXPECT_TRUE(late);
}

TEST(Injector, AShrunkPlanDoesWhatItsItemsDidBefore) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const FaultPlan whole =
        plan({item("a", 100ms, CrashFault{one("bank/teller-*"), "boom", {}}), item("b", 200ms, CrashFault{one("bank/*"), "bang", {}}),
              item("c", 300ms, CrashFault{one("bank/*"), "crack", {}})},
             seed);
    FaultPlan part = whole;
    part.faults.erase(part.faults.begin());
    const Tried before = attempt(bank, whole, seed, ScheduleStrategy::fifo);
    const Tried after = attempt(bank, part, seed, ScheduleStrategy::fifo);
    const auto without_ordinals = [](const FaultRecord& record) {
      std::vector<std::string> paths;
      for (const std::string& target : record.targets) paths.push_back(target.substr(0, target.rfind('#')));
      return paths;
    };
    EXPECT_EQ(without_ordinals(before.run.faults.records.at(1)), without_ordinals(after.run.faults.records.at(0)));
    EXPECT_EQ(without_ordinals(before.run.faults.records.at(2)), without_ordinals(after.run.faults.records.at(1)));
  }
}

}  // namespace
}  // namespace moirai
