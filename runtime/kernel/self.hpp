// What a process can do. A Self is a handle {process, world} that the runtime passes to a body or handler; nothing is thread-local.
// Every call here is an *operation*: the place where a process may be interrupted, learn of its end (an exception of ours unwinds
// it, K-50) or be stopped so that others go first. In the destructors of a process that is ending, operations do nothing.
#pragma once
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/kernel/server_ref.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;
using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

namespace detail {

template <class F>
struct BranchTraits : BranchTraits<decltype(&F::operator())> {};
template <class C, class R, class A>
struct BranchTraits<R (C::*)(A)> {
  using Result = R;
  using M = std::remove_cvref_t<A>;
  static constexpr bool late = false;
};
template <class C, class R, class A>
struct BranchTraits<R (C::*)(A) const> : BranchTraits<R (C::*)(A)> {};
template <class C, class R, class A, class B>
struct BranchTraits<R (C::*)(A, B)> {
  using Result = R;
  using M = std::remove_cvref_t<A>;
  static constexpr bool late = true;
  static_assert(std::is_same_v<std::remove_cvref_t<B>, From<M>>, "the second argument of a branch is the From of its request");
};
template <class C, class R, class A, class B>
struct BranchTraits<R (C::*)(A, B) const> : BranchTraits<R (C::*)(A, B)> {};

template <class G, class F>
struct Guarded {
  G guard;
  F branch;
};
template <class F>
struct BranchTraits<Guarded<F, F>>;
template <class F>
inline constexpr bool is_guarded = false;
template <class G, class F>
inline constexpr bool is_guarded<Guarded<G, F>> = true;
template <class F>
struct TraitsOf : BranchTraits<F> {};
template <class G, class F>
struct TraitsOf<Guarded<G, F>> : BranchTraits<F> {};

template <class F>
struct After {
  Duration wait;
  F branch;
};
template <class F>
inline constexpr bool is_after = false;
template <class F>
inline constexpr bool is_after<After<F>> = true;

template <class M>
constexpr const SignalType* wanted_type() {
  if constexpr (std::is_same_v<M, Message>)
    return nullptr;
  else
    return mailbox_type<M>();
}

}  // namespace detail

// A branch of receive that takes a message only if `guard(message)` holds. A guard performs no operation.
template <class G, class F>
auto when(G guard, F branch) {
  return detail::Guarded<G, F>{std::move(guard), std::move(branch)};
}
// The last branch of receive: runs when nothing has matched for `wait`. Zero polls: what can be received now is received first (K-4).
template <class F>
auto after(Duration wait, F branch) {
  return detail::After<F>{wait, std::move(branch)};
}

// spawn_opt: link and monitor may be combined.
struct SpawnOptions {
  std::string_view label = "p";  // its name under this process in paths; the ordinal tells incarnations apart
  bool link = false;             // atomically (R-LNK-6)
  Ref* monitor = nullptr;        // not null: monitors it, atomically, and stores the monitor here
  MonitorOptions monitored{};    // of that monitor
};

class Self {
 public:
  Self(World& world, Process& process) : world_(&world), process_(&process) {}

  Pid pid() const { return process_->pid; }
  std::string path() const { return world_->path(process_->pid); }
  std::string label() const { return world_->label(process_->pid); }
  Time now() const { return world_->now(); }
  const World& world() const { return *world_; }

