#include "properties/shrink.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace moirai {
namespace {

using Indices = std::vector<std::size_t>;

class Ddmin {
 public:
  Ddmin(const std::function<bool(const Indices&)>& still_fails, std::uint64_t attempts_max)
      : still_fails_(still_fails), attempts_max_(attempts_max) {}

  ShrunkIndices run(std::size_t size) {
    Indices kept(size);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    if (size > 0 && fails({})) kept.clear();
    std::size_t parts = 2;
    while (kept.size() >= 2 && !spent_) {
      parts = std::min(parts, kept.size());
      if (to_one_part(kept, parts)) {
        parts = 2;
      } else if (to_one_complement(kept, parts)) {
        parts = std::max<std::size_t>(parts - 1, 2);
      } else if (parts < kept.size()) {
        parts *= 2;
      } else {
        break;  // no single item can go
      }
    }
    return {std::move(kept), attempts_, !spent_};
  }

 private:
  // The k-th of `parts` parts of nearly equal size, or everything but it.
  static Indices part(const Indices& all, std::size_t k, std::size_t parts, bool complement) {
    const std::size_t begin = all.size() * k / parts;
    const std::size_t end = all.size() * (k + 1) / parts;
    Indices picked;
    for (std::size_t i = 0; i < all.size(); ++i)
      if ((i >= begin && i < end) != complement) picked.push_back(all[i]);
    return picked;
  }

  bool to_one_part(Indices& kept, std::size_t parts) {
    for (std::size_t k = 0; k < parts; ++k) {
      Indices candidate = part(kept, k, parts, false);
      if (!fails(candidate)) continue;
      kept = std::move(candidate);
      return true;
    }
    return false;
  }

  bool to_one_complement(Indices& kept, std::size_t parts) {
    if (parts == 2) return false;  // the complements are the parts
    for (std::size_t k = 0; k < parts; ++k) {
      Indices candidate = part(kept, k, parts, true);
      if (!fails(candidate)) continue;
      kept = std::move(candidate);
      return true;
    }
    return false;
  }

  bool fails(const Indices& candidate) {
    if (spent_ || passed_.count(candidate) > 0) return false;  // one that failed was taken at once, and its like is never tried again
    if (attempts_ == attempts_max_) {
      spent_ = true;
      return false;
    }
    ++attempts_;
    if (still_fails_(candidate)) return true;
    passed_.insert(candidate);
    return false;
  }

  const std::function<bool(const Indices&)>& still_fails_;
  std::uint64_t attempts_max_;
  std::uint64_t attempts_ = 0;
  bool spent_ = false;
  std::set<Indices> passed_;
};

}  // namespace

ShrunkIndices shrink_indices(std::size_t size, const std::function<bool(const Indices&)>& still_fails, const ShrinkLimits& limits) {
  return Ddmin(still_fails, limits.attempts).run(size);
}

ShrunkPlan shrink_plan(const FaultPlan& plan, const std::function<bool(const FaultPlan&)>& still_fails, const ShrinkLimits& limits) {
  const auto with = [&plan](std::vector<PlannedFault> faults) {
    FaultPlan smaller = plan;
    smaller.faults = std::move(faults);
    return smaller;
  };
  auto shrunk = shrink(
      plan.faults, [&](std::vector<PlannedFault> faults) { return still_fails(with(std::move(faults))); }, limits);
  return {with(std::move(shrunk.items)), shrunk.attempts, shrunk.minimal};
}

}  // namespace moirai
