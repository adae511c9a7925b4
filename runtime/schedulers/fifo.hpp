// The canonical schedule through the slow door: always the candidate that became due first (K-8). The engine has the same compiled in
// (Scheduler::fifo); a test holds the two to equal digests.
#pragma once
#include "runtime/kernel/strategy.hpp"

namespace moirai {

class FifoStrategy final : public SchedulingStrategy {
 public:
  bool explores() const override { return false; }
  Candidate pick(const Candidates& candidates) override { return candidates.canonical(); }
};

}  // namespace moirai
