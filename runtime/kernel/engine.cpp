// The loop: one candidate per step, on carriers (K-41): the loop runs on a pooled stack and calls handlers as plain functions; a handler
// that waits keeps the carrier its frames are on, and the loop goes on with another.
#include <cxxabi.h>

#include <cstdlib>
#include <typeinfo>

#include "runtime/kernel/self.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

RunEnd World::run() {
  MOIRAI_CHECK(!in_run_, "World::run is not re-entrant");
  MOIRAI_CHECK(end_.steps == 0 && steps_ == 0, "a world runs once; reset it for another run");
  name_the_process_on_terminate();
  const World* outer = set_running_world(this);
  exceptions_ = exception_state();
  main_.stack = thread_stack();
  in_run_ = true;
  if (settings_.strategy && settings_.scheduler == Scheduler::custom) settings_.strategy->begin(RunStart{settings_.seed});
  if (!carrier_) carrier_ = take_carrier();
  switch_fiber(main_, *carrier_, exceptions_);
  set_running_world(outer);
  return end_;
}

void World::carrier_body(Fiber& fiber) { static_cast<World*>(fiber.owner)->loop(); }

void World::loop() {
  for (;;) {
    if (!in_run_) {
      switch_fiber(*carrier_, main_, exceptions_);
    } else if (unwinding_) {
      if (!unwind_next()) in_run_ = false;
    } else if (!step_once()) {
      if (!stopping_) finish_run(RunEnd::Why::quiescent, {});
      end_.at = end_.why == RunEnd::Why::virtual_time ? moirai::after(Time{}, settings_.limits.virtual_time) : now_;
      end_.steps = steps_;
      end_.digest = digest_.value();
      wanted_ = EventMask{};
      observed_send_ = observed_receive_ = false;
      unwinding_ = true;
      unwind_slot_ = 0;
    }
  }
}

bool World::step_once() {
  if (stopping_) [[unlikely]]
    return false;
  if (!list_) {
    if (Process* p = last_) [[unlikely]] {  // a poll that could not be finished in place
      if (p->state == ProcessState::waiting && p->wait->poll) {
        if (p->inbox.tail != p->inbox.received) {
          bool emptied;
          execute_channel(*p, take_channel(*p, (*p->inbox.received)->sender, emptied));
        } else {
          MOIRAI_CHECK(p->flags & Process::timeout_ready, "a poll with nothing in flight must be able to end");
          execute_own(*p);
        }
        return true;
      }
      last_ = nullptr;
    }
    while (ring_head_ != ring_tail_) {
      const std::uint64_t word = ring_[ring_head_++ & ring_mask_];
      const std::uint64_t order = word >> 24;
      const auto slot = static_cast<std::uint32_t>(word & 0xffffff);
      if (slot == outside_slot) [[unlikely]] {
        for (std::size_t i = 0; i < ready_outside_.size(); ++i) {
          const std::uint32_t index = ready_outside_[i];
          if (outside_[index].order != order) continue;
          ready_outside_.erase(ready_outside_.begin() + static_cast<std::ptrdiff_t>(i));
          execute_outside(index);
          return true;
        }
        continue;  // cancelled
      }
      Process* p = slot_at(slot);
      if (p->inbox.tail != p->inbox.received && (*p->inbox.received)->order == order) [[likely]] {
        Signal* s = *p->inbox.received;
        if (plain(*s)) [[likely]] {
          receive_plain(*p, s);
          return true;
        }
        *p->inbox.received = s->next;
        if (p->inbox.tail == &s->next) p->inbox.tail = p->inbox.received;
        execute_channel(*p, s);
        return true;
      }
      if (p->own_order == order) {
        execute_own(*p);
        return true;
      }
    }
    return advance();
  }
  std::size_t index = 0;
  if (chosen_) {
    index = *chosen_;
    chosen_.reset();
  } else if (ready_.size() == lazy_) {
    return advance();
  } else if (ready_.size() > 1) {
    index = choose();
  }
  execute(index);
  return true;
}

