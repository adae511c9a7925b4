#include "runtime/schedulers/pos.hpp"

namespace moirai {

Candidate PosStrategy::pick(const Candidates& candidates) {
  Candidate best;
  std::uint64_t highest = 0;
  const std::size_t size = candidates.size();
  for (std::size_t i = 0; i < size; ++i) {
    const Candidate candidate = candidates[i];
    const std::uint64_t redraws = candidate.target ? candidates.receptions(candidate.target) : 0;
    const std::uint64_t priority = mix(mix(key_, candidate.order), redraws);
    const bool better = i == 0 || priority > highest || (priority == highest && candidate.order < best.order);
    if (!better) continue;
    best = candidate;
    highest = priority;
  }
  return best;
}

}  // namespace moirai
