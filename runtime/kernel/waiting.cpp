// Where a turn is left: waits and polls (K-4), stops at operations (K-6), and the ways in which a process learns of its end (K-50).
#include "runtime/kernel/process_exit.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

bool World::wait_slow(Process& p, Wait& w) {
  p.wait = &w;
  p.state = ProcessState::waiting;
  if (w.poll) {
    if (p.sync_in_flight == 0) enable_timeout(p);
  } else if (w.deadline != time_never) {
    arm(p, w);
  }
  last_ = w.poll ? &p : nullptr;
  if (!list_) return poll_fifo(p, w);
  // In place: while what is drawn is mine, no switch; and straight to whoever else it wakes.
  while (settings_.scheduler == Scheduler::random && ready_.size() > lazy_ && !stopping_ && !stall_watch_) {
    const std::size_t index = ready_.size() == 1 ? 0 : static_cast<std::size_t>(sched_.below(ready_.size()));
    if (ready_.size() > fetched_from) [[unlikely]]
      fetch_ahead();
    chosen_ = index;
    const Ready ready = ready_[index];
    if (ready.slot != p.pid.slot() || ready.kind == ReadyKind::outside) {
      if (ready.kind != ReadyKind::channel || w.poll) break;
      Process& q = *slot_at(ready.slot);
      if (q.flags & Process::in_lanes) break;
      Signal* first = *q.inbox.received;
      if (first->sender.bits() != ready.key) break;
      if (is_monitor(*first)) {
        chosen_.reset();
        if (!first->followed()) remove_ready(index);
        receive_first_monitor(q, first);
        continue;
      }
      if (p.handler() || !waits_on_stack(q) || !(plain(*first) || is_awaited_reply(q, *first)) || !q.wait->wants(first->type)) break;
      chosen_.reset();
      if (!first->followed()) remove_ready(index);
      switch_fiber(*p.fiber, receive_and_wake(q, first), exceptions_);
      if (p.marks & Process::ending) [[unlikely]]
        throw_exit(p);
      return !w.timed_out;
    }
    if (ready.kind == ReadyKind::timeout) {
      chosen_.reset();
      count_step();
      digest_.fold(std::uint64_t{p.pid.slot()} << 8 | static_cast<std::uint64_t>(p.state));
      w.timed_out = true;
      wake(p);
      return false;
    }
    const Signal& head = *channel_head(p, Pid::from_bits(ready.key));
    if (head.type->kind != SignalKind::message && !is_awaited_reply(p, head)) break;
    chosen_.reset();
    bool emptied;
    Signal* s = take_channel(p, Pid::from_bits(ready.key), emptied);
    if (emptied) remove_ready(index);
    reception_step(p, *s);
    ++messages_.received;
    enqueue(p, s);
    if (s->flags() != 0) [[unlikely]]
      uncount_flags(p, *s);
    if (w.wants(s->type)) {
      wake(p);
      return true;
    }
  }
  const int left = quantum_;  // its own: others run meanwhile
  leave(p);
  if (w.poll) quantum_ = left;
  return !w.timed_out;
}

// The monitors of calls come and go, and their replies come, on the stack of whoever stops: they run no code of a process.
Fiber& World::next_after_signals() {
  while (ring_head_ != ring_tail_ && !stopping_) {
    const std::uint64_t word = ring_[ring_head_ & ring_mask_];
    const auto slot = static_cast<std::uint32_t>(word & 0xffffff);
    if (slot == outside_slot) break;
    Process& q = *slot_at(slot);
    if (q.inbox.tail == q.inbox.received) break;
    Signal* s = *q.inbox.received;
    if (!is_of(word, *s)) break;
    if (is_monitor(*s)) {
      ++ring_head_;
      receive_first_monitor(q, s);
      continue;
    }
    if (!(plain(*s) || is_awaited_reply(q, *s)) || &q == current_ || !waits_on_stack(q) || !q.wait->wants(s->type)) break;
    ++ring_head_;
    return receive_and_wake(q, s);
  }
  current_ = nullptr;
  return *carrier_;
}

