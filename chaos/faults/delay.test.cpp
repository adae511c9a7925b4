#include "chaos/faults/delay.hpp"

#include <gtest/gtest.h>

#include <set>

#include "chaos/small_systems.test.hpp"

namespace moirai {
namespace {

using namespace small;

// Number n is sent at (n - 1) ms: the source begins at 0 and sleeps 1 ms.
Duration late(const Watch::Seen& got) { return got.at - Time{(got.value - 1) * 1ms}; }

DelayFault mud(DurationSpec by, std::optional<Duration> lasts) { return {{{all("pipe/source"), all("pipe/sink")}}, by, lasts}; }

TEST(Delay, NothingIsLateWithoutIt) {
  const Tried tried = attempt(pipe, plan({}));
  ASSERT_GT(tried.watch.got.size(), 1'000u);
  for (const Watch::Seen& got : tried.watch.got) EXPECT_EQ(late(got), 0ms);
}

TEST(Delay, EachSignalIsLateByADrawnDurationAndNoneIsLostOrOvertaken) {
  const Tried tried = attempt(pipe, plan({item("mud", 200ms, mud({5ms, 15ms}, 400ms))}));
  std::int64_t expected = 1;
  std::set<Duration> seen;
  for (const Watch::Seen& got : tried.watch.got) {
    ASSERT_EQ(got.value, expected++);  // all of them, in order
    const Time sent{(got.value - 1) * 1ms};
    EXPECT_LE(late(got), 15ms);
    if (sent < Time{300ms}) { EXPECT_EQ(late(got), 0ms); }
    if (sent > Time{300ms} && sent < Time{700ms}) {
      EXPECT_GE(late(got), 5ms);
      seen.insert(late(got));
    }
    if (sent > Time{716ms}) { EXPECT_EQ(late(got), 0ms); }
  }
  EXPECT_GE(expected, 1'500);
  EXPECT_GT(seen.size(), 20u);  // drawn per signal, in nanoseconds
}

TEST(Delay, ADelayedSignalHoldsBackThoseSentAfterTheFaultEnded) {
  const Tried tried = attempt(pipe, plan({item("mud", 200ms, mud({50ms, 50ms}, 10ms))}));
  for (const Watch::Seen& got : tried.watch.got) {
    const Time sent{(got.value - 1) * 1ms};
    if (sent > Time{310ms} && sent < Time{358ms}) { EXPECT_GE(got.at, Time{358ms}); }  // the last delayed one was sent at 309 or 310 ms
    if (sent > Time{361ms}) { EXPECT_EQ(late(got), 0ms); }
  }
}

TEST(Delay, HealEndsOneThatWasToLastUntilThen) {
  const Tried tried = attempt(pipe, plan({item("mud", 200ms, mud({5ms, 5ms}, std::nullopt))}));
  EXPECT_EQ(tried.run.faults.records.at(0).closed, Time{1100ms});
  EXPECT_EQ(tried.run.faults.active("mud", tried.run.end.at), 800ms);
  EXPECT_EQ(late(tried.watch.got.back()), 0ms);
}

TEST(Delay, DelaysOfSeveralFaultsAddUp) {
  const Tried tried = attempt(pipe, plan({item("mud", 200ms, mud({5ms, 5ms}, 500ms)), item("more", 200ms, mud({7ms, 7ms}, 500ms))}));
  for (const Watch::Seen& got : tried.watch.got) {
    const Time sent{(got.value - 1) * 1ms};
    if (sent > Time{300ms} && sent < Time{800ms}) { EXPECT_EQ(late(got), 12ms); }
  }
}

TEST(Delay, TheOtherDirectionIsNotMeant) {
  const Tried tried =
      attempt(pipe, plan({item("mud", 200ms, DelayFault{{{all("pipe/sink"), all("pipe/source")}}, {5ms, 5ms}, std::nullopt})}));
  for (const Watch::Seen& got : tried.watch.got) EXPECT_EQ(late(got), 0ms);
  EXPECT_EQ(tried.run.faults.fired("mud"), 1u);
}

TEST(Delay, WhoIsBornMeanwhileIsMeantToo) {
  const Tried tried = attempt(
      pipe, plan({item("mud", 200ms, mud({5ms, 5ms}, std::nullopt)), item("boom", 300ms, CrashFault{all("pipe/source"), "boom", {}})}));
  bool restarted = false;
  for (const Watch::Seen& got : tried.watch.got) {
    if (got.at < Time{410ms} || got.value > 100) continue;  // of the second source, which counts from 1 and begins at 400 ms
    restarted = true;
    EXPECT_EQ(got.at - Time{400ms} - (got.value - 1) * 1ms, 5ms);
  }
  EXPECT_TRUE(restarted);
}

TEST(Delay, WithoutSomebodyAtBothEndsItIsSkipped) {
  const Tried tried =
      attempt(pipe, plan({item("mud", 200ms, DelayFault{{{all("pipe/source"), all("pipe/drain")}}, {5ms, 5ms}, std::nullopt})}));
  EXPECT_EQ(tried.run.faults.skipped("mud", SkipReason::no_target), 1u);
}

}  // namespace
}  // namespace moirai
