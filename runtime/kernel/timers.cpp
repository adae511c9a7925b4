// Virtual time: one queue of what becomes due (deadlines, timers, delayed signals, outside events), windows of outside events (K-3),
// and signals on their way through the wire (K-16).
#include <algorithm>

#include "runtime/kernel/signal_types.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

// A process has at most one live deadline entry: a wait whose deadline is not earlier uses the one there is. An entry that comes up
// too early is pushed again or dropped, and never moves time.
const World::Due* World::first_due(Time until) {
  // With a million timers nothing of them is in the cache: what becoming due touches is asked for some of them earlier.
  // Inline, or the compiler leaves out the calls of what has no effect.
  const auto fetch = [this](const Due& due, std::size_t distance) __attribute__((always_inline)) {
    constexpr std::size_t near = 64;
    if (due.kind == DueKind::deadline) {
      __builtin_prefetch(&slot_at(due.index)->wait);
      __builtin_prefetch(&slot_at(due.index)->deadline_entry);
    } else if (due.kind == DueKind::timer) {
      const Timer& t = timers_[due.index];
      if (distance > near) return __builtin_prefetch(&t);
      __builtin_prefetch(t.signal);
      if (t.next) __builtin_prefetch(&timers_[t.next - 1]);
      if (t.prev) __builtin_prefetch(&timers_[t.prev - 1]);
    }
  };
  while (const Due* first = due_.first(until, fetch)) {
    const Due& top = *first;
    switch (top.kind) {
      case DueKind::deadline: {
        Process* p = slot_at(top.index);
        if (p->deadline_entry == top.at) {
          const bool waits = p->wait && p->wait->deadline != time_never && !(p->flags & Process::timeout_ready);
          if (waits && p->wait->deadline <= top.at) {
            if (top.order == p->wait->order) return first;
            Due entry = due_.pop();  // same time, the order of this wait
            entry.order = p->wait->order & orders_max;
            due_.push(entry);
            continue;
          }
          Due entry = due_.pop();
          p->deadline_entry = time_never;
          if (waits) {
            entry.at = p->deadline_entry = p->wait->deadline;
            entry.order = p->wait->order & orders_max;
            due_.push(entry);
          }
          continue;
        }
        break;
      }
      case DueKind::timer:
        if (is_of(top, timers_[top.index])) return first;
        --stale_timers_;
        break;
      case DueKind::outside:
        if (outside_[top.index].used && outside_[top.index].order == top.order) return first;
        break;
      case DueKind::transit: {
        const Transit& transit = transits_[top.index];
        if (transit.used && transit.first < transit.items.size() && !transit.items[transit.first].held &&
            transit.items[transit.first].due == top.at && transit.items[transit.first].signal->order() == top.order)
          return first;
        break;
      }
    }
    due_.pop();
  }
  return nullptr;
}

void World::arm(Process& p, Wait& w) {
  if (w.armed) {  // it waits again, because a guard refused what woke it
    if (w.deadline <= now_) enable_timeout(p);
    return;
  }
  w.armed = true;
  w.order = next_order();
  if (p.deadline_entry <= w.deadline) return;
  p.deadline_entry = w.deadline;
  due_.push({w.deadline, w.order, p.pid.slot(), DueKind::deadline});
}

void World::set_now(Time time) {
  if (time <= now_) return;
  now_ = time;
  digest_.fold(static_cast<std::uint64_t>(nanoseconds(now_)));
  last_advance_step_ = steps_;
  if (stall_watch_) {
    stall_watch_ = false;
    stall_counts_.clear();
    note_wanted();
  }
  if (wanted(EventKind::time)) {
    Event event(EventKind::time);
    emit(event);
  }
}

