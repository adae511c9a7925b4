#include "properties/supervision.hpp"

#include <algorithm>

namespace moirai {

bool SupervisedChild::restart_due() const {
  if (alive || put_down || starts == 0 || config.restart == Restart::temporary) return false;
  return failed_to_start() || config.restart == Restart::permanent || !is_normal_exit(reason);
}

bool Supervision::anyone_alive() const {
  return std::any_of(children.begin(), children.end(), [](const SupervisedChild& child) { return child.alive; });
}

bool RestartSequence::started(const Supervision& supervision, std::size_t child, Time at) {
  const bool alone = supervision.config.strategy == Strategy::one_for_one;
  const bool first = alone || stopping_since_ || !last_ || child <= *last_;
  if (first) began_ = stopping_since_.value_or(at);
  stopping_since_.reset();
  last_ = child;
  return first;
}

void SupervisionView::fold_next(const World& world, const Event& event, std::uint64_t number) {
  MOIRAI_CHECK(number == ++folded_[event.kind != EventKind::signal_send], "an event is folded once, when the first law is told of it");
  change_.kind = Change::Kind::none;
  change_.supervisor_died.reset();
  switch (event.kind) {
    case EventKind::spawn: spawned(event); break;
    case EventKind::exit: died(event); break;
    case EventKind::note: noted(world, event); break;
    default:
      if (event.hold == Hold::released) break;
      if (event.signal == SignalKind::exit) told(event);
      if (event.signal == SignalKind::monitor) watched(event);
  }
}

void SupervisionView::say(Change::Kind kind, std::size_t supervision, std::size_t child) {
  change_.kind = kind;
  change_.supervision = supervision;
  change_.child = child;
}

std::optional<std::size_t> SupervisionView::supervision_of(Pid pid) const {
  const auto found = by_pid_.find(pid.bits());
  return found == by_pid_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<SupervisionView::Place> SupervisionView::place_of(Pid pid) const {
  const auto found = children_.find(pid.bits());
  return found == children_.end() ? std::nullopt : std::optional(found->second);
}

void SupervisionView::spawned(const Event& event) {
  parents_[event.subject.bits()] = event.other;
  const auto parent = supervision_of(event.other);
  if (!parent) return;
  Supervision& supervision = supervisions_[*parent];
  auto& children = supervision.children;
  const auto found = std::find_if(children.begin(), children.end(), [&event](const auto& child) { return child.config.id == event.text; });
  if (found == children.end()) return;
  change_.before = *found;
  children_.erase(found->pid.bits());
  found->pid = event.subject;
  ++found->starts;
  found->alive = true;
  found->ready = found->watched = found->told = found->ended_itself = found->put_down = false;
  const auto index = static_cast<std::size_t>(found - children.begin());
  children_[event.subject.bits()] = {*parent, index};
  say(Change::Kind::child_spawned, *parent, index);
}

void SupervisionView::died(const Event& event) {
  parents_.erase(event.subject.bits());
  if (const auto place = place_of(event.subject)) {
    SupervisedChild& child = supervisions_[place->supervision].children[place->child];
    child.alive = false;
    child.ended_itself = !child.told;
    child.reason = *event.reason;
    say(Change::Kind::child_died, place->supervision, place->child);
  }
  if (const auto own = supervision_of(event.subject)) {
    Supervision& supervision = supervisions_[*own];
    supervision.alive = false;
    if (supervision.parent && parents_.count(supervision.parent.bits()) == 0) supervision.told_to_stop = true;  // by the parent's death
    change_.supervisor_died = own;
  }
}

void SupervisionView::told(const Event& event) {
  if (const auto to = supervision_of(event.other); to && supervisions_[*to].parent == event.subject) supervisions_[*to].told_to_stop = true;
  if (const auto liar = place_of(event.subject); liar && supervisions_[liar->supervision].pid == event.other)
    supervisions_[liar->supervision].lied_to = true;
  const auto place = place_of(event.other);
  if (!place || supervisions_[place->supervision].pid != event.subject) return;
  Supervision& supervision = supervisions_[place->supervision];
  if (!supervision.children[place->child].watched) return;
  say(Change::Kind::child_told, place->supervision, place->child);
  if (supervision.children[place->child].alive) supervision.children[place->child].told = true;
}

void SupervisionView::watched(const Event& event) {
  const auto place = place_of(event.other);
  if (place && supervisions_[place->supervision].pid == event.subject)
    supervisions_[place->supervision].children[place->child].watched = true;
}

// Those of a simple_one_for_one supervisor (whose template is nobody's child) and of a DynamicSupervisor are not told apart by their ids.
void SupervisionView::announced(const World& world, const Event& event, const SupervisorStarted& started) {
  Supervision supervision;
  supervision.pid = event.subject;
  supervision.parent = parents_[event.subject.bits()];
  supervision.path = world.path(event.subject);
  supervision.config = started;
  supervision.anonymous = started.dynamic || started.strategy == Strategy::simple_one_for_one;
  supervision.opaque = supervision.anonymous;
  if (!supervision.anonymous)
    for (const ChildConfig& config : started.children) supervision.children.emplace_back().config = config;
  supervision.config.children.clear();
  by_pid_[event.subject.bits()] = supervisions_.size();
  say(Change::Kind::supervisor_started, supervisions_.size(), 0);
  supervisions_.push_back(std::move(supervision));
}

// The children that it has come and go (start_child, delete_child), and are put down and up by request.
void SupervisionView::changed(Supervision& supervision, const Event& event) {
  const auto each = [&](std::string_view id, auto act) {
    for (SupervisedChild& child : supervision.children)
      if (child.config.id == id) act(child);
  };
  const auto put_down = [](SupervisedChild& child) { child.starts = 0, child.put_down = true; };
  const auto retire = [&](SupervisedChild& child) { put_down(child), child.config.id.clear(); };
  if (const auto* added = event.as<ChildAdded>()) {
    each(added->child.id, retire);  // its name was free: it is somebody new, and the last
    supervision.children.emplace_back().config = added->child;
  } else if (const auto* removed = event.as<ChildRemoved>()) {
    // That a temporary child is forgotten with its end needs no word of the supervisor.
    each(removed->id, [&](SupervisedChild& child) {
      if (child.config.restart != Restart::temporary || child.starts == 0) retire(child);
    });
  } else if (const auto* commanded = event.as<ChildCommanded>()) {
    each(commanded->id, put_down);
  } else if (const auto* abandoned = event.as<GroupAbandoned>()) {
    for (const std::string& id : abandoned->stay_down) each(id, put_down);
  } else if (event.as<RestartDelayed>()) {
    supervision.delayed = true;
  } else if (event.as<CodeChanged>()) {
    supervision.opaque = true;
  }
}

void SupervisionView::noted(const World& world, const Event& event) {
  if (const auto* started = event.as<SupervisorStarted>()) return announced(world, event, *started);
  const auto own = supervision_of(event.subject);
  if (!own) return;
  Supervision& supervision = supervisions_[*own];
  changed(supervision, event);
  if (const auto* ready = event.as<ChildStarted>()) {
    const auto place = place_of(ready->pid);
    if (place && place->supervision == *own) {
      supervision.children[place->child].ready = true;
      say(Change::Kind::child_ready, *own, place->child);
    } else {
      supervision.opaque = true;  // a start function of its own started someone whom this supervisor did not spawn under the spec's id
    }
  } else if (const auto* report = event.as<SupervisorReport>(); report && report->context == ReportContext::start_error) {
    const auto named = [report](const SupervisedChild& child) { return child.config.id == report->id; };
    const auto child = std::find_if(supervision.children.begin(), supervision.children.end(), named);
    if (child == supervision.children.end() || !child->failed_to_start()) supervision.opaque = true;
  }
}

void SupervisionLaw::judge(const Event& event) {
  if (!SupervisionView::wants().has(event.kind)) return other_event(event);
  const SupervisionView::Change& change = view().fold(world(), event, ++seen_[event.kind != EventKind::signal_send]);
  using Kind = SupervisionView::Change::Kind;
  if (event.kind == EventKind::signal_send && event.hold == Hold::held) held(event);
  const auto whose = [&]() -> const Supervision& { return supervisions()[change.supervision]; };
  switch (change.kind) {
    case Kind::none: break;
    case Kind::supervisor_started: supervisor_started(whose(), event); break;
    case Kind::child_spawned: child_spawned(whose(), change.child, event, change.before); break;
    case Kind::child_ready: child_ready(whose(), change.child, event); break;
    case Kind::child_told: child_told(whose(), change.child, event); break;
    case Kind::child_died: child_died(whose(), change.child, event); break;
  }
  if (change.supervisor_died) supervisor_died(supervisions()[*change.supervisor_died], event);
}

}  // namespace moirai
