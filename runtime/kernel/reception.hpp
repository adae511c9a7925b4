// The way of a signal from flight to whoever waits for it, inline: part of World. What is rare or long is in waiting.cpp and signals.cpp.
#pragma once
#include "runtime/kernel/world.hpp"

namespace moirai {

inline void World::reception_step(const Process& p, const Signal& signal) {
  if (++steps_ >= next_look_) [[unlikely]]
    return watched_reception_step(p, signal);
  digest_.fold(word_of(p, signal));
}

inline bool World::wait(Process& p, Wait& w) {
  if (exceptions_->uncaught != 0) [[unlikely]]
    wait_while_unwinding(p);
  if (!list_ && !w.poll) {
    p.wait = &w;
    p.state = ProcessState::waiting;
    if (w.deadline != time_never) arm(p, w);
    // In place: while what is oldest is mine, no switch.
    while (ring_head_ != ring_tail_) {
      const std::uint64_t word = ring_[ring_head_ & ring_mask_];
      if ((word & 0xffffff) != p.pid.slot() || p.inbox.tail == p.inbox.received) break;
      Signal* s = *p.inbox.received;
      if (!is_of(word, *s) || s->type->kind != SignalKind::message || stopping_) break;
      ++ring_head_;
      reception_step(p, *s);
      ++messages_.received;
      p.inbox.received = &s->next;
      if (s->flags() != 0) [[unlikely]]
        uncount_flags(p, *s);
      if (w.wants(s->type)) {
        wake(p);
        return true;
      }
    }
    leave(p);
    return !w.timed_out;
  }
  return wait_slow(p, w);
}

inline void World::receive_plain(Process& p, Signal* signal) {
  reception_step(p, *signal);
  ++messages_.received;
  if (p.state == ProcessState::idle) {  // its mailbox is empty
    p.inbox.head = signal->next;
    if (p.inbox.tail == &signal->next) p.inbox.tail = &p.inbox.head;
    handler_turn(p, signal);
    return;
  }
  p.inbox.received = &signal->next;
  if (p.state == ProcessState::waiting && p.wait->wants(signal->type)) resume(p);
}

inline void World::receive_taken(Process& p, Signal* signal) {
  reception_step(p, *signal);
  ++messages_.received;
  if (p.state == ProcessState::idle) return handler_turn(p, signal);
  enqueue(p, signal);
  if (p.state == ProcessState::waiting && p.wait->wants(signal->type)) resume(p);
}

inline bool World::is_monitor(const Signal& s) const {
  return (s.type->kind == SignalKind::monitor || s.type->kind == SignalKind::demonitor) && s.flags() == 0;
}

inline bool World::is_awaited_reply(const Process& p, const Signal& s) const {
  return s.type->kind == SignalKind::alias_message && !s.type->unwrap && s.flags() == 0 &&
         is_call_alias(p, *static_cast<const Ref*>(s.payload()));
}

inline void World::receive_first_monitor(Process& p, Signal* s) {
  *p.inbox.received = s->next;
  if (p.inbox.tail == &s->next) p.inbox.tail = p.inbox.received;
  reception_step(p, *s);
  receive_monitor(s);
}

inline void World::wake(Process& p) {
  p.state = ProcessState::running;
  if (!p.wait->poll) began_turn();  // a loop of polls is one turn: its quantum makes it fair
  p.wait = nullptr;
  if (p.flags & Process::timeout_ready) [[unlikely]]
    withdraw_timeout(p);
}

inline Fiber& World::receive_and_wake(Process& q, Signal* s) {
  reception_step(q, *s);
  ++messages_.received;
  q.inbox.received = &s->next;
  wake(q);
  current_ = &q;
  return *q.fiber;
}

inline Fiber& World::next_fiber() {
  if (!list_ && ring_head_ != ring_tail_ && !stopping_ && !last_) {
    const std::uint64_t word = ring_[ring_head_ & ring_mask_];
    const auto slot = static_cast<std::uint32_t>(word & 0xffffff);
    if (slot != outside_slot) [[likely]] {
      Process& q = *slot_at(slot);
      if (q.inbox.tail != q.inbox.received) {
        Signal* s = *q.inbox.received;
        if (is_of(word, *s) && plain(*s) && waits_on_stack(q) && q.wait->wants(s->type)) {
          ++ring_head_;
          return receive_and_wake(q, s);
        }
      }
      return next_after_signals();
    }
  }
  current_ = nullptr;
  return *carrier_;
}

inline void World::leave(Process& p) {
  if (p.handler()) [[unlikely]] {
    detach_handler(p);
  } else {
    switch_fiber(*p.fiber, next_fiber(), exceptions_);
  }
  if (p.marks & Process::ending) [[unlikely]]
    throw_exit(p);
}

// With very many candidates every one that is drawn lies in memory that no cache holds. What the draws after the next one will be is known but
// for how many there will be then, which moves it by one or so: both are asked for. First, four steps ahead, the candidate; then its process;
// then its signal or program, and its fiber.
inline void World::fetch_ahead() const {
  const std::size_t count = ready_.size() - 2;
  const auto at = [&](std::uint64_t draws) { return static_cast<std::size_t>(sched_.peek_below(count, draws)); };
  __builtin_prefetch(&ready_[at(3)]);
  const std::size_t in_three = at(2), in_two = at(1);  // steps
  for (std::size_t i = 0; i < 2; ++i) {
    if (ready_[in_three + i].kind == ReadyKind::outside) continue;
    const char* p = reinterpret_cast<const char*>(slot_at(ready_[in_three + i].slot));
    __builtin_prefetch(p);
    __builtin_prefetch(p + 64);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const Ready& ready = ready_[in_two + i];
    if (ready.kind == ReadyKind::outside) continue;
    const Process& p = *slot_at(ready.slot);
    if (ready.kind == ReadyKind::channel)
      __builtin_prefetch(*p.inbox.received);
    else
      __builtin_prefetch(p.program);
    __builtin_prefetch(p.fiber);
  }
}

}  // namespace moirai
