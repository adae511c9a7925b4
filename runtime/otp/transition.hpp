// What the handlers of a state machine return: what happens next, as values. OTP's names; what OTP refuses when it sees it does not
// compile here: a state or event that is not the machine's, an enter handler that changes the state, postpones or inserts events
// ({bad_state_enter_...}), a stop with anything but replies ({bad_reply_action_...}).
//
//   return keep_state();                                       return next_state(Open{}, reply(from, true));
//   return keep_state(postpone);                               return next_state(Locked{}, state_timeout(10s, Relock{}));
//   return repeat_state();                                     return stop(reason::shutdown(), reply(from, false));
//
// Actions stand behind the state, in any number; a Transition that has been made takes more of them with +=. Their order counts among
// replies, among inserted events and among timeouts (R-SM-2).
#pragma once
#include <concepts>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/transition_engine.hpp"

namespace moirai::gen_statem {

// ---- events that nobody sends; those that somebody sends are plain messages and requests

// What next_event(Internal{...}) inserts.
template <class M>
struct Internal {
  M message;
};
// What state_timeout, event_timeout and timeout(name) deliver when their time has come.
template <class M>
struct StateTimeout {
  M message;
};
template <class M>
struct EventTimeout {
  M message;
};
template <class M>
struct NamedTimeout {
  Term name;
  M message;
};

// A request with the way back to who asked: what is stored of a call that is postponed or inserted.
template <Request M>
struct Asked {
  M request;
  From<M> from;
};

namespace detail {

template <class E>
struct StoredAs {
  using type = E;
};
template <Request M>
struct StoredAs<M> {
  using type = Asked<M>;
};

template <class T, class Variant>
inline constexpr bool is_alternative = false;
template <class T, class... A>
inline constexpr bool is_alternative<T, std::variant<A...>> = (std::is_same_v<T, A> || ...);

}  // namespace detail

// The states of a machine: types, each with the data that exists in it only. The first is the one it starts in, unless its init says
// otherwise. A state is its type: next_state to the type that it has already is keep_state with other data (R-SM-3).
template <class... S>
struct States {
  using Any = std::variant<S...>;
};
// All that may happen to it: messages, requests, Internal, timeouts; Exit and Down for those of other processes.
template <class... E>
struct Events {
  using Any = std::variant<typename detail::StoredAs<E>::type...>;
};

template <class S, class Machine>
concept StateOf = detail::is_alternative<S, typename Machine::States::Any>;
template <class E, class Machine>
concept EventOf = detail::is_alternative<E, typename Machine::Events::Any>;

// ---- actions

template <Request M>
struct ReplyAction {
  From<M> from;
  ReplyOf<M> value;
};
struct PostponeAction {};
struct HibernateAction {};
template <class E>
struct NextEvent {
  E event;
};
template <class E>
struct TimeoutAction {
  TimeoutVerb verb;
  TimeoutKey key;
  std::variant<Duration, Time> when;
  E event;
};
struct CancelTimeout {
  TimeoutKey key;
};

// Answers a call, at once.
template <Request M>
ReplyAction<M> reply(const From<M>& from, std::type_identity_t<ReplyOf<M>> value) {
  return {from, std::move(value)};
}
template <Request M>
requires std::is_void_v<typename M::Reply> ReplyAction<M> reply(const From<M>& from) { return {from, NoReply{}}; }

// The event is kept and handled again when the state has changed.
inline constexpr PostponeAction postpone{};
// Gives memory back until the next event comes. Nothing else can be seen of it (R-GS-11).
inline constexpr HibernateAction hibernate{};

// Handled before everything that waits; several in their order. Any event of the machine can be inserted, a call with its From.
template <class E>
requires(!Request<E>) NextEvent<E> next_event(E event) { return {std::move(event)}; }
template <Request M>
NextEvent<Asked<M>> next_event(M request, From<M> from) {
  return {{std::move(request), from}};
}

namespace detail {

// Exits {bad_action_from_state_function,{Which,Milliseconds}}: wait < 0.
void check_wait(const TimeoutKey& key, Duration wait);

template <template <class> class Event>
struct TimeoutOf {
  TimeoutKey key;