bool World::advance() {
  const Due* const clock = first_due(time_never);
  Time horizon = clock ? clock->at : time_never;
  for (const std::uint32_t index : windows_) horizon = std::min(horizon, outside_[index].until);
  horizon_.clear();
  for (const Ready& ready : ready_) {  // only open windows are left here
    horizon = std::min(horizon, outside_[ready.slot].until);
    horizon_.push_back(ready.slot);
  }
  const std::size_t open = horizon_.size();
  for (const std::uint32_t index : windows_)  // sorted by (due, order)
    if (outside_[index].due <= horizon) horizon_.push_back(index);
  horizon_clock_ = clock && clock->at <= horizon ? clock : nullptr;
  const std::size_t count = horizon_.size() + (horizon_clock_ ? 1 : 0);
  if (count == 0) return false;

  std::size_t index = 0;
  if (count > 1) {
    if (settings_.scheduler == Scheduler::random) {
      index = static_cast<std::size_t>(sched_.below(count));
    } else {
      const Candidates candidates(*this, true);
      const Candidate picked = settings_.scheduler == Scheduler::fifo ? candidates.canonical() : settings_.strategy->pick(candidates);
      while (index < count && candidates[index] != picked) ++index;
      MOIRAI_CHECK(index < count, "a strategy must return one of the candidates");
    }
  }
  if (wants_any_) stepped(Candidates(*this, true)[index], count == 1);
  if (index < open) {
    const std::uint32_t outside = ready_[index].slot;
    remove_ready(index);
    count_lazy();
    execute_outside(outside);
    return true;
  }
  const bool window = index < horizon_.size();
  const std::uint32_t event = window ? horizon_[index] : 0;
  const Time to = window ? std::max(now_, outside_[event].due) : clock->at;
  if (nanoseconds(to) > nanoseconds(settings_.limits.virtual_time)) {
    finish_run(RunEnd::Why::virtual_time, {});
    return false;
  }
  if (window) windows_.erase(std::find(windows_.begin(), windows_.end(), event));
  set_now(to);
  materialise();
  count_lazy();
  if (window) execute_outside(event);
  return true;
}

// Everything that is due now becomes a candidate, in the order of (due, order).
void World::materialise() {
  for (;;) {
    const Due* const clock = first_due(now_);
    const bool window = !windows_.empty() && outside_[windows_.front()].due <= now_;
    if (!clock && !window) return;
    std::uint32_t outside_index = 0;
    const auto before = [&] {
      const OutsideEvent& event = outside_[windows_.front()];
      return event.due != clock->at ? event.due < clock->at : event.order < clock->order;
    };
    if (window && (!clock || before())) {
      outside_index = windows_.front();
      windows_.erase(windows_.begin());
    } else {
      const Due due = due_.pop();
      switch (due.kind) {
        case DueKind::deadline: {
          Process& p = *slot_at(due.index);
          p.deadline_entry = time_never;
          enable_timeout(p);
          continue;
        }
        case DueKind::timer: fire_timer(due.index); continue;
        case DueKind::transit: release_transit(due.index); continue;
        case DueKind::outside: outside_index = due.index; break;
      }
    }
    OutsideEvent& event = outside_[outside_index];
    event.order = next_order();
    if (list_) {
      push_ready(ReadyKind::outside, event.order, outside_index);
    } else {
      ready_outside_.push_back(outside_index);
      ring_push(event.order, outside_slot);
    }
  }
}

// ---- timers of processes

namespace {
// One channel per timer (K-5).
Pid timer_sender(Ref timer) { return Pid::from_bits(std::uint64_t{timer_node} << 48 | (timer.number >> 24)); }
}  // namespace

Ref World::do_timer(Process& p, Duration wait, Pid to, std::string_view name, Signal* signal) {
  std::uint32_t index;
  if (free_timers_.empty()) {
    index = static_cast<std::uint32_t>(timers_.size());
    MOIRAI_CHECK(index < 0xffffff, "at most 16 million timers at a time");
    timers_.emplace_back();
  } else {
    index = free_timers_.back();
    free_timers_.pop_back();
  }
  const Ref ref{++ref_serial_ << 24 | index};
  Timer& t = timers_[index];
  t = Timer{ref, moirai::after(now_, wait), 0, signal, p.pid, to, name.empty() ? nullptr : std::make_unique<std::string>(name), 0, 0};
  signal->sender = timer_sender(ref);
  if (Process* target = name.empty() ? find(to) : nullptr) {
    t.next = target->timers;
    if (t.next) timers_[t.next - 1].prev = index + 1;
    target->timers = index + 1;
  } else if (name.empty()) {  // aimed at the dead: as good as cancelled (R-REG-3)
    free_timer(index, true);
    return ref;
  }
  if (wanted(EventKind::timer)) {
    Event event(EventKind::timer, p.pid, to);
    event.ref = ref;
    event.text = "set";
    emit(event);
  }
  t.order = next_order();
  due_.push({t.due, t.order, index, DueKind::timer});
  return ref;
}

