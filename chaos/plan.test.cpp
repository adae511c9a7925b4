#include "chaos/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace moirai {
namespace {

using namespace std::chrono_literals;

FaultSpec crash(std::string name, Trigger trigger) {
  FaultSpec fault;
  fault.name = std::move(name);
  fault.kind = FaultKind::crash;
  fault.trigger = std::move(trigger);
  fault.target = {"bank/teller-*", true};
  fault.reason = "boom";
  return fault;
}

FaultSpec cut(std::string name, Trigger trigger, std::optional<DurationSpec> lasts) {
  FaultSpec fault;
  fault.name = std::move(name);
  fault.kind = FaultKind::partition;
  fault.trigger = std::move(trigger);
  fault.lasts = lasts;
  fault.window = Duration::zero();
  fault.sides = {{{"bank/ledger", false}}, {{"bank/teller-*", false}}};
  return fault;
}

FaultSpec slow(std::string name, Trigger trigger) {
  FaultSpec fault;
  fault.name = std::move(name);
  fault.kind = FaultKind::delay;
  fault.trigger = std::move(trigger);
  fault.lasts = DurationSpec{100ms, 2s};
  fault.window = Duration::zero();
  fault.links = {{{"bank/teller-*", false}, {"bank/ledger", false}}};
  fault.delay = {10ms, 50ms};
  return fault;
}

Scenario scenario(std::vector<FaultSpec> faults) {
  Scenario value;
  value.phases = {1s, 10s, 10s};
  value.faults = std::move(faults);
  return value;
}

std::vector<Duration> dues(const FaultPlan& plan, std::string_view name) {
  std::vector<Duration> found;
  for (const PlannedFault& fault : plan.faults)
    if (fault.name == name) found.push_back(fault.due - Time{1s});  // since the start of chaos
  return found;
}

const Scenario mixed = scenario(
    {crash("teller-crash", Rate{3, 10s}), cut("cut", AtTimes{{2s, 6s}}, DurationSpec{500ms, 500ms}), slow("mud", EveryPeriod{4s})});

TEST(FaultPlan, IsAFunctionOfScenarioAndSeed) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) EXPECT_EQ(resolve(mixed, seed), resolve(mixed, seed));
  EXPECT_NE(resolve(mixed, 1), resolve(mixed, 2));
}

TEST(FaultPlan, PrintsOneLineAnItemInOrderOfTime) {
  EXPECT_EQ(to_string(resolve(mixed, 7)),
            "2.468879939s..2.488879939s  teller-crash#1  crash of one bank/teller-* with reason boom\n"
            "3s                          cut#1           signals between bank/ledger | bank/teller-* held, for 0.5s\n"
            "4.353967002s..4.373967002s  teller-crash#2  crash of one bank/teller-* with reason boom\n"
            "5s                          mud#1           signals bank/teller-* -> bank/ledger delayed by 10ms..50ms, for 1.884175532s\n"
            "7s                          cut#2           signals between bank/ledger | bank/teller-* held, for 0.5s\n"
            "9s                          mud#2           signals bank/teller-* -> bank/ledger delayed by 10ms..50ms, for 0.982611005s\n");
}

TEST(FaultPlan, AtFiresAtItsTimesAndEveryFirstAfterOnePeriod) {
  const FaultPlan plan = resolve(scenario({crash("a", AtTimes{{0s, 3s, 9s}}), crash("b", EveryPeriod{3s})}), 1);
  EXPECT_EQ(dues(plan, "a"), (std::vector<Duration>{0s, 3s, 9s}));
  EXPECT_EQ(dues(plan, "b"), (std::vector<Duration>{3s, 6s, 9s}));
  EXPECT_TRUE(std::is_sorted(plan.faults.begin(), plan.faults.end(), [](const auto& x, const auto& y) { return x.due < y.due; }));
}

TEST(FaultPlan, EveryPeriodAsLongAsChaosNeverFires) { EXPECT_TRUE(resolve(scenario({crash("a", EveryPeriod{10s})}), 1).faults.empty()); }

TEST(FaultPlan, NothingStartsOutsideChaosAndWindowsEndInsideIt) {
  const Scenario busy = scenario({crash("a", Rate{50, 1s}), crash("b", AtTimes{{9990ms}})});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const PlannedFault& fault : resolve(busy, seed).faults) {
      EXPECT_GE(fault.due, Time{1s});
      EXPECT_LE(fault.due, fault.until);
      EXPECT_LT(fault.until, Time{11s});
    }
  }
}

TEST(FaultPlan, CrashesGetTheirWindowOthersNone) {
  FaultSpec exact = crash("exact", AtTimes{{2s}});
  exact.window = Duration::zero();
  const FaultPlan plan = resolve(scenario({crash("a", AtTimes{{1s}}), exact, cut("c", AtTimes{{3s}}, DurationSpec{1s, 1s})}), 1);
  ASSERT_EQ(plan.faults.size(), 3u);
  EXPECT_EQ(plan.faults[0].until - plan.faults[0].due, 20ms);
  EXPECT_EQ(plan.faults[1].until, plan.faults[1].due);
  EXPECT_EQ(plan.faults[2].until, plan.faults[2].due);
}