  // ---- sending
  // Appends to the channel to `to`; a dead receiver is no error (R-REG-2). A type that names a Reply is refused: call or cast it.
  template <class M>
  void send(Pid to, const M& message) {
    static_assert(!Request<M>, "this message names a Reply: use call, or cast if the reply does not matter");
    if (world_->operation(*process_)) world_->send_message(process_, to, message);
  }
  // Exits: badarg if nobody has this name.
  template <class M>
  void send(std::string_view name, const M& message) {
    static_assert(!Request<M>, "this message names a Reply: use call, or cast if the reply does not matter");
    if (const Pid to = named(name)) world_->send_message(process_, to, message);
  }
  template <class M>
  void send(const Via& name, const M& message) {
    const std::optional<Pid> to = name.whereis(*this);
    if (!to) exit(Term::tuple({reason::badarg(), name.to_term()}));
    send(*to, message);
  }
  template <class M>
  void send(const Alias& to, const M& message) {
    static_assert(!Request<M>, "this message names a Reply: use call, or cast if the reply does not matter");
    if (world_->operation(*process_)) world_->send_typed(process_, to.process, Aliased<M>{to.ref, message});
  }
  // A request whose reply nobody waits for.
  template <Request M>
  void cast(Pid to, const M& request) {
    if (world_->operation(*process_)) world_->send_message(process_, to, request);
  }
  template <Request M>
  void cast(std::string_view name, const M& request) {
    if (const Pid to = named(name)) world_->send_message(process_, to, request);
  }
  template <Request M>
  void cast(const Via& name, const M& request) {
    if (const std::optional<Pid> to = find_if_any(name)) cast(*to, request);
  }
  // For destructors (K-51): never interrupted, ignored while this process is ending.
  template <class M>
  void post(Pid to, const M& message) noexcept {
    if (process_->marks & (Process::ending | Process::inert)) {
      ++world_->ignored_while_ending_;
      return;
    }
    world_->send_message(process_, to, message);
  }

  // ---- receiving
  // Takes the oldest message in the mailbox that matches a branch, waiting for one if need be; the rest keeps its order (R-RCV-1).
  // A branch is a lambda on const M&, (const M&, From<M>), const Exit&, const Down& or const Message& (any); or when(guard, branch).
  // For an M that names a Reply, what the branch returns is the reply. The last may be after(wait, branch).
  template <class... Branches>
  [[gnu::always_inline]] void receive(Branches&&... branches) {
    receive_from(&process_->inbox.head, std::forward<Branches>(branches)...);
  }
  // Waits for the next message of one of these types. One type: M; several: std::variant<M...>. Requests are not taken this way.
  template <class... M>
  auto take() {
    static_assert((!Request<M> && ...), "take has no way to reply: use receive");
    std::optional<std::conditional_t<sizeof...(M) == 1, std::tuple_element_t<0, std::tuple<M...>>, std::variant<M...>>> taken;
    receive([&](const M& m) { taken.emplace(m); }...);
    return std::move(*taken);
  }
  void sleep(Duration time) {
    receive(after(time, [] {}));
  }

  // ---- calls (gen_server:call/3, R-GS-2): monitor, request, reply, demonitor
  // Exits {Why,{gen_server,call,[Server,'Request']}}, or [Server,'Request',Milliseconds] if a timeout was given; Server is the pid or the
  // name. Why: timeout; noproc; calling_self; {unknown_call,'Request'} if the server is a handler that does not accept it; what the
  // server refused it with; else what the server died of. Without a timeout: 5 seconds. Duration::max(): for ever, `infinity`.
  template <Request M>
  ReplyOf<M> call(const ServerRef& to, const M& request) {
    return call_as(to, request, 5s, [&](Term why) {
      return call_failure(std::move(why), "gen_server", {to.to_term(), Term::atom(reflect::name_of<M>())}, std::nullopt);
    });
  }
  template <Request M>
  ReplyOf<M> call(const ServerRef& to, const M& request, Duration timeout) {
    return call_as(to, request, timeout, [&](Term why) {
      return call_failure(std::move(why), "gen_server", {to.to_term(), Term::atom(reflect::name_of<M>())}, timeout);
    });
  }
  // For behaviours whose failures look otherwise (gen_statem, gen_event): exits `failure(Why)`.
  template <Request M, class Failure>
  ReplyOf<M> call_as(const ServerRef& to, const M& request, Duration timeout, Failure&& failure);
  // Answers a request later. Once; a second reply is dropped on arrival, as one that comes after the caller's timeout.
  template <Request M>
  void reply(const From<M>& from, const ReplyOf<M>& value) {
    if (!world_->operation(*process_)) return;
    if (!from.ref) return;
    Signal* signal = world_->make_signal(type_of<Reply<ReplyOf<M>>>, process_->pid, Reply<ReplyOf<M>>{from.ref, value});
    reflect::fold_value(world_->digest_, value);
    world_->dispatch(process_, from.caller, signal);
  }

