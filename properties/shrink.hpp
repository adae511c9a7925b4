// The smallest part of a list that still fails: delta debugging (ddmin: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing
// Input", IEEE TSE 28(2), 2002). Used on the items of a fault plan; generic, because it knows nothing about them.
//
// Deterministic: the same list and the same predicate try the same subsets in the same order. The result keeps the order of the list and is
// 1-minimal (taking out any single item makes it pass), unless the cap on attempts came first.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "chaos/plan.hpp"

namespace moirai {

struct ShrinkLimits {
  std::uint64_t attempts = 500;  // calls of the predicate; subsets tried before are remembered and cost nothing
};

struct ShrunkIndices {
  std::vector<std::size_t> kept;  // ascending
  std::uint64_t attempts = 0;
  bool minimal = false;  // false: the cap was reached
};

// Indices into a list of `size` items. Requires: still_fails of all of them is true; it is not called for that.
ShrunkIndices shrink_indices(std::size_t size, const std::function<bool(const std::vector<std::size_t>&)>& still_fails,
                             const ShrinkLimits& limits = {});

template <class Item>
struct Shrunk {
  std::vector<Item> items;
  std::uint64_t attempts = 0;
  bool minimal = false;
};

// Requires: still_fails(items).
template <class Item, class StillFails>
Shrunk<Item> shrink(const std::vector<Item>& items, StillFails&& still_fails, const ShrinkLimits& limits = {}) {
  const auto pick = [&items](const std::vector<std::size_t>& indices) {
    std::vector<Item> picked;
    picked.reserve(indices.size());
    for (const std::size_t index : indices) picked.push_back(items[index]);
    return picked;
  };
  const ShrunkIndices result = shrink_indices(
      items.size(), [&](const std::vector<std::size_t>& indices) { return still_fails(pick(indices)); }, limits);
  return {pick(result.kept), result.attempts, result.minimal};
}

struct ShrunkPlan {
  FaultPlan plan;
  std::uint64_t attempts = 0;
  bool minimal = false;
};

// A fault plan with as few items as still fail. Each item keeps its own streams, so that what is left does what it did before.
// Requires: still_fails(plan).
ShrunkPlan shrink_plan(const FaultPlan& plan, const std::function<bool(const FaultPlan&)>& still_fails, const ShrinkLimits& limits = {});

}  // namespace moirai
