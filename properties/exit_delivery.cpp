#include "properties/exit_delivery.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace moirai {
namespace {

// noproc is what a link or monitor tells when it came too late for the real reason.
bool fits(const Term& told, const Term& died) { return told == died || told.is_atom("noproc"); }

}  // namespace

LawDeclaration ExitDelivery::declaration() {
  return {
      "exit_delivery", "every link and monitor that stands when a process dies tells exactly once, and none after unlink or demonitor", {}};
}

EventMask ExitDelivery::wants() const {
  return {EventKind::spawn, EventKind::exit, EventKind::link, EventKind::monitor, EventKind::signal_receive, EventKind::signal_drop};
}

void ExitDelivery::judge(const Event& event) {
  switch (event.kind) {
    case EventKind::spawn:
      if (event.step != newborn_step_) newborn_.clear();
      newborn_step_ = event.step;
      newborn_.push_back({event.subject, event.other});
      alive_.insert(event.subject.bits());
      return;
    case EventKind::exit: return died(event);
    case EventKind::link: return linked(event);
    case EventKind::monitor: return watched(event);
    default: break;
  }
  switch (event.signal) {
    case SignalKind::link:
    case SignalKind::unlink:
    case SignalKind::unlink_ack: return link_signal(event);
    case SignalKind::link_exit: return exit_arrived(event);
    case SignalKind::down: return down_arrived(event);
    default: return;
  }
}

void ExitDelivery::linked(const Event& event) {
  if (event.subject == event.other) return;  // a link to oneself has no effect (R-LNK-1)
  Half* half = find_half(event.subject, event.other);
  if (!event.on) {
    if (!half || !half->active) return;
    half->active = false;
    half->owed.reset();
    ++half->unlinks;
    return;
  }
  if (half)
    half->active = true;
  else
    make_half(event.subject, event.other, event.at);
  // spawn_link makes both halves at once; no LINK travels.
  const Newborn pair{event.other, event.subject};
  const bool born_linked = newborn_step_ == event.step && std::find(newborn_.begin(), newborn_.end(), pair) != newborn_.end();
  if (born_linked && alive(event.other) && !find_half(event.other, event.subject)) make_half(event.other, event.subject, event.at);
}

void ExitDelivery::link_signal(const Event& event) {
  if (event.kind != EventKind::signal_receive) return;
  Half* half = find_half(event.subject, event.other);
  if (event.signal == SignalKind::link) {
    if (!half) make_half(event.subject, event.other, event.at);
  } else if (event.signal == SignalKind::unlink) {
    if (half && half->active) end_half(event.subject, event.other);
  } else if (half) {
    if (half->unlinks > 0) --half->unlinks;
    if (!half->active && half->unlinks == 0) end_half(event.subject, event.other);
  }
}

void ExitDelivery::watched(const Event& event) {
  if (!event.on) return end_watch(event.ref);
  Watch watch{event.subject, event.other, std::nullopt, event.at};
  if (!alive(event.other)) watch.owed = reason::noproc();
  watches_[event.ref] = watch;
  watches_by_target_.insert({event.other, event.ref});
  watches_by_watcher_.insert({event.subject, event.ref});
}

void ExitDelivery::died(const Event& event) {
  const Pid dead = event.subject;
  alive_.erase(dead.bits());
  // Who is linked to it is owed an exit signal, unless either side has already ended the link.
  for (auto at = linked_to_.lower_bound({dead, Pid{}}); at != linked_to_.end() && at->first == dead; ++at) {
    Half& half = halves_[{at->second, dead}];
    const Half* own = find_half(dead, at->second);
    if (!half.active || (own && !own->active)) continue;
    half.owed = *event.reason;
    half.since = event.at;
    evaluated();
  }
  for (auto at = halves_.lower_bound({dead, Pid{}}); at != halves_.end() && at->first.first == dead; at = halves_.erase(at))
    linked_to_.erase({at->first.second, dead});

  for (auto at = watches_by_target_.lower_bound({dead, Ref{}}); at != watches_by_target_.end() && at->first == dead; ++at) {
    Watch& watch = watches_[at->second];
    watch.owed = *event.reason;
    watch.since = event.at;
    evaluated();
  }
  std::vector<Ref> own_watches;
  for (auto at = watches_by_watcher_.lower_bound({dead, Ref{}}); at != watches_by_watcher_.end() && at->first == dead; ++at)
    own_watches.push_back(at->second);
  for (const Ref ref : own_watches) end_watch(ref);
}