  // The opposite of reply: the caller's call exits {Why,{gen_server,call,...}}. A cast cannot be refused: nobody waits.
  template <Request M>
  void refuse(const From<M>& from, Term why) {
    refuse(from.caller, from.ref, std::move(why));
  }
  void refuse(Pid caller, Ref call, Term why);
  // What a handler does with a call that it does not accept; nothing if it is none. Why: {unknown_call,'Request'}.
  void refuse_unknown(const Message& message);

  // ---- handlers
  // gen_server's timeout (R-GS-9): if, once this turn is over, nothing reaches the mailbox for `wait`, the handler gets on(Self&, const
  // IdleTimeout&). Any message cancels it, also one that waits in the mailbox already. Zero is a poll: what can be received now is received
  // first (K-4). Once; the last call of a turn counts. Duration::max(): none. Exits badarg: wait < 0, or this is a function process.
  void idle_timeout(Duration wait);

  // ---- processes
  Pid spawn(const SpawnOptions& options, const Program& program) {
    if (!world_->operation(*process_)) return {};
    return world_->do_spawn(process_, options, program);
  }
  Pid spawn(const Program& program) { return spawn(SpawnOptions{}, program); }
  Pid spawn(std::string_view label, const Program& program) { return spawn(SpawnOptions{.label = label}, program); }
  Pid spawn_link(const Program& program) { return spawn(SpawnOptions{.link = true}, program); }
  Pid spawn_link(std::string_view label, const Program& program) { return spawn(SpawnOptions{.label = label, .link = true}, program); }
  std::pair<Pid, Ref> spawn_monitor(std::string_view label, const Program& program) {
    Ref ref;
    const Pid pid = spawn(SpawnOptions{.label = label, .monitor = &ref}, program);
    return {pid, ref};
  }
  std::pair<Pid, Ref> spawn_monitor(const Program& program) { return spawn_monitor("p", program); }

  // As spawn, but the answer comes as a SpawnReply with this reference, in front of every other signal of the new process (R-LNK-7); if it
  // is monitored, the reference is that of the monitor. Its error: badopt, for an empty label.
  Ref spawn_request(const SpawnOptions& options, const Program& program) {
    return world_->operation(*process_) ? world_->do_spawn_request(*process_, options, program) : Ref{};
  }

  // Exits noproc if the process is dead and this one does not trap exits (R-LNK-2); if it traps, an EXIT message comes instead.
  void link(Pid peer) {
    if (world_->operation(*process_)) world_->do_link(*process_, peer);
  }
  // From now on no EXIT of the link comes; with `flush` one that is already in the mailbox is removed (R-LNK-3).
  void unlink(Pid peer, bool flush = false);
  // unlink/1 and exit/2 as one operation: this process cannot be ended between them, and so leave the other one alone and alive.
  void unlink_and_exit(Pid peer, const Term& reason) {
    if (!world_->operation(*process_)) return;
    world_->do_unlink(*process_, peer);
    world_->do_exit_signal(process_, process_->pid, peer, reason, false);
  }
  // One DOWN when `target` dies; at once, with noproc, if it is dead. Of oneself it never fires. A name is looked up now (R-MON-3).
  Ref monitor(Pid target, const MonitorOptions& options = {}) {
    return world_->operation(*process_) ? world_->do_monitor(*process_, target, {}, options) : Ref{};
  }
  Ref monitor(std::string_view name, const MonitorOptions& options = {}) {
    if (!world_->shared_operation(*process_)) return {};
    return world_->do_monitor(*process_, world_->whereis(name).value_or(Pid{}), name, options);
  }
  // Afterwards no DOWN comes any more, but one that is in the mailbox stays, unless `flush` removes it. Returns what OTP's option `info`
  // tells: true, it was active; false, it has fired, was taken back before, or is none of this process's (R-MON-5).
  bool demonitor(Ref monitor, bool flush = false);

