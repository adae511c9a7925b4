#include "chaos/wire_table.hpp"

#include <algorithm>

#include "chaos/faults/lasting.hpp"
#include "runtime/kernel/check.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

Route WireTable::route(const SignalView& signal) {
  Route route;
  bool held = false;
  for (Rule& rule : rules_) {
    if (!rule.concerns(signal.sender, signal.receiver)) continue;
    if (WireDelay* delay = std::get_if<WireDelay>(&rule.effect))
      route.delay += draw(delay->delay, delay->draws);
    else
      held = true;
  }
  if (held) return {Route::Act::hold, Duration::zero()};
  return route;
}

RuleId WireTable::open(Control& control, std::vector<WireGroup> groups, WireEffect effect) {
  const RuleId id = next_++;
  rules_.push_back({id, std::move(groups), {}, effect});
  const World& world = control.look();
  std::vector<Pid> taken_in;
  world.each_process([&](Pid pid) {
    if (rules_.back().take_in(pid, world.path(pid))) taken_in.push_back(pid);
  });
  for (const Pid pid : taken_in) control.impair(pid, true);
  return id;
}

void WireTable::close(Control& control, RuleId id) {
  const auto closing = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& rule) { return rule.id == id; });
  MOIRAI_CHECK(closing != rules_.end(), "a rule of the wire is closed once");
  const std::vector<Member> members = std::move(closing->members);
  rules_.erase(closing);
  control.rewire();  // before the marks go: what another rule still holds stays held
  for (const Member& member : members) {
    const bool still_meant = std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) { return rule.find(member.pid) != nullptr; });
    if (!still_meant && control.look().alive(member.pid)) control.impair(member.pid, false);
  }
}

void WireTable::born(Control& control, Pid pid) {
  if (rules_.empty()) return;
  const std::string path = control.look().path(pid);
  bool meant = false;
  for (Rule& rule : rules_) meant |= rule.take_in(pid, path);
  if (meant) control.impair(pid, true);
}

const WireTable::Member* WireTable::Rule::find(Pid pid) const {
  const auto place =
      std::lower_bound(members.begin(), members.end(), pid, [](const Member& member, Pid sought) { return member.pid < sought; });
  return place != members.end() && place->pid == pid ? &*place : nullptr;
}

bool WireTable::Rule::concerns(Pid sender, Pid receiver) const {
  if (sender == receiver) return false;
  const Member* from = find(sender);
  if (!from || from->sends == 0) return false;
  const Member* to = find(receiver);
  return to && (from->sends & to->receives) != 0;
}

bool WireTable::Rule::take_in(Pid pid, std::string_view path) {
  Member member{pid, 0, 0};
  for (const WireGroup& group : groups) {
    const bool matches =
        std::any_of(group.patterns.begin(), group.patterns.end(), [&](const Selector& pattern) { return pattern.matches(path); });
    if (!matches) continue;
    member.sends |= group.sends;
    member.receives |= group.receives;
  }
  if ((member.sends | member.receives) == 0) return false;
  const auto place =
      std::lower_bound(members.begin(), members.end(), pid, [](const Member& other, Pid sought) { return other.pid < sought; });
  if (place == members.end() || place->pid != pid) members.insert(place, member);
  return true;
}

}  // namespace moirai
