// Law "restart_intensity": no supervisor restarts more often than its intensity allows, and it gives up exactly when one restart too many is
// due, neither earlier nor later (R-SUP-16 to R-SUP-20, I-4).
//
// Recomputed from outside: an attempt is seen as the first start, or the first stop of a sibling, that a death leads to; attempts are counted
// in floored seconds of virtual time, boundary included. A supervisor has given up when it ended with `shutdown` without being told.
// Not judged: supervisors that let restarts wait (backoff), and automatic shutdown; giving up by a supervisor that runs start functions which sometimes start nothing (their attempts leave no event), or that a
// fault has told of the end of a child that lives.
#pragma once
#include "properties/supervision.hpp"

namespace moirai {

class RestartIntensity final : public SupervisionLaw {
 public:
  static LawDeclaration declaration();

 private:
  struct Attempts {
    std::deque<std::int64_t> seconds;  // of the attempts that may still count, oldest first
    RestartSequence sequence;
  };

  void child_spawned(const Supervision&, std::size_t, const Event&, const SupervisedChild&) override;
  void child_told(const Supervision&, std::size_t, const Event&) override;
  void supervisor_died(const Supervision&, const Event&) override;

  std::unordered_map<std::uint64_t, Attempts> attempts_;  // of supervisors; never iterated
};

// Forgets what is older than `period` before `second`, boundary kept (R-SUP-17). Returns how many are left.
// Requires: seconds ascending, second not before the last.
std::size_t attempts_in_window(std::deque<std::int64_t>& seconds, std::int64_t second, std::int64_t period);

}  // namespace moirai
