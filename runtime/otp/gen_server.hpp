// A generic server, as OTP's gen_server: a struct whose members are its state, with one on(Self&, const M&) per message. A handler
// process (program.hpp) is one as it stands; what more a server may want, it says by the types that its callbacks return:
//
//   struct Counter {
//     using Accepts = Messages<Add, Get, IdleTimeout>;
//     int total = 0;
//     Next on(Self&, const Add& m) { total += m.number; return noreply().timeout(10s); }     // cast or info: no reply is possible
//     Answer<Get> on(Self&, const Get&) { return reply(total); }                             // call; or just: int on(Self&, const Get&)
//     Next on(Self&, const IdleTimeout&) { return stop(reason::normal()); }                  // nothing came for 10 s
//     void terminate(Self& self, const Term& reason) { self.log(reason.to_string()); }       // optional
//   };
//   gen_server::start_link<Counter>(self, {.name = "counter"});   gen_server::call(self, "counter", Get{});
//   worker<Counter>("counter", {.registered = true})              // the same under a supervisor
//
// init is the constructor: Counter(Self&, args...) or Counter{args...}; or a static init(Self&, args...) that returns an Init<Counter>.
// Both run in the new process, under its name; start waits for them. An exit or exception there is {error,Reason}; terminate is not
// called (R-GS-1). A request is answered by what on returns, or later: on(Self&, const Get&, From<Get>) and gen_server::reply.
// How it ends, and what it does with the EXIT of its parent, with system messages and with messages that it does not accept: gen.hpp.
// Where OTP has bad return values, missing callbacks and thrown values, this does not compile.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/otp/gen.hpp"
#include "runtime/otp/gen_server_outcome.hpp"

namespace moirai::gen_server {

using gen::Options;

namespace detail {

template <class S>
inline constexpr bool has_static_init = false;
template <class S>
requires requires { &S::init; }
inline constexpr bool has_static_init<S> = std::is_function_v<std::remove_pointer_t<decltype(&S::init)>>;

// What not every server has to remember.
template <int>
struct Nought {};
struct Timeout {
  Duration wait = Duration::max();  // that the last callback asked for
};

}  // namespace detail

// The behaviour around a server's callbacks (gen.hpp).
template <class S>
class Callbacks {
 public:
  static constexpr std::string_view name = reflect::name_of<S>(), behaviour = "gen_server";
  using Accepts = typename S::Accepts;

  template <class... Args>
  Callbacks(Self& self, const Args&... args) : state_(made(self, args...)) {}

  template <class M>
  auto handle(Self& self, const M& m) {
    using Result = decltype(state_.on(self, m));
    static_assert(!noexcept(state_.on(self, m)), "a handler must not be noexcept (K-50)");
    begin_turn();
    if constexpr (detail::is_next<Result>) {
      return follow(self, state_.on(self, m));
    } else {
      static_assert(std::is_void_v<Result>, "this message is no call: on returns nothing, Next or NextOr<...>");
      state_.on(self, m);
    }
  }
  template <Request M>
  auto handle(Self& self, const M& m, const From<M>& from) {
    begin_turn();
    if constexpr (requires { state_.on(self, m, from); }) {
      static_assert(!noexcept(state_.on(self, m, from)), "a handler must not be noexcept (K-50)");
      if constexpr (std::is_void_v<decltype(state_.on(self, m, from))>)
        state_.on(self, m, from);
      else
        return follow(self, state_.on(self, m, from), from);
    } else {
      using Result = decltype(state_.on(self, m));
      static_assert(!noexcept(state_.on(self, m)), "a handler must not be noexcept (K-50)");
      static_assert(!detail::is_next<Result>, "this message is a call: return Answer<M>, or take a From<M> to reply later");
      if constexpr (detail::is_answer<Result>) {
        return follow(self, state_.on(self, m), from);
      } else if constexpr (std::is_void_v<Result>) {
        state_.on(self, m);
        static_assert(std::is_void_v<typename M::Reply>, "this message is a call: on returns its Reply or Answer<M>");
        self.reply(from, NoReply{});
      } else {
        const ReplyOf<M> value = state_.on(self, m);
        self.reply(from, value);
      }
    }
  }
  void terminate(Self& self, const Term& reason) {
    if constexpr (requires { state_.terminate(self, reason); }) state_.terminate(self, reason);
  }
  std::string state() const { return sys::text_of(state_); }

  std::optional<gen::Stop> started(Self& self) {
    if constexpr (has_init) return run(self, std::move(first_));
    return std::nullopt;
  }
  // R-GS-9: it cancels the timeout, as every message does, and then it begins anew.
  void system_message_handled(Self& self) {
    if constexpr (timed) {
      if (timeout_.wait != Duration::max()) self.idle_timeout(timeout_.wait);
    }
  }

 private:
  static constexpr bool has_init = detail::has_static_init<S>;
  static constexpr bool timed = gen::detail::accepts<IdleTimeout, Accepts> || gen::detail::accepts<Message, Accepts>;

