// The loop: one candidate per step, on carriers (K-41): the loop runs on a pooled stack and calls handlers as plain functions; a handler
// that waits keeps the carrier its frames are on, and the loop goes on with another.
#include <algorithm>
#include <utility>

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
    } else {
      list_ ? run_listed() : run_fifo();
      if (!stopping_) finish_run(RunEnd::Why::quiescent, {});
      end_.at = end_.why == RunEnd::Why::virtual_time ? moirai::after(Time{}, settings_.limits.virtual_time) : now_;
      end_.steps = steps_;
      end_.digest = digest_.value();
      wanted_ = EventMask{};
      observed_send_ = observed_receive_ = false;
      look_at_steps();
      unwinding_ = true;
      unwind_slot_ = 0;
    }
  }
}

void World::run_fifo() {
  while (!stopping_) {
    if (last_ && continue_poll()) [[unlikely]]
      continue;
    if (ring_head_ == ring_tail_) [[unlikely]] {
      if (!advance()) return;
      continue;
    }
    const std::uint64_t word = ring_[ring_head_++ & ring_mask_];
    const auto slot = static_cast<std::uint32_t>(word & 0xffffff);
    if (slot == outside_slot) [[unlikely]] {
      execute_outside_of(word >> 24);
      continue;
    }
    Process& p = *slot_at(slot);
    if (p.inbox.tail != p.inbox.received && is_of(word, **p.inbox.received)) [[likely]] {
      Signal* s = *p.inbox.received;
      if (plain(*s) || is_awaited_reply(p, *s)) [[likely]] {
        receive_plain(p, s);
      } else if (is_monitor(*s)) {
        receive_first_monitor(p, s);
      } else {
        *p.inbox.received = s->next;
        if (p.inbox.tail == &s->next) p.inbox.tail = p.inbox.received;
        execute_channel(p, s);
      }
    } else if (p.own_order == word >> 24) {
      execute_own(p);
    }  // else what the word stood for is gone
  }
}

bool World::continue_poll() {
  Process& p = *last_;
  if (!p.polls()) {
    last_ = nullptr;
    return false;
  }
  if (p.inbox.tail != p.inbox.received) {
    bool emptied;
    execute_channel(p, take_channel(p, (*p.inbox.received)->sender, emptied));
  } else {
    MOIRAI_CHECK(p.flags & Process::timeout_ready, "a poll with nothing in flight must be able to end");
    execute_own(p);
  }
  return true;
}

void World::execute_outside_of(std::uint64_t order) {
  const auto found =
      std::find_if(ready_outside_.begin(), ready_outside_.end(), [&](std::uint32_t index) { return outside_[index].order == order; });
  if (found == ready_outside_.end()) return;  // cancelled
  const std::uint32_t index = *found;
  ready_outside_.erase(found);
  execute_outside(index);
}

[[gnu::always_inline]] inline void World::execute(std::size_t index) {
  const Ready& ready = ready_[index];
  if (wants_any_) [[unlikely]]
    stepped(candidate(ready), ready_.size() == 1);
  if (ready.kind == ReadyKind::outside) {
    const std::uint32_t event = ready.slot;
    remove_ready(index);
    count_lazy();
    execute_outside(event);
    return;
  }
  Process& p = *slot_at(ready.slot);
  if (ready.kind != ReadyKind::channel) {
    execute_own(p);
    return;
  }
  if (!(p.flags & Process::in_lanes)) {
    Signal* first = *p.inbox.received;
    if (first->sender.bits() == ready.key) [[likely]] {
      if (plain(*first) || is_awaited_reply(p, *first)) [[likely]] {
        if (!first->followed()) remove_ready(index);
        receive_plain(p, first);
        return;
      }
      if (is_monitor(*first)) {
        if (!first->followed()) remove_ready(index);
        receive_first_monitor(p, first);
        return;
      }
    }
  }
  bool emptied;
  Signal* signal = take_channel(p, Pid::from_bits(ready.key), emptied);
  if (emptied) remove_ready(index);
  if (plain(*signal))
    receive_taken(p, signal);
  else
    execute_channel(p, signal);
}

void World::run_listed() {
  while (!stopping_) {
    std::size_t index = 0;
    if (chosen_) {
      index = *chosen_;
      chosen_.reset();
    } else if (ready_.size() == lazy_) {
      if (!advance()) return;
      continue;
    } else if (ready_.size() > 1) {
      if (settings_.scheduler == Scheduler::random) {
        index = static_cast<std::size_t>(sched_.below(ready_.size()));
        if (ready_.size() > fetched_from) [[unlikely]]
          fetch_ahead();
      } else {
        index = choose();
      }
    }
    execute(index);
  }
}

std::size_t World::choose() {
  const Candidate picked = settings_.strategy->pick(Candidates(*this, false));
  for (std::size_t i = 0; i < ready_.size(); ++i)
    if (candidate(ready_[i]) == picked) return i;
  check_failed("pick(candidates)", "a strategy must return one of the candidates");
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
    case ProcessState::idle:
      p.flags &= static_cast<std::uint8_t>(~Process::timeout_ready);
      idle_timeout_turn(p);
      return;
    default:
      check_failed("execute_own", "only a process that is fresh, stopped, waiting or idle with a timeout has a candidate of its own");
  }
}

void World::execute_channel(Process& p, Signal* signal) {
  count_step();
  digest_.fold(signal->order() << 24 | p.pid.slot());
  if (stall_watch_) [[unlikely]]
    ++stall_counts_[path(p.pid)];
  if (signal->flags() != 0) [[unlikely]]
    uncount_flags(p, *signal);
  switch (receive_signal(p, signal)) {
    case Reception::stays: return;
    case Reception::wakes:
      if (p.state == ProcessState::idle)
        handler_turn(p, pop_message(p));
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
    Event seen(EventKind::outside);
    seen.text = event.key;
    emit(seen);
  }
  event.action(control_);
}

// ---- ends

[[gnu::noinline]] void World::watched_reception_step(const Process& p, const Signal& signal) {
  step_check();
  digest_.fold(word_of(p, signal));
  if (stall_watch_) ++stall_counts_[path(p.pid)];
  if (!observed_receive_) return;
  Process* const stopping = std::exchange(current_, nullptr);  // this may be its stack, but nobody is running
  announce_receive(p, signal);
  current_ = stopping;
}

void World::step_check() {
  if (steps_ < next_check_) return;
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
  look_at_steps();
}

void World::finish_run(RunEnd::Why why, std::string detail) {
  if (stopping_) return;
  stopping_ = true;
  end_.why = why;
  end_.detail = std::move(detail);
}

}  // namespace moirai
