#include "chaos/run.hpp"

#include <gtest/gtest.h>

#include "chaos/small_systems.test.hpp"

namespace moirai {
namespace {

using namespace small;

const FaultPlan three = plan({item("boom", 200ms, CrashFault{one("bank/teller-*"), "boom", {}}, 20ms),
                              item("cut", 300ms, PartitionFault{{{all("bank/ledger")}, {all("bank/teller-*")}}, 100ms}),
                              item("mud", 500ms, DelayFault{{{all("bank/teller-*"), all("bank/ledger")}}, {1ms, 5ms}, 300ms})});

TEST(Run, GoesThroughItsPhasesAndTellsListeners) {
  const Tried tried = attempt(bank, plan({}));
  ASSERT_EQ(tried.watch.phases.size(), 3u);
  EXPECT_EQ(tried.watch.phases[0].text, "warmup");
  EXPECT_EQ(tried.watch.phases[1].text, "chaos");
  EXPECT_EQ(tried.watch.phases[1].at, Time{100ms});
  EXPECT_EQ(tried.watch.phases[2].text, "settle");
  EXPECT_EQ(tried.watch.phases[2].at, Time{1100ms});
  EXPECT_EQ(tried.watch.begun, 1);
  EXPECT_EQ(tried.watch.finished, 1);
  EXPECT_EQ(tried.run.end.at, Time{1600ms});
  EXPECT_EQ(tried.run.virtual_time, 1600ms);
  EXPECT_EQ(tried.run.reached, Phase::settle);
  EXPECT_TRUE(tried.run.complete);
  EXPECT_TRUE(tried.run.root_alive);
}

TEST(Run, EqualSeedsGiveEqualRunsInAnyWorld) {
  const SystemDeclaration declared = system("bank", bank);
  World kept;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const moirai::Run alone = execute(scenario(), declared, three, seed);
    const moirai::Run later = execute(kept, scenario(), declared, three, seed);
    EXPECT_EQ(alone.digest, later.digest);
    EXPECT_EQ(alone.steps, later.steps);
    EXPECT_EQ(alone.faults, later.faults);
    EXPECT_EQ(alone.counters, later.counters);
  }
  EXPECT_NE(execute(scenario(), declared, three, 1).digest, execute(scenario(), declared, three, 2).digest);
}

TEST(Run, ObserversChangeNothing) {
  const SystemDeclaration declared = system("bank", bank);
  EXPECT_EQ(attempt(bank, three, 5).run.digest, execute(scenario(), declared, three, 5).digest);
}

// What the world counts itself is what an observer would count.
struct MessageCounter : Observer {
  MessageCounts counts;
  EventMask wants() const override { return {EventKind::send, EventKind::receive, EventKind::drop}; }
  void saw(const Event& event) override {
    const bool message = event.signal == SignalKind::message || event.signal == SignalKind::alias_message;
    counts.sent += event.kind == EventKind::send && event.hold != Hold::released;
    counts.received += event.kind == EventKind::receive && message;
    counts.dropped += event.kind == EventKind::drop && message;
  }
};
TEST(Run, TheWorldCountsMessages) {
  const SystemDeclaration declared = system("bank", bank);
  std::uint64_t dropped = 0;
  for (const ScheduleStrategy strategy : {ScheduleStrategy::fifo, ScheduleStrategy::random})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      MessageCounter counter;
      Observer* const observers[] = {&counter};
      RunOptions options;
      options.strategy = strategy;
      const moirai::Run unwatched = execute(scenario(), declared, three, seed, {}, options);
      EXPECT_EQ(execute(scenario(), declared, three, seed, observers, options).counters, unwatched.counters);
      EXPECT_EQ(counter.counts, static_cast<const MessageCounts&>(unwatched.counters));
      dropped += counter.counts.dropped;
    }
  EXPECT_GT(dropped, 0u);
}

