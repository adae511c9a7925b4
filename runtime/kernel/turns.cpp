// Turns: what a process does between two waits (K-40, K-41). A function process runs on its own stack; a handler is called as a plain
// function on the carrier, and one that waits keeps that carrier until it goes on.
#include <utility>

#include "runtime/kernel/self.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

template <class F>
inline bool World::completes(Process& p, F&& code) {
  const auto is_ending = [&p] { return (p.marks & Process::ending) != 0; };
  try {
    code();
    if (!(p.marks & (Process::ending | Process::stops))) [[likely]]
      return true;
  } catch (const ProcessExit&) {
  } catch (const ExitRequest& request) {
    if (!is_ending()) {
      ended_ = {request.reason, ExitCause::own_exit};
      return false;
    }
  } catch (const std::exception& caught) {
    if (!is_ending()) {
      ended_ = {what_was_thrown(caught).reason, ExitCause::error};
      return false;
    }
  } catch (...) {
    if (!is_ending()) {
      ended_ = {what_was_thrown().reason, ExitCause::error};
      return false;
    }
  }
  if (const ProcessExtra* e = p.extra.get())
    ended_ = {e->ending_reason, e->ending_cause, e->ended_by};
  else
    ended_ = {Term(), ExitCause::own_exit};  // it stops, normally
  return false;
}

template <class F>
inline void World::run_handler_code(Process& p, F&& code) {
  if (completes(p, code)) [[likely]] {
    current_ = nullptr;
    p.state = ProcessState::idle;
    if (p.marks & Process::idle_timeout) [[unlikely]]
      begin_idle_wait(p);
    return;
  }
  if (abandoned_) return;
  destroy_state(p);
  current_ = nullptr;
  p.state = ProcessState::ended;
  const Ended ended = std::exchange(ended_, {});
  if (!unwinding_) bury(p, ended.reason, ended.cause, ended.by);
}

void World::run_first_turn(Process& p) {
  last_ = nullptr;
  p.state = ProcessState::running;
  current_ = &p;
  began_turn();
  if (wanted(EventKind::start)) {
    Event event(EventKind::start, p.pid);
    emit(event);
  }
  if (p.handler()) {
    run_handler_code(p, [&] {
      Self self(*this, p);
      auto* shared = static_cast<Program::Shared*>(p.program);
      p.state_block = shared->behaviour.construct(shared->data(), self);
    });
    if (p.state == ProcessState::idle && p.inbox.head && p.inbox.received != &p.inbox.head) handler_turn(p, pop_message(p));
    return;
  }
  p.fiber = take_fiber();
  p.fiber->prepare(&World::process_body);
  switch_fiber(*carrier_, *p.fiber, exceptions_);
  after_turn();
}

void World::process_body(Fiber& fiber) {
  World& world = *static_cast<World*>(fiber.owner);
  Process& p = *world.current_;
  const Behaviour& behaviour = static_cast<Program::Shared*>(p.program)->behaviour;
  const bool returned = world.completes(p, [&] {
    Self self(world, p);
    behaviour.run(static_cast<Program::Shared*>(p.program)->data(), self);
  });
  if (returned)
    world.ended_.cause = ExitCause::returned;
  else if (behaviour.crashed && !(p.marks & Process::ending))
    world.tell_crash(p, behaviour);
  p.state = ProcessState::ended;
  world.current_ = nullptr;
  world.gone_ = &p;
  leave_for_ever(fiber, *world.carrier_, world.exceptions_);
}

// Others may run, and end, while it tells.
[[gnu::noinline]] void World::tell_crash(Process& p, const Behaviour& behaviour) {
  Ended ended = std::exchange(ended_, {});
  const bool told = completes(p, [&] {
    Self self(*this, p);
    behaviour.crashed(self, ended.reason);
  });
  if (told) ended_ = std::move(ended);
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
  after_turn();
}

