#include "runtime/kernel/world.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/kernel/signal_types.hpp"

namespace moirai {

std::string_view to_string(RunEnd::Why why) {
  switch (why) {
    case RunEnd::Why::quiescent: return "quiescent";
    case RunEnd::Why::virtual_time: return "virtual_time";
    case RunEnd::Why::steps: return "steps";
    case RunEnd::Why::stall: return "stall";
    case RunEnd::Why::stopped: return "stopped";
    case RunEnd::Why::swallowed_exit: return "swallowed_exit";
  }
  return "?";
}

World::World(const Settings& settings) {
  nodes_.push_back({0, 0, 0, hash_text("outside"), Pid{}});
  reset(settings);
}

World::~World() { clear(); }

// Destroys what the run has left: programs, signals, names. Frames and handler states are gone already: run() unwinds them.
void World::clear() {
  for (std::uint32_t slot = 0; slot < slots_used_; ++slot) {
    Process& p = *slot_at(slot);
    if (p.state != ProcessState::free) {
      for (Signal* s = p.inbox.head; s;) {
        Signal* next = s->next;
        recycle(s);
        s = next;
      }
      if (p.flags & Process::in_lanes) {
        for (const Lanes::Lane& lane : p.extra->lanes.all())
          for (Signal* s = lane.head; s;) {
            Signal* next = s->next;
            recycle(s);
            s = next;
          }
      }
      auto* shared = static_cast<Program::Shared*>(p.program);
      if (shared && --shared->references == 0) delete shared;
    }
    p = Process{};
    p.inbox.received = p.inbox.tail = &p.inbox.head;
  }
  for (Timer& timer : timers_)
    if (timer.ref) recycle(timer.signal);
  for (Transit& transit : transits_)
    for (std::size_t i = transit.first; i < transit.items.size(); ++i) recycle(transit.items[i].signal);
}

void World::reset(const Settings& settings) {
  MOIRAI_CHECK(!in_run_, "a world is reset between runs");
  MOIRAI_CHECK((settings.scheduler == Scheduler::custom) == (settings.strategy != nullptr),
               "a custom scheduler needs a strategy, and only that");
  clear();
  settings_ = settings;
  digest_ = Digest();
  digest_.fold(settings.seed);
  now_ = Time{};
  order_ = steps_ = last_advance_step_ = 0;
  quantum_ = quantum_of_operations;
  if (const bool list = settings.scheduler != Scheduler::fifo; list != list_) {
    list_ = list;
    // An idle carrier stands in the loop of the run that left it; nothing in those frames needs an end.
    for (Fiber* carrier : idle_carriers_) carrier->prepare(&World::carrier_body);
  }
  explores_ = settings.scheduler == Scheduler::random || (settings.strategy && settings.strategy->explores());
  wants_ = settings.strategy ? settings.strategy->wants() : SchedulingStrategy::Wants{};
  wants_any_ = wants_.steps || wants_.keys;
  observed_send_ = wants_.steps;
  telling_ = observed_receive_ = stopping_ = unwinding_ = abandoned_ = stall_watch_ = false;
  sched_ = Random(stream_key(settings.seed, "sched"));
  ring_head_ = ring_tail_ = 0;
  if (ring_.empty()) ring_grow();
  ready_.clear();
  ready_outside_.clear();
  horizon_.clear();
  chosen_.reset();
  lazy_ = 0;
  last_ = nullptr;
  slots_used_ = 0;
  free_slots_.clear();
  live_ = ignored_while_ending_ = 0;
  messages_ = {};
  current_ = nullptr;
  links_.clear();
  free_links_.clear();
  unlink_ids_ = 0;
  monitors_.clear();
  free_monitors_.clear();
  ref_serial_ = 0;
  group_leaders_.assign(1, Pid{});
  timers_.clear();
  free_timers_.clear();
  due_.clear();
  stale_timers_ = 0;
  outside_.clear();
  windows_.clear();
  outside_serial_ = 0;
  transits_.clear();
  transit_of_.clear();
  wire_ = nullptr;
  names_.clear();
  shared_states_.clear();
  nodes_.resize(1);
  labels_.clear();
  label_index_.clear();
  ordinals_.clear();
  last_label_ = 0;
  last_ordinal_ = {};
  graves_.clear();
  observers_.clear();
  for (std::vector<Observer*>& listeners : listeners_) listeners.clear();
  wanted_ = EventMask{};
  checkpoints_.clear();
  // One behind the other again, as in a new world: the order in which a run has freed them is hard on caches.
  std::fill(std::begin(free_signals_), std::end(free_signals_), nullptr);
  std::fill(std::begin(fresh_signals_), std::end(fresh_signals_), Fresh{});
  slabs_used_ = 0;
  stall_counts_.clear();
  causes_.clear();
  key_counts_.clear();
  step_cause_ = 0;
  ended_ = {};
  end_ = RunEnd{};
  next_check_ = std::min<std::uint64_t>({1024, settings.limits.steps, settings.limits.stall_steps});
  look_at_steps();
}

void World::observe(Observer& observer) {
  const EventMask wants = observer.wants();
  observers_.push_back(&observer);
  for (std::size_t kind = 0; kind < event_kinds; ++kind)
    if (wants.has(static_cast<EventKind>(kind))) listeners_[kind].push_back(&observer);
  wanted_ = wanted_ | wants;
  note_wanted();
}

void World::note_wanted() {
  observed_send_ = wants_.steps || wanted(EventKind::send) || wanted(EventKind::signal_send);
  observed_receive_ = stall_watch_ || wanted(EventKind::receive) || wanted(EventKind::signal_receive) || wanted(EventKind::drop) ||
                      wanted(EventKind::signal_drop);
  look_at_steps();
  if (observed_send_)
    for (const Pid pid : processes()) find(pid)->flags |= Process::watched;
}

Signal* World::fresh_signal(std::uint8_t pool) {
  constexpr std::size_t slab_bytes = 64 * 1024;
  Fresh& fresh = fresh_signals_[pool];
  if (fresh.at == fresh.end) [[unlikely]] {
    if (slabs_used_ == slabs_.size()) slabs_.push_back(arena_.take(slab_bytes));
    fresh.at = slabs_[slabs_used_++];
    fresh.end = fresh.at + slab_bytes;
  }
  auto* signal = reinterpret_cast<Signal*>(fresh.at);
  fresh.at += std::size_t{64} << pool;
  return signal;
}

// ---- queries

bool World::trapping(Pid pid) const {
  const Process* p = find(pid);
  return p && p->traps();
}

std::string World::path(Pid pid) const {
  if (!pid) return "outside";
  if (pid.node() == timer_node) return "timer";
  std::uint32_t parent, label;
  if (const Process* p = find(pid)) {
    parent = p->parent_node;
    label = p->label;
  } else if (const auto grave = graves_.find(pid.bits()); grave != graves_.end()) {
    parent = grave->second.parent;
    label = grave->second.label;
  } else {
    return pid.to_string();
  }
  std::string text = labels_[label];
  for (std::uint32_t node = parent; node != 0; node = nodes_[node].parent) text.insert(0, labels_[nodes_[node].label] + "/");
  return text;
}

std::string World::full_path(Pid pid) const {
  if (!pid) return "outside";
  if (pid.node() == timer_node) return "timer#" + std::to_string(pid.slot());
  std::uint32_t parent, label, own;
  if (const Process* p = find(pid)) {
    parent = p->parent_node;
    label = p->label;
    own = p->ordinal;
  } else if (const auto grave = graves_.find(pid.bits()); grave != graves_.end()) {
    parent = grave->second.parent;
    label = grave->second.label;
    own = grave->second.ordinal;
  } else {
    return pid.to_string();
  }
  std::string text = labels_[label] + "#" + std::to_string(own);
  for (std::uint32_t node = parent; node != 0; node = nodes_[node].parent)
    text.insert(0, labels_[nodes_[node].label] + "#" + std::to_string(nodes_[node].ordinal) + "/");
  return text;
}

std::string World::label(Pid pid) const {
  if (const Process* p = find(pid)) return labels_[p->label];
  const auto grave = graves_.find(pid.bits());
  return grave == graves_.end() ? std::string() : labels_[grave->second.label];
}

std::uint32_t World::ordinal(Pid pid) const {
  if (const Process* p = find(pid)) return p->ordinal;
  const auto grave = graves_.find(pid.bits());
  return grave == graves_.end() ? 0 : grave->second.ordinal;
}

std::size_t World::write_path(Pid pid, char* to, std::size_t size) const noexcept {
  if (size == 0) return 0;
  to[0] = '\0';
  const Process* p = find(pid);
  if (!p) return 0;
  // From the leaf up into the end of the buffer, then moved to its beginning.
  std::size_t at = size - 1;
  const auto put = [&](const std::string& text) {
    const std::size_t length = std::min(text.size(), at);
    at -= length;
    std::memcpy(to + at, text.data() + (text.size() - length), length);
  };
  put(labels_[p->label]);
  for (std::uint32_t node = p->parent_node; node != 0 && at > 0; node = nodes_[node].parent) {
    to[--at] = '/';
    put(labels_[nodes_[node].label]);
  }
  const std::size_t length = size - 1 - at;
  std::memmove(to, to + at, length);
  to[length] = '\0';
  return length;
}

Pid World::parent(Pid pid) const {
  if (const Process* p = find(pid)) return nodes_[p->parent_node].pid;
  const auto grave = graves_.find(pid.bits());
  return grave == graves_.end() ? Pid{} : nodes_[grave->second.parent].pid;
}

std::optional<Pid> World::whereis(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? std::nullopt : std::optional<Pid>(found->second);
}

std::string World::registered_name(Pid pid) const {
  const Process* p = find(pid);
  return p && p->extra && !p->extra->names.empty() ? p->extra->names.front() : std::string();
}

Pid World::group_leader(Pid pid) const {
  const Process* p = find(pid);
  if (!p) return {};
  return p->group_leader == group_leader_elsewhere ? p->extra->group_leader : group_leaders_[p->group_leader];
}

ProcessInfo World::info_of(const Process& p) const {
  ProcessInfo info;
  info.registered_name = registered_name(p.pid);
  info.trap_exit = p.traps();
  info.group_leader = group_leader(p.pid);
  info.message_queue_len = mailbox_size(p.pid);
  info.links = links_of(p.pid);
  info.monitors = monitors_of(p.pid);
  for (std::uint32_t at = p.watchers; at; at = monitors_[at - 1].next[1])
    if (!monitors_[at - 1].cancelled) info.monitored_by.push_back(monitors_[at - 1].watcher);
  return info;
}

std::vector<Pid> World::processes() const {
  std::vector<Pid> pids;
  for (std::uint32_t slot = 0; slot < slots_used_; ++slot)
    if (slot_at(slot)->state != ProcessState::free) pids.push_back(slot_at(slot)->pid);
  return pids;
}

std::vector<Pid> World::links_of(Pid pid) const {
  std::vector<Pid> peers;
  const Process* p = find(pid);
  for (std::uint32_t at = p ? p->links : 0; at;) {
    const Link& link = links_[at - 1];
    const int side = link.end[0] == pid ? 0 : 1;
    if (link.half[side] == Half::active) peers.push_back(link.end[1 - side]);
    at = link.next[side];
  }
  return peers;
}

std::vector<Pid> World::monitors_of(Pid pid) const {
  std::vector<Pid> watched;
  const Process* p = find(pid);
  for (std::uint32_t at = p ? p->watching : 0; at; at = monitors_[at - 1].next[0])
    if (!monitors_[at - 1].cancelled) watched.push_back(monitors_[at - 1].target);
  return watched;
}

std::size_t World::mailbox_size(Pid pid) const {
  std::size_t size = 0;
  if (const Process* p = find(pid))
    for (const Signal* s = p->inbox.head; s != *p->inbox.received; s = s->next) ++size;
  return size;
}

std::size_t World::in_flight_size(Pid pid) const {
  std::size_t size = 0;
  const Process* p = find(pid);
  if (!p) return 0;
  for (const Signal* s = *p->inbox.received; s; s = s->next) ++size;
  if (p->flags & Process::in_lanes)
    for (const Lanes::Lane& lane : p->extra->lanes.all())
      for (const Signal* s = lane.head; s; s = s->next) ++size;
  return size;
}

std::string World::waiting_for(Pid pid) const {
  const Process* p = find(pid);
  if (!p) return "dead";
  switch (p->state) {
    case ProcessState::free: return "dead";
    case ProcessState::fresh: return "to start";
    case ProcessState::idle: break;
    case ProcessState::stopped: return "to go on";
    case ProcessState::running: return "running";
    case ProcessState::ended: return "dead";
    case ProcessState::waiting: break;
  }
  std::string text;
  if (p->state == ProcessState::idle) text = "idle";
  if (!p->wait) return text;
  for (std::uint32_t i = 0; i < p->wait->count; ++i)
    if (p->wait->types[i]) text += (text.empty() ? "receive " : ", ") + std::string(p->wait->types[i]->name);
  if (p->wait->any) text = "receive any message";
  if (p->wait->deadline != time_never) {
    text += text.empty() ? "sleep until " : " until ";
    reflect::print_duration(text, nanoseconds(p->wait->deadline));
  }
  return text.empty() ? "nothing, for ever" : text;
}

// ---- the door for chaos and laws

OutsideId Control::post(Outside outside) {
  World& w = *world_;
  MOIRAI_CHECK(outside.due <= outside.until, "an outside event's window ends no earlier than it begins");
  std::uint32_t index = 0;
  while (index < w.outside_.size() && w.outside_[index].used) ++index;
  if (index == w.outside_.size()) w.outside_.emplace_back();
  const OutsideId id = ++w.outside_serial_;
  w.outside_[index] = {std::move(outside.key), outside.due, outside.until, w.next_order(), std::move(outside.action), id, true};
  const World::OutsideEvent& event = w.outside_[index];
  if (event.due == event.until) {
    w.due_.push({event.due, event.order, index, World::DueKind::outside});
  } else {
    const auto place =
        std::find_if(w.windows_.begin(), w.windows_.end(), [&](std::uint32_t other) { return w.outside_[other].due > event.due; });
    w.windows_.insert(place, index);
  }
  return id;
}

void Control::cancel(OutsideId id) {
  World& w = *world_;
  for (std::uint32_t i = 0; i < w.outside_.size(); ++i) {
    if (!w.outside_[i].used || w.outside_[i].id != id) continue;
    if (const auto at = std::find(w.windows_.begin(), w.windows_.end(), i); at != w.windows_.end()) w.windows_.erase(at);
    if (const auto at = std::find(w.ready_outside_.begin(), w.ready_outside_.end(), i); at != w.ready_outside_.end())
      w.ready_outside_.erase(at);
    for (std::size_t k = 0; k < w.ready_.size(); ++k)
      if (w.ready_[k].kind == World::ReadyKind::outside && w.ready_[k].slot == i) {
        w.remove_ready(k);
        w.count_lazy();
        break;
      }
    w.outside_[i] = World::OutsideEvent{};
    return;
  }
}

void Control::exit_signal(Pid from, Pid to, Term reason) {
  MOIRAI_CHECK(!world_->telling_, "an observer sends no signals while it is told of an event: it posts what is to happen");
  world_->do_exit_signal(nullptr, from, to, std::move(reason), false);
}

void Control::crash(Pid target, Term reason) {
  MOIRAI_CHECK(!world_->telling_, "an observer crashes nobody while it is told of an event: it posts what is to happen");
  world_->do_exit_signal(nullptr, Pid{}, target, std::move(reason), true);
}

void Control::after_operations(Pid target, std::uint32_t n, Term reason) {
  Process* p = world_->find(target);
  if (!p) return;
  if (n == 0) {
    p->marks &= static_cast<std::uint8_t>(~Process::counted);
    return;
  }
  ProcessExtra& extra = world_->extra(*p);
  extra.operations_left = n;
  extra.interruption = reason.is_atom("kill") ? reason::killed() : std::move(reason);
  p->marks |= Process::counted;
}

void Control::impair(Pid pid, bool on) {
  Process* p = world_->find(pid);
  if (!p) return;
  if (on)
    p->flags |= Process::impaired;
  else
    p->flags &= static_cast<std::uint8_t>(~Process::impaired);
}

void Control::set_wire(Wire* wire) { world_->wire_ = wire; }
void Control::rewire() {
  MOIRAI_CHECK(!world_->telling_, "an observer sets nothing free while it is told of an event: it posts what is to happen");
  world_->rewire();
}
void Control::stop(std::string why) { world_->finish_run(RunEnd::Why::stopped, std::move(why)); }
Time Control::now() const { return world_->now(); }
Random Control::fault_stream(std::string_view key) const { return Random(stream_key(world_->seed(), "fault", key)); }

}  // namespace moirai