  template <class M>
  Event<M> event(M message) const {
    if constexpr (requires { Event<M>{key.name, message}; })
      return {key.name, std::move(message)};
    else
      return {std::move(message)};
  }
  // Delivers `message` as an event after `wait`. Zero: before anything that comes from outside. Duration::max(): cancels.
  template <class M>
  TimeoutAction<Event<M>> operator()(Duration wait, M message) const {
    check_wait(key, wait);
    return {TimeoutVerb::set, key, wait, event(std::move(message))};
  }
  // The same at a point in time; if that is past, as soon as possible.
  template <class M>
  TimeoutAction<Event<M>> operator()(Time at, M message) const {
    return {TimeoutVerb::set, key, at, event(std::move(message))};
  }
};

}  // namespace detail

// state_timeout(10s, Relock{}) delivers StateTimeout<Relock>, event_timeout(...) an EventTimeout, timeout("name")(...) a NamedTimeout.
// Setting one that runs starts it anew. The last action on one of them in a list counts (R-SM-4).
inline const detail::TimeoutOf<StateTimeout> state_timeout{{TimeoutKey::Kind::state, {}}};
inline const detail::TimeoutOf<EventTimeout> event_timeout{{TimeoutKey::Kind::event, {}}};
inline detail::TimeoutOf<NamedTimeout> timeout(Term name) { return {{TimeoutKey::Kind::named, std::move(name)}}; }
inline detail::TimeoutOf<NamedTimeout> timeout(std::string_view name) { return timeout(Term::atom(name)); }

// cancel(state_timeout); none runs: nothing happens.
template <template <class> class Event>
CancelTimeout cancel(const detail::TimeoutOf<Event>& which) {
  return {which.key};
}
// update(state_timeout, Other{}): it goes on running and will deliver this. None runs: as with a wait of zero.
template <template <class> class Event, class M>
TimeoutAction<Event<M>> update(const detail::TimeoutOf<Event>& which, M message) {
  return {TimeoutVerb::update, which.key, Duration::zero(), which.event(std::move(message))};
}

// ---- what happens next

template <class... A>
struct KeepState {
  std::tuple<A...> actions;
};
template <class... A>
struct RepeatState {
  std::tuple<A...> actions;
};
template <class S, class... A>
struct NextState {
  S state;
  std::tuple<A...> actions;
};
template <class... A>
struct Stop {
  Term reason;
  std::tuple<A...> actions;
};
struct Ignore {};

template <class... A>
KeepState<A...> keep_state(A... actions) {
  return {{std::move(actions)...}};
}
// As keep_state, and the state's enter handler is called again.
template <class... A>
RepeatState<A...> repeat_state(A... actions) {
  return {{std::move(actions)...}};
}
template <class S, class... A>
NextState<S, A...> next_state(S state, A... actions) {
  return {std::move(state), {std::move(actions)...}};
}
// Sends the replies, calls terminate, ends with the reason.
template <class... A>
Stop<A...> stop(Term reason, A... replies) {
  return {std::move(reason), {std::move(replies)...}};
}
inline Stop<> stop() { return {reason::normal(), {}}; }
// From init only: there is nothing for this machine to do.
inline Ignore ignore() { return {}; }

// ---- what a handler's return type says

enum class Place : std::uint8_t { init, enter, event };

namespace detail {

template <class A>
struct ActionTraits {
  static constexpr bool is_action = false;
};
struct AnywhereAction {
  static constexpr bool is_action = true;
  static constexpr bool is_reply = false;
  static constexpr bool at(Place) { return true; }
  template <class Machine>
  static constexpr bool fits = true;
};
template <class M>
struct ActionTraits<ReplyAction<M>> : AnywhereAction {
  static constexpr bool is_reply = true;
};
template <>
struct ActionTraits<HibernateAction> : AnywhereAction {};
template <>
struct ActionTraits<CancelTimeout> : AnywhereAction {};
template <class E>
struct ActionTraits<TimeoutAction<E>> : AnywhereAction {
  template <class Machine>
  static constexpr bool fits = EventOf<E, Machine>;
};
template <>
struct ActionTraits<PostponeAction> : AnywhereAction {
  static constexpr bool at(Place place) { return place == Place::event; }
};
template <class E>
struct ActionTraits<NextEvent<E>> : AnywhereAction {
  static constexpr bool at(Place place) { return place != Place::enter; }
  template <class Machine>
  static constexpr bool fits = EventOf<E, Machine>;
};

}  // namespace detail

template <class A, class Machine, Place place>
concept ActionIn = detail::ActionTraits<A>::is_action &&
    detail::ActionTraits<A>::at(place) && detail::ActionTraits<A>::template fits<Machine>;
template <class A>
concept AnyReply = detail::ActionTraits<A>::is_action && detail::ActionTraits<A>::is_reply;

// What one handler wants. Users name it by the three aliases below and make it of the values above.
template <class Machine, Place place>
class Outcome {
 public:
  using State = typename Machine::States::Any;
  using Event = typename Machine::Events::Any;
  enum class Next : std::uint8_t { keep, change, repeat, stop, ignore };