void ExitDelivery::exit_arrived(const Event& event) {
  const Pid owner = event.subject;
  if (!alive(owner)) return;
  const Half* half = find_half(owner, event.other);
  const bool active = half && half->active;
  evaluated();
  const std::string exit = fmt::format("the exit signal {} of {}", event.reason->to_string(), path(event.other));
  if (!active) {
    const bool taken = event.kind == EventKind::signal_receive && !event.reason->is_atom("noproc");
    if (taken)
      violate(event, fmt::format("{} received {}, to whom it was not linked any more", path(owner), exit), {owner, event.other},
              "exit signal without a link");
    return;
  }
  if (half->owed && !fits(*event.reason, *half->owed))
    return violate(event, fmt::format("{} received {}, which had died with {}", path(owner), exit, half->owed->to_string()),
                   {owner, event.other}, "exit signal with a wrong reason");
  if (event.kind == EventKind::signal_drop && !is_normal_exit(*event.reason))
    return violate(event, fmt::format("{} was dropped at {}, although they were linked", exit, path(owner)), {owner, event.other},
                   "exit signal dropped");
  end_half(owner, event.other);
}

void ExitDelivery::down_arrived(const Event& event) {
  const Pid watcher = event.subject;
  if (!alive(watcher)) return;
  const auto found = watches_.find(event.ref);
  evaluated();
  if (found == watches_.end()) {
    if (event.kind == EventKind::signal_receive)
      violate(event,
              fmt::format("{} received a DOWN of {} from a monitor that had fired or been given up", path(watcher), path(event.other)),
              {watcher, event.other}, "DOWN without a monitor");
    return;
  }
  if (event.kind == EventKind::signal_drop)
    return violate(event, fmt::format("the DOWN of {} was dropped at {}, although its monitor stood", path(event.other), path(watcher)),
                   {watcher, event.other}, "DOWN dropped");
  if (found->second.owed && !fits(*event.reason, *found->second.owed))
    return violate(event,
                   fmt::format("{} was told that {} died with {}, but it had died with {}", path(watcher), path(event.other),
                               event.reason->to_string(), found->second.owed->to_string()),
                   {watcher, event.other}, "DOWN with a wrong reason");
  end_watch(event.ref);
}

void ExitDelivery::judge_end(const RunEnd& end) {
  if (!complete(end)) return;  // what has not come yet may still have been on its way
  const auto late = [&end](Time since) { return end.why == RunEnd::Why::quiescent || since < end.at; };
  for (const auto& [pair, half] : halves_)
    if (half.owed && late(half.since))
      return violate(end.at, end.steps,
                     fmt::format("{} was linked to {} when that died with {}, and was never told", path(pair.first), path(pair.second),
                                 half.owed->to_string()),
                     {pair.first, pair.second}, "exit signal missing");
  for (const auto& [ref, watch] : watches_)
    if (watch.owed && late(watch.since))
      return violate(end.at, end.steps,
                     fmt::format("{} monitored {} when that died with {}, and was never told", path(watch.watcher), path(watch.target),
                                 watch.owed->to_string()),
                     {watch.watcher, watch.target}, "DOWN missing");
}

ExitDelivery::Half* ExitDelivery::find_half(Pid owner, Pid peer) {
  const auto found = halves_.find({owner, peer});
  return found == halves_.end() ? nullptr : &found->second;
}

void ExitDelivery::make_half(Pid owner, Pid peer, Time at) {
  Half& half = halves_[{owner, peer}];
  half.since = at;
  linked_to_.insert({peer, owner});
}

void ExitDelivery::end_half(Pid owner, Pid peer) {
  halves_.erase({owner, peer});
  linked_to_.erase({peer, owner});
}

void ExitDelivery::end_watch(Ref ref) {
  const auto found = watches_.find(ref);
  if (found == watches_.end()) return;
  watches_by_target_.erase({found->second.target, ref});
  watches_by_watcher_.erase({found->second.watcher, ref});
  watches_.erase(found);
}

}  // namespace moirai