void World::free_timer(std::uint32_t index, bool destroy_signal) {
  Timer& t = timers_[index];
  if (!t.name) {
    if (t.next) timers_[t.next - 1].prev = t.prev;
    if (t.prev) {
      timers_[t.prev - 1].next = t.next;
    } else if (Process* target = find(t.target)) {
      if (target->timers == index + 1) target->timers = t.next;
    }
  }
  if (destroy_signal) recycle(t.signal);
  t = Timer{};
  free_timers_.push_back(index);
}

// Entries of timers that are gone are dropped when they come up, and swept when they are the greater part.
void World::sweep_timers() {
  if (++stale_timers_ < 1024 || 2 * stale_timers_ < due_.size()) return;
  due_.erase_if([this](const Due& due) { return due.kind == DueKind::timer && !is_of(due, timers_[due.index]); });
  stale_timers_ = 0;
}

std::optional<Duration> World::do_cancel_timer(Process& p, Ref ref) {
  const std::optional<Duration> left = do_read_timer(ref);
  if (!left) return std::nullopt;
  if (wanted(EventKind::timer)) {
    Event event(EventKind::timer, p.pid);
    event.ref = ref;
    event.text = "cancelled";
    emit(event);
  }
  free_timer(ref.index(), true);
  sweep_timers();
  return left;
}

// The answer is the timer's own signal: behind its message, if that is under way already.
void World::do_cancel_timer_async(Process& p, Ref ref, bool info) {
  const std::optional<Duration> left = do_cancel_timer(p, ref);
  if (!info) return;
  Signal* answer = make_signal(type_of<TimerCancelled>, timer_sender(ref), TimerCancelled{ref, left});
  answer->set_flags(Signal::sync);
  dispatch(nullptr, p.pid, answer);
}

std::optional<Duration> World::do_read_timer(Ref ref) const {
  if (!ref || ref.index() >= timers_.size()) return std::nullopt;
  const Timer& t = timers_[ref.index()];
  if (t.ref != ref) return std::nullopt;
  return t.due - now_;
}

void World::fire_timer(std::uint32_t index) {
  const Timer& t = timers_[index];
  const Pid to = t.name ? whereis(*t.name).value_or(Pid{}) : t.target;
  Signal* const signal = t.signal;
  if (wanted(EventKind::timer)) {
    Event event(EventKind::timer, t.owner, to);
    event.ref = t.ref;
    event.text = "fired";
    emit(event);
  }
  free_timer(index, false);
  Process* p = find(to);
  if (!p) return recycle(signal);
  give_order(*signal);
  signal->set_flags(Signal::sync);
  messages_.sent += is_message(*signal);
  if (observed_send_) announce_send(nullptr, to, *signal);
  append(*p, signal, nullptr);
}

// ---- the wire

void World::route(Process* from, Process& receiver, Signal* signal) {
  const auto channel = std::make_pair(signal->sender, receiver.pid);
  const auto found = transit_of_.find(channel);
  const bool impaired = ((receiver.flags | (from ? from->flags : 0)) & Process::impaired) != 0;
  Route route;
  if (wire_ && impaired) {
    const SignalType& type = *signal->type;
    route = wire_->route(SignalView{signal->sender, receiver.pid, type.kind, is_message(*signal) ? type.name : std::string_view{}});
  }
  const bool queued = found != transit_of_.end();
  if (route.act == Route::Act::drop && !queued) {
    if (observed_send_) announce_send(from, receiver.pid, *signal);
    announce_drop(receiver.pid, *signal, "the wire dropped it");
    return recycle(signal);
  }
  if (!queued && route.act == Route::Act::pass && route.delay <= Duration{0}) {
    if (observed_send_) announce_send(from, receiver.pid, *signal);
    return append(receiver, signal, from);
  }
  std::uint32_t index;
  if (queued) {
    index = found->second;
  } else {
    for (index = 0; index < transits_.size() && transits_[index].used;) ++index;
    if (index == transits_.size()) transits_.emplace_back();
    transits_[index] = Transit{};
    transits_[index].used = true;
    transits_[index].sender = signal->sender;
    transits_[index].receiver = receiver.pid;
    transit_of_.emplace(channel, index);
    receiver.flags |= Process::in_transit;
  }
  Transit& transit = transits_[index];
  transit.last_due = std::max(transit.last_due, moirai::after(now_, std::max(route.delay, Duration{0})));
  transit.items.push_back({signal, transit.last_due, route.act == Route::Act::hold});
  if (observed_send_) announce_send(from, receiver.pid, *signal, Hold::held);
  if (transit.items.size() - transit.first == 1) schedule_transit(index);
}