bool World::poll_fifo(Process& p, Wait& w) {
  while (!stopping_ && !stall_watch_) {
    if (p.inbox.tail == p.inbox.received) {
      count_step();
      digest_.fold(std::uint64_t{p.pid.slot()} << 8 | static_cast<std::uint64_t>(p.state));
      w.timed_out = true;
      wake(p);
      return false;
    }
    Signal* s = *p.inbox.received;
    if (s->type->kind != SignalKind::message) break;
    reception_step(p, *s);
    ++messages_.received;
    p.inbox.received = &s->next;
    if (s->flags() != 0) uncount_flags(p, *s);
    if (w.wants(s->type)) {
      wake(p);
      return true;
    }
  }
  const int left = quantum_;  // its own: others run meanwhile
  leave(p);
  if (w.poll) quantum_ = left;
  return !w.timed_out;
}

void World::enable_timeout(Process& p) {
  p.own_order = next_order() & orders_max;
  p.flags |= Process::timeout_ready;
  if (list_)
    push_ready(ReadyKind::timeout, p.own_order, p.pid.slot());
  else if (!p.wait->poll)
    ring_push(p.own_order, p.pid.slot());
}

void World::withdraw_timeout(Process& p) {
  p.flags &= static_cast<std::uint8_t>(~Process::timeout_ready);
  if (list_) remove_own(p);
  p.own_order = 0;
}

bool World::operation_slow(Process& p, Resource touched) {
  if (touched) --quantum_;
  if (p.marks & Process::in_access) [[unlikely]]
    check_failed("access", "process " + full_path(p.pid) + " performs an operation inside an access to a Shared state");
  if (p.marks & (Process::ending | Process::inert)) {
    if ((p.marks & Process::inert) || exceptions_->uncaught != 0) {
      ++ignored_while_ending_;
      return false;
    }
    throw_exit(p);
  }
  if (exceptions_->uncaught != 0) return true;  // alive, in a destructor: works, and is never a reception point
  if (p.marks & Process::counted) {
    ProcessExtra& e = extra(p);
    if (--e.operations_left == 0) {
      p.marks &= static_cast<std::uint8_t>(~Process::counted);
      must_end(p, e.interruption, Pid{}, ExitCause::outside);
      throw_exit(p);
    }
  }
  const bool voluntary = touched || (p.marks & Process::exit_in_flight) != 0;
  if (voluntary || quantum_ < 0) {
    stop_here(p, voluntary, touched);
    --quantum_;  // this one belongs to the new turn
  }
  return true;
}

void World::stop_here(Process& p, bool voluntary, Resource resource) {
  if (exceptions_->uncaught != 0) return;
  last_ = voluntary ? &p : nullptr;
  if (wants_.steps && resource) extra(p).resource = resource;
  p.state = ProcessState::stopped;
  p.own_order = next_order() & orders_max;
  if (list_)
    push_ready(ReadyKind::resume, p.own_order, p.pid.slot());
  else
    ring_push(p.own_order, p.pid.slot());
  leave(p);
  if (p.extra) p.extra->resource = 0;
}

void World::throw_exit(Process& p) {
  if (++extra(p).swallowed > 1'000) abandon(p);
  p.state = ProcessState::running;
  throw_process_exit();
}

void World::abandon(Process& p) {
  abandoned_ = true;
  finish_run(RunEnd::Why::swallowed_exit, path(p.pid) + " catches its own exit again and again; its stack was abandoned");
  p.state = ProcessState::ended;
  current_ = nullptr;
  if (p.handler()) {
    Fiber* lost = carrier_;
    carrier_ = take_carrier();
    leave_for_ever(*lost, *carrier_, exceptions_);
  }
  leave_for_ever(*p.fiber, *carrier_, exceptions_);
}

void World::wait_while_unwinding(Process& p) {
  check_failed("wait", "process " + full_path(p.pid) +
                           " waits (receive, call or sleep) in a destructor while an exception unwinds it; use post there (K-51)");
}

void World::must_end(Process& p, Term reason, Pid by, ExitCause cause) {
  if (p.marks & Process::ending) return;  // the first cause wins (R-EXIT-2)
  ProcessExtra& e = extra(p);
  e.ending_reason = std::move(reason);
  e.ended_by = by;
  e.ending_cause = cause;
  p.marks |= Process::ending;
}

void World::do_stop(Process& p, const Term& reason, ExitCause cause) {
  p.marks |= Process::stops;
  if (!p.extra && reason == reason::normal() && cause == ExitCause::own_exit) return;
  if (p.marks & Process::ending) return;
  ProcessExtra& e = extra(p);
  e.ending_reason = reason;
  e.ending_cause = cause;
}

}  // namespace moirai
