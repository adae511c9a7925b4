#include "chaos/faults/partition.hpp"

#include <fmt/format.h>

#include "chaos/faults/injection.hpp"
#include "chaos/faults/lasting.hpp"
#include "runtime/kernel/check.hpp"

namespace moirai {

PartitionFault resolve_partition(const FaultSpec& spec, Random& draws) { return {spec.sides, draw_lasting(spec.lasts, draws)}; }

bool apply(const PartitionFault& fault, Injection& injection) {
  MOIRAI_CHECK(fault.sides.size() <= most_sides, "a partition has no more sides than the wire has bits");
  std::vector<WireGroup> groups;
  std::size_t populated = 0;
  for (std::size_t i = 0; i < fault.sides.size(); ++i) {
    const std::uint64_t own = std::uint64_t{1} << i;
    WireGroup side{{}, own, ~own};
    std::string names;
    for (const Selector& selector : fault.sides[i]) {
      std::optional<Selector> narrowed = injection.narrow(selector);
      if (!narrowed && selector.one) continue;  // there was nobody to draw
      if (narrowed) names += (names.empty() ? "" : " ") + narrowed->pattern;
      side.patterns.push_back(narrowed.value_or(selector));  // nobody yet: who is born into it belongs to it
    }
    if (names.empty())
      names = "nobody";
    else
      ++populated;
    injection.record.detail += (i == 0 ? "" : " | ") + names;
    groups.push_back(std::move(side));
  }
  if (populated < 2) {
    injection.record.targets.clear();
    return false;
  }
  injection.rule = injection.wire.open(injection.control, std::move(groups), WireHold{});
  return true;
}

void undo(const PartitionFault&, Injection& injection) {
  if (injection.rule) injection.wire.close(injection.control, *injection.rule);
  injection.rule.reset();
}

std::string explain(const PartitionFault& fault) {
  std::string sides;
  for (const std::vector<Selector>& side : fault.sides) {
    if (!sides.empty()) sides += " | ";
    for (std::size_t i = 0; i < side.size(); ++i) sides += (i == 0 ? "" : " ") + to_text(side[i]);
  }
  return fmt::format("signals between {} held, {}", sides, explain_lasting(fault.lasts));
}

}  // namespace moirai
