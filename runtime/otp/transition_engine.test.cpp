#include "runtime/otp/transition_engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

namespace moirai::gen_statem {
namespace {

using namespace std::chrono_literals;

using Event = std::string;
using Change = TimeoutChange<Event>;
using Events = std::vector<Event>;
using Keys = std::vector<TimeoutKey>;

const TimeoutKey event_key{TimeoutKey::Kind::event, {}};
const TimeoutKey state_key{TimeoutKey::Kind::state, {}};
TimeoutKey named(const char* name) { return {TimeoutKey::Kind::named, Term::atom(name)}; }

Change set(const TimeoutKey& key, Duration wait, Event event) { return {TimeoutVerb::set, key, wait, std::move(event)}; }
Change update(const TimeoutKey& key, Event event) { return {TimeoutVerb::update, key, Duration::zero(), std::move(event)}; }
Change cancel(const TimeoutKey& key) { return {TimeoutVerb::cancel, key, Duration::max(), std::nullopt}; }

// Timers that go off when a test says so.
struct Clock {
  std::map<std::uint64_t, TimeoutKey> running;
  Keys started;
  std::uint64_t last = 0;

  Ref start(const TimeoutKey& key, std::variant<Duration, Time>) {
    started.push_back(key);
    running[++last] = key;
    return Ref{last};
  }
  void cancel(Ref timer) { EXPECT_EQ(running.erase(timer.number), 1u) << "cancelled twice"; }
};

struct Engine : TransitionEngine<Event> {
  Clock clock;