void World::schedule_transit(std::uint32_t index) {
  const Transit& transit = transits_[index];
  if (transit.first == transit.items.size()) return;
  const Transit::Item& head = transit.items[transit.first];
  if (!head.held) due_.push({head.due, head.signal->order(), index, DueKind::transit});
}

void World::release_transit(std::uint32_t index) {
  Transit& transit = transits_[index];
  const Pid to = transit.receiver;
  while (transit.first < transit.items.size() && !transit.items[transit.first].held && transit.items[transit.first].due <= now_)
    release(to, transits_[index].items[transits_[index].first++].signal);
  if (transits_[index].first < transits_[index].items.size()) return schedule_transit(index);
  transit_of_.erase({transits_[index].sender, to});
  transits_[index] = Transit{};
}

void World::release(Pid to, Signal* signal) {
  const std::uint64_t former = signal->order();
  give_order(*signal);
  if (observed_send_) announce_send(nullptr, to, *signal, Hold::released, former);
  if (Process* p = find(to))
    append(*p, signal, nullptr);
  else
    answer_for_dead(to, signal, false);
}

void World::rewire() {
  struct Free {
    std::uint64_t order;
    std::uint32_t transit;
  };
  std::vector<Free> free;
  for (std::uint32_t i = 0; i < transits_.size(); ++i) {
    Transit& transit = transits_[i];
    if (!transit.used) continue;
    const Process* sender = find(transit.sender);
    const Process* receiver = find(transit.receiver);
    const bool impaired = ((sender ? sender->flags : 0) | (receiver ? receiver->flags : 0)) & Process::impaired;
    Time previous{};
    bool open = true;
    for (std::size_t k = transit.first; k < transit.items.size(); ++k) {
      Transit::Item& item = transit.items[k];
      if (item.held) {
        Route route;
        const SignalType& type = *item.signal->type;
        const bool message = type.kind == SignalKind::message || type.kind == SignalKind::alias_message;
        if (wire_ && impaired)
          route = wire_->route(SignalView{transit.sender, transit.receiver, type.kind, message ? type.name : std::string_view{}});
        item.held = route.act == Route::Act::hold;
        if (!item.held) item.due = moirai::after(now_, std::max(route.delay, Duration{0}));
      }
      item.due = std::max(item.due, previous);
      previous = item.due;
      open = open && !item.held && item.due <= now_;
      if (open) free.push_back({item.signal->order(), i});
    }
    transit.last_due = std::max(transit.last_due, previous);
  }
  // Across channels in the order in which they were sent.
  std::sort(free.begin(), free.end(), [](const Free& a, const Free& b) { return a.order < b.order; });
  std::vector<bool> touched(transits_.size(), false);
  for (const Free& f : free) {
    touched[f.transit] = true;
    Transit& transit = transits_[f.transit];
    const Pid to = transit.receiver;
    Signal* signal = transit.items[transit.first++].signal;
    release(to, signal);
  }
  for (std::uint32_t i = 0; i < transits_.size(); ++i) {
    Transit& transit = transits_[i];
    if (!transit.used) continue;
    if (transit.first < transit.items.size()) {
      schedule_transit(i);
    } else {
      transit_of_.erase({transit.sender, transit.receiver});
      transit = Transit{};
    }
  }
}

}  // namespace moirai
