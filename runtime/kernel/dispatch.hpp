// The way of a signal from an operation of its sender into flight, inline: part of World.
#pragma once
#include <utility>

#include "runtime/kernel/world.hpp"

namespace moirai {

inline Signal* World::allocate(std::uint8_t size_class) {
  const std::uint8_t pool = size_class == size_class_boxed ? 0 : size_class;
  Signal* signal = free_signals_[pool];
  if (!signal) [[unlikely]]
    return fresh_signal(pool);
  free_signals_[pool] = signal->next;
  return signal;
}

template <class T>
Signal* World::make_signal(const SignalType& type, Pid sender, T&& value) {
  using Payload = std::remove_cvref_t<T>;
  constexpr std::uint8_t size_class = detail::size_class_for(sizeof(Payload), alignof(Payload));
  Signal* signal = allocate(size_class);
  signal->type = &type;
  signal->sender = sender;
  signal->stamp = 0;
  if constexpr (size_class == size_class_boxed)
    *static_cast<void**>(signal->block()) = new Payload(std::forward<T>(value));
  else
    ::new (signal->block()) Payload(std::forward<T>(value));
  return signal;
}

inline void World::recycle(Signal* signal) {
  const SignalType* type = signal->type;
  if (type->destroy) type->destroy(signal->payload());
  signal->next = free_signals_[type->pool];
  free_signals_[type->pool] = signal;
}

inline bool World::operation(Process& p) {
  if (--quantum_ < 0 || p.marks != 0) [[unlikely]]
    return operation_slow(p);
  return true;
}

inline bool World::shared_operation(Process& p, Resource touched) {
  if (explores_) [[unlikely]]
    return operation_slow(p, touched);
  return operation(p);
}

template <class M>
void World::send_message(Process* from, Pid to, const M& message) {
  if constexpr (Request<M>) {
    send_typed(from, to, Call<M>{Ref{}, message});
  } else {
    send_typed(from, to, message);
  }
}

template <class Payload>
void World::send_typed(Process* from, Pid to, const Payload& payload) {
  constexpr const SignalType& type = type_of<Payload>;
  Signal* signal = make_signal(type, from->pid, payload);
  reflect::fold_value(digest_, payload);
  dispatch(from, to, signal, is_message(type.kind));
}

inline void World::dispatch(Process* from, Pid to, Signal* signal, bool message) {
  static_assert(Signal::sync == 1);
  signal->stamp |= ++order_ << 24 | static_cast<std::uint64_t>(signal->sender == to);  // to itself: sync (K-4)
  messages_.sent += message;
  Process* receiver = find(to);
  constexpr unsigned special = Process::watched | Process::impaired | Process::in_transit;
  if (!receiver || ((receiver->flags | (from ? from->flags : 0)) & special) != 0) [[unlikely]]
    return dispatch_slow(from, receiver, to, signal);
  append(*receiver, signal, from);
}

inline void World::append(Process& p, Signal* signal, Process* from) {
  if (signal->flags() != 0) [[unlikely]]
    count_flags(p, *signal);
  if (list_) {
    if (!from) [[unlikely]]
      from = find(signal->sender);
    const bool only_one = from && !(from->flags & Process::has_sent);
    if (only_one) [[unlikely]]
      from->flags |= Process::has_sent;
    if (p.in_flight()) return append_listed(p, signal, only_one);
    ready_.push_back({signal->sender.bits(), p.pid.slot(), ReadyKind::channel});
  } else {
    ring_push(signal->order(), p.pid.slot());
  }
  signal->next = nullptr;
  *p.inbox.tail = signal;
  p.inbox.tail = &signal->next;
}

inline void World::ring_push(std::uint64_t order, std::uint32_t slot) {
  if (ring_tail_ - ring_head_ > ring_mask_) [[unlikely]]
    ring_grow();
  ring_[ring_tail_++ & ring_mask_] = order << 24 | slot;
}

namespace detail {
template <class M>
Signal* unwrap_aliased(World& world, Signal& signal) {
  Signal* plain = world.make_signal(type_of<M>, signal.sender, std::move(signal.as<Aliased<M>>().message));
  plain->set_order(signal.order());
  world.recycle(&signal);
  return plain;
}
}  // namespace detail

}  // namespace moirai
