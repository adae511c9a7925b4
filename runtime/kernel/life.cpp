// Birth and death of processes, the name table, and shared states.
#include <algorithm>

#include "runtime/kernel/self.hpp"
#include "runtime/kernel/signal_types.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

ProcessExtra& World::extra(Process& p) {
  if (!p.extra) p.extra = std::make_unique<ProcessExtra>();
  return *p.extra;
}

Pid World::start(std::string_view label, const Program& program) {
  MOIRAI_CHECK(!unwinding_, "nothing can be started in a run that is over");
  return do_spawn(nullptr, SpawnOptions{label}, program);
}

Pid World::do_spawn(Process* parent, const SpawnOptions& options, const Program& program) {
  std::uint32_t slot;
  if (free_slots_.empty()) {
    slot = slots_used_++;
    MOIRAI_CHECK(slot < outside_slot, "at most 16 million processes at a time");
    if ((slot >> 10) == chunks_.size()) chunks_.push_back(::new (arena_.take(1024 * sizeof(Process))) Process[1024]);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  Process& p = *slot_at(slot);
  const std::uint32_t generation = p.pid.generation() + 1;
  p.inbox.head = nullptr;
  p.inbox.received = p.inbox.tail = &p.inbox.head;
  p.fiber = nullptr;
  p.wait = nullptr;
  p.pid = Pid(slot, generation, 0);
  p.state = ProcessState::fresh;
  p.marks = 0;
  p.flags = static_cast<std::uint8_t>((program.behaviour().is_handler ? Process::is_handler : 0) | (observed_send_ ? Process::watched : 0));
  p.exits_in_flight = 0;
  p.sync_in_flight = 0;
  p.state_block = nullptr;
  p.program = program.shared_;
  ++program.shared_->references;
  p.deadline_entry = time_never;
  p.links = p.watchers = p.watching = p.timers = 0;
  p.parent_node = parent ? node_of(*parent) : 0;
  p.label = intern(options.label);
  p.group_leader = parent ? parent->group_leader : std::uint8_t{0};
  if (p.group_leader == group_leader_elsewhere) [[unlikely]]
    extra(p).group_leader = parent->extra->group_leader;
  p.ordinal = next_ordinal(p.parent_node, p.label);
  ++live_;
  digest_.fold(std::uint64_t{slot} << 24 | generation);
  p.own_order = next_order() & orders_max;
  if (list_)
    push_ready(ReadyKind::start, p.own_order, slot);
  else
    ring_push(p.own_order, slot);
  if (wanted(EventKind::spawn)) {
    Event event(EventKind::spawn, p.pid, parent ? parent->pid : Pid{});
    event.text = labels_[p.label];
    emit(event);
  }
  if (options.link) {
    const std::uint32_t index = new_link(*parent, p);
    links_[index].half[0] = links_[index].half[1] = Half::active;
    if (wanted(EventKind::link)) {
      Event event(EventKind::link, parent->pid, p.pid);
      event.on = true;
      emit(event);
    }
  }
  if (options.monitor) {  // armed at once: no window in which the child could die unnoticed (R-LNK-6)
    const std::uint32_t index = new_monitor(*parent, p.pid, life_of(options.monitored.alias));
    set_options(index, {}, options.monitored);
    if (wanted(EventKind::monitor)) announce_monitor(index, true);
    list_monitor(index, 1);
    *options.monitor = monitors_[index].ref;
  }
  return p.pid;
}

// R-LNK-7. The reply goes first on the channel of the new process.
Ref World::do_spawn_request(Process& p, const SpawnOptions& options, const Program& program) {
  SpawnReply reply;
  reply.request = Ref{++ref_serial_ << 24 | 0xffffff};
  if (options.label.empty()) {
    reply.error = Term::atom("badopt");
  } else {
    reply.pid = do_spawn(&p, options, program);
    if (options.monitor) reply.request = *options.monitor;
  }
  const Ref request = reply.request;
  const Pid child = reply.pid;
  Signal* signal = make_signal(type_of<SpawnReply>, child, std::move(reply));
  signal->set_flags(Signal::sync);
  dispatch(find(child), p.pid, signal);
  return request;
}

void World::set_group_leader(Process& p, Pid leader) {
  auto found = std::find(group_leaders_.begin(), group_leaders_.end(), leader);
  if (found == group_leaders_.end() && group_leaders_.size() < group_leader_elsewhere) found = group_leaders_.insert(found, leader);
  if (found != group_leaders_.end()) {
    p.group_leader = static_cast<std::uint8_t>(found - group_leaders_.begin());
  } else {
    p.group_leader = group_leader_elsewhere;
    extra(p).group_leader = leader;
  }
}

// K-12. The frames of p are unwound or its state is destroyed.
void World::bury(Process& p, const Term& reason, ExitCause cause, Pid by) {
  const Pid pid = p.pid;
  digest_.fold(pid.slot());
  reason.fold(digest_);
  if (last_ == &p) last_ = nullptr;
  if (p.extra && !p.extra->names.empty()) {
    for (const std::string& name : p.extra->names) {
      names_.erase(names_.find(name));
      if (wanted(EventKind::name)) {
        Event event(EventKind::name, pid);
        event.text = name;
        emit(event);
      }
    }
    p.extra->names.clear();
  }
  if (p.extra)
    for (const std::string& name : p.extra->shared_states) shared_states_.erase(shared_states_.find(name));
  while (p.timers) {
    free_timer(p.timers - 1, true);
    sweep_timers();
  }
  if (wanted(EventKind::exit)) {
    Event event(EventKind::exit, pid, by);
    event.reason = &reason;
    event.cause = cause;
    emit(event);
  }
  if (!observers_.empty()) { graves_[pid.bits()] = PathNode{p.parent_node, p.label, p.ordinal, 0, pid}; }
  // Its own candidates and those of signals to it are gone before anything is sent.
  if (list_ && (p.in_flight() || p.own_order != 0)) erase_ready_of(pid.slot());
  p.own_order = 0;

  while (p.links) {  // in the order of making
    const std::uint32_t index = p.links - 1;
    Link& link = links_[index];
    const int side = link.end[0] == pid ? 0 : 1;
    const Pid peer = link.end[1 - side];
    const bool active = link.half[side] == Half::active;
    unlist_link(index, side);
    link.half[side] = Half::absent;  // the other stays until its acknowledgement: a LINK may be on the way in front of that
    if (active && find(peer)) {
      ++link.signals;
      Signal* exit = make_signal(Tags::link_exit, pid, ExitPayload{reason, index, false});
      exit->set_flags(Signal::exit_class);
      dispatch(&p, peer, exit);
    } else {
      if (!find(peer)) link.half[1 - side] = Half::absent;
      collect_link(index);
    }
  }
  while (p.watchers) {
    const std::uint32_t index = p.watchers - 1;
    unlist_monitor(index, 1);
    Monitor& m = monitors_[index];
    if (m.cancelled) {
      collect_monitor(index);
      continue;
    }
    ++m.signals;
    dispatch(&p, m.watcher, make_signal(Tags::down, pid, DownPayload{index, m.ref, reason}));
  }
  while (p.watching) {
    const std::uint32_t index = p.watching - 1;
    Monitor& m = monitors_[index];
    m.cancelled = true;
    m.alias = AliasLife::none;
    unlist_monitor(index, 0);
    unlist_monitor(index, 1);
    collect_monitor(index);
  }
  // Its mailbox goes; what was in flight to it is answered or destroyed, in the order in which it became due.
  std::vector<Signal*> in_flight;
  while (p.inbox.received != &p.inbox.head) {
    Signal* s = p.inbox.head;
    unlink_message(p, &p.inbox.head);
    recycle(s);
  }
  for (Signal* s = p.inbox.head; s; s = s->next) in_flight.push_back(s);
  if (p.flags & Process::in_lanes)
    for (const Lanes::Lane& lane : p.extra->lanes.all())
      for (Signal* s = lane.head; s; s = s->next) in_flight.push_back(s);
  if (p.flags & Process::in_lanes)
    std::sort(in_flight.begin(), in_flight.end(), [](const Signal* a, const Signal* b) { return a->order() < b->order(); });
  p.inbox.head = nullptr;
  p.inbox.received = p.inbox.tail = &p.inbox.head;
  p.state = ProcessState::free;
  p.deadline_entry = time_never;
  p.pid = Pid(pid.slot(), pid.generation(), nowhere);
  p.wait = nullptr;
  p.extra.reset();
  auto* shared = static_cast<Program::Shared*>(p.program);
  p.program = nullptr;
  if (--shared->references == 0) delete shared;
  p.marks = p.flags = 0;
  --live_;
  if (p.pid.generation() < 0xffffff) free_slots_.push_back(p.pid.slot());  // a spent slot is retired
  for (Signal* s : in_flight) answer_for_dead(pid, s, false);
}

// ---- names

bool World::do_register(std::string_view name, Pid pid) {
  Process* p = find(pid);
  if (!p || name.empty() || name == "undefined" || names_.count(std::string(name)) != 0) return false;
  ProcessExtra& e = extra(*p);
  if (!e.names.empty()) return false;  // one name per process (R-REG-1)
  e.names.emplace_back(name);
  names_.emplace(std::string(name), pid);
  digest_.fold_text(name);
  if (wanted(EventKind::name)) {
    Event event(EventKind::name, pid);
    event.on = true;
    event.text = name;
    emit(event);
  }
  return true;
}

bool World::do_unregister(std::string_view name) {
  const auto found = names_.find(name);
  if (found == names_.end()) return false;
  const Pid pid = found->second;
  std::vector<std::string>& names = find(pid)->extra->names;
  names.erase(std::find(names.begin(), names.end(), name));
  names_.erase(found);
  if (wanted(EventKind::name)) {
    Event event(EventKind::name, pid);
    event.text = name;
    emit(event);
  }
  return true;
}

// ---- shared states

bool World::do_share(Process& p, std::string_view name, SharedState state) {
  if (!shared_states_.try_emplace(std::string(name), std::move(state)).second) return false;
  extra(p).shared_states.emplace_back(name);
  digest_.fold_text(name);
  return true;
}

void* World::shared_state(std::string_view name, const void* type) const {
  const auto found = shared_states_.find(name);
  return found == shared_states_.end() || found->second.type != type ? nullptr : found->second.value.get();
}

// ---- paths

// Both remember the last answer: who spawns many, spawns under one label.
std::uint32_t World::intern(std::string_view label) {
  if (last_label_ < labels_.size() && labels_[last_label_] == label) return last_label_;
  const auto [found, added] = label_index_.try_emplace(std::string(label), static_cast<std::uint32_t>(labels_.size()));
  if (added) labels_.emplace_back(label);
  return last_label_ = found->second;
}

std::uint32_t World::next_ordinal(std::uint32_t parent_node, std::uint32_t label) {
  const std::uint64_t key = std::uint64_t{parent_node} << 32 | label;
  if (last_ordinal_.first != key || !last_ordinal_.second) last_ordinal_ = {key, &ordinals_[key]};
  return ++*last_ordinal_.second;
}

std::uint64_t World::path_hash(const Process& p) const {
  return mix(mix(nodes_[p.parent_node].hash, hash_text(labels_[p.label])), p.ordinal);
}

std::uint32_t World::node_of(Process& p) {
  ProcessExtra& e = extra(p);
  if (!e.own_node) {
    e.own_node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({p.parent_node, p.label, p.ordinal, path_hash(p), p.pid});
  }
  return e.own_node;
}

std::uint64_t World::draw(Process& p) {
  if (!operation(p)) return 0;
  const std::uint64_t key = mix(stream_key(settings_.seed, "app"), path_hash(p));
  return mix(key, extra(p).draws++);
}

}  // namespace moirai
