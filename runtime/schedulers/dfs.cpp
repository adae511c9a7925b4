#include "runtime/schedulers/dfs.hpp"

#include "runtime/kernel/check.hpp"

namespace moirai {

Candidate DfsStrategy::pick(const Candidates& candidates) {
  if (candidates[0].due < from_) return candidates.canonical();
  if (depth_ == choices_.size()) choices_.push_back({0, candidates.size()});
  const Choice& choice = choices_[depth_++];
  MOIRAI_CHECK(choice.of == candidates.size(), "the same choices lead to the same candidates");
  return candidates[choice.taken];
}

bool DfsStrategy::next() {
  choices_.resize(depth_);
  while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().of) choices_.pop_back();
  if (choices_.empty()) return false;
  ++choices_.back().taken;
  return true;
}

}  // namespace moirai
