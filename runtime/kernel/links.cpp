// Links (K-13, R-LNK-4) and monitors (K-14): one object for both ends, on the lists of both processes, kept as long as a signal that
// carries its index is under way.
#include "runtime/kernel/signal_types.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

// ---- links

// Walks both lists in step and stops at the end of the shorter: a supervisor of a thousand children never scans a thousand.
std::uint32_t World::find_link(const Process& p, Pid peer) const {
  const Process* other = find(peer);
  std::uint32_t mine = p.links;
  if (!other) {
    for (; mine; mine = links_[mine - 1].next[links_[mine - 1].end[0] == p.pid ? 0 : 1])
      if (links_[mine - 1].end[links_[mine - 1].end[0] == p.pid ? 1 : 0] == peer) return mine;
    return 0;
  }
  std::uint32_t theirs = other->links;
  while (mine && theirs) {
    const Link& a = links_[mine - 1];
    const int a_side = a.end[0] == p.pid ? 0 : 1;
    if (a.end[1 - a_side] == peer) return mine;
    mine = a.next[a_side];
    const Link& b = links_[theirs - 1];
    const int b_side = b.end[0] == peer ? 0 : 1;
    if (b.end[1 - b_side] == p.pid) return theirs;
    theirs = b.next[b_side];
  }
  return 0;
}

void World::list_link(Process& p, std::uint32_t index, int side) {
  // At the tail, so that deaths send in the order of making. The head's prev is the tail.
  Link& link = links_[index];
  link.listed[side] = true;
  link.next[side] = 0;
  if (!p.links) {
    p.links = index + 1;
    link.prev[side] = index + 1;
    return;
  }
  Link& head = links_[p.links - 1];
  const int head_side = head.end[0] == p.pid ? 0 : 1;
  Link& tail = links_[head.prev[head_side] - 1];
  const int tail_side = tail.end[0] == p.pid ? 0 : 1;
  link.prev[side] = head.prev[head_side];
  tail.next[tail_side] = index + 1;
  head.prev[head_side] = index + 1;
}

void World::unlist_link(std::uint32_t index, int side) {
  Link& link = links_[index];
  if (!link.listed[side]) return;
  link.listed[side] = false;
  Process& p = *slot_at(link.end[side].slot());
  const auto side_of = [&](const Link& l) { return l.end[0] == p.pid ? 0 : 1; };
  const std::uint32_t next = link.next[side], prev = link.prev[side];
  if (p.links == index + 1) {
    p.links = next;
    if (next) links_[next - 1].prev[side_of(links_[next - 1])] = prev;
    return;
  }
  Link& before = links_[prev - 1];
  before.next[side_of(before)] = next;
  if (next) {
    links_[next - 1].prev[side_of(links_[next - 1])] = prev;
  } else {
    Link& head = links_[p.links - 1];
    head.prev[side_of(head)] = prev;
  }
}

std::uint32_t World::new_link(Process& a, Process& b) {
  std::uint32_t index;
  if (free_links_.empty()) {
    index = static_cast<std::uint32_t>(links_.size());
    links_.emplace_back();
  } else {
    index = free_links_.back();
    free_links_.pop_back();
  }
  Link& link = links_[index];
  link = Link{};
  link.end[0] = a.pid;
  link.end[1] = b.pid;
  link.used = true;
  list_link(a, index, 0);
  list_link(b, index, 1);
  return index;
}

void World::collect_link(std::uint32_t index) {
  Link& link = links_[index];
  if (!link.used || link.signals != 0 || link.half[0] != Half::absent || link.half[1] != Half::absent) return;
  unlist_link(index, 0);
  unlist_link(index, 1);
  link.used = false;
  free_links_.push_back(index);
}

void World::do_link(Process& p, Pid peer) {
  if (peer == p.pid) return;
  Process* other = find(peer);
  const auto announce = [&] {
    if (!wanted(EventKind::link)) return;
    Event event{};
    event.kind = EventKind::link;
    event.on = true;
    event.subject = p.pid;
    event.other = peer;
    emit(event);
  };
  if (!other) {
    if (!p.traps()) throw ExitRequest{reason::noproc()};
    Signal* exit = make_signal(Tags::exit, peer, ExitPayload{reason::noproc(), 0, false});
    exit->flags = Signal::exit_class | Signal::sync;
    dispatch(nullptr, p.pid, exit);
    return;
  }
  std::uint32_t found = find_link(p, peer);
  if (!found) found = new_link(p, *other) + 1;
  Link& link = links_[found - 1];
  const int side = link.end[0] == p.pid ? 0 : 1;
  if (link.half[side] == Half::active) return;
  link.half[side] = Half::active;
  link.unlink_id[side] = 0;
  ++link.signals;
  announce();
  dispatch(&p, peer, make_signal(Tags::link, p.pid, LinkPayload{found - 1, 0}));
}

