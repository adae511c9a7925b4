// What a process finds in its mailbox: the user's own structs, and the few that the kernel makes (Exit, Down, IdleTimeout, calls, replies).
#pragma once
#include <compare>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "runtime/kernel/signal.hpp"

namespace moirai {

// An address of a process that it can take back (R-ALI-1): what is sent there counts only if the alias is active when it is received.
// A value: it may be kept and sent. The Ref of a monitor that was made with an alias, with its process, is one.
struct Alias {
  Pid process;
  Ref ref;
  constexpr auto operator<=>(const Alias&) const = default;
};
enum class AliasMode : std::uint8_t {
  explicit_unalias,  // lives until unalias
  reply,             // also ends with the first message that it lets through
};
// An alias that is a monitor as well.
enum class MonitorAlias : std::uint8_t {
  none,
  explicit_unalias,  // lives until unalias, whatever becomes of the monitor
  demonitor,         // ends with the monitor: by demonitor, or when its DOWN is received
  reply_demonitor,   // as demonitor; and the first message that it lets through ends both
};
struct MonitorOptions {
  MonitorAlias alias = MonitorAlias::none;
  std::optional<Term> tag{};  // stands in for 'DOWN' (R-MON-6)
};

// {'EXIT', From, Reason}: what an exit signal becomes in a process that traps exits.
struct Exit {
  static constexpr std::string_view fields[] = {"from", "reason"};
  Pid from;
  Term reason;
};

// {Tag, Ref, process, Object, Reason}. The object is `name` if the monitor was set up by name (R-MON-2), else `pid`.
struct Down {
  Ref monitor;
  Pid pid;
  std::string name;
  Term reason;
  Term tag = usual_tag();  // R-MON-6
  static Term usual_tag() { return Term::static_atom(9); }
};
inline void fold(Digest& digest, const Down& down) {
  reflect::fold_value(digest, std::tie(down.monitor, down.pid, down.name, down.reason));
  if (down.tag != Down::usual_tag()) reflect::fold_value(digest, down.tag);
}
inline void print(std::string& out, const Down& down) {
  out += "Down{monitor=" + down.monitor.to_string() + ", pid=" + down.pid.to_string() + ", name=";
  reflect::print_text(out, down.name);
  out += ", reason=" + down.reason.to_string();
  if (down.tag != Down::usual_tag()) out += ", tag=" + down.tag.to_string();
  out += '}';
}

template <>
inline constexpr bool reflect::lasts<Down> = true;

// What start_timer delivers: {timeout, Ref, Message}.
template <class M>
struct TimedOut {
  static constexpr std::string_view name = "TimedOut";
  Ref timer;
  M message;
};

// {spawn_reply, ReqId, ok, Pid} or {spawn_reply, ReqId, error, Reason}: what Self::spawn_request brings.
struct SpawnReply {
  static constexpr std::string_view fields[] = {"request", "pid", "error"};
  Ref request;
  Pid pid;  // nobody: an error
  std::optional<Term> error{};
};

// {cancel_timer, Ref, Result}: what Self::cancel_timer_async brings.
struct TimerCancelled {
  static constexpr std::string_view fields[] = {"timer", "left"};
  Ref timer;
  std::optional<Duration> left{};  // nothing: it had fired or been cancelled
};

// What process_info tells of a process, as it is when the question reaches it.
struct ProcessInfo {
  std::string registered_name{};  // empty: none
  bool trap_exit = false;
  Pid group_leader{};
  std::uint64_t message_queue_len = 0;
  std::vector<Pid> links{}, monitors{}, monitored_by{};  // in the order of making
};

// What a handler gets when nothing came for the time that it gave to Self::idle_timeout: gen_server's `timeout` (R-GS-9).
struct IdleTimeout {};

// A line of text for people, in the trace.
struct Log {
  std::string text;
};

// A message that names a Reply is a call.
template <class M>
concept Request = requires {
  typename M::Reply;
}
&&!std::is_same_v<typename M::Reply, M>;  // Reply<R> names itself inside

// What travels for a call or cast. Prints and folds as the request that it carries.
template <Request M>
struct Call {
  static constexpr std::string_view name = reflect::name_of<M>();
  Ref ref;  // none: a cast, nobody waits for the reply
  M request;
};
template <class M>
void fold(Digest& digest, const Call<M>& call) {
  reflect::fold_value(digest, call.ref);
  reflect::fold_value(digest, call.request);
}
template <class M>
void print(std::string& out, const Call<M>& call) {
  reflect::print_value(out, call.request);
}
template <class M>
inline constexpr bool reflect::lasts<Call<M>> = is_lasting<M>();

// What answers a call; reaches the mailbox only while the caller still waits (the monitor doubles as an alias).
template <class R>
struct Reply {
  static constexpr std::string_view name = "Reply";
  Ref ref;
  R value;
};
struct NoReply {};  // the Reply of a call whose `Reply` is void: only that it was served
template <class M>
using ReplyOf = std::conditional_t<std::is_void_v<typename M::Reply>, NoReply, typename M::Reply>;

// What travels to an alias. Begins with the reference, as all alias messages do. Prints and folds as the message that it carries.
template <class M>
struct Aliased {
  static constexpr std::string_view name = reflect::name_of<M>();
  Ref ref;
  M message;
};
template <class M>
void fold(Digest& digest, const Aliased<M>& aliased) {
  reflect::fold_value(digest, aliased.ref);
  reflect::fold_value(digest, aliased.message);
}
template <class M>
void print(std::string& out, const Aliased<M>& aliased) {
  reflect::print_value(out, aliased.message);
}
template <class M>
inline constexpr bool reflect::lasts<Aliased<M>> = is_lasting<M>();
namespace detail {
template <class M>
Signal* unwrap_aliased(World&, Signal&);  // world.hpp
template <class T>
constexpr SignalType aliased_type() {
  SignalType type = signal_type<Aliased<T>>(SignalKind::alias_message);
  type.unwrap = &unwrap_aliased<T>;
  return type;
}
}  // namespace detail

// Answers a call that is not served: the caller's call exits with this reason. An alias message like Reply.
struct Refusal {
  static constexpr std::string_view fields[] = {"ref", "reason"};
  Ref ref;
  Term reason;
};

template <Request M>
inline constexpr SignalType type_of<Call<M>> = detail::signal_type<Call<M>>(SignalKind::message, true);
template <class R>
inline constexpr SignalType type_of<Reply<R>> = detail::signal_type<Reply<R>>(SignalKind::alias_message);
template <class M>
inline constexpr SignalType type_of<Aliased<M>> = detail::aliased_type<M>();
template <>
inline constexpr SignalType type_of<Refusal> = detail::signal_type<Refusal>(SignalKind::alias_message);

// The tag under which a message of type M lies in a mailbox.
template <class M>
constexpr const SignalType* mailbox_type() {
  if constexpr (Request<M>)
    return &type_of<Call<M>>;
  else
    return &type_of<M>;
}

// Where to send a late reply. A value: it may be kept, stored and used once.
template <Request M>
struct From {
  Pid caller;
  Ref ref;
};

// Any message, for catch-all branches, observers and traces. A view: valid while the signal is.
class Message {
 public:
  explicit Message(const Signal* signal) : signal_(signal) {}
  std::string_view name() const { return signal_->type->name; }
  Pid sender() const { return signal_->sender; }
  Ref call() const { return signal_->type->is_call ? *static_cast<const Ref*>(signal_->payload()) : Ref{}; }  // none: nobody awaits a reply
  std::uint64_t order() const { return signal_->order(); }
  template <class M>
  bool is() const {
    return signal_->type == mailbox_type<M>() || signal_->type == &type_of<Aliased<M>>;  // the latter under way
  }
  // Requires: is<M>().
  template <class M>
  const M& as() const {
    if constexpr (Request<M>)
      return signal_->as<Call<M>>().request;
    else
      return signal_->type == &type_of<M> ? signal_->as<M>() : signal_->as<Aliased<M>>().message;
  }
  template <class M>
  const M* get() const {
    return is<M>() ? &as<M>() : nullptr;
  }
  std::string to_string() const {
    std::string out;
    signal_->type->print(signal_->payload(), out);
    return out;
  }
  // For those who keep a copy.
  const SignalType& type() const { return *signal_->type; }
  const void* payload() const { return signal_->payload(); }

 private:
  const Signal* signal_;
};

}  // namespace moirai
