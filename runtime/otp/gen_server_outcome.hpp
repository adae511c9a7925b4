// What a gen_server's callbacks return: what happens next, as a type. Combinations that mean nothing do not compile.
//
//   Next           noreply()  noreply().timeout(5s)  noreply().hibernate()  stop(reason)             no reply is possible
//   Answer<Get>    the same, and  reply(v)  reply(v).timeout(5s)  reply(v).hibernate()  stop(reason, v)
//   NextOr<Flush>, Answer<Get, Flush>    the same, and  .continue_with(Flush{}): needs on_continue(Self&, const Flush&)
//   Init<Server>, Init<Server, Flush>    ok(Server{...}), with the same three after it;  ignore();  stop(reason)
//
// timeout(d): if nothing comes for d, on(Self&, const IdleTimeout&) runs; whatever comes cancels it (R-GS-9). hibernate(): nothing that
// anybody could see (R-GS-11): an idle handler owns no stack. continue_with(c): on_continue runs before anything else (R-GS-10).
// stop(reason): terminate, then the end; stop(reason, v): terminate, then the reply, then the end (R-GS-4). `throw stop(reason)` is as good
// as returning it, from however deep.
#pragma once
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/gen.hpp"

namespace moirai::gen_server {

namespace detail {

struct Nothing {};
struct Waits {
  std::optional<Duration> timeout;
};
template <class C>
struct Continues {
  C content;
};

// A value, and how the server goes on after it.
template <class V, class How>
struct Settled {
  V value;
  How how;
};
// The same, still open: at most one of the three follows.
template <class V>
struct Open {
  V value;
  Settled<V, Waits> timeout(Duration wait) { return {std::move(value), {wait}}; }
  Settled<V, Waits> hibernate() { return {std::move(value), {}}; }
  template <class C>
  Settled<V, Continues<C>> continue_with(C content) {
    return {std::move(value), {std::move(content)}};
  }
};
template <class V>
struct StopAfter {
  Term reason;
  V reply;
};
struct Ignored {};

template <class X, class... C>
concept OneOf = (std::is_same_v<X, C> || ...);

}  // namespace detail

inline detail::Open<detail::Nothing> noreply() { return {}; }
template <class V>
detail::Open<V> reply(V value) {
  return {std::move(value)};
}
// To a call whose Reply is void.
inline detail::Open<NoReply> reply() { return {}; }
inline gen::Stop stop(Term reason) { return {std::move(reason)}; }
template <class V>
detail::StopAfter<V> stop(Term reason, V reply) {
  return {std::move(reason), std::move(reply)};
}
// Of a static init only.
template <class State>
detail::Open<State> ok(State state) {
  return {std::move(state)};
}
inline detail::Ignored ignore() { return {}; }

// What follows a callback that cannot reply: casts, infos, timeouts, continues. C...: what it may continue with.
template <class... C>
class NextOr {
 public:
  NextOr(detail::Open<detail::Nothing>) {}
  NextOr(detail::Settled<detail::Nothing, detail::Waits> next) : timeout(next.how.timeout) {}
  template <class X>
  requires detail::OneOf<X, C...> NextOr(detail::Settled<detail::Nothing, detail::Continues<X>> next)
      : continuation(std::move(next.how.content)) {}
  NextOr(gen::Stop wish) : stop(std::move(wish)) {}

  // At most one of these is set.
  std::optional<Duration> timeout;
  std::variant<std::monostate, C...> continuation;
  std::optional<gen::Stop> stop;
};
using Next = NextOr<>;

// What follows a call of M.
template <Request M, class... C>
class Answer {
 public:
  using Value = ReplyOf<M>;

  template <std::convertible_to<NextOr<C...>> N>
  Answer(N n) : next(std::move(n)) {}
  template <std::convertible_to<Value> V>
  Answer(detail::Open<V> said) : next(noreply()), reply(std::move(said.value)) {}
  template <std::convertible_to<Value> V, class How>
  requires std::is_convertible_v<detail::Settled<detail::Nothing, How>, NextOr<C...>> Answer(detail::Settled<V, How> said)
      : next(detail::Settled<detail::Nothing, How>{{}, std::move(said.how)}), reply(std::move(said.value)) {}
  template <std::convertible_to<Value> V>
  Answer(detail::StopAfter<V> said) : next(gen::Stop{std::move(said.reason)}), reply(std::move(said.reply)) {}

  NextOr<C...> next;
  std::optional<Value> reply;  // with next.stop: after terminate
};

// What comes of a static init.
template <class State, class... C>
class Init {
 public:
  Init(detail::Open<State> ready) : next(noreply()), state(std::move(ready.value)) {}
  template <class How>
  requires std::is_convertible_v<detail::Settled<detail::Nothing, How>, NextOr<C...>> Init(detail::Settled<State, How> ready)
      : next(detail::Settled<detail::Nothing, How>{{}, std::move(ready.how)}), state(std::move(ready.value)) {}
  Init(detail::Ignored) : next(noreply()) {}
  Init(gen::Stop wish) : next(std::move(wish)) {}

  NextOr<C...> next;
  std::optional<State> state;  // none: ignore, or next.stop
};

namespace detail {
template <class T>
inline constexpr bool is_next = false;
template <class... C>
inline constexpr bool is_next<NextOr<C...>> = true;
template <class T>
inline constexpr bool is_answer = false;
template <class M, class... C>
inline constexpr bool is_answer<Answer<M, C...>> = true;
}  // namespace detail

}  // namespace moirai::gen_server
