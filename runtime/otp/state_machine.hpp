// A state machine while it runs: the machine's own struct and its state around the transition engine, as gen::Process drives them.
// Made by gen_statem::program (gen_statem.hpp), where the handlers that a machine may have are described.
#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/gen.hpp"
#include "runtime/otp/transition.hpp"
#include "runtime/otp/transition_engine.hpp"

namespace moirai::gen_statem {

// What a machine's timers deliver to it.
struct TimeoutDue {
  static constexpr std::string_view fields[] = {"timeout", "name"};
  TimeoutKey::Kind kind = TimeoutKey::Kind::event;
  Term name;
};

namespace detail {

// The reason of a machine whose state has no handler for an event: {function_clause,[{Machine,on,[State,Type,Content]}]}.
Term function_clause(std::string_view machine, std::string_view state, Term type, std::string_view content);

// What OTP calls the event: its type and content, and whether it comes as a message.
template <class E>
struct EventTraits {
  static constexpr bool is_message = true;
  static constexpr std::string_view content = reflect::name_of<E>();
  static Term type(const E&) { return Term::atom("info"); }
};
template <class M>
struct EventTraits<Asked<M>> {
  static constexpr bool is_message = true;
  static constexpr std::string_view content = reflect::name_of<M>();
  static Term type(const Asked<M>&) { return Term::atom("call"); }
};
template <class M>
struct EventTraits<Internal<M>> {
  static constexpr bool is_message = false;
  static constexpr std::string_view content = reflect::name_of<M>();
  static Term type(const Internal<M>&) { return Term::atom("internal"); }
};
template <class M>
struct EventTraits<StateTimeout<M>> {
  static constexpr bool is_message = false;
  static constexpr std::string_view content = reflect::name_of<M>();
  static Term type(const StateTimeout<M>&) { return Term::atom("state_timeout"); }
};
template <class M>
struct EventTraits<EventTimeout<M>> {
  static constexpr bool is_message = false;
  static constexpr std::string_view content = reflect::name_of<M>();
  static Term type(const EventTimeout<M>&) { return Term::atom("timeout"); }
};
template <class M>
struct EventTraits<NamedTimeout<M>> {
  static constexpr bool is_message = false;
  static constexpr std::string_view content = reflect::name_of<M>();
  static Term type(const NamedTimeout<M>& event) { return Term::tuple({Term::atom("timeout"), event.name}); }
};

// Of the events those that are received.
template <class List>
struct Received;
template <class... E>
struct Received<Events<E...>> {
  template <class X>
  using One = std::conditional_t<EventTraits<typename StoredAs<X>::type>::is_message, Messages<X>, Messages<>>;
  template <class... Lists>
  struct Joined {
    using Type = Messages<>;
  };
  template <class... A>
  struct Joined<Messages<A...>> {
    using Type = Messages<A...>;
  };
  template <class... A, class... B, class... Rest>
  struct Joined<Messages<A...>, Messages<B...>, Rest...> : Joined<Messages<A..., B...>, Rest...> {};
  using Type = typename Joined<One<E>..., Messages<TimedOut<TimeoutDue>>>::Type;
};

// ---- which handlers a machine has

template <class Machine, class S, class E>
concept HandlesHere = requires(Machine& m, Self& self, S& state, const E& event) {
  m.on(self, state, event);
};
template <class Machine, class E>
concept HandlesAnywhere = requires(Machine& m, Self& self, const E& event) {
  m.on(self, event);
};
template <class Machine, class S, class R>
concept AnswersHere = requires(Machine& m, Self& self, S& state, const R& request, const From<R>& from) {
  m.on(self, state, request, from);
};
template <class Machine, class R>
concept AnswersAnywhere = requires(Machine& m, Self& self, const R& request, const From<R>& from) {
  m.on(self, request, from);
};
template <class Machine, class S>
concept Enters = requires(Machine& m, Self& self, S& state) {
  m.enter(self, state);
};
template <class Machine, class S, class P>
concept EntersFrom = requires(Machine& m, Self& self, S& state, const P& previous) {
  m.enter(self, state, previous);
};

template <class Machine, class S, class E>
struct Handles {
  static constexpr bool value = HandlesHere<Machine, S, E> || HandlesAnywhere<Machine, E>;
};
template <class Machine, class S, class R>
struct Handles<Machine, S, Asked<R>> {
  static constexpr bool value =
      AnswersHere<Machine, S, R> || AnswersAnywhere<Machine, R> || HandlesHere<Machine, S, R> || HandlesAnywhere<Machine, R>;
};
template <class Machine, class States, class Events>
inline constexpr bool handles_all = false;
template <class Machine, class... S, class... E>
inline constexpr bool handles_all<Machine, States<S...>, std::variant<E...>> = ([]<class Event>(std::type_identity<Event>) {
  return (Handles<Machine, S, Event>::value || ...);
}(std::type_identity<E>{}) && ...);

template <class Machine, class S, class List>
inline constexpr bool enters_from_some = false;
template <class Machine, class S, class... P>
inline constexpr bool enters_from_some<Machine, S, States<P...>> = (EntersFrom<Machine, S, P> || ...);

// A handler that returns nothing keeps the state.
template <class Machine, Place place, class Call>
Outcome<Machine, place> outcome_of(const Call& call) {
  static_assert(!noexcept(call()), "a handler must not be noexcept (K-50)");
  if constexpr (std::is_void_v<std::invoke_result_t<const Call&>>) {
    call();
    return keep_state();
  } else {
    return call();
  }
}
// A handler of a request that does not take its From: what it returns is the reply, unless it is a Transition.
template <class Machine, class R, class Call>
Transition<Machine> answer_of(const From<R>& from, const Call& call) {
  using Result = std::invoke_result_t<const Call&>;
  if constexpr (std::is_convertible_v<Result, Transition<Machine>>) {
    return call();
  } else if constexpr (std::is_void_v<Result>) {
    static_assert(std::is_void_v<typename R::Reply>, "a handler of a request returns its Reply or a Transition, or takes a From");
    call();
    return keep_state(reply(from));
  } else {
    static_assert(std::is_convertible_v<Result, ReplyOf<R>>, "a handler of a request returns its Reply or a Transition");
    return keep_state(reply(from, call()));
  }
}

}  // namespace detail

// A gen::Process's behaviour.
template <class Machine>
class StateMachine {
 public:
  static constexpr std::string_view name = reflect::name_of<Machine>();
  static constexpr std::string_view behaviour = "gen_statem";
  using Accepts = typename detail::Received<typename Machine::Events>::Type;

