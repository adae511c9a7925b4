// What is enabled now, in two shapes: for fifo a ring of words in the order of becoming due; for every other strategy the ready list.
// The ready list is a vector in the order of becoming a candidate; one that leaves is replaced by the last, and when a process
// dies its candidates go and the others keep their order. The naive kernel of the tests follows the same discipline.
#include <algorithm>
#include <cstddef>

#include "runtime/kernel/world.hpp"

namespace moirai {

void World::ring_grow() {
  const std::uint64_t size = ring_.empty() ? 1024 : ring_.size() * 2;
  LargeVector<std::uint64_t> grown(size);
  for (std::uint64_t i = ring_head_; i != ring_tail_; ++i) grown[i & (size - 1)] = ring_[i & ring_mask_];
  ring_ = std::move(grown);
  ring_mask_ = size - 1;
}

void World::push_ready(ReadyKind kind, std::uint64_t key, std::uint32_t slot) {
  if (kind != ReadyKind::channel && kind != ReadyKind::outside) slot_at(slot)->token = static_cast<std::uint32_t>(ready_.size());
  ready_.push_back({key, slot, kind});
}

void World::count_lazy() {
  if (outside_.empty()) return;
  lazy_ = 0;
  for (const Ready& ready : ready_) lazy_ += ready.kind == ReadyKind::outside && outside_[ready.slot].until > now_;
}

void World::remove_own(Process& p) {
  const Ready& mine = ready_[p.token];
  MOIRAI_CHECK(mine.slot == p.pid.slot() && mine.kind != ReadyKind::channel, "a process knows where its own candidate stands");
  remove_ready(p.token);
}

void World::erase_ready_of(std::uint32_t slot) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < ready_.size(); ++i) {
    const Ready& ready = ready_[i];
    if (ready.slot == slot && ready.kind != ReadyKind::outside) continue;
    if (ready.kind != ReadyKind::channel && ready.kind != ReadyKind::outside) slot_at(ready.slot)->token = static_cast<std::uint32_t>(kept);
    ready_[kept++] = ready;
  }
  ready_.shrink(kept);
}

void World::append_listed(Process& p, Signal* signal, bool only_one) {
  if (p.flags & Process::in_lanes) {
    if (p.extra->lanes.push(signal)) push_ready(ReadyKind::channel, signal->sender.bits(), p.pid.slot());
    return;
  }
  Signal* last = nullptr;  // of the same channel
  if (!only_one) {
    static_assert(offsetof(Signal, next) == 0);
    if (Signal* const newest = reinterpret_cast<Signal*>(p.inbox.tail); newest->sender == signal->sender) {
      last = newest;
    } else {
      unsigned length = 0;
      for (Signal* s = *p.inbox.received; s; s = s->next) {
        if (s->sender == signal->sender) last = s;
        if (++length < list_max) continue;
        into_lanes(p);
        return append_listed(p, signal, only_one);
      }
    }
  }
  if (last)
    last->set_followed();
  else
    push_ready(ReadyKind::channel, signal->sender.bits(), p.pid.slot());
  signal->next = nullptr;
  *p.inbox.tail = signal;
  p.inbox.tail = &signal->next;
}

// Many are in flight from several senders: one queue per channel from now on.
void World::into_lanes(Process& p) {
  ProcessExtra& e = extra(p);
  Signal* s = *p.inbox.received;
  *p.inbox.received = nullptr;
  p.inbox.tail = p.inbox.received;
  while (s) {
    Signal* next = s->next;
    e.lanes.push(s);
    s = next;
  }
  p.flags |= Process::in_lanes;
}

Signal* World::channel_head(const Process& p, Pid sender) const {
  if (p.flags & Process::in_lanes) return p.extra->lanes.head(sender);
  for (Signal* s = *p.inbox.received; s; s = s->next)
    if (s->sender == sender) return s;
  return nullptr;
}

Signal* World::take_channel(Process& p, Pid sender, bool& emptied) {
  if (p.flags & Process::in_lanes) {
    Signal* s = p.extra->lanes.pop(sender, emptied);
    if (p.extra->lanes.empty()) p.flags &= static_cast<std::uint8_t>(~Process::in_lanes);
    return s;
  }
  Signal** at = p.inbox.received;
  unsigned passed = 0;
  for (; (*at)->sender != sender; ++passed) at = &(*at)->next;
  Signal* s = *at;
  *at = s->next;
  if (p.inbox.tail == &s->next) p.inbox.tail = at;
  emptied = !s->followed();
  if (passed >= list_max && list_) into_lanes(p);
  return s;
}

void World::enqueue(Process& p, Signal* s) {
  s->next = *p.inbox.received;
  *p.inbox.received = s;
  if (p.inbox.tail == p.inbox.received) p.inbox.tail = &s->next;
  p.inbox.received = &s->next;
}

void World::count_flags(Process& p, const Signal& signal) {
  if (signal.flags() & Signal::sync) ++p.sync_in_flight;
  if (signal.flags() & Signal::exit_class) {
    ++p.exits_in_flight;
    if (explores_) p.marks |= Process::exit_in_flight;
  }
}

void World::uncount_flags(Process& p, const Signal& signal) {
  if (signal.flags() & Signal::sync) {
    --p.sync_in_flight;
    if (p.sync_in_flight == 0 && p.polls() && !(p.flags & Process::timeout_ready)) enable_timeout(p);
  }
  if (signal.flags() & Signal::exit_class) {
    --p.exits_in_flight;
    if (p.exits_in_flight == 0) p.marks &= static_cast<std::uint8_t>(~Process::exit_in_flight);
  }
}

