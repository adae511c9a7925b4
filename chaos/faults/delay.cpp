#include "chaos/faults/delay.hpp"

#include <fmt/format.h>

#include "chaos/faults/injection.hpp"
#include "chaos/faults/lasting.hpp"
#include "runtime/kernel/check.hpp"

namespace moirai {

DelayFault resolve_delay(const FaultSpec& spec, Random& draws) { return {spec.links, spec.delay, draw_lasting(spec.lasts, draws)}; }

bool apply(const DelayFault& fault, Injection& injection) {
  MOIRAI_CHECK(fault.links.size() <= most_links, "a delay has no more links than the wire has bits");
  std::vector<WireGroup> groups;
  std::uint64_t bit = 1;
  for (const LinkSelector& link : fault.links) {
    std::optional<Selector> from = injection.narrow(link.from);
    std::optional<Selector> to = injection.narrow(link.to);
    if (!from || !to) continue;
    if (!injection.record.detail.empty()) injection.record.detail += ", ";
    injection.record.detail += fmt::format("{} -> {}", from->pattern, to->pattern);
    groups.push_back({{std::move(*from)}, bit, 0});
    groups.push_back({{std::move(*to)}, 0, bit});
    bit <<= 1;
  }
  if (groups.empty()) return false;
  // The delays have a stream of their own: how many were drawn must not change who is hit.
  injection.rule = injection.wire.open(injection.control, std::move(groups), WireDelay{fault.delay, Random(injection.draws.next())});
  return true;
}

void undo(const DelayFault&, Injection& injection) {
  if (injection.rule) injection.wire.close(injection.control, *injection.rule);
  injection.rule.reset();
}

std::string explain(const DelayFault& fault) {
  std::string links;
  for (const LinkSelector& link : fault.links) links += (links.empty() ? "" : ", ") + to_text(link);
  return fmt::format("signals {} delayed by {}, {}", links, to_text(fault.delay), explain_lasting(fault.lasts));
}

}  // namespace moirai
