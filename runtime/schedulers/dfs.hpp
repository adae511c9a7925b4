// Every schedule of a program, one run after the other, depth first: the choices of the last run are a stack, and the next run takes them
// all again but for the last that has an alternative left. For small programs; their number grows with the factorial of what can race.
//   DfsStrategy dfs;
//   do world.reset(Settings{.scheduler = Scheduler::custom, .strategy = &dfs}), start(world), world.run(), judge(world);
//   while (dfs.next());
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/kernel/strategy.hpp"

namespace moirai {

class DfsStrategy final : public SchedulingStrategy {
 public:
  // Before `from` it takes the canonical schedule: a set-up of which only one schedule is of interest.
  explicit DfsStrategy(Time from = Time{}) : from_(from) {}

  void begin(const RunStart&) override { depth_ = 0; }
  Candidate pick(const Candidates& candidates) override;
  // After a run: moves on to the next schedule. False: that was the last.
  bool next();
  // How many choices the last run made.
  std::size_t depth() const { return depth_; }

 private:
  struct Choice {
    std::size_t taken, of;
  };
  Time from_;
  std::vector<Choice> choices_;
  std::size_t depth_ = 0;  // in the run that goes on; choices_ up to there have been made
};

}  // namespace moirai