  // ---- aliases (R-ALI-1): see AliasMode. What is received while one is active stays when it is not any more.
  Alias alias(AliasMode mode = AliasMode::explicit_unalias) {
    return world_->operation(*process_) ? Alias{pid(), world_->do_alias(*process_, mode)} : Alias{};
  }
  // True: it was active. Also of the alias of a monitor, which then goes on as a monitor.
  bool unalias(Ref alias) { return world_->operation(*process_) && world_->do_unalias(*process_, alias); }
  bool unalias(const Alias& alias) { return unalias(alias.ref); }

  // exit/1: ends this process with `reason`, unless a `catch (...)` of its own takes it.
  [[noreturn]] void exit(const Term& reason) {
    world_->operation(*process_);
    throw ExitRequest{reason};
  }
  // A handler's own way to end: with `reason`, when the turn that it is in returns; messages behind the present one are not handled. As
  // exit/1, and a hundred times cheaper, since nothing is unwound. Twice in a turn: the last counts. `cause`: what observers are told.
  // Exits badarg: this is a function process, whose body returns.
  void stop(const Term& reason = reason::normal(), ExitCause cause = ExitCause::own_exit);
  // exit/2: an exit signal to `to`, judged at reception (R-XS).
  void exit(Pid to, const Term& reason) {
    if (world_->operation(*process_)) world_->do_exit_signal(process_, process_->pid, to, reason, false);
  }
  // Returns the old value.
  bool trap_exit(bool on);
  // Whether `pid` is alive, asked with a signal and a wait: stands behind this process's earlier signals to it (R-SIG-10).
  bool is_alive(Pid pid);
  // As it is when the question reaches it, which stands behind this process's earlier signals to it. Nothing: it is dead.
  std::optional<ProcessInfo> process_info(Pid pid);
  // Inherited at spawn (R-REG-4); nobody, if no ancestor was given one.
  Pid group_leader() const { return world_->group_leader(process_->pid); }
  // group_leader/2: a signal to `process`, and a wait for its answer. Exits badarg: it is dead.
  void group_leader(Pid leader, Pid process);

  // ---- names
  // Exits badarg: the name is in use, the process is dead or has a name already, or the name is empty or "undefined" (R-REG-1).
  void register_name(std::string_view name) { register_name(name, pid()); }
  void register_name(std::string_view name, Pid process) {
    if (world_->shared_operation(*process_) && !world_->do_register(name, process)) throw ExitRequest{reason::badarg()};
  }
  void unregister_name(std::string_view name) {
    if (world_->shared_operation(*process_) && !world_->do_unregister(name)) throw ExitRequest{reason::badarg()};
  }
  std::optional<Pid> whereis(std::string_view name) {
    if (!world_->shared_operation(*process_)) return std::nullopt;
    return world_->whereis(name);
  }

  std::optional<Pid> whereis(const Via& name) { return name.whereis(*this); }

