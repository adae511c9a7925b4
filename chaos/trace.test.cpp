#include "chaos/trace.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "chaos/small_systems.test.hpp"

namespace moirai {
namespace {

using namespace small;

const FaultPlan boom = plan({item("boom", 200ms, CrashFault{all("bank/teller-1"), "boom", {}})});

moirai::Run record(Trace& trace, std::uint64_t seed = 1, const FaultPlan& faults = boom) {
  Observer* const observers[] = {&trace};
  return execute(scenario(), system("bank", bank), faults, seed, observers);
}
bool has(const std::vector<TraceEvent>& events, std::string_view line) {
  return std::any_of(events.begin(), events.end(), [&](const TraceEvent& event) { return to_text(event) == line; });
}

TEST(Trace, ReadsLikeAStory) {
  Trace trace;
  record(trace);
  const std::vector<TraceEvent> events = trace.events();
  EXPECT_TRUE(has(events, "0s  bank#1/ledger#1  is spawned by bank#1"));
  EXPECT_TRUE(has(events, "0.01s  bank#1/teller-1#1  sends Debit{cents=1} to bank#1/ledger#1"));
  EXPECT_TRUE(has(events, "0.01s  bank#1/ledger#1  receives Debit{cents=1} from bank#1/teller-1#1"));
  EXPECT_TRUE(has(events, "0.3s  (outside)  fault:boom#1"));
  EXPECT_TRUE(has(events, "0.3s  bank#1/teller-1#1  is crashed with boom"));
  EXPECT_TRUE(has(events, "0.3s  bank#1/teller-1#2  is spawned by bank#1"));
  EXPECT_TRUE(has(events, R"(0.3s  bank#1  notes ChildStarted{id="teller-1", pid=bank#1/teller-1#2})"));
  EXPECT_EQ(trace.omitted(), 0u);
}

TEST(Trace, ChangesNothing) {
  Trace trace;
  EXPECT_EQ(record(trace).digest, execute(scenario(), system("bank", bank), boom, 1).digest);
}

// What is told when the world is gone is what would have been told while it happened.
TEST(Trace, IsMadeLaterAsItWouldHaveBeenAtOnce) {
  struct AtOnce final : RunListener {
    void begin(World& w, Control&, const PhaseTimes&) override { world = &w; }
    EventMask wants() const override { return Trace::all_but_time; }
    void saw(const Event& event) override { events.push_back(trace_event(event, *world)); }
    const World* world = nullptr;
    std::vector<TraceEvent> events;
  };
  const FaultPlan slow_and_boom =
      plan({item("mud", 150ms, DelayFault{{{all("bank/teller-*"), all("bank/ledger")}}, {1ms, 5ms}, 300ms}), boom.faults.front()});
  for (const FaultPlan& faults : {boom, slow_and_boom})
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      AtOnce at_once;
      Trace later;
      Observer* const observers[] = {&at_once, &later};
      execute(scenario(), system("bank", bank), faults, seed, observers);
      EXPECT_EQ(later.events(), at_once.events);
      EXPECT_GT(later.size(), 100u);
    }
}

// That a process was born is remembered even if it is not told.
TEST(Trace, KnowsThePathsOfThoseWhoseBirthItDoesNotTell) {
  Trace trace(Trace::Window{0, 1'000, {EventKind::exit}});
  record(trace);
  ASSERT_FALSE(trace.events().empty());
  EXPECT_EQ(to_text(trace.events().front()), "0.3s  bank#1/teller-1#1  is crashed with boom");
}

TEST(Trace, ForgetsTheOldest) {
  Trace whole, part(Trace::Window{0, 50, Trace::all_but_time});
  record(whole);
  record(part);
  ASSERT_EQ(part.size(), 50u);
  EXPECT_EQ(part.omitted() + 50, whole.size());
  EXPECT_EQ(part.events().back(), whole.events().back());
}

TEST(Trace, BeginsAtAStep) {
  Trace whole, part(Trace::Window{500, 1'000'000, Trace::all_but_time});
  record(whole);
  record(part);
  ASSERT_NE(part.size(), 0u);
  EXPECT_GE(part.events().front().step, 500u);
  EXPECT_EQ(part.omitted() + part.size(), whole.size());
}

TEST(Trace, TellsTheLastEventsOfSomeProcesses) {
  Trace trace;
  record(trace);
  const std::string who[] = {"bank#1/teller-1#1"};
  std::uint64_t before = 0;
  const std::vector<TraceEvent> last = trace.last_events(who, 5, &before);
  ASSERT_EQ(last.size(), 5u);
  EXPECT_GT(before, 100u);
  for (const TraceEvent& event : last)
    EXPECT_TRUE(event.kind == EventKind::outside || event.process == who[0] || event.other == who[0]) << to_text(event);
  EXPECT_EQ(trace.last_events({}, 3).back(), trace.events().back());
}

TEST(Trace, TwoRunsOfASeedAreEqualAndOthersDifferFirstSomewhere) {
  Trace one, same, other;
  record(one);
  record(same);
  EXPECT_FALSE(first_difference(one, same));
  FaultPlan later = boom;
  later.faults[0].due = later.faults[0].until = Time{500ms};
  record(other, 1, later);
  const std::optional<TraceDifference> difference = first_difference(one, other);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->left, "0.3s  (outside)  fault:boom#1");
  EXPECT_NE(difference->left, difference->right);
}

TEST(Trace, ComparesPrintedTraces) {
  const std::vector<std::string> left{"a", "b", "c"}, right{"a", "x", "c"}, shorter{"a", "b"};
  EXPECT_FALSE(first_difference(left, left));
  EXPECT_EQ(first_difference(left, right)->index, 1u);
  EXPECT_EQ(first_difference(left, right)->right, "x");
  EXPECT_EQ(first_difference(left, shorter)->index, 2u);
  EXPECT_EQ(first_difference(left, shorter)->right, std::nullopt);
}

}  // namespace
}  // namespace moirai
