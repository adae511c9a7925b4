#include "chaos/faults/partition.hpp"

#include <gtest/gtest.h>

#include "chaos/small_systems.test.hpp"

namespace moirai {
namespace {

using namespace small;

PartitionFault cut(std::optional<Duration> lasts) { return {{{all("pipe/source")}, {all("pipe/sink")}}, lasts}; }

TEST(Partition, HoldsSignalsInOrderAndLosesNone) {
  const Tried tried = attempt(pipe, plan({item("cut", 200ms, cut(400ms))}));
  std::int64_t expected = 1;
  for (const Watch::Seen& got : tried.watch.got) {
    ASSERT_EQ(got.value, expected++);
    const Time sent{(got.value - 1) * 1ms};
    if (sent == Time{300ms} || sent == Time{700ms}) continue;  // either, at these instants
    const bool held = sent > Time{300ms} && sent < Time{700ms};
    EXPECT_EQ(got.at, held ? Time{700ms} : sent);
  }
  EXPECT_GE(expected, 1'500);
  const FaultRecord& record = tried.run.faults.records.at(0);
  EXPECT_EQ(record.detail, "pipe/source | pipe/sink");
  EXPECT_EQ(record.opened, Time{300ms});
  EXPECT_EQ(record.closed, Time{700ms});
}

TEST(Partition, HealSetsFreeWhatIsStillHeld) {
  const Tried tried = attempt(pipe, plan({item("cut", 200ms, cut(std::nullopt))}));
  EXPECT_EQ(tried.run.faults.records.at(0).closed, Time{1100ms});
  ASSERT_FALSE(tried.watch.got.empty());
  EXPECT_GE(tried.watch.got.back().value, 1'499);
}

TEST(Partition, HoldBeatsDelay) {
  const DelayFault mud{{{all("pipe/source"), all("pipe/sink")}}, {5ms, 5ms}, 600ms};
  const Tried tried = attempt(pipe, plan({item("mud", 200ms, mud), item("cut", 200ms, cut(200ms))}));
  std::int64_t expected = 1;
  for (const Watch::Seen& got : tried.watch.got) {
    ASSERT_EQ(got.value, expected++);
    const Time sent{(got.value - 1) * 1ms};
    if (sent > Time{300ms} && sent < Time{500ms}) { EXPECT_EQ(got.at, Time{505ms}); }  // set free into a wire that still delays
  }
}

TEST(Partition, TwoCutsHoldUntilTheLastOneEnds) {
  const Tried tried = attempt(pipe, plan({item("long", 200ms, cut(400ms)), item("short", 250ms, cut(100ms))}));
  for (const Watch::Seen& got : tried.watch.got) {
    const Time sent{(got.value - 1) * 1ms};
    if (sent > Time{300ms} && sent < Time{700ms}) { EXPECT_EQ(got.at, Time{700ms}); }
  }
}

struct SawDown {
  static constexpr std::string_view fields[] = {"reason"};
  std::string reason;
};
void watcher(Self& self) {
  self.monitor("prey");
  self.receive([&](const Down& m) { self.note(SawDown{m.reason.to_string()}); });
  self.receive([](const Number&) {});
}
void prey(Self& self) {
  self.receive([](const Number&) {});
}
ChildSpec forest(const Args&) {
  return supervisor({.name = "forest", .intensity = {.restarts = 100, .within = 1s}},
                    {worker("prey", prey, {.registered = true}), worker("watcher", watcher)});
}

TEST(Partition, NewsOfADeathIsHeldToo) {
  const PartitionFault split{{{all("forest/prey")}, {all("forest/watcher")}}, 400ms};
  const Tried tried = attempt(forest, plan({item("split", 200ms, split), item("boom", 300ms, CrashFault{all("forest/prey"), "boom", {}})}));
  std::vector<Time> downs;
  for (const Watch::Seen& note : tried.watch.notes)
    if (note.text.starts_with("SawDown")) downs.push_back(note.at);
  EXPECT_EQ(downs, std::vector<Time>{Time{700ms}});
  EXPECT_EQ(tried.run.counters.restarts, 1u);  // the supervisor is on no side
}

TEST(Partition, WhoIsBornMeanwhileIsOnItsSide) {
  const Tried tried =
      attempt(pipe, plan({item("cut", 200ms, cut(400ms)), item("boom", 300ms, CrashFault{all("pipe/source"), "boom", {}})}));
  for (const Watch::Seen& got : tried.watch.got) EXPECT_FALSE(got.at > Time{301ms} && got.at < Time{700ms}) << got.value;
}

TEST(Partition, WithOneSidePopulatedItIsSkipped) {
  const Tried tried = attempt(pipe, plan({item("cut", 200ms, PartitionFault{{{all("pipe/source")}, {all("pipe/drain")}}, 400ms})}));
  EXPECT_EQ(tried.run.faults.skipped("cut", SkipReason::no_target), 1u);
  EXPECT_TRUE(tried.run.faults.records.at(0).targets.empty());
}

}  // namespace
}  // namespace moirai