  template <class... A>
  requires(place != Place::init && (ActionIn<A, Machine, place> && ...)) Outcome(KeepState<A...> outcome) : Outcome(Next::keep) {
    add_all(std::move(outcome.actions));
  }
  template <class... A>
  requires(place != Place::init && (ActionIn<A, Machine, place> && ...)) Outcome(RepeatState<A...> outcome) : Outcome(Next::repeat) {
    add_all(std::move(outcome.actions));
  }
  template <class S, class... A>
  requires(place != Place::enter && StateOf<S, Machine> && (ActionIn<A, Machine, place> && ...)) Outcome(NextState<S, A...> outcome)
      : Outcome(Next::change) {
    state.emplace(std::move(outcome.state));
    add_all(std::move(outcome.actions));
  }
  template <class... A>
  requires(place != Place::init ? (AnyReply<A> && ...) : sizeof...(A) == 0) Outcome(Stop<A...> outcome) : Outcome(Next::stop) {
    reason = std::move(outcome.reason);
    add_all(std::move(outcome.actions));
  }
  template <std::same_as<Ignore> I>
  requires(place == Place::init) Outcome(I) : Outcome(Next::ignore) {}

  template <class A>
  requires ActionIn<A, Machine, place> Outcome& operator+=(A action) {
    add(std::move(action));
    return *this;
  }

  Next next;
  std::optional<State> state{};                       // change
  Term reason{};                                      // stop
  std::vector<std::function<void(Self&)>> replies{};  // to be sent at once, in this order
  Decision<Event> decision{};                         // but for `changed`
  bool hibernates = false;

 private:
  explicit Outcome(Next n) : next(n) {}

  template <class... A>
  void add_all(std::tuple<A...> actions) {
    std::apply([&](A&... action) { (add(std::move(action)), ...); }, actions);
  }
  template <class M>
  void add(ReplyAction<M> action) {
    replies.push_back([action = std::move(action)](Self& self) { self.reply(action.from, action.value); });
  }
  void add(PostponeAction) { decision.postpone = true; }
  void add(HibernateAction) { hibernates = true; }
  template <class E>
  void add(NextEvent<E> action) {
    decision.inserted.push_back(std::move(action.event));
  }
  template <class E>
  void add(TimeoutAction<E> action) {
    TimeoutChange<Event>& change = decision.timeouts.emplace_back();
    change.verb = action.verb;
    change.key = std::move(action.key);
    change.when = action.when;
    change.event.emplace(std::move(action.event));
  }
  void add(CancelTimeout action) { decision.timeouts.emplace_back().key = std::move(action.key); }
};

// What becomes of an event, of entering a state, of a start: what the handlers `on`, `enter` and `init` return.
template <class Machine>
using Transition = Outcome<Machine, Place::event>;
template <class Machine>
using Entered = Outcome<Machine, Place::enter>;
template <class Machine>
using Initial = Outcome<Machine, Place::init>;

}  // namespace moirai::gen_statem
