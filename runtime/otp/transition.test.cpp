#include "runtime/otp/transition.hpp"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

namespace moirai::gen_statem {
namespace {

using namespace std::chrono_literals;

struct Unlock {
  using Reply = bool;
};
struct Lock {
  using Reply = void;
};
struct Push {};
struct Relock {};
struct Foreign {};

struct Door {
  struct Locked {
    int wrong = 0;
  };
  struct Open {};
  using States = gen_statem::States<Locked, Open>;
  using Events = gen_statem::Events<Unlock, Lock, Push, Internal<Push>, StateTimeout<Relock>, NamedTimeout<Relock>>;
};

template <class To, class From>
constexpr bool makes(const From&) {
  return std::is_convertible_v<From, To>;
}
const From<Unlock> caller{};

TEST(Transition, ItsStatesAndEventsAreTheMachines) {  // R-SM-1, R-SM-7: {bad_return...} and {bad_action...} do not compile
  using T = Transition<Door>;
  EXPECT_TRUE(makes<T>(next_state(Door::Open{})));
  EXPECT_FALSE(makes<T>(next_state(Foreign{})));
  EXPECT_FALSE(makes<T>(42));
  EXPECT_TRUE(makes<T>(keep_state(next_event(Push{}), next_event(Internal<Push>{}), next_event(Unlock{}, caller))));
  EXPECT_TRUE(makes<T>(keep_state(next_event(StateTimeout<Relock>{}))));
  EXPECT_FALSE(makes<T>(keep_state(next_event(Foreign{}))));
  EXPECT_FALSE(makes<T>(keep_state(next_event(Internal<Relock>{}))));
  EXPECT_TRUE(makes<T>(repeat_state(state_timeout(1s, Relock{}), timeout("n")(1s, Relock{}))));
  EXPECT_FALSE(makes<T>(repeat_state(event_timeout(1s, Relock{}))));
  EXPECT_FALSE(makes<T>(keep_state(update(state_timeout, Push{}))));
  EXPECT_TRUE(makes<T>(keep_state(cancel(event_timeout), hibernate, postpone, reply(caller, true), reply(From<Lock>{}))));
  EXPECT_FALSE(makes<T>(keep_state(Push{})));
}

TEST(Transition, AnEnterHandlerChangesPostponesAndInsertsNothing) {  // R-SM-2, R-SM-7: {bad_state_enter_...} does not compile
  using T = Entered<Door>;
  EXPECT_TRUE(makes<T>(keep_state(state_timeout(1s, Relock{}), cancel(event_timeout), hibernate, reply(caller, true))));
  EXPECT_TRUE(makes<T>(repeat_state()));
  EXPECT_TRUE(makes<T>(stop(reason::shutdown(), reply(caller, false))));
  EXPECT_FALSE(makes<T>(next_state(Door::Open{})));
  EXPECT_FALSE(makes<T>(keep_state(postpone)));
  EXPECT_FALSE(makes<T>(keep_state(next_event(Push{}))));
  EXPECT_FALSE(makes<T>(repeat_state(next_event(Push{}))));
}

TEST(Transition, AStopTakesRepliesOnly) {  // R-SM-7: {bad_reply_action_...} does not compile
  using T = Transition<Door>;
  EXPECT_TRUE(makes<T>(stop()));
  EXPECT_TRUE(makes<T>(stop(reason::shutdown(), reply(caller, true), reply(From<Lock>{}))));
  EXPECT_FALSE(makes<T>(stop(reason::shutdown(), postpone)));
  EXPECT_FALSE(makes<T>(stop(reason::shutdown(), state_timeout(1s, Relock{}))));
}

TEST(Transition, InitChoosesAStateOrDoesNotStart) {  // R-SM-2: there is nothing to postpone yet
  using T = Initial<Door>;
  EXPECT_TRUE(makes<T>(next_state(Door::Open{}, next_event(Push{}), state_timeout(1s, Relock{}))));
  EXPECT_TRUE(makes<T>(stop(reason::shutdown())));
  EXPECT_TRUE(makes<T>(ignore()));
  EXPECT_FALSE(makes<T>(next_state(Door::Open{}, postpone)));
  EXPECT_FALSE(makes<T>(keep_state()));
  EXPECT_FALSE(makes<T>(stop(reason::shutdown(), reply(caller, true))));
  EXPECT_FALSE(makes<Transition<Door>>(ignore()));
}

TEST(Transition, CarriesWhatItWasMadeOf) {  // R-SM-1, R-SM-2
  Transition<Door> t = next_state(Door::Locked{7}, next_event(Push{}), next_event(Unlock{}, caller), postpone, hibernate,
                                  state_timeout(5s, Relock{}), timeout("n")(Time(3s), Relock{}), cancel(event_timeout));
  t += update(state_timeout, Relock{});
  t += reply(caller, true);
  EXPECT_EQ(t.next, Transition<Door>::Next::change);
  EXPECT_EQ(std::get<Door::Locked>(*t.state).wrong, 7);
  EXPECT_TRUE(t.decision.postpone);
  EXPECT_TRUE(t.hibernates);
  EXPECT_EQ(t.replies.size(), 1u);
  ASSERT_EQ(t.decision.inserted.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<Push>(t.decision.inserted[0]));
  EXPECT_TRUE(std::holds_alternative<Asked<Unlock>>(t.decision.inserted[1]));
  ASSERT_EQ(t.decision.timeouts.size(), 4u);
  EXPECT_EQ(t.decision.timeouts[0].verb, TimeoutVerb::set);
  EXPECT_EQ(t.decision.timeouts[0].key, state_timeout.key);
  EXPECT_EQ(std::get<Duration>(t.decision.timeouts[0].when), 5s);
  EXPECT_TRUE(std::holds_alternative<StateTimeout<Relock>>(*t.decision.timeouts[0].event));
  EXPECT_EQ(t.decision.timeouts[1].key, timeout("n").key);
  EXPECT_EQ(std::get<Time>(t.decision.timeouts[1].when), Time(3s));
  EXPECT_EQ(std::get<NamedTimeout<Relock>>(*t.decision.timeouts[1].event).name, Term::atom("n"));
  EXPECT_EQ(t.decision.timeouts[2].verb, TimeoutVerb::cancel);
  EXPECT_EQ(t.decision.timeouts[3].verb, TimeoutVerb::update);
}

TEST(Transition, ANegativeTimeIsABadAction) {  // R-SM-7
  const auto reason_of = [](const auto& make) {
    try {
      make();
    } catch (const ExitRequest& exit) { return exit.reason.to_string(); }
    return std::string("none");
  };
  EXPECT_EQ(reason_of([] { state_timeout(-5ms, Relock{}); }), "{bad_action_from_state_function,{state_timeout,-5}}");
  EXPECT_EQ(reason_of([] { event_timeout(-5ms, Relock{}); }), "{bad_action_from_state_function,{timeout,-5}}");
  EXPECT_EQ(reason_of([] { timeout("n")(-5ms, Relock{}); }), "{bad_action_from_state_function,{{timeout,n},-5}}");
}

}  // namespace
}  // namespace moirai::gen_statem