  template <class... Args>
  explicit StateMachine(Self& self, const Args&... args) : machine_(made(self, args...)), state_(first_state(self)) {
    static_assert(detail::handles_all<Machine, typename Machine::States, Event>, "some event of this machine has no handler in any state");
  }

  std::optional<gen::Stop> started(Self& self) {
    Decision<Event> decision = std::move(first_);
    if (auto stop = enter(self, state_, decision)) return stop;
    Clock clock{self};
    engine_.begin(std::move(decision), clock);
    return handle_queued(self);
  }
  template <class M>
  std::optional<gen::Stop> handle(Self& self, const M& message) {
    return handle_all(self, Event(message));
  }
  template <class R>
  std::optional<gen::Stop> handle(Self& self, const R& request, const From<R>& from) {
    return handle_all(self, Event(Asked<R>{request, from}));
  }
  std::optional<gen::Stop> handle(Self& self, const TimedOut<TimeoutDue>& due) {
    std::optional<Event> event = engine_.expired(due.timer);
    if (!event) return std::nullopt;
    return handle_all(self, std::move(*event));
  }
  void terminate(Self& self, const Term& reason) {
    std::visit(
        [&](auto& state) {
          if constexpr (requires { machine_.terminate(self, state, reason); })
            machine_.terminate(self, state, reason);
          else if constexpr (requires { machine_.terminate(self, reason); })
            machine_.terminate(self, reason);
        },
        state_);
  }
  // {State,Data} as text.
  std::string state() const {
    const std::string now = std::visit([](const auto& state) { return sys::text_of(state); }, state_);
    return "{" + now + "," + sys::text_of(machine_) + "}";
  }

 private:
  using State = typename Machine::States::Any;
  using Event = typename Machine::Events::Any;

  struct Clock {
    Self& self;
    Ref start(const TimeoutKey& key, std::variant<Duration, Time> when) {
      const Time* at = std::get_if<Time>(&when);
      const Duration wait = at ? std::max(*at - self.now(), Duration::zero()) : std::get<Duration>(when);
      return self.start_timer(wait, self.pid(), TimeoutDue{key.kind, key.name});
    }
    void cancel(Ref timer) { self.cancel_timer(timer); }
  };

  template <class... Args>
  static Machine made(Self& self, const Args&... args) {
    if constexpr (std::is_constructible_v<Machine, Self&, const Args&...>)
      return Machine(self, args...);
    else
      return Machine{args...};
  }
  State first_state(Self& self) {
    if constexpr (requires { machine_.init(self); }) {
      Initial<Machine> initial = machine_.init(self);
      if (initial.next == Initial<Machine>::Next::stop) proc_lib::init_fail(self, initial.reason);
      if (initial.next == Initial<Machine>::Next::ignore) proc_lib::init_ignore(self);
      send(self, initial.replies);
      first_ = std::move(initial.decision);
      return std::move(*initial.state);
    } else {
      return {};
    }
  }