std::size_t World::choose() {
  if (settings_.scheduler == Scheduler::random) return static_cast<std::size_t>(sched_.below(ready_.size()));
  const Candidate picked = settings_.strategy->pick(Candidates(*this, false));
  for (std::size_t i = 0; i < ready_.size(); ++i)
    if (candidate(ready_[i]) == picked) return i;
  check_failed("pick(candidates)", "a strategy must return one of the candidates");
}

void World::execute(std::size_t index) {
  const Ready ready = ready_[index];
  if (wants_.steps || wants_.keys) [[unlikely]]
    stepped(candidate(ready), ready_.size() == 1);
  if (ready.kind == ReadyKind::outside) {
    remove_ready(index);
    count_lazy();
    execute_outside(ready.slot);
    return;
  }
  Process& p = *slot_at(ready.slot);
  if (ready.kind != ReadyKind::channel) {
    execute_own(p);
    return;
  }
  if (!(p.extra && p.extra->in_lanes)) {
    Signal* first = *p.inbox.received;
    if (first->sender.bits() == ready.key && plain(*first)) {
      const Signal* rest = first->next;
      while (rest && rest->sender != first->sender) rest = rest->next;
      if (!rest) remove_ready(index);
      receive_plain(p, first);
      return;
    }
  }
  bool emptied;
  Signal* signal = take_channel(p, Pid::from_bits(ready.key), emptied);
  if (emptied) remove_ready(index);
  execute_channel(p, signal);
}

void World::stepped(const Candidate& candidate, bool forced) {
  step_cause_ = candidate.order;
  if (candidate.kind == Candidate::Kind::deliver)
    if (Process* p = find(candidate.target)) ++extra(*p).receptions;
  if (wants_.keys) ++key_counts_[Candidates(*this, false).key(candidate).to_string_without_count()];
  settings_.strategy->stepped(Step{steps_, candidate, forced});
}

void World::execute_own(Process& p) {
  count_step();
  const ProcessState state = p.state;
  digest_.fold(std::uint64_t{p.pid.slot()} << 8 | static_cast<std::uint64_t>(state));
  if (stall_watch_) ++stall_counts_[path(p.pid)];
  if (list_) remove_own(p);
  p.own_order = 0;
  last_ = nullptr;
  switch (state) {
    case ProcessState::fresh: run_first_turn(p); return;
    case ProcessState::stopped: resume(p); return;
    case ProcessState::waiting:
      p.flags &= static_cast<std::uint8_t>(~Process::timeout_ready);
      p.wait->timed_out = true;
      resume(p);
      return;
    default: check_failed("execute_own", "only a fresh, stopped or waiting process has a candidate of its own");
  }
}

void World::execute_channel(Process& p, Signal* signal) {
  count_step();
  digest_.fold(std::uint64_t{signal->order} << 24 | p.pid.slot());
  if (stall_watch_) [[unlikely]]
    ++stall_counts_[path(p.pid)];
  if (signal->flags != 0) [[unlikely]]
    uncount_flags(p, *signal);
  switch (receive_signal(p, signal)) {
    case Reception::stays: return;
    case Reception::wakes:
      if (p.state == ProcessState::idle)
        handler_turn(p);
      else
        resume(p);
      return;
    case Reception::ends: end_now(p); return;
  }
}

void World::execute_outside(std::uint32_t index) {
  count_step();
  OutsideEvent event = std::move(outside_[index]);
  outside_[index] = OutsideEvent{};
  digest_.fold_text(event.key);
  last_ = nullptr;
  if (wanted(EventKind::outside)) {
    Event seen{};
    seen.kind = EventKind::outside;
    seen.text = event.key;
    emit(seen);
  }
  event.action(control_);
}

