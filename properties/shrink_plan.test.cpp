// A planted bug that needs two faults of twenty: the plan shrinks to those two, by running the system again and again with the same seed.
#include <gtest/gtest.h>

#include "properties/fold.hpp"
#include "properties/shrink.hpp"
#include "runtime/kernel/self.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {
namespace {

// A vault with ten latches. A latch that is restarted comes up open (that is the bug), and the vault opens when two certain ones are open.
struct Opened {
  std::int64_t latch = 0;
};

void latch(Self& self, std::int64_t number) {
  if (self.now() > Time{} + 500ms) self.note(Opened{number});
  for (;;) self.receive([](const Message&) {});
}

ChildSpec vault() {
  std::vector<ChildSpec> latches;
  for (std::int64_t number = 0; number < 10; ++number)
    latches.push_back(worker("latch-" + std::to_string(number), [number](Self& self) { latch(self, number); }));
  SupervisorOptions options;
  options.name = "vault";
  options.intensity = {1000, 5s};
  return supervisor(std::move(options), std::move(latches));
}

struct Open {
  bool third = false, eighth = false;
};

std::unique_ptr<Law> vault_stays_shut() {
  return fold_over(Open{}, on<Opened>([](Open& open, const Opened& note) {
                     open.third = open.third || note.latch == 3;
                     open.eighth = open.eighth || note.latch == 8;
                     return open.third && open.eighth ? broken("the vault is open") : held();
                   }));
}

FaultPlan twenty_faults() {
  FaultPlan plan;
  plan.seed = 9;
  for (std::uint64_t k = 1; k <= 20; ++k) {
    CrashFault crash;
    // Latch 3 falls only at the 5th fault, latch 8 only at the 14th.
    const std::uint64_t other = k % 8 < 3 ? k % 8 : k % 8 + (k % 8 < 7 ? 1 : 2);
    crash.target.pattern = "vault/latch-" + std::to_string(k == 5 ? 3 : k == 14 ? 8 : other);
    crash.reason = "boom";
    const Time due = Time{} + 1s + std::chrono::milliseconds(100 * k);
    plan.faults.push_back({"crash", k, due, due + 20ms, std::move(crash)});
  }
  return plan;
}

TEST(ShrinkPlan, TwoFaultsOfTwentyAreLeft) {
  Scenario scenario;
  scenario.name = "vault";
  const SystemDeclaration system{"vault", "", {}, [](const Args&) { return vault(); }};
  World world;
  const auto still_fails = [&](const FaultPlan& plan) {
    const std::unique_ptr<Law> law = vault_stays_shut();
    law->configure({"vault_stays_shut"});
    Observer* observers[] = {law.get()};
    execute(world, scenario, system, plan, plan.seed, observers);
    return law->verdict().violated();
  };
  const FaultPlan plan = twenty_faults();
  ASSERT_TRUE(still_fails(plan));
  const ShrunkPlan shrunk = shrink_plan(plan, still_fails);
  EXPECT_TRUE(shrunk.minimal);
  ASSERT_EQ(shrunk.plan.faults.size(), 2u) << to_string(shrunk.plan);
  EXPECT_EQ(shrunk.plan.faults[0], plan.faults[4]);
  EXPECT_EQ(shrunk.plan.faults[1], plan.faults[13]);
  EXPECT_EQ(shrunk.plan.seed, plan.seed);
  EXPECT_LE(shrunk.attempts, 60u);
  EXPECT_TRUE(still_fails(shrunk.plan));
}

}  // namespace
}  // namespace moirai
