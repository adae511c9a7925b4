// partition: processes of different sides do not hear of each other. All on one node, so nothing is lost (K-16): every signal sent between
// the sides while the fault is open, links and monitors included, is held in order and set free when it ends. What was on its way already
// arrives. Processes on no side hear everybody.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "chaos/scenario.hpp"
#include "chaos/selector.hpp"

namespace moirai {

struct Injection;
class Random;

inline constexpr std::size_t most_sides = 64;  // the wire keeps one bit a side

struct PartitionFault {
  std::vector<std::vector<Selector>> sides;  // 2 to most_sides, no path is on two of them
  std::optional<Duration> lasts;             // nullopt: until heal
  bool operator==(const PartitionFault&) const = default;
};

// Draws how long it lasts.
PartitionFault resolve_partition(const FaultSpec& spec, Random& draws);
// Returns whether at least two sides have somebody alive.
bool apply(const PartitionFault& fault, Injection& injection);
void undo(const PartitionFault& fault, Injection& injection);
std::string explain(const PartitionFault& fault);

}  // namespace moirai