void World::run_first_turn(Process& p) {
  last_ = nullptr;
  p.state = ProcessState::running;
  current_ = &p;
  began_turn();
  if (wanted(EventKind::start)) {
    Event event{};
    event.kind = EventKind::start;
    event.subject = p.pid;
    emit(event);
  }
  if (p.handler()) {
    run_handler_code(p, [&] {
      Self self(*this, p);
      auto* shared = static_cast<Program::Shared*>(p.program);
      p.state_block = shared->behaviour.construct(shared->data(), self);
    });
    if (p.state == ProcessState::idle && p.inbox.head && p.inbox.received != &p.inbox.head) handler_turn(p);
    return;
  }
  p.fiber = take_fiber();
  p.fiber->prepare(&World::process_body);
  switch_fiber(*carrier_, *p.fiber, exceptions_);
  after_turn(p);
}

void World::process_body(Fiber& fiber) {
  World& world = *static_cast<World*>(fiber.owner);
  Process& p = *world.current_;
  Term reason;
  ExitCause cause = ExitCause::returned;
  Pid by;
  try {
    Self self(world, p);
    auto* shared = static_cast<Program::Shared*>(p.program);
    shared->behaviour.run(shared->data(), self);
    if (p.marks & Process::ending) throw ProcessExit{};
  } catch (...) { reason = reason_of_current_exception(p, cause, by); }
  world.ended_reason_ = std::move(reason);
  world.ended_cause_ = cause;
  world.ended_by_ = by;
  p.state = ProcessState::ended;
  world.current_ = nullptr;
  { const Term dropped = std::move(reason); }  // this frame is never unwound
  leave_for_ever(fiber, *world.carrier_, world.exceptions_);
}

void World::resume(Process& p) {
  last_ = nullptr;
  if (p.flags & Process::timeout_ready) withdraw_timeout(p);
  p.state = ProcessState::running;
  if (!p.wait || !p.wait->poll) began_turn();  // a loop of polls is one turn: its quantum makes it fair
  p.wait = nullptr;
  current_ = &p;
  if (p.handler()) {
    Fiber* me = carrier_;
    idle_carriers_.push_back(me);
    carrier_ = p.fiber;
    p.fiber = nullptr;
    switch_fiber(*me, *carrier_, exceptions_);
    return;  // this carrier has been taken again; the handler went its own way
  }
  switch_fiber(*carrier_, *p.fiber, exceptions_);
  after_turn(p);
}

void World::after_turn(Process& p) {
  if (abandoned_) [[unlikely]]
    return;
  if (p.state != ProcessState::ended) return;
  idle_fibers_.push_back(p.fiber);
  p.fiber = nullptr;
  if (unwinding_) {
    ended_reason_ = Term();
    return;
  }
  const Term reason = std::move(ended_reason_);
  ended_reason_ = Term();
  bury(p, reason, ended_cause_, ended_by_);
}

void World::handler_turn(Process& p) {
  last_ = nullptr;
  p.state = ProcessState::running;
  current_ = &p;
  began_turn();
  run_handler_code(p, [&] {
    Self self(*this, p);
    const Behaviour& behaviour = static_cast<Program::Shared*>(p.program)->behaviour;
    while (p.inbox.received != &p.inbox.head) {
      const Self::Held held{this, p.inbox.head};
      unlink_message(p, &p.inbox.head);
      const HandlerEntry* entry = behaviour.entries;
      const HandlerEntry* const end = entry + behaviour.entry_count;
      while (entry != end && entry->type && entry->type != held.signal->type) ++entry;
      if (entry == end) {
        emit_signal({EventKind::drop, EventKind::signal_drop, p.pid, held.signal->sender, "unexpected"}, *held.signal);
        continue;
      }
      entry->on(p.state_block, self, *held.signal);
    }
  });
}