  Engine& did(Event event, Decision<Event> decision = {}) {
    finish(std::move(event), std::move(decision), clock);
    return *this;
  }
  Engine& with(Event event, std::vector<Change> timeouts, bool changed = false) {
    return did(std::move(event), {.changed = changed, .postpone = false, .inserted = {}, .timeouts = std::move(timeouts)});
  }
  // Everything that does not wait for the outside, each event handled without further ado.
  Events rest() {
    Events all;
    while (auto event = next()) {
      all.push_back(*event);
      did(std::move(*event));
    }
    return all;
  }
  Event goes_off() {
    EXPECT_EQ(clock.running.size(), 1u);
    const Ref timer{clock.running.begin()->first};
    clock.running.clear();
    return expired(timer).value_or("nothing");
  }
};

TEST(TransitionEngine, PostponedEventsComeBackFirstAndInOrderWhenTheStateChanges) {  // R-SM-2
  Engine engine;
  engine.did("a", {.changed = false, .postpone = true, .inserted = {}, .timeouts = {}});
  engine.did("b", {.changed = false, .postpone = true, .inserted = {}, .timeouts = {}});
  EXPECT_EQ(engine.rest(), Events{});
  engine.did("c", {.changed = false, .postpone = false, .inserted = {"queued"}, .timeouts = {}});
  EXPECT_EQ(engine.next(), "queued");
  engine.did("queued", {.changed = true, .postpone = true, .inserted = {}, .timeouts = {}});
  EXPECT_EQ(engine.rest(), (Events{"a", "b", "queued"}));
}

TEST(TransitionEngine, InsertedEventsComeBeforePostponedOnes) {  // R-SM-2
  Engine engine;
  engine.did("a", {.changed = false, .postpone = true, .inserted = {}, .timeouts = {}});
  engine.did("b", {.changed = true, .postpone = false, .inserted = {"x", "y"}, .timeouts = {}});
  EXPECT_EQ(engine.rest(), (Events{"x", "y", "a"}));
}

TEST(TransitionEngine, InsertedEventsComeBeforeThoseInsertedEarlier) {  // R-SM-2, gen_statem_SUITE:next_events
  Engine engine;
  engine.did("a", {.changed = false, .postpone = false, .inserted = {"x", "z"}, .timeouts = {}});
  EXPECT_EQ(engine.next(), "x");
  engine.did("x", {.changed = false, .postpone = false, .inserted = {"y1", "y2"}, .timeouts = {}});
  EXPECT_EQ(engine.rest(), (Events{"y1", "y2", "z"}));
}

TEST(TransitionEngine, NothingPostponedIsTriedAgainInTheSameState) {  // R-SM-3
  Engine engine;
  engine.did("a", {.changed = false, .postpone = true, .inserted = {}, .timeouts = {}});
  engine.did("b");
  EXPECT_EQ(engine.rest(), Events{});
  EXPECT_EQ(engine.postponed(), 1u);
}

TEST(TransitionEngine, AnyEventEndsTheEventTimeoutAndAChangeTheStateTimeout) {  // R-SM-2, R-SM-3
  Engine engine;
  engine.with("a", {set(event_key, 1s, "e"), set(state_key, 1s, "s"), set(named("n"), 1s, "n")});
  EXPECT_EQ(engine.timeouts(), 3u);
  engine.did("b");
  EXPECT_EQ(engine.timeouts(), 2u);
  engine.did("c", {.changed = true, .postpone = false, .inserted = {}, .timeouts = {}});
  EXPECT_EQ(engine.timeouts(), 1u);
  EXPECT_EQ(engine.goes_off(), "n");
}

TEST(TransitionEngine, TheTimeoutsOfATransitionAreSetAfterThoseOfTheOldStateHaveEnded) {  // R-SM-2
  Engine engine;
  engine.with("a", {set(state_key, 1s, "old"), set(event_key, 1s, "old")});
  engine.with("b", {set(state_key, 1s, "new"), set(event_key, 1s, "new")}, true);
  EXPECT_EQ(engine.timeouts(), 2u);
  EXPECT_EQ(engine.clock.running.size(), 2u);
}

TEST(TransitionEngine, TimeoutsOfZeroComeInTheirOrderAfterTheQueue) {  // R-SM-2, R-SM-5
  Engine engine;
  engine.did("a", {.changed = false,
                   .postpone = false,
                   .inserted = {"x"},
                   .timeouts = {set(named("n"), 0s, "n"), set(state_key, 0s, "s"), set(event_key, 0s, "e")}});
  EXPECT_EQ(engine.rest(), (Events{"x", "n", "s"}));  // x has ended the event timeout
  EXPECT_TRUE(engine.clock.started.empty());
}

TEST(TransitionEngine, AnEventTimeoutOfZeroIsHandledIfNothingWasInserted) {  // R-SM-5
  Engine engine;
  engine.with("a", {set(event_key, 0s, "e")});
  EXPECT_EQ(engine.rest(), Events{"e"});
}

TEST(TransitionEngine, OfSeveralActionsOnATimeoutTheLastCounts) {  // R-SM-4
  Engine engine;
  engine.with("a", {set(state_key, 0s, "first"), set(named("n"), 0s, "n"), set(state_key, 0s, "last")});
  EXPECT_EQ(engine.rest(), (Events{"n", "last"}));
  engine.with("b", {set(state_key, 1s, "s"), cancel(state_key)});
  EXPECT_EQ(engine.timeouts(), 0u);
  EXPECT_TRUE(engine.clock.started.empty());
  engine.with("c", {cancel(state_key), set(state_key, 1s, "s")});
  EXPECT_EQ(engine.goes_off(), "s");
}

TEST(TransitionEngine, CancelForEverAndSettingAnewStopTheTimer) {  // R-SM-4
  Engine engine;
  for (const Change& ending : {cancel(state_key), set(state_key, Duration::max(), "never")}) {
    engine.with("a", {set(state_key, 1s, "s")});
    EXPECT_EQ(engine.clock.running.size(), 1u);
    engine.with("b", {ending});
    EXPECT_EQ(engine.clock.running.size(), 0u);
    EXPECT_EQ(engine.timeouts(), 0u);
  }
  engine.with("a", {set(state_key, 1s, "old")});
  engine.with("b", {set(state_key, 1s, "new")});
  EXPECT_EQ(engine.clock.started.size(), 4u);
  EXPECT_EQ(engine.goes_off(), "new");
}

TEST(TransitionEngine, UpdateChangesWhatIsDeliveredAndNothingElse) {  // R-SM-4
  Engine engine;
  engine.with("a", {set(state_key, 1s, "old"), set(named("n"), 0s, "old n"), set(named("m"), 0s, "m")});
  engine.with("b", {update(state_key, "new"), update(named("n"), "new n")});
  EXPECT_EQ(engine.clock.started.size(), 1u);
  EXPECT_EQ(engine.rest(), (Events{"new n", "m"}));
  EXPECT_EQ(engine.goes_off(), "new");
}

TEST(TransitionEngine, UpdateWithoutATimeoutIsOneOfZero) {  // R-SM-4
  Engine engine;
  engine.with("a", {update(state_key, "s")});
  EXPECT_EQ(engine.rest(), Events{"s"});
  engine.with("b", {set(state_key, 1s, "old")});
  engine.with("c", {update(state_key, "s")}, true);  // the change of state has ended it
  EXPECT_EQ(engine.rest(), Events{"s"});
}

TEST(TransitionEngine, AZeroTimeoutThatIsReplacedIsGone) {  // R-SM-6: OTP 25 loses the timer here
  Engine engine;
  engine.did("a", {.changed = false, .postpone = false, .inserted = {"x"}, .timeouts = {set(state_key, 0s, "zero")}});
  EXPECT_EQ(engine.next(), "x");
  engine.with("x", {set(state_key, 1s, "later")});
  EXPECT_EQ(engine.rest(), Events{});
  EXPECT_EQ(engine.goes_off(), "later");

  engine.did("b",
             {.changed = false, .postpone = false, .inserted = {"y"}, .timeouts = {set(state_key, 0s, "1"), set(named("n"), 0s, "n")}});
  EXPECT_EQ(engine.next(), "y");
  engine.with("y", {set(state_key, 0s, "2")});  // goes to the end
  EXPECT_EQ(engine.rest(), (Events{"n", "2"}));
}

TEST(TransitionEngine, ATimerThatGoesOffAfterAllHasNoEvent) {  // R-SM-4
  Engine engine;
  engine.with("a", {set(state_key, 1s, "s")});
  const Ref timer{engine.clock.running.begin()->first};
  engine.with("b", {cancel(state_key)});
  EXPECT_EQ(engine.expired(timer), std::nullopt);
}

TEST(TransitionEngine, TimersAreStartedFromTheLastToTheFirst) {  // R-SM-2: seen when two go off at the same time
  Engine engine;
  engine.with("a", {set(named("1"), 1s, "1"), set(named("2"), 1s, "2"), set(named("3"), 1s, "3")});
  EXPECT_EQ(engine.clock.started, (Keys{named("3"), named("2"), named("1")}));
}

TEST(TransitionEngine, TheFirstDecisionInsertsAndSetsTimeouts) {  // R-SM-2
  Engine engine;
  engine.begin({.changed = false, .postpone = false, .inserted = {"x", "y"}, .timeouts = {set(named("n"), 0s, "n")}}, engine.clock);
  EXPECT_EQ(engine.rest(), (Events{"x", "y", "n"}));
}

TEST(TransitionEngine, ShrinkingForgetsNothing) {  // R-SM-8, gen_statem_SUITE:hibernate
  Engine engine;
  engine.did("a", {.changed = false, .postpone = true, .inserted = {"x"}, .timeouts = {set(state_key, 1s, "s"), set(named("n"), 0s, "n")}});
  engine.shrink();
  EXPECT_EQ(engine.queued(), 1u);
  EXPECT_EQ(engine.postponed(), 1u);
  EXPECT_EQ(engine.timeouts(), 2u);
  EXPECT_EQ(engine.rest(), (Events{"x", "n"}));
}

}  // namespace
}  // namespace moirai::gen_statem