void World::ended(Process& p) {
  if (abandoned_) [[unlikely]]
    return;
  idle_fibers_.push_back(p.fiber);
  p.fiber = nullptr;
  const Ended ended = std::exchange(ended_, {});
  if (!unwinding_) bury(p, ended.reason, ended.cause, ended.by);
}

void World::handler_turn(Process& p, Signal* first) {
  last_ = nullptr;
  p.state = ProcessState::running;
  current_ = &p;
  began_turn();
  if (p.marks & Process::idle_timeout) [[unlikely]]
    end_idle_wait(p);
  run_handler_code(p, [&] {
    Self self(*this, p);
    const Behaviour& behaviour = static_cast<Program::Shared*>(p.program)->behaviour;
    for (Signal* signal = first;; signal = pop_message(p)) {
      const Self::Held held{this, signal};
      const HandlerEntry* entry = behaviour.entries;
      while (entry->type && entry->type != held.signal->type) ++entry;
      if (entry->on) {
        entry->on(p.state_block, self, *held.signal);
      } else {
        announce_drop(p.pid, *held.signal, "unexpected");
        if (held.signal->type->is_call) self.refuse_unknown(Message(held.signal));
      }
      if (p.inbox.received == &p.inbox.head || (p.marks & Process::stops)) break;
      p.marks &= static_cast<std::uint8_t>(~Process::idle_timeout);  // there is a message already
    }
  });
}

// The timeout of an idle handler is a wait without frames: the same candidate, deadline and poll as that of a process in receive.
void World::begin_idle_wait(Process& p) {
  ProcessExtra& e = extra(p);
  e.idle_wait = Wait{};
  p.wait = &e.idle_wait;
  if (e.idle_timeout > Duration{0}) {
    e.idle_wait.deadline = moirai::after(now_, e.idle_timeout);
    arm(p, e.idle_wait);
    return;
  }
  e.idle_wait.poll = true;
  e.idle_quantum = quantum_;
  last_ = &p;
  if (p.sync_in_flight == 0) enable_timeout(p);
}

void World::end_idle_wait(Process& p) {
  p.marks &= static_cast<std::uint8_t>(~Process::idle_timeout);
  if (p.polls()) quantum_ = p.extra->idle_quantum;  // a loop of polls is one turn: its quantum makes it fair
  p.wait = nullptr;
  if (p.flags & Process::timeout_ready) withdraw_timeout(p);
}

void World::idle_timeout_turn(Process& p) { handler_turn(p, make_signal(type_of<IdleTimeout>, p.pid, IdleTimeout{})); }

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
    if (p.has_frames()) {
      extra(p);
      p.flags &= static_cast<std::uint8_t>(~Process::timeout_ready);
      resume(p);
      return true;
    }
    if (p.state == ProcessState::idle) destroy_state(p);
    p.state = ProcessState::ended;
  }
  return false;
}
Fiber* World::take_carrier() {
  if (idle_carriers_.empty()) {
    Fiber* made = new_fiber(carrier_stacks_);
    made->prepare(&World::carrier_body);
    return made;
  }
  Fiber* fiber = idle_carriers_.back();
  idle_carriers_.pop_back();
  return fiber;
}

Fiber* World::take_fiber() {
  if (idle_fibers_.empty()) return new_fiber(process_stacks_);
  Fiber* fiber = idle_fibers_.back();
  idle_fibers_.pop_back();
  return fiber;
}

Fiber* World::new_fiber(StackPool& stacks) {
  fibers_.push_back(std::make_unique<Fiber>());
  Fiber* fiber = fibers_.back().get();
  fiber->owner = this;
  fiber->stack = stacks.take();
  return fiber;
}

void World::detach_handler(Process& p) {
  Fiber* mine = carrier_;
  p.fiber = mine;
  current_ = nullptr;
  carrier_ = take_carrier();
  switch_fiber(*mine, *carrier_, exceptions_);
}

}  // namespace moirai