  // Something to do before the next message.
  struct Pending {
    virtual ~Pending() = default;
    virtual std::optional<gen::Stop> run(Callbacks&, Self&, std::unique_ptr<Pending>& next) = 0;
  };
  template <class C>
  struct Continuation final : Pending {
    C content;
    explicit Continuation(C c) : content(std::move(c)) {}
    std::optional<gen::Stop> run(Callbacks& callbacks, Self& self, std::unique_ptr<Pending>& next) override {
      S& state = callbacks.state_;
      if constexpr (std::is_void_v<decltype(state.on_continue(self, content))>) {
        state.on_continue(self, content);
        return std::nullopt;
      } else {
        return callbacks.begin(self, state.on_continue(self, content), next);
      }
    }
  };
  template <class... Args>
  S made(Self& self, const Args&... args) {
    if constexpr (has_init) {
      auto init = S::init(self, args...);
      if (init.next.stop) proc_lib::init_fail(self, init.next.stop->reason);
      if (!init.state) proc_lib::init_ignore(self);
      begin(self, std::move(init.next), first_);
      return std::move(*init.state);
    } else if constexpr (std::is_constructible_v<S, Self&, const Args&...>) {
      return S(self, args...);
    } else {
      return S{args...};
    }
  }

  void begin_turn() {
    if constexpr (timed) timeout_.wait = Duration::max();
  }
  // What the callback asked for, but for what it wants to do next: that is left in `pending`.
  template <class... C>
  std::optional<gen::Stop> begin(Self& self, NextOr<C...> next, std::unique_ptr<Pending>& pending) {
    if (next.timeout) {
      if constexpr (timed) timeout_.wait = *next.timeout;
      self.idle_timeout(*next.timeout);
    }
    std::visit(
        [&](auto& content) {
          using Content = std::decay_t<decltype(content)>;
          if constexpr (!std::is_same_v<Content, std::monostate>) pending = std::make_unique<Continuation<Content>>(std::move(content));
        },
        next.continuation);
    return std::move(next.stop);
  }
  std::optional<gen::Stop> run(Self& self, std::unique_ptr<Pending> pending) {
    std::optional<gen::Stop> stop;
    while (pending && !stop) {
      const std::unique_ptr<Pending> now = std::move(pending);
      stop = now->run(*this, self, pending);
    }
    return stop;
  }
  template <class... C>
  std::optional<gen::Stop> follow(Self& self, NextOr<C...> next) {
    std::unique_ptr<Pending> pending;
    if (auto stop = begin(self, std::move(next), pending)) return stop;
    return run(self, std::move(pending));
  }
  template <Request M, class... C>
  std::optional<gen::Stop> follow(Self& self, NextOr<C...> next, const From<M>&) {
    return follow(self, std::move(next));
  }
  template <Request M, class... C>
  std::optional<gen::Stop> follow(Self& self, Answer<M, C...> answer, const From<M>& from) {
    if (answer.reply && answer.next.stop) {
      auto value = std::make_shared<const ReplyOf<M>>(std::move(*answer.reply));
      answer.next.stop->last_words = [from, value](Self& s) { s.reply(from, *value); };
    } else if (answer.reply) {
      self.reply(from, *answer.reply);
    }
    return follow(self, std::move(answer.next));
  }

  [[no_unique_address]] std::conditional_t<timed, detail::Timeout, detail::Nought<0>> timeout_;
  [[no_unique_address]] std::conditional_t<has_init, std::unique_ptr<Pending>, detail::Nought<1>> first_;
  S state_;
};

// The program of a server: server<Counter>(args...) for spawning and for start functions, and one that takes a name.
template <class S, class... Args>
Program named_server(gen::Name name, Args... args) {
  return handler<gen::Process<Callbacks<S>>>(std::move(name), std::move(args)...);
}
template <class S, class... Args>
Program server(Args... args) {
  return named_server<S>(gen::Name(), std::move(args)...);
}

// gen_server:start_link/3,4, start/3,4, start_monitor/3,4: S is initialised with `args` in a new process; returns when that is done.
template <class S, class... Args>
StartResult start_link(Self& self, const Options& options, Args... args) {
  return gen::start_link(self, named_server<S>(options.name, std::move(args)...), options);
}
template <class S, class... Args>
StartResult start(Self& self, const Options& options, Args... args) {
  return gen::start(self, named_server<S>(options.name, std::move(args)...), options);
}
template <class S, class... Args>
std::pair<StartResult, Ref> start_monitor(Self& self, const Options& options, Args... args) {
  return gen::start_monitor(self, named_server<S>(options.name, std::move(args)...), options);
}

// gen_server:call/2,3: see Self::call, which it is.
template <Request M>
ReplyOf<M> call(Self& self, const ServerRef& server, const M& request) {
  return self.call(server, request);
}
template <Request M>
ReplyOf<M> call(Self& self, const ServerRef& server, const M& request, Duration timeout) {
  return self.call(server, request, timeout);
}
// gen_server:cast/2: never fails, whoever is or is not there (R-GS-5).
template <class M>
void cast(Self& self, const ServerRef& server, const M& message) {
  const auto to = catch_exit([&] { return server.resolve(self); });  // a registry may not be there
  if (!to || !*to) return;
  if constexpr (Request<M>)
    self.cast(**to, message);
  else
    self.send(**to, message);
}
// gen_server:reply/2: answers a call later, from this process or another one.
template <Request M>
void reply(Self& self, const From<M>& from, const std::type_identity_t<ReplyOf<M>>& value) {
  self.reply(from, value);
}
// gen_server:stop/1,3: see proc_lib::stop, which it is.
inline void stop(Self& self, const ServerRef& server, const Term& reason = reason::normal(), Duration timeout = Duration::max()) {
  proc_lib::stop(self, server, reason, timeout);
}

}  // namespace moirai::gen_server