template <class F>
void World::run_handler_code(Process& p, F&& code) {
  bool ended = false;
  Term reason;
  ExitCause cause = ExitCause::own_exit;
  Pid by;
  try {
    code();
    if (p.marks & Process::ending) throw ProcessExit{};
  } catch (...) {
    reason = reason_of_current_exception(p, cause, by);
    ended = true;
  }
  if (abandoned_) [[unlikely]]
    return;
  if (!ended) {
    current_ = nullptr;
    p.state = ProcessState::idle;
    return;
  }
  destroy_state(p);
  current_ = nullptr;
  p.state = ProcessState::ended;
  if (!unwinding_) bury(p, reason, cause, by);
}

void World::destroy_state(Process& p) {
  if (!p.state_block) return;
  Process* outer = current_;
  current_ = &p;
  p.marks |= Process::inert;
  void* state = p.state_block;
  p.state_block = nullptr;
  static_cast<Program::Shared*>(p.program)->behaviour.destroy(state);
  current_ = outer;
}

void World::end_now(Process& p) {
  switch (p.state) {
    case ProcessState::waiting:
    case ProcessState::stopped:
      if (list_ && p.state == ProcessState::stopped) remove_own(p);
      p.own_order = 0;
      resume(p);  // it throws where it waits
      return;
    case ProcessState::idle: destroy_state(p); break;
    default: break;
  }
  const ProcessExtra& e = *p.extra;
  const Term reason = e.ending_reason;
  const ExitCause cause = e.ending_cause;
  const Pid by = e.ended_by;
  p.state = ProcessState::ended;
  bury(p, reason, cause, by);
}

bool World::unwind_next() {
  while (unwind_slot_ < slots_used_) {
    Process& p = *slot_at(unwind_slot_++);
    if (p.state == ProcessState::free || p.state == ProcessState::ended) continue;
    if (abandoned_ && !p.has_frames() && p.state == ProcessState::running) continue;
    p.marks |= Process::ending;
    extra(p);
    if (p.has_frames()) {
      p.flags &= static_cast<std::uint8_t>(~Process::timeout_ready);
      resume(p);
      return true;
    }
    if (p.state == ProcessState::idle) destroy_state(p);
    p.state = ProcessState::ended;
  }
  return false;
}

Term reason_of_current_exception() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  std::string name = "unknown";
  if (type) {
    int status = 0;
    char* demangled = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    name = status == 0 ? demangled : type->name();
    std::free(demangled);
    name = name.substr(0, name.find('<'));  // the unqualified name: the rest is spelled differently by other libraries
    if (const auto colons = name.rfind("::"); colons != std::string::npos) name = name.substr(colons + 2);
  }
  try {
    throw;
  } catch (const ExitRequest& request) { return request.reason; } catch (const std::exception& exception) {
    return reason::error(name, exception.what());
  } catch (...) { return reason::error(name, ""); }
}