  std::optional<gen::Stop> handle_all(Self& self, Event event) {
    if (auto stop = handle_one(self, std::move(event))) return stop;
    return handle_queued(self);
  }
  // The queue is done before the mailbox. One that never ends is met by others, and by the limit on steps, every now and then.
  std::optional<gen::Stop> handle_queued(Self& self) {
    for (int handled = 1; auto event = engine_.next(); ++handled) {
      if (handled % 100 == 0) self.yield();
      if (auto stop = handle_one(self, std::move(*event))) return stop;
    }
    return std::nullopt;
  }

  // R-SM-2
  std::optional<gen::Stop> handle_one(Self& self, Event event) {
    using Next = typename Transition<Machine>::Next;
    Transition<Machine> outcome = std::visit([&](auto& state, auto& e) { return dispatch(self, state, e); }, state_, event);
    send(self, outcome.replies);
    if (outcome.next == Next::stop) return gen::Stop{std::move(outcome.reason)};
    Decision<Event> decision = std::move(outcome.decision);
    std::optional<gen::Stop> stop;
    if (outcome.next == Next::repeat) {
      stop = enter(self, state_, decision);
    } else if (outcome.next == Next::change) {
      decision.changed = outcome.state->index() != state_.index();
      const State previous = std::exchange(state_, std::move(*outcome.state));
      if (decision.changed) stop = enter(self, previous, decision);
    }
    if (stop) return stop;
    Clock clock{self};
    engine_.finish(std::move(event), std::move(decision), clock);
    if (outcome.hibernates) engine_.shrink();
    return std::nullopt;
  }

  // The present state's enter handler, if it has one.
  std::optional<gen::Stop> enter(Self& self, const State& previous, Decision<Event>& decision) {
    using Next = typename Entered<Machine>::Next;
    for (;;) {
      Entered<Machine> entered = std::visit([&](auto& state) { return entered_from(self, state, previous); }, state_);
      send(self, entered.replies);
      if (entered.next == Next::stop) return gen::Stop{std::move(entered.reason)};
      std::move(entered.decision.timeouts.begin(), entered.decision.timeouts.end(), std::back_inserter(decision.timeouts));
      if (entered.hibernates) engine_.shrink();
      if (entered.next == Next::keep) return std::nullopt;
    }
  }
  template <class S>
  Entered<Machine> entered_from(Self& self, S& state, const State& previous) {
    if constexpr (detail::enters_from_some<Machine, S, typename Machine::States>) {
      return std::visit(
          [&](const auto& from) -> Entered<Machine> {
            if constexpr (detail::EntersFrom<Machine, S, std::remove_cvref_t<decltype(from)>>)
              return detail::outcome_of<Machine, Place::enter>([&] { return machine_.enter(self, state, from); });
            else
              return entered(self, state);
          },
          previous);
    } else {
      return entered(self, state);
    }
  }
  template <class S>
  Entered<Machine> entered(Self& self, S& state) {
    if constexpr (detail::Enters<Machine, S>)
      return detail::outcome_of<Machine, Place::enter>([&] { return machine_.enter(self, state); });
    else
      return keep_state();
  }

  // The handler of this state for this event, else that for any state.
  template <class S, class E>
  Transition<Machine> dispatch(Self& self, S& state, const E& event) {
    if constexpr (detail::HandlesHere<Machine, S, E>)
      return detail::outcome_of<Machine, Place::event>([&] { return machine_.on(self, state, event); });
    else if constexpr (detail::HandlesAnywhere<Machine, E>)
      return detail::outcome_of<Machine, Place::event>([&] { return machine_.on(self, event); });
    else
      unhandled<S>(self, event);
  }
  template <class S, class R>
  Transition<Machine> dispatch(Self& self, S& state, const Asked<R>& asked) {
    if constexpr (detail::AnswersHere<Machine, S, R>)
      return detail::outcome_of<Machine, Place::event>([&] { return machine_.on(self, state, asked.request, asked.from); });
    else if constexpr (detail::HandlesHere<Machine, S, R>)
      return detail::answer_of<Machine>(asked.from, [&] { return machine_.on(self, state, asked.request); });
    else if constexpr (detail::AnswersAnywhere<Machine, R>)
      return detail::outcome_of<Machine, Place::event>([&] { return machine_.on(self, asked.request, asked.from); });
    else if constexpr (detail::HandlesAnywhere<Machine, R>)
      return detail::answer_of<Machine>(asked.from, [&] { return machine_.on(self, asked.request); });
    else
      unhandled<S>(self, asked);
  }
  template <class S, class E>
  [[noreturn]] void unhandled(Self& self, const E& event) {
    using Traits = detail::EventTraits<E>;
    self.exit(detail::function_clause(name, reflect::name_of<S>(), Traits::type(event), Traits::content));
  }

  static void send(Self& self, const std::vector<std::function<void(Self&)>>& replies) {
    for (const auto& reply : replies) reply(self);
  }

  Machine machine_;
  Decision<Event> first_;  // init's, until the machine has started
  State state_;
  TransitionEngine<Event> engine_;
};

}  // namespace moirai::gen_statem
