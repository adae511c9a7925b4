// A signal is anything sent to a process (K-10): a 32-byte header with its payload behind it, from slabs of the world.
// A message is a signal that ends in the mailbox.
#pragma once
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/kernel/reflect.hpp"

namespace moirai {

enum class SignalKind : std::uint8_t {
  message,
  alias_message,  // a reply: dropped at reception unless its monitor is still active
  exit,
  link_exit,
  link,
  unlink,
  unlink_ack,
  monitor,
  demonitor,
  down,
  info_request,  // is_process_alive, process_info
  info_reply,
  group_leader,
};

std::string_view to_string(SignalKind);

class World;
struct Signal;

// One constant per message type; its address is the tag, compared for equality only.
struct SignalType {
  SignalKind kind;
  std::uint8_t size_class;         // 0..3: blocks of 64, 128, 256, 512 bytes; size_class_boxed: the payload is a pointer to a heap object
  std::uint8_t pool;               // that its blocks come from: the size class; 0 if boxed
  bool lasting;                    // a copy, aligned to 8, can be printed at any later time
  bool is_call;                    // a Call<M>: its payload begins with the Ref of the call
  std::uint32_t size;              // of the payload
  void (*destroy)(void* payload);  // nullptr: nothing to do
  void (*copy)(void* to, const void* from);  // nullptr: it has none
  void (*fold)(const void* payload, Digest&);
  void (*print)(const void* payload, std::string& out);
  std::string_view name;                         // as K-72: unqualified, the same on every compiler
  Signal* (*unwrap)(World&, Signal&) = nullptr;  // an Aliased<M>: makes of it the message M that it carries
};

inline constexpr std::uint8_t size_class_boxed = 4;
inline constexpr std::uint64_t orders_max = (std::uint64_t{1} << 40) - 1;

namespace detail {
constexpr std::uint8_t size_class_for(std::size_t size, std::size_t align) {
  if (align > 16) return size_class_boxed;
  return size <= 32 ? 0 : size <= 96 ? 1 : size <= 224 ? 2 : size <= 480 ? 3 : size_class_boxed;
}
}  // namespace detail

struct Signal {
  // flags
  static constexpr unsigned sync = 1;        // K-4: a poll of the receiver waits for it
  static constexpr unsigned exit_class = 2;  // may end its receiver
  static constexpr unsigned flags_mask = 0x7fffff, followed_mask = 0x800000;

  Signal* next;
  const SignalType* type;
  Pid sender;           // with the receiver: the channel
  std::uint64_t stamp;  // order:40 | flags:24, so that a signal without flags is its word in the ring and the digest, but for the slot

  // Unique in the run, the identity of a message in the trace.
  std::uint64_t order() const { return stamp >> 24; }
  std::uint32_t flags() const { return static_cast<std::uint32_t>(stamp & flags_mask); }
  void set_order(std::uint64_t order) { stamp = order << 24 | flags(); }
  void set_flags(std::uint32_t flags) { stamp |= flags; }
  // Of one in flight outside of Lanes, under every strategy but fifo: another one of its channel is in flight behind it.
  bool followed() const { return (stamp & followed_mask) != 0; }
  void set_followed() { stamp |= followed_mask; }

  void* block() { return this + 1; }
  const void* block() const { return this + 1; }
  void* payload() { return type->size_class == size_class_boxed ? *static_cast<void**>(block()) : block(); }
  const void* payload() const { return type->size_class == size_class_boxed ? *static_cast<void* const*>(block()) : block(); }
  // Requires: its payload is a T.
  template <class T>
  T& as() {
    return const_cast<T&>(std::as_const(*this).as<T>());
  }
  template <class T>
  const T& as() const {
    if constexpr (detail::size_class_for(sizeof(T), alignof(T)) == size_class_boxed)
      return *static_cast<const T*>(*static_cast<void* const*>(block()));
    else
      return *static_cast<const T*>(block());
  }
};
static_assert(sizeof(Signal) == 32);

namespace detail {

template <class T>
void destroy_payload(void* p) {
  if constexpr (size_class_for(sizeof(T), alignof(T)) == size_class_boxed)
    delete static_cast<T*>(p);
  else
    static_cast<T*>(p)->~T();
}
template <class T>
void copy_payload(void* to, const void* from) {
  ::new (to) T(*static_cast<const T*>(from));
}
template <class T>
void fold_payload(const void* p, Digest& digest) {
  reflect::fold_value(digest, *static_cast<const T*>(p));
}
template <class T>
void print_payload(const void* p, std::string& out) {
  reflect::print_value(out, *static_cast<const T*>(p));
}
template <class T>
constexpr SignalType signal_type(SignalKind kind, bool is_call = false) {
  constexpr std::uint8_t size_class = size_class_for(sizeof(T), alignof(T));
  void (*copy)(void*, const void*) = nullptr;
  if constexpr (std::is_copy_constructible_v<T>) copy = &copy_payload<T>;
  return {kind,
          size_class,
          size_class == size_class_boxed ? std::uint8_t{0} : size_class,
          std::is_copy_constructible_v<T> && alignof(T) <= 8 && reflect::is_lasting<T>(),
          is_call,
          sizeof(T),
          std::is_trivially_destructible_v<T> && size_class != size_class_boxed ? nullptr : &destroy_payload<T>,
          copy,
          &fold_payload<T>,
          &print_payload<T>,
          reflect::name_of<T>()};
}

}  // namespace detail

template <class M>
inline constexpr SignalType type_of = detail::signal_type<M>(SignalKind::message);

}  // namespace moirai