// ---- waiting, stopping, ending

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
  // In place: while what is drawn is mine, no switch.
  while (settings_.scheduler == Scheduler::random && ready_.size() > lazy_ && !observed_receive_ && !stopping_ && !stall_watch_) {
    const std::size_t index = ready_.size() == 1 ? 0 : static_cast<std::size_t>(sched_.below(ready_.size()));
    chosen_ = index;
    const Ready ready = ready_[index];
    if (ready.slot != p.pid.slot() || ready.kind == ReadyKind::outside) break;
    if (ready.kind == ReadyKind::timeout) {
      chosen_.reset();
      count_step();
      digest_.fold(std::uint64_t{p.pid.slot()} << 8 | static_cast<std::uint64_t>(p.state));
      w.timed_out = true;
      wake(p);
      return false;
    }
    if (channel_head(p, Pid::from_bits(ready.key))->type->kind != SignalKind::message) break;
    chosen_.reset();
    bool emptied;
    Signal* s = take_channel(p, Pid::from_bits(ready.key), emptied);
    if (emptied) remove_ready(index);
    count_step();
    digest_.fold(std::uint64_t{s->order} << 24 | p.pid.slot());
    enqueue(p, s);
    if (s->flags != 0) [[unlikely]]
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
    if (s->type->kind != SignalKind::message || observed_receive_) break;
    count_step();
    digest_.fold(std::uint64_t{s->order} << 24 | p.pid.slot());
    p.inbox.received = &s->next;
    if (s->flags != 0) uncount_flags(p, *s);
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

bool World::operation_slow(Process& p, bool shared) {
  if (shared) --quantum_;
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
  const bool voluntary = shared || (p.marks & Process::exit_in_flight) != 0;
  if (voluntary || quantum_ < 0) {
    stop_here(p, voluntary, shared ? 1 : 0);
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
  ProcessExtra& e = extra(p);
  if (++e.swallowed > 1'000) {
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
  p.state = ProcessState::running;
  throw ProcessExit{};
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

Term World::reason_of_current_exception(Process& p, ExitCause& cause, Pid& by) {
  if (p.marks & Process::ending) {
    const ProcessExtra& e = *p.extra;
    cause = e.ending_cause;
    by = e.ended_by;
    return e.ending_reason;
  }
  cause = ExitCause::error;
  try {
    throw;
  } catch (const ExitRequest& request) {
    cause = ExitCause::own_exit;
    return request.reason;
  } catch (...) { return moirai::reason_of_current_exception(); }
}

// ---- stacks

Fiber* World::take_carrier() {
  if (!idle_carriers_.empty()) {
    Fiber* fiber = idle_carriers_.back();
    idle_carriers_.pop_back();
    return fiber;
  }
  fibers_.push_back(std::make_unique<Fiber>());
  Fiber* fiber = fibers_.back().get();
  fiber->owner = this;
  fiber->stack = carrier_stacks_.take();
  fiber->prepare(&World::carrier_body);
  return fiber;
}

Fiber* World::take_fiber() {
  if (!idle_fibers_.empty()) {
    Fiber* fiber = idle_fibers_.back();
    idle_fibers_.pop_back();
    return fiber;
  }
  fibers_.push_back(std::make_unique<Fiber>());
  Fiber* fiber = fibers_.back().get();
  fiber->owner = this;
  fiber->stack = process_stacks_.take();
  return fiber;
}

void World::detach_handler(Process& p) {
  Fiber* mine = carrier_;
  p.fiber = mine;
  current_ = nullptr;
  carrier_ = take_carrier();
  switch_fiber(*mine, *carrier_, exceptions_);
}

// ---- ends

void World::step_check() {
  if (steps_ % 1024 == 0) checkpoints_.push_back(digest_.value());
  if (steps_ >= settings_.limits.steps) {
    finish_run(RunEnd::Why::steps, {});
  } else if (steps_ - last_advance_step_ >= settings_.limits.stall_steps) {
    if (!stall_watch_) {
      stall_watch_ = observed_receive_ = true;  // from now on who takes the steps is written down, and nobody takes them unseen
    } else if (steps_ - last_advance_step_ >= settings_.limits.stall_steps + 1024) {
      std::string who;
      std::uint64_t most = 0;
      for (const auto& [name, count] : stall_counts_) most = count > most ? count : most;
      for (const auto& [name, count] : stall_counts_)
        if (count * 4 >= most) who += (who.empty() ? "" : ", ") + name;
      finish_run(RunEnd::Why::stall, who);
    }
  }
  next_check_ = (steps_ / 1024 + 1) * 1024;
  const std::uint64_t stall_at = last_advance_step_ + settings_.limits.stall_steps;
  if (steps_ < stall_at && stall_at < next_check_) next_check_ = stall_at;
  if (steps_ < settings_.limits.steps && settings_.limits.steps < next_check_) next_check_ = settings_.limits.steps;
}

void World::finish_run(RunEnd::Why why, std::string detail) {
  if (stopping_) return;
  stopping_ = true;
  end_.why = why;
  end_.detail = std::move(detail);
}

}  // namespace moirai
