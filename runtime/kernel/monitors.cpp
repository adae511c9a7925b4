// Monitors (K-14) and aliases (R-ALI): one object, on the lists of watcher and target, kept as long as it is active or a signal that carries
// its index is under way. An alias is the same object without a target.
#include "runtime/kernel/signal_types.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

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
  if (m.details) [[unlikely]]
    drop_details(m);
  free_monitors_.push_back(index);
}

// Every call takes these three ways: all in one.
[[gnu::flatten]] void World::receive_monitor(Signal* signal) {
  const std::uint32_t index = signal->as<MonitorPayload>().monitor;
  --monitors_[index].signals;
  if (signal->type->kind == SignalKind::demonitor)
    unlist_monitor(index, 1);
  else if (!monitors_[index].cancelled)
    list_monitor(index, 1);
  collect_monitor(index);
  recycle(signal);
}

void World::drop_details(Monitor& m) { m.details.reset(); }

void World::end_monitor(std::uint32_t index) {
  Monitor& m = monitors_[index];
  m.cancelled = true;
  if (m.alias == AliasLife::explicit_unalias) [[unlikely]]
    return;
  m.alias = AliasLife::none;
  unlist_monitor(index, 0);
}

std::uint32_t World::new_monitor(Process& watcher, Pid target, AliasLife alias) {
  std::uint32_t index;
  if (free_monitors_.empty()) {
    index = static_cast<std::uint32_t>(monitors_.size());
    MOIRAI_CHECK(index < 0xfffffe, "at most 16 million monitors and aliases at a time");
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
  m.alias = alias;
  m.signals = 0;
  list_monitor(index, 0);
  return index;
}

void World::announce_monitor(std::uint32_t index, bool on) {
  const Monitor& m = monitors_[index];
  Event event(EventKind::monitor, m.watcher, m.target);
  event.on = on;
  event.ref = m.ref;
  emit(event);
}

[[gnu::flatten]] Ref World::do_monitor(Process& p, Pid target, AliasLife alias) {
  const std::uint32_t index = new_monitor(p, target, alias);
  if (wanted(EventKind::monitor)) [[unlikely]]
    announce_monitor(index, true);
  const Ref ref = monitors_[index].ref;
  if (target == p.pid) return ref;  // never fires (R-MON-4)
  monitors_[index].signals = 1;
  if (target) {
    dispatch(&p, target, make_signal(Tags::monitor, p.pid, MonitorPayload{index}));
  } else {  // a name that nobody has: the answer comes from nobody
    Signal* down = make_signal(Tags::down, Pid{}, DownPayload{index, ref, reason::noproc()});
    down->set_flags(Signal::sync);
    dispatch(nullptr, p.pid, down);
  }
  return ref;
}

World::AliasLife World::life_of(MonitorAlias alias) {
  switch (alias) {
    case MonitorAlias::none: return AliasLife::none;
    case MonitorAlias::explicit_unalias: return AliasLife::explicit_unalias;
    case MonitorAlias::demonitor: return AliasLife::demonitor;
    case MonitorAlias::reply_demonitor: return AliasLife::reply_demonitor;
  }
  return AliasLife::none;
}

void World::set_options(std::uint32_t index, std::string_view name, const MonitorOptions& options) {
  if (name.empty() && !options.tag) return;
  monitors_[index].details = std::make_unique<Monitor::Details>(Monitor::Details{std::string(name), options.tag});
}

Ref World::do_monitor(Process& p, Pid target, std::string_view name, const MonitorOptions& options) {
  // OTP makes no alias with a monitor of oneself.
  const Ref ref = do_monitor(p, target, target == p.pid ? AliasLife::none : life_of(options.alias));
  set_options(ref.index(), name, options);
  return ref;
}

[[gnu::flatten]] bool World::do_demonitor(Process& p, Ref ref) {
  const Monitor* m = monitor_of(p, ref);
  if (!m || m->cancelled) return false;
  const bool kept = m->target != p.pid;  // OTP keeps no record of a monitor of oneself (R-MON-4)
  cancel_monitor(p, ref.index());
  return kept;
}

void World::cancel_monitor(Process& p, std::uint32_t index) {
  if (wanted(EventKind::monitor)) [[unlikely]]
    announce_monitor(index, false);
  end_monitor(index);
  const Pid target = monitors_[index].target;
  if (target == p.pid || !find(target)) return collect_monitor(index);
  ++monitors_[index].signals;
  dispatch(&p, target, make_signal(Tags::demonitor, p.pid, MonitorPayload{index}));
}

// ---- aliases

Ref World::do_alias(Process& p, AliasMode mode) {
  const std::uint32_t index = new_monitor(p, Pid{}, mode == AliasMode::reply ? AliasLife::reply : AliasLife::explicit_unalias);
  monitors_[index].cancelled = true;
  return monitors_[index].ref;
}

bool World::do_unalias(Process& p, Ref ref) {
  Monitor* m = monitor_of(p, ref);
  if (!m || m->alias == AliasLife::none) return false;
  m->alias = AliasLife::none;
  if (m->cancelled) unlist_monitor(ref.index(), 0);
  collect_monitor(ref.index());
  return true;
}

bool World::pass_alias(Process& p, Ref ref) {
  Monitor* m = monitor_of(p, ref);
  if (!m || m->alias == AliasLife::none) return false;
  if (m->alias == AliasLife::reply) {
    do_unalias(p, ref);
  } else if (m->alias == AliasLife::reply_demonitor) {
    cancel_monitor(p, ref.index());
  }
  return true;
}

}  // namespace moirai