TEST(FaultPlan, MaxBoundsTheFirings) {
  FaultSpec fault = crash("a", EveryPeriod{1s});
  fault.max = 3;
  EXPECT_EQ(dues(resolve(scenario({fault}), 1), "a"), (std::vector<Duration>{1s, 2s, 3s}));
  fault.max = 0;
  EXPECT_TRUE(resolve(scenario({fault}), 1).faults.empty());
}

TEST(FaultPlan, CooldownCountsFromTheEndOfAFiring) {
  FaultSpec fault = cut("a", EveryPeriod{1s}, DurationSpec{1500ms, 1500ms});
  fault.cooldown = 600ms;
  const FaultPlan plan = resolve(scenario({fault}), 1);  // open 1..2.5, ready at 3.1; open 4..5.5, ready at 6.1; open 7..8.5, ready at 9.1
  EXPECT_EQ(dues(plan, "a"), (std::vector<Duration>{1s, 4s, 7s}));
  ASSERT_EQ(plan.left_out.size(), 1u);
  EXPECT_EQ(plan.left_out[0].overlap, 3u);   // 2, 5, 8
  EXPECT_EQ(plan.left_out[0].cooldown, 3u);  // 3, 6, 9
  EXPECT_EQ(plan.faults[2].kth, 3u);
}

TEST(FaultPlan, AFaultUntilHealIsOpenedOnce) {
  const FaultPlan plan = resolve(scenario({cut("a", EveryPeriod{1s}, std::nullopt)}), 1);
  EXPECT_EQ(dues(plan, "a"), (std::vector<Duration>{1s}));
  EXPECT_EQ(plan.left_out.at(0).overlap, 8u);
}

TEST(FaultPlan, DurationsAreDrawnFromTheirRange) {
  bool differ = false;
  std::optional<Duration> first;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const PlannedFault& fault : resolve(scenario({slow("a", EveryPeriod{4s})}), seed).faults) {
      const Duration lasts = std::get<DelayFault>(fault.effect).lasts.value();
      EXPECT_GE(lasts, 100ms);
      EXPECT_LE(lasts, 2s);
      differ |= first && *first != lasts;
      first = lasts;
    }
  }
  EXPECT_TRUE(differ);
}

TEST(FaultPlan, OneMoreFaultLeavesTheOthersAsTheyWere) {
  Scenario more = mixed;
  more.faults.insert(more.faults.begin(), crash("new", Rate{5, 1s}));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FaultPlan with = resolve(more, seed);
    with.faults.erase(std::remove_if(with.faults.begin(), with.faults.end(), [](const auto& fault) { return fault.name == "new"; }),
                      with.faults.end());
    EXPECT_EQ(with, resolve(mixed, seed));
  }
}

TEST(FaultPlan, RateMeansThatManyOnAverage) {
  const Scenario busy = scenario({crash("a", Rate{30, 1min})});  // 5 expected in 10 s
  std::uint64_t firings = 0, none = 0;
  constexpr std::uint64_t seeds = 20'000;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const std::size_t here = resolve(busy, seed).faults.size();
    firings += here;
    none += here == 0 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(firings) / seeds, 5.0, 0.08);      // 5 sigma of sqrt(5 / 20000)
  EXPECT_NEAR(static_cast<double>(none) / seeds, 0.006738, 0.0029);  // e^-5: Poisson, not merely the right mean
}

TEST(FaultPlan, ARateBeyondReasonIsCutShort) {
  EXPECT_EQ(resolve(scenario({crash("a", Rate{1'000'000'000, 1s})}), 1).faults.size(), most_firings);
}

TEST(FaultPlan, ExplainsEachKindInOneSentence) {
  FaultSpec counted = crash("a", AtTimes{{1s}});
  counted.after_operations = 3;
  FaultSpec told = crash("b", AtTimes{{2s}});
  told.kind = FaultKind::exit_signal;
  told.from = {"bank", false};
  const FaultPlan plan =
      resolve(scenario({counted, told, cut("c", AtTimes{{3s}}, std::nullopt), cut("d", AtTimes{{4s}}, DurationSpec{2s, 2s})}), 1);
  EXPECT_EQ(explain(plan.faults.at(0)), "crash of one bank/teller-* with reason boom, at its 3rd operation from then");
  EXPECT_EQ(explain(plan.faults.at(1)), "exit signal boom to one bank/teller-* from bank");
  EXPECT_EQ(explain(plan.faults.at(2)), "signals between bank/ledger | bank/teller-* held, until heal");
  EXPECT_EQ(explain(plan.faults.at(3)), "signals between bank/ledger | bank/teller-* held, for 2s");
}

}  // namespace
}  // namespace moirai
