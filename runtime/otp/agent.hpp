// A process that holds a value, as Elixir's Agent (R-AG-1): whoever wants the value, or another one, sends a function that runs there.
//
//   const Pid pid = agent::start_link(self, {.name = "count"}, [] { return 0; }).pid;
//   const Agent<int> count("count");                             // or Agent<int>(pid)
//   agent::update(self, count, [](int n) { return n + 1; });
//   const int n = agent::get(self, count, [](int value) { return value; });
//
// An agent is a gen_server: it starts, stops, fails and is supervised like one (worker<agent::Holder<int>>("count", {}, init)). A function
// that exits or throws ends the agent; the caller exits with {Reason,{gen_server,call,[Agent,'Apply']}}. What a function returns travels
// like a message and is one: reflected, without pointers. The function itself is opaque: it prints as fun, and the digest holds only what
// is done with it; what it returns is in the digest. Its captures are shared with the caller, which may be gone: capture by value.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/otp/gen_server.hpp"

namespace moirai {

// An agent that holds a T. A call to an agent of another type is refused.
template <class T>
class Agent {
 public:
  explicit Agent(Pid pid) : pid_(pid) {}
  explicit Agent(std::string name) : name_(std::move(name)) {}
  ServerRef server() const { return name_.empty() ? ServerRef(pid_) : ServerRef(name_); }

 private:
  Pid pid_;
  std::string name_;
};

namespace agent {

enum class Use : std::uint8_t { get, update, get_and_update };
std::string_view to_string(Use use);

// What a function returned.
struct Applied {
  std::shared_ptr<const void> value;
  void (*folds)(const void*, Digest&) = nullptr;
  void (*prints)(const void*, std::string&) = nullptr;
};
void fold(Digest& digest, const Applied& applied);
void print(std::string& out, const Applied& applied);

template <class R>
Applied applied(R result) {
  return {std::make_shared<const R>(std::move(result)),
          [](const void* r, Digest& digest) { reflect::fold_value(digest, *static_cast<const R*>(r)); },
          [](const void* r, std::string& out) { reflect::print_value(out, *static_cast<const R*>(r)); }};
}

template <class T>
struct Apply {
  static constexpr std::string_view name = "Apply";
  using Reply = Applied;
  Use use;
  std::shared_ptr<const std::function<Applied(Self&, T&)>> function;
};
template <class T>
void fold(Digest& digest, const Apply<T>& apply) {
  reflect::fold_value(digest, apply.use);
}
template <class T>
void print(std::string& out, const Apply<T>& apply) {
  out += to_string(apply.use);
  out += "(fun)";
}

namespace detail {
template <class Init>
decltype(auto) made(Self& self, const Init& init) {
  if constexpr (std::is_invocable_v<const Init&, Self&>)
    return init(self);
  else
    return init();
}
template <class Init>
using Made = std::decay_t<decltype(made(std::declval<Self&>(), std::declval<const Init&>()))>;
}  // namespace detail

// The server. Its init is a function () or (Self&) that returns the value.
template <class T>
struct Holder {
  static constexpr std::string_view name = "agent";
  using Accepts = Messages<Apply<T>>;
  T value;
  template <class Init>
  Holder(Self& self, const Init& init) : value(detail::made(self, init)) {}
  Applied on(Self& self, const Apply<T>& apply) { return (*apply.function)(self, value); }
};

namespace detail {

template <class T, class F>
decltype(auto) run(const F& f, Self& self, T& value) {
  if constexpr (std::is_invocable_v<const F&, Self&, T&>)
    return f(self, value);
  else
    return f(value);
}
template <class T, class F>
using ResultOf = decltype(run<T, F>(std::declval<const F&>(), std::declval<Self&>(), std::declval<T&>()));

template <class T, class Run>
Apply<T> apply(Use use, Run run) {
  return {use, std::make_shared<const std::function<Applied(Self&, T&)>>(std::move(run))};
}
template <class T, class F>
Apply<T> update(F f) {
  return apply<T>(Use::update, [f = std::move(f)](Self& self, T& value) {
    if constexpr (std::is_void_v<ResultOf<T, F>>)
      run<T>(f, self, value);
    else
      value = run<const T>(f, self, value);
    return applied(NoReply{});
  });
}
template <class R>
const R& result(const Applied& applied) {
  return *static_cast<const R*>(applied.value.get());
}
template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;

}  // namespace detail

// Agent.start_link/2, start/2: init runs in the agent; if it exits or throws the result is {error,Reason}.
template <class Init>
StartResult start_link(Self& self, const gen::Options& options, Init init) {
  return gen_server::start_link<Holder<detail::Made<Init>>>(self, options, std::move(init));
}
template <class Init>
StartResult start(Self& self, const gen::Options& options, Init init) {
  return gen_server::start<Holder<detail::Made<Init>>>(self, options, std::move(init));
}

// Each function takes the value, or (Self&, value), Self being the agent's own.
// Agent.get/3: what `f` makes of the value.
template <class T, class F>
auto get(Self& self, const Agent<T>& agent, F f, Duration timeout = 5s) {
  using R = std::decay_t<detail::ResultOf<const T, F>>;
  static_assert(!std::is_void_v<R>, "get returns something");
  const auto apply =
      detail::apply<T>(Use::get, [f = std::move(f)](Self& own, T& value) { return applied<R>(detail::run<const T>(f, own, value)); });
  return detail::result<R>(self.call(agent.server(), apply, timeout));
}
// Agent.update/3: `f` returns the new value, or changes the one it is given a reference to.
template <class T, class F>
void update(Self& self, const Agent<T>& agent, F f, Duration timeout = 5s) {
  self.call(agent.server(), detail::update<T>(std::move(f)), timeout);
}
// Agent.get_and_update/3: `f` returns a pair of what the caller gets and the new value.
template <class T, class F>
auto get_and_update(Self& self, const Agent<T>& agent, F f, Duration timeout = 5s) {
  using Pair = std::decay_t<detail::ResultOf<const T, F>>;
  static_assert(detail::is_pair<Pair>, "get_and_update returns a std::pair: what the caller gets, and the new value");
  using R = typename Pair::first_type;
  const auto apply = detail::apply<T>(Use::get_and_update, [f = std::move(f)](Self& own, T& value) {
    Pair both = detail::run<const T>(f, own, value);
    value = std::move(both.second);
    return applied<R>(std::move(both.first));
  });
  return detail::result<R>(self.call(agent.server(), apply, timeout));
}
// Agent.cast/2: update without waiting; never fails.
template <class T, class F>
void cast(Self& self, const Agent<T>& agent, F f) {
  gen_server::cast(self, agent.server(), detail::update<T>(std::move(f)));
}
// Agent.stop/3.
template <class T>
void stop(Self& self, const Agent<T>& agent, const Term& reason = reason::normal(), Duration timeout = Duration::max()) {
  gen_server::stop(self, agent.server(), reason, timeout);
}

}  // namespace agent
}  // namespace moirai