  // ---- timers (R-TMR)
  // Delivers `message` after `wait`; aimed at a pid it is cancelled when that dies, aimed at a name the name is looked up when it fires.
  // Exits badarg: wait < 0.
  template <class M>
  Ref send_after(Duration wait, Pid to, const M& message) {
    return set_timer(wait, to, {}, message);
  }
  template <class M>
  Ref send_after(Duration wait, std::string_view name, const M& message) {
    return set_timer(wait, Pid{}, name, message);
  }
  // Delivers TimedOut<M>{timer, message}.
  template <class M>
  Ref start_timer(Duration wait, Pid to, const M& message) {
    const Ref ref = set_timer(wait, to, {}, TimedOut<M>{Ref{}, message});
    if (!world_->do_read_timer(ref)) return ref;  // aimed at the dead
    world_->timers_[ref.index()].signal->template as<TimedOut<M>>().timer = ref;
    return ref;
  }
  // The same at a moment of virtual time, OTP's {abs,true}; one that is past fires at once.
  template <class To, class M>
  Ref send_at(Time when, const To& to, const M& message) {
    return send_after(until(when), to, message);
  }
  template <class M>
  Ref start_timer_at(Time when, Pid to, const M& message) {
    return start_timer(until(when), to, message);
  }
  // What was left of it, or nothing if it has fired or been cancelled. Nothing does not say that its message has arrived.
  std::optional<Duration> cancel_timer(Ref timer) {
    if (!world_->operation(*process_)) return std::nullopt;
    return world_->do_cancel_timer(*process_, timer);
  }
  // The same, told by a TimerCancelled; without `info` not at all.
  void cancel_timer_async(Ref timer, bool info = true) {
    if (world_->operation(*process_)) world_->do_cancel_timer_async(*process_, timer, info);
  }
  std::optional<Duration> read_timer(Ref timer) {
    if (!world_->operation(*process_)) return std::nullopt;
    return world_->do_read_timer(timer);
  }

