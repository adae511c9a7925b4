// What happened, for laws, traces and metrics. An observer is told after the fact, on the stack of whoever did it or of whoever ran last: of a
// process's 64 KiB it may use a part. It may arm (Control::post, after_operations, impair, stop) but executes nothing itself (K-61), and if it
// throws, the program ends.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "runtime/kernel/message.hpp"

namespace moirai {

enum class EventKind : std::uint8_t {
  spawn,        // subject is new, other its parent, `text` its label
  start,        // subject begins its first turn
  exit,         // subject is dead, *reason; its names are free, its link and down signals follow. other: whose signal ended it, or nobody
  send,         // subject sent message `order` to other
  receive,      // subject received message `order` from other
  drop,         // a message from other to subject was destroyed unread: `text` says why
  signal_send,  // the same three for signals that are no messages (exit, link, monitor, down, ...): `signal` says which
  signal_receive,
  signal_drop,  // without effect: an inactive link half, a cancelled monitor, a dead receiver
  timer,        // a timer of subject was set, fired or cancelled: `text`
  link,         // subject linked or unlinked other (`on`), when the operation returns; spawn_link too
  monitor,      // subject began or ceased to watch other (`on`); `ref` is the monitor
  name,         // subject: `text` is the name, `on`: registered or released
  flag,         // subject: `text` is "trap_exit", `on` its new value
  time,         // now has moved to `at`
  outside,      // an outside event ran: `text` is its key
  note,         // subject (or nobody: the outside) noted *message
};

inline constexpr std::size_t event_kinds = static_cast<std::size_t>(EventKind::note) + 1;
std::string_view to_string(EventKind);

// Of send, receive and drop: the kind of the same for signals that are no messages.
constexpr EventKind signal_kind(EventKind kind) {
  constexpr auto between = static_cast<unsigned>(EventKind::signal_send) - static_cast<unsigned>(EventKind::send);
  return static_cast<EventKind>(static_cast<unsigned>(kind) + between);
}
static_assert(signal_kind(EventKind::receive) == EventKind::signal_receive && signal_kind(EventKind::drop) == EventKind::signal_drop);

class EventMask {
 public:
  constexpr EventMask() = default;
  constexpr EventMask(std::initializer_list<EventKind> kinds) {
    for (const EventKind kind : kinds) bits_ |= bit(kind);
  }
  static constexpr EventMask all() {
    EventMask mask;
    mask.bits_ = (1u << event_kinds) - 1;
    return mask;
  }
  constexpr bool has(EventKind kind) const { return (bits_ & bit(kind)) != 0; }
  constexpr EventMask operator|(EventMask other) const {
    other.bits_ |= bits_;
    return other;
  }

 private:
  static constexpr std::uint32_t bit(EventKind kind) { return 1u << static_cast<unsigned>(kind); }
  std::uint32_t bits_ = 0;
};

// What the wire did to a signal at its send event. A signal that was delayed or held is announced twice: at the send, and when it is
// released, with its new order and the former one.
enum class Hold : std::uint8_t { none, held, released };

// How a process came to its end.
enum class ExitCause : std::uint8_t {
  returned,  // its body returned
  own_exit,  // it called exit
  error,     // an exception left its body
  signal,    // an exit signal
  outside,   // Control::crash or Control::after_operations
};

// A view, valid only inside Observer::saw.
struct Event {
  // Member by member: an aggregate is cleared as a whole first, and that costs more than all the rest of telling an event.
  explicit Event(EventKind what = EventKind::note, Pid of = {}, Pid with = {}) noexcept : kind(what), subject(of), other(with) {}

  EventKind kind;
  SignalKind signal = SignalKind::message;  // send, receive, drop: as what it was sent
  Hold hold = Hold::none;                   // send, signal_send
  ExitCause cause = ExitCause::returned;    // exit
  bool on = false;                          // name, flag
  Time at{};
  std::uint64_t step = 0;
  Pid subject, other;
  std::uint64_t order = 0;           // send, receive, drop
  std::uint64_t former_order = 0;    // send, released
  Ref ref{};                         // monitor, down signals, timer
  const Term* reason = nullptr;      // exit; signal_* of exit, link_exit and down (as messages they are as<Exit>(), as<Down>())
  std::string_view text{};           // send, receive: of a message its name, of other signals nothing, unless it says why one was dropped
  const Message* message = nullptr;  // note; send, receive, drop of messages

  template <class M>
  const M* as() const {
    return message ? message->get<M>() : nullptr;
  }
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual EventMask wants() const = 0;  // asked once, when it begins to observe
  virtual void saw(const Event&) = 0;
};

}  // namespace moirai
