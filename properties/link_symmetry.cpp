#include "properties/link_symmetry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace moirai {
namespace {

bool of_link_protocol(SignalKind kind) {
  return kind == SignalKind::link || kind == SignalKind::unlink || kind == SignalKind::unlink_ack || kind == SignalKind::link_exit;
}

}  // namespace

LawDeclaration LinkSymmetry::declaration() {
  return {"link_symmetry", "whenever time moves, both ends of a link agree that it is there, and both are alive", {}};
}

EventMask LinkSymmetry::wants() const {
  return {EventKind::spawn, EventKind::link, EventKind::exit, EventKind::time, EventKind::signal_send, EventKind::signal_drop};
}

void LinkSymmetry::judge(const Event& event) {
  switch (event.kind) {
    case EventKind::link:
      changed_.insert(event.subject);
      changed_.insert(event.other);
      return;
    case EventKind::exit:
      for (const Pid peer : world().links_of(event.subject)) changed_.insert(peer);
      return;
    case EventKind::signal_send:
      if (!of_link_protocol(event.signal)) return;
      if (event.hold == Hold::held) held_.insert(event.order);
      if (event.hold == Hold::released) held_.erase(event.former_order);
      return;
    case EventKind::signal_drop: held_.erase(event.order); return;
    case EventKind::time: return compare(event.at, event.step);
    default: return;
  }
}

void LinkSymmetry::judge_end(const RunEnd& end) {
  if (end.why == RunEnd::Why::quiescent) compare(end.at, end.steps);
}

void LinkSymmetry::compare(Time at, std::uint64_t step) {
  if (!held_.empty()) return;
  for (const Pid pid : changed_) {
    if (!world().alive(pid)) continue;
    for (const Pid peer : world().links_of(pid)) {
      evaluated();
      const std::vector<Pid> back = world().links_of(peer);
      if (world().alive(peer) && std::find(back.begin(), back.end(), pid) != back.end()) continue;
      const std::string_view what = world().alive(peer) ? "which is not linked to it" : "which is dead";
      return violate(at, step, fmt::format("{} is linked to {}, {}", path(pid), path(peer), what), {pid, peer}, what);
    }
  }
  changed_.clear();
}

}  // namespace moirai
