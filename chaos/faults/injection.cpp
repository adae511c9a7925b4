#include "chaos/faults/injection.hpp"

#include <algorithm>

#include "runtime/kernel/world.hpp"

namespace moirai {

std::vector<Target> Injection::find(const Selector& selector) {
  const World& world = control.look();
  std::vector<Target> targets;
  world.each_process([&](Pid pid) {
    if (selector.matches(world.path(pid))) targets.push_back({pid, world.full_path(pid)});
  });
  // By path and not by slot: what an edit of the system does to slots must not change who is drawn.
  std::sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) { return a.path < b.path; });
  if (selector.one && targets.size() > 1) {
    Target drawn = std::move(targets[draws.below(targets.size())]);
    targets.clear();
    targets.push_back(std::move(drawn));
  }
  return targets;
}

std::optional<Selector> Injection::narrow(const Selector& selector) {
  const std::vector<Target> targets = find(selector);
  if (targets.empty()) return std::nullopt;
  hit(targets);
  if (!selector.one) return selector;
  return Selector{control.look().path(targets.front().pid), false};
}

void Injection::hit(const std::vector<Target>& targets) {
  for (const Target& target : targets) {
    const auto place = std::lower_bound(record.targets.begin(), record.targets.end(), target.path);
    if (place == record.targets.end() || *place != target.path) record.targets.insert(place, target.path);
  }
}

}  // namespace moirai