  // ---- the rest
  void yield() {
    if (world_->operation(*process_)) world_->stop_here(*process_, false);
  }
  // Uniform in [0, n). From this process's own stream, keyed by its path: a draw elsewhere shifts nothing. Requires: n > 0.
  template <std::integral N>
  std::uint64_t random(N n) {
    const std::uint64_t draw = world_->draw(*process_);
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(draw) * static_cast<std::uint64_t>(n)) >> 64);
  }
  // Uniform in [lo, hi], both included.
  template <std::integral L, std::integral H>
  std::int64_t random(L lo, H hi) {
    const auto low = static_cast<std::uint64_t>(static_cast<std::int64_t>(lo));
    const auto high = static_cast<std::uint64_t>(static_cast<std::int64_t>(hi));
    return static_cast<std::int64_t>(low + random(high - low + 1));
  }
  bool chance(Ratio p) { return random(p.denominator) < p.numerator; }
  // Puts a message into the trace, for laws and people.
  template <class M>
  void note(const M& message) {
    if (world_->operation(*process_)) world_->note_message(process_->pid, message);
  }
  // The same for what is dear to make: `make()` runs only if somebody listens. No part of the digest, so it may tell only of what is in
  // it already: spawns, signals, deaths, the contents of messages.
  template <class Make>
  void note_lazily(Make make) {
    if (world_->operation(*process_) && world_->wanted(EventKind::note)) world_->tell_note(process_->pid, make());
  }
  void log(std::string text) { note(Log{std::move(text)}); }

  // The reason with which a failed call exits: {Why,{Module,call,Arguments}}, with a last argument for a timeout.
  static Term call_failure(Term why, std::string_view module, std::vector<Term> arguments, std::optional<Duration> timeout);

 private:
  template <class State, class M>
  friend void detail::call_handler(void*, Self&, Signal&);
  friend class World;
  template <class T>
  friend class Shared;

  std::optional<Pid> find_if_any(const Via& name);  // a cast never fails (R-GS-5)
  // Removes the oldest M in the mailbox that matches; receives nothing.
  template <class M, class Match>
  void flush(Match matches);
  World::InfoReply await_info(Signal** mark, Ref);
  Duration until(Time when) const { return when > now() ? when - now() : Duration{0}; }
  Pid named(std::string_view name) {  // nobody: do nothing
    if (!world_->shared_operation(*process_)) return {};
    const std::optional<Pid> to = world_->whereis(name);
    if (!to) throw ExitRequest{Term::tuple({reason::badarg(), Term::atom(name)})};
    return *to;
  }
  template <class M>
  Ref set_timer(Duration wait, Pid to, std::string_view name, const M& message) {
    static_assert(!Request<M>, "a timer cannot carry a request: nobody would take the reply");
    if (!world_->operation(*process_)) return {};
    if (wait < Duration{0}) throw ExitRequest{reason::badarg()};
    Signal* signal = world_->make_signal(type_of<M>, process_->pid, message);
    reflect::fold_value(world_->digest_, message);
    return world_->do_timer(*process_, wait, to, name, signal);
  }

  // A message that a branch looks at: taken out of the mailbox, destroyed when the branch is left, also by unwinding.
  struct Held {
    World* world;
    Signal* signal;
    ~Held() { world->recycle(signal); }
  };

  template <class B>
  bool try_branch(Signal* s, Signal** at, B& branch) {
    using Bare = std::remove_cvref_t<B>;
    if constexpr (detail::is_after<Bare>) {
      return false;
    } else {
      using Traits = detail::TraitsOf<Bare>;
      using M = typename Traits::M;
      if constexpr (std::is_same_v<M, Message>) {
        const Message any(s);
        if constexpr (detail::is_guarded<Bare>) {
          if (!branch.guard(any)) return false;
        }
        World::unlink_message(*process_, at);
        const Held held{world_, s};
        if constexpr (detail::is_guarded<Bare>)
          branch.branch(any);
        else
          branch(any);
        return true;
      } else {
        if (s->type != mailbox_type<M>()) return false;
        const M& message = payload_of<M>(s);
        if constexpr (detail::is_guarded<Bare>) {
          if (!branch.guard(message)) return false;
          World::unlink_message(*process_, at);
          const Held held{world_, s};
          run_branch<Traits>(branch.branch, message, s);
        } else {
          World::unlink_message(*process_, at);
          const Held held{world_, s};
          run_branch<Traits>(branch, message, s);
        }
        return true;
      }
    }
  }
  template <class M>
  static const M& payload_of(const Signal* s) {
    if constexpr (Request<M>)
      return s->as<Call<M>>().request;
    else
      return s->as<M>();
  }
  template <class Traits, class F, class M>
  void run_branch(F& branch, const M& message, const Signal* s) {
    if constexpr (Request<M>) {
      const From<M> from{s->sender, s->as<Call<M>>().ref};
      if constexpr (Traits::late) {
        static_assert(std::is_void_v<typename Traits::Result>, "a branch that takes a From replies with self.reply");
        branch(message, from);
      } else if constexpr (std::is_void_v<typename M::Reply>) {
        branch(message);
        reply(from, NoReply{});
      } else {
        static_assert(std::is_convertible_v<typename Traits::Result, typename M::Reply>,
                      "a branch on a request returns its Reply, or takes a From<M> as its second argument to reply later");
        const ReplyOf<M> value = branch(message);
        reply(from, value);
      }
    } else {
      branch(message);
    }
  }
  template <class Last>
  bool run_after(Last& last) {
    if constexpr (detail::is_after<std::remove_cvref_t<Last>>) last.branch();
    return true;
  }
  template <class... Branches>
  [[gnu::always_inline]] void receive_from(Signal** cursor, Branches&&... branches) {
    static constexpr std::size_t count = sizeof...(Branches);
    if (!world_->operation(*process_)) world_->wait_while_unwinding(*process_);
    Process& p = *process_;
    Wait w;
    if constexpr (count > 0) set_wants<std::remove_cvref_t<Branches>...>(w);
    ((set_deadline(w, branches)), ...);
    for (;;) {
      while (cursor != p.inbox.received) {
        Signal* s = *cursor;
        if ((try_branch(s, cursor, branches) || ...)) return;
        cursor = &s->next;
      }
      if (!world_->wait(p, w)) {
        // What was received before the timeout wins over it (R-RCV-3).
        while (cursor != p.inbox.received) {
          Signal* s = *cursor;
          if ((try_branch(s, cursor, branches) || ...)) return;
          cursor = &s->next;
        }
        (run_if_after(branches), ...);
        return;
      }
    }
  }
  template <class B>
  void run_if_after(B& branch) {
    if constexpr (detail::is_after<std::remove_cvref_t<B>>) branch.branch();
  }
  template <class B>
  void set_deadline(Wait& w, const B& branch) {
    if constexpr (detail::is_after<std::remove_cvref_t<B>>) {
      if (branch.wait <= Duration{0})
        w.poll = true;
      else
        w.deadline = branch.wait == Duration::max() ? time_never : moirai::after(world_->now(), branch.wait);
    }
  }
  template <class B>
  static constexpr const SignalType* branch_type() {
    if constexpr (detail::is_after<B>)
      return nullptr;
    else
      return detail::wanted_type<typename detail::TraitsOf<B>::M>();
  }
  template <class B>
  static constexpr bool branch_is_any() {
    if constexpr (detail::is_after<B>)
      return false;
    else
      return std::is_same_v<typename detail::TraitsOf<B>::M, Message>;
  }
  template <class... B>
  static void set_wants(Wait& w) {
    static constexpr const SignalType* types[] = {branch_type<B>()...};
    w.types = types;
    w.count = sizeof...(B);
    w.any = (branch_is_any<B>() || ...);
  }

  World* world_;
  Process* process_;
};

