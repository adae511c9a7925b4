// What a process runs: a value, stored once and shared by everything that was started from it, so that starting a process allocates
// nothing but the process. Two forms with one semantics (K-40):
//   function process: a body void(Self&), on its own stack; its state is local variables, so a restart begins clean;
//   handler process:  a struct with one on(Self&, const M&) per message it accepts, run to completion; it owns no stack while idle.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "runtime/kernel/message.hpp"

namespace moirai {

class Self;

struct HandlerEntry {
  const SignalType* type;  // nullptr: any message
  void (*on)(void* state, Self&, Signal&);
};

// One constant per body or handler type.
struct Behaviour {
  bool is_handler;
  std::string_view name;
  void (*run)(const void* body, Self&);              // function form
  void* (*construct)(const void* arguments, Self&);  // handler form: makes the state, inside the process
  void (*destroy)(void* state);
  const HandlerEntry* entries;  // the last has no `on`
  // function form, may be nullptr: runs in the process, its frames gone, once an exit or exception has ended the body
  void (*crashed)(Self&, const Term& reason);
};

class Program {
 public:
  // From a function or a const-callable object: void(Self&). A mutable lambda does not compile: what it captured would outlive a crash.
  // If it has a static `crashed(Self&, const Term& reason)`, that is called when the body ends by an exit or exception of its own.
  template <class Body>
  requires(std::is_invocable_r_v<void, const std::decay_t<Body>&, Self&> && !std::is_same_v<std::decay_t<Body>, Program>)
      Program(Body&& body);

  const Behaviour& behaviour() const { return shared_->behaviour; }

 private:
  friend class World;
  template <class State, class... Args>
  friend Program handler(Args... args);
  struct Shared {
    const Behaviour& behaviour;
    std::uint32_t references = 1;
    explicit Shared(const Behaviour& b) : behaviour(b) {}
    virtual ~Shared() = default;
    virtual const void* data() const = 0;
  };
  template <class T>
  struct Holding final : Shared {
    T value;
    Holding(const Behaviour& b, T v) : Shared(b), value(std::move(v)) {}
    const void* data() const override { return &value; }
  };
  explicit Program(Shared* shared) : shared_(shared) {}

 public:
  Program(const Program& other) noexcept : shared_(other.shared_) { ++shared_->references; }
  Program(Program&& other) noexcept : shared_(other.shared_) { ++shared_->references; }
  Program& operator=(Program other) noexcept {
    std::swap(shared_, other.shared_);
    return *this;
  }
  ~Program() {
    if (--shared_->references == 0) delete shared_;
  }

 private:
  Shared* shared_;
};

// The protocol of a handler: `using Accepts = Messages<Deposit, Withdraw, Exit>;`
template <class... M>
struct Messages {};

namespace detail {

template <class Body>
void run_body(const void* body, Self& self) {
  (*static_cast<const Body*>(body))(self);
}
template <class Body>
constexpr auto crash_hook() -> void (*)(Self&, const Term&) {
  if constexpr (requires { &Body::crashed; })
    return &Body::crashed;
  else
    return nullptr;
}
template <class Body>
inline constexpr Behaviour behaviour_of_body = {false, "function", &run_body<Body>, nullptr, nullptr, nullptr, crash_hook<Body>()};

template <class State, class M>
void call_handler(void* state, Self& self, Signal& signal);  // self.hpp: it may have to reply

template <class State, class Accepts>
struct HandlerTable;
template <class State, class... M>
struct HandlerTable<State, Messages<M...>> {
  static constexpr const SignalType* tag(const SignalType* type) { return type; }
  template <class T>
  static constexpr HandlerEntry entry() {
    if constexpr (std::is_same_v<T, Message>)
      return {nullptr, &call_handler<State, T>};
    else
      return {mailbox_type<T>(), &call_handler<State, T>};
  }
  static constexpr HandlerEntry entries[sizeof...(M) + 1] = {entry<M>()..., {nullptr, nullptr}};
};

template <class State, class... Args>
void* construct_handler(const void* arguments, Self& self) {
  return std::apply(
      [&](const Args&... args) -> void* {
        if constexpr (std::is_constructible_v<State, Self&, const Args&...>)
          return new State(self, args...);
        else
          return new State{args...};
      },
      *static_cast<const std::tuple<Args...>*>(arguments));
}
template <class State>
void destroy_handler(void* state) {
  delete static_cast<State*>(state);
}
template <class State, class... Args>
inline constexpr Behaviour behaviour_of_handler = {true,
                                                   reflect::name_of<State>(),
                                                   nullptr,
                                                   &construct_handler<State, Args...>,
                                                   &destroy_handler<State>,
                                                   HandlerTable<State, typename State::Accepts>::entries,
                                                   nullptr};

}  // namespace detail

template <class Body>
requires(std::is_invocable_r_v<void, const std::decay_t<Body>&, Self&> &&
         !std::is_same_v<std::decay_t<Body>, Program>) Program::Program(Body&& body) {
  using Stored = std::decay_t<Body>;
  static_assert(!std::is_nothrow_invocable_v<const Stored&, Self&>,
                "a body must not be noexcept: a process that is killed is unwound by an exception (K-50)");
  shared_ = new Holding<Stored>(detail::behaviour_of_body<Stored>, std::forward<Body>(body));
}

// A handler process: State{args...} or State(Self&, args...) is made inside the process at its first turn, anew at each restart.
template <class State, class... Args>
Program handler(Args... args) {
  return Program(
      new Program::Holding<std::tuple<Args...>>(detail::behaviour_of_handler<State, Args...>, std::tuple<Args...>(std::move(args)...)));
}

}  // namespace moirai