TEST(Run, WithoutFaultsThePhasesAreTheSame) {
  RunOptions calm;
  calm.no_faults = true;
  Watch watch;
  Observer* const observers[] = {&watch};
  const moirai::Run run = execute(scenario(), system("bank", bank), three, 1, observers, calm);
  EXPECT_TRUE(run.faults.records.empty());
  EXPECT_TRUE(watch.exits.empty());
  EXPECT_EQ(watch.phases.size(), 3u);
  EXPECT_TRUE(run.complete);
}

TEST(Run, TheStrategyCanBeOverridden) {
  RunOptions options;
  options.strategy = ScheduleStrategy::fifo;
  const SystemDeclaration declared = system("bank", bank);
  const moirai::Run overridden = execute(scenario(ScheduleStrategy::random), declared, three, 1, {}, options);
  EXPECT_EQ(overridden.digest, execute(scenario(ScheduleStrategy::fifo), declared, three, 1).digest);
}

TEST(Run, CountsMessagesProcessesAndRestarts) {
  const Tried tried = attempt(bank, three);
  const RunCounters& counters = tried.run.counters;
  EXPECT_EQ(counters.spawns, 5u);  // the supervisor, three children, one restart
  EXPECT_EQ(counters.exits, 1u);
  EXPECT_EQ(counters.restarts, 1u);
  EXPECT_EQ(counters.giveups, 0u);
  EXPECT_GT(counters.sent, 500u);
  EXPECT_LE(counters.received, counters.sent);
  EXPECT_GE(counters.received + 10, counters.sent);
}

void alarmed(Self& self) {
  for (int i = 0; i < 10; ++i) {
    self.send_after(10ms, self.pid(), Number{i});
    self.take<Number>();
  }
  self.receive([](const Got&) {});
}
ChildSpec alarms(const Args&) { return supervisor({.name = "alarms"}, {worker("alarmed", alarmed)}); }

TEST(Run, MessagesOfTimersAreCountedAsSent) {
  const Tried tried = attempt(alarms, plan({}));
  EXPECT_EQ(tried.run.counters.sent, 10u);
  EXPECT_EQ(tried.run.counters.received, 10u);
}

ChildSpec frail(const Args&) {
  return supervisor({.name = "bank", .intensity = {.restarts = 1, .within = 5s}}, {worker("teller-1", sink)});
}

TEST(Run, SaysWhenTheRootGaveUp) {
  const CrashFault crash{all("bank/teller-1"), "boom", {}};
  const Tried tried = attempt(frail, plan({item("a", 100ms, crash), item("b", 200ms, crash)}));
  EXPECT_FALSE(tried.run.root_alive);
  EXPECT_EQ(tried.run.counters.giveups, 1u);
  EXPECT_TRUE(tried.run.complete);
  EXPECT_EQ(tried.watch.exits.back().path, "bank#1");
  EXPECT_EQ(tried.watch.exits.back().text, "shutdown");
}

TEST(Run, ALimitMakesItIncomplete) {
  Scenario small_steps = scenario();
  small_steps.limits.steps = 100;
  const moirai::Run run = execute(small_steps, system("bank", bank), three, 1);
  EXPECT_FALSE(run.complete);
  EXPECT_EQ(run.end.why, RunEnd::Why::steps);
  EXPECT_EQ(run.reached, Phase::warmup);
  EXPECT_EQ(run.faults.records.at(0).fate, FaultFate::waiting);
}

class Stopper final : public RunListener {
 public:
  void begin(World&, Control& control, const PhaseTimes&) override { control_ = &control; }
  EventMask wants() const override { return {EventKind::exit}; }
  void saw(const Event&) override { control_->stop("seen enough"); }

 private:
  Control* control_ = nullptr;
};

TEST(Run, AListenerCanStopIt) {
  Stopper stopper;
  Observer* const observers[] = {&stopper};
  const moirai::Run run = execute(scenario(), system("bank", bank), three, 1, observers);
  EXPECT_FALSE(run.complete);
  EXPECT_EQ(run.end.why, RunEnd::Why::stopped);
  EXPECT_EQ(run.end.detail, "seen enough");
  EXPECT_GE(run.end.at, Time{300ms});
  EXPECT_LE(run.end.at, Time{320ms});
}

}  // namespace
}  // namespace moirai
