// Uniform over the candidates, through the slow door: one draw of the stream hash(seed, "sched") per choice. The engine has the same
// compiled in (Scheduler::random); a test holds the two to equal digests.
#pragma once
#include "runtime/kernel/random.hpp"
#include "runtime/kernel/strategy.hpp"

namespace moirai {

class RandomStrategy final : public SchedulingStrategy {
 public:
  void begin(const RunStart& start) override { draws_ = Random(stream_key(start.seed, "sched")); }
  Candidate pick(const Candidates& candidates) override { return candidates[static_cast<std::size_t>(draws_.below(candidates.size()))]; }

 private:
  Random draws_;
};

}  // namespace moirai