Candidate World::candidate(const Ready& ready) const {
  Candidate c;
  c.due = c.until = now_;
  if (ready.kind == ReadyKind::outside) {
    const OutsideEvent& event = outside_[ready.slot];
    c.kind = Candidate::Kind::outside;
    c.order = event.order;
    c.due = event.due;
    c.until = event.until;
    return c;
  }
  const Process& p = *slot_at(ready.slot);
  c.target = p.pid;
  c.order = ready.key;
  switch (ready.kind) {
    case ReadyKind::channel: {
      const Signal* head = channel_head(p, Pid::from_bits(ready.key));
      c.kind = Candidate::Kind::deliver;
      c.source = head->sender;
      c.signal = head->type->kind;
      c.order = head->order();
      break;
    }
    case ReadyKind::start: c.kind = Candidate::Kind::start; break;
    case ReadyKind::resume:
      c.kind = Candidate::Kind::resume;
      c.resource = p.extra ? p.extra->resource : 0;
      break;
    case ReadyKind::timeout: c.kind = Candidate::Kind::timeout; break;
    case ReadyKind::outside: break;
  }
  return c;
}

std::size_t World::canonical_index() const {
  const auto order = [&](std::size_t i) { return candidate(ready_[i]).order; };
  std::size_t best = 0;
  if (last_ && (last_->has_frames() || last_->polls())) {  // K-8 (1)
    std::optional<std::size_t> delivery, own;
    for (std::size_t i = 0; i < ready_.size(); ++i) {
      if (ready_[i].slot != last_->pid.slot() || ready_[i].kind == ReadyKind::outside) continue;
      if (ready_[i].kind != ReadyKind::channel)
        own = i;
      else if (!delivery || order(i) < order(*delivery))
        delivery = i;
    }
    if (last_->state == ProcessState::stopped && own) return *own;
    if (last_->polls()) {
      if (delivery) return *delivery;
      if (own) return *own;
    }
  }
  for (std::size_t i = 1; i < ready_.size(); ++i)
    if (order(i) < order(best)) best = i;
  return best;
}

// ---- the view that strategies have

std::size_t Candidates::size() const {
  return at_horizon_ ? world_->horizon_.size() + (world_->horizon_clock_ ? 1 : 0) : world_->ready_.size();
}

Candidate Candidates::operator[](std::size_t index) const {
  if (!at_horizon_) return world_->candidate(world_->ready_[index]);
  Candidate c;
  if (index < world_->horizon_.size()) {
    const auto& event = world_->outside_[world_->horizon_[index]];
    c.kind = Candidate::Kind::outside;
    c.order = event.order;
    c.due = event.due;
    c.until = event.until;
    return c;
  }
  c.kind = Candidate::Kind::clock;
  c.order = world_->horizon_clock_->order;
  c.due = c.until = world_->horizon_clock_->at;
  return c;
}

Candidate Candidates::canonical() const {
  if (!at_horizon_) return world_->candidate(world_->ready_[world_->canonical_index()]);
  Candidate best = (*this)[0];
  for (std::size_t i = 1; i < size(); ++i)
    if (const Candidate c = (*this)[i]; c.due < best.due || (c.due == best.due && c.order < best.order)) best = c;
  return best;
}

std::optional<Candidate> Candidates::running() const {
  if (at_horizon_ || !world_->last_ || world_->last_->state != ProcessState::stopped) return std::nullopt;
  return world_->candidate(world_->ready_[world_->last_->token]);
}

std::size_t Candidates::at(Pid target) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < size(); ++i) count += (*this)[i].target == target;
  return count;
}

bool Candidates::rivals(const Candidate& c) const { return c.target ? at(c.target) > 1 : size() > 1; }

std::uint64_t Candidates::receptions(Pid target) const {
  const Process* p = world_->find(target);
  return p && p->extra ? p->extra->receptions : 0;
}

std::uint64_t Candidates::cause(const Candidate& c) const {
  const auto found = world_->causes_.find(c.order);
  return found == world_->causes_.end() ? 0 : found->second;
}

Key Candidates::key(const Candidate& c) const {
  Key key;
  key.kind = c.kind;
  if (c.kind == Candidate::Kind::outside) {
    for (const auto& event : world_->outside_)
      if (event.used && event.order == c.order) key.target = event.key;
    return key;
  }
  if (c.target) key.target = world_->full_path(c.target);
  if (c.kind == Candidate::Kind::deliver) {
    key.source = world_->full_path(c.source);
    if (const Signal* head = world_->channel_head(*world_->find(c.target), c.source)) key.message = head->type->name;
  }
  if (world_->wants_.keys) {
    const auto found = world_->key_counts_.find(key.to_string_without_count());
    key.count = 1 + (found == world_->key_counts_.end() ? 0 : found->second);
  }
  return key;
}

std::string_view to_string(Candidate::Kind kind) {
  switch (kind) {
    case Candidate::Kind::start: return "start";
    case Candidate::Kind::deliver: return "deliver";
    case Candidate::Kind::timeout: return "timeout";
    case Candidate::Kind::resume: return "resume";
    case Candidate::Kind::outside: return "outside";
    case Candidate::Kind::clock: return "clock";
  }
  return "?";
}

std::string Key::to_string() const {
  std::string text = to_string_without_count();
  if (count) text += " " + std::to_string(count);
  return text;
}

std::string Key::to_string_without_count() const {
  std::string text(moirai::to_string(kind));
  if (!source.empty()) text += " " + source + " ->";
  if (!target.empty()) text += " " + target;
  if (!message.empty()) text += " " + message;
  return text;
}

}  // namespace moirai
