// Links (K-13, R-LNK-4): one object for both ends, on the lists of both processes, kept as long as a half of it is there or a signal that
// carries its index is under way.
#include "runtime/kernel/signal_types.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

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
    Event event(EventKind::link, p.pid, peer);
    event.on = true;
    emit(event);
  };
  if (!other) {
    if (!p.traps()) throw ExitRequest{reason::noproc()};
    Signal* exit = make_signal(Tags::exit, peer, ExitPayload{reason::noproc(), 0, false});
    exit->set_flags(Signal::exit_class | Signal::sync);
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
    Event event(EventKind::link, p.pid, peer);
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

}  // namespace moirai