void World::do_unlink(Process& p, Pid peer) {
  const std::uint32_t found = find_link(p, peer);
  if (!found) return;
  Link& link = links_[found - 1];
  const int side = link.end[0] == p.pid ? 0 : 1;
  if (link.half[side] != Half::active) return;
  link.half[side] = Half::unlinking;
  link.unlink_id[side] = ++unlink_ids_;
  if (wanted(EventKind::link)) {
    Event event{};
    event.kind = EventKind::link;
    event.subject = p.pid;
    event.other = peer;
    emit(event);
  }
  if (!find(peer)) {  // its link exit is on the way and will find this half inactive; nobody is left to acknowledge
    link.half[side] = Half::absent;
    collect_link(found - 1);
    return;
  }
  ++link.signals;
  dispatch(&p, peer, make_signal(Tags::unlink, p.pid, LinkPayload{found - 1, link.unlink_id[side]}));
}

// ---- monitors

void World::list_monitor(std::uint32_t index, int side) {
  Monitor& m = monitors_[index];
  Process& p = *slot_at((side == 0 ? m.watcher : m.target).slot());
  std::uint32_t& first = side == 0 ? p.watching : p.watchers;
  m.listed[side] = true;
  m.next[side] = 0;
  if (!first) {
    first = index + 1;
    m.prev[side] = index + 1;
    return;
  }
  Monitor& head = monitors_[first - 1];
  m.prev[side] = head.prev[side];
  monitors_[head.prev[side] - 1].next[side] = index + 1;
  head.prev[side] = index + 1;
}

void World::unlist_monitor(std::uint32_t index, int side) {
  Monitor& m = monitors_[index];
  if (!m.listed[side]) return;
  m.listed[side] = false;
  Process& p = *slot_at((side == 0 ? m.watcher : m.target).slot());
  std::uint32_t& first = side == 0 ? p.watching : p.watchers;
  const std::uint32_t next = m.next[side], prev = m.prev[side];
  if (first == index + 1) {
    first = next;
    if (next) monitors_[next - 1].prev[side] = prev;
    return;
  }
  monitors_[prev - 1].next[side] = next;
  if (next)
    monitors_[next - 1].prev[side] = prev;
  else
    monitors_[first - 1].prev[side] = prev;
}

void World::collect_monitor(std::uint32_t index) {
  Monitor& m = monitors_[index];
  if (!m.used || m.signals != 0 || m.listed[0] || m.listed[1]) return;
  m.used = false;
  m.name.clear();
  free_monitors_.push_back(index);
}

std::uint32_t World::new_monitor(Process& watcher, Pid target) {
  std::uint32_t index;
  if (free_monitors_.empty()) {
    index = static_cast<std::uint32_t>(monitors_.size());
    MOIRAI_CHECK(index < 0xfffffe, "at most 16 million monitors at a time");
    monitors_.emplace_back();
  } else {
    index = free_monitors_.back();
    free_monitors_.pop_back();
  }
  Monitor& m = monitors_[index];
  m.ref = Ref{++ref_serial_ << 24 | index};
  m.watcher = watcher.pid;
  m.target = target;
  m.listed[0] = m.listed[1] = m.cancelled = false;
  m.used = true;
  m.signals = 0;
  list_monitor(index, 0);
  if (wanted(EventKind::monitor)) {
    Event event{};
    event.kind = EventKind::monitor;
    event.on = true;
    event.subject = watcher.pid;
    event.other = target;
    event.ref = m.ref;
    emit(event);
  }
  return index;
}

Ref World::do_monitor(Process& p, Pid target, std::string name) {
  const std::uint32_t index = new_monitor(p, target);
  const Ref ref = monitors_[index].ref;
  monitors_[index].name = std::move(name);
  if (target == p.pid) return ref;  // never fires (R-MON-4)
  monitors_[index].signals = 1;
  Signal* signal = make_signal(Tags::monitor, p.pid, MonitorPayload{index});
  if (!target) {  // a name that nobody has: the answer comes from nobody
    recycle(signal);
    Signal* down = make_signal(Tags::down, Pid{}, DownPayload{index, ref, reason::noproc()});
    down->flags = Signal::sync;
    dispatch(nullptr, p.pid, down);
    return ref;
  }
  dispatch(&p, target, signal);
  return ref;
}

bool World::do_demonitor(Process& p, Ref ref) {
  if (ref.index() >= monitors_.size()) return false;
  Monitor& m = monitors_[ref.index()];
  if (!m.used || m.ref != ref || m.watcher != p.pid || m.cancelled) return false;
  if (wanted(EventKind::monitor)) {
    Event event{};
    event.kind = EventKind::monitor;
    event.subject = p.pid;
    event.other = m.target;
    event.ref = ref;
    emit(event);
  }
  const bool kept = m.target != p.pid;  // OTP keeps no record of a monitor of oneself (R-MON-4)
  cancel_monitor(p, ref.index());
  return kept;
}

void World::cancel_monitor(Process& p, std::uint32_t index) {
  Monitor& m = monitors_[index];
  m.cancelled = true;
  unlist_monitor(index, 0);
  if (!find(m.target) || m.target == p.pid) {
    collect_monitor(index);
    return;
  }
  ++m.signals;
  dispatch(&p, m.target, make_signal(Tags::demonitor, p.pid, MonitorPayload{index}));
}

}  // namespace moirai
