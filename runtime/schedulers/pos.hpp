// Partial order sampling: every candidate has a random priority and the greatest goes; a reception at a process redraws the priorities
// of all that still compete there. (POS: Yuan, Yang, Gu, CAV 2018.) Priorities are a hash of (seed, order, receptions at the target), so
// that the redraw is the counter's change and nothing has to be stored (K-21).
#pragma once
#include "runtime/kernel/random.hpp"
#include "runtime/kernel/strategy.hpp"

namespace moirai {

class PosStrategy final : public SchedulingStrategy {
 public:
  Wants wants() const override { return {.steps = true, .keys = false}; }
  void begin(const RunStart& start) override { key_ = stream_key(start.seed, "sched", "pos"); }
  Candidate pick(const Candidates& candidates) override;

 private:
  std::uint64_t key_ = 0;
};

}  // namespace moirai