template <Request M, class Failure>
ReplyOf<M> Self::call_as(const ServerRef& server, const M& request, Duration timeout, Failure&& failure) {
  using R = Reply<ReplyOf<M>>;
  const std::optional<Pid> found = server.resolve(*this);
  if (!found) exit(failure(reason::noproc()));
  const Pid to = *found;
  if (!world_->operation(*process_)) world_->wait_while_unwinding(*process_);
  if (to == pid()) exit(failure(Term::atom("calling_self")));
  Signal** mark = process_->inbox.received;  // the receive mark: the reply cannot lie before it (R-RCV-4)
  const Ref ref = world_->do_monitor(*process_, to, World::AliasLife::demonitor);
  world_->send_typed(process_, to, Call<M>{ref, request});
  std::optional<ReplyOf<M>> value;
  std::optional<Term> why;
  receive_from(mark, when([&](const R& r) { return r.ref == ref; }, [&](const R& r) { value.emplace(r.value); }),
               when([&](const Down& d) { return d.monitor == ref; }, [&](const Down& d) { why.emplace(d.reason); }),
               when([&](const Refusal& r) { return r.ref == ref; }, [&](const Refusal& r) { why.emplace(r.reason); }),
               after(timeout <= Duration{0} ? Duration{1} : timeout, [] {}));
  world_->do_demonitor(*process_, ref);
  if (value) return std::move(*value);
  exit(failure(why ? std::move(*why) : reason::timeout()));
}

namespace detail {

template <class State, class M>
void call_handler(void* state, Self& self, Signal& signal) {
  State& handler = *static_cast<State*>(state);
  if constexpr (std::is_same_v<M, Message>) {
    handler.on(self, Message(&signal));
  } else if constexpr (Request<M>) {
    const Call<M>& call = signal.as<Call<M>>();
    const From<M> from{signal.sender, call.ref};
    if constexpr (requires { handler.on(self, call.request, from); }) {
      handler.on(self, call.request, from);
    } else if constexpr (std::is_void_v<typename M::Reply>) {
      handler.on(self, call.request);
      self.reply(from, NoReply{});
    } else {
      static_assert(!noexcept(handler.on(self, call.request)), "a handler must not be noexcept (K-50)");
      const ReplyOf<M> value = handler.on(self, call.request);
      self.reply(from, value);
    }
  } else {
    static_assert(!noexcept(handler.on(self, signal.as<M>())), "a handler must not be noexcept (K-50)");
    handler.on(self, signal.as<M>());
  }
}

}  // namespace detail

}  // namespace moirai
