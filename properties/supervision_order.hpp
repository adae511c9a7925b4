// Law "supervision_order": supervisors start their children in the order of their specs and stop them in reverse, each strategy touches
// exactly the children it should, and only those are restarted whose restart type asks for it (R-SUP-8, 13, 24, 27 to 29, 37; I-5, I-8).
//
// In particular: a child is told to stop only when those after it are dead; it is started only when its earlier incarnation and, in groups,
// all those after it are dead; one_for_all starts all again, from the first; rest_for_one starts the one that ended and all after it; a
// temporary child is never started twice; a transient one, or nobody at all in a group, is restarted without an end that calls for it.
// Not judged from then on: a supervisor that a fault has told of the end of a child that lives.
#pragma once
#include "properties/supervision.hpp"

namespace moirai {

class SupervisionOrder final : public SupervisionLaw {
 public:
  static LawDeclaration declaration();

 private:
  struct Progress {
    RestartSequence sequence;
    std::vector<bool> started;  // in the current attempt, by child
    bool stopped_any = false;
  };

  void child_told(const Supervision&, std::size_t, const Event&) override;
  void child_spawned(const Supervision&, std::size_t, const Event&, const SupervisedChild&) override;
  void judge_first_start(const Supervision&, std::size_t, const Event&);
  void judge_restart(const Supervision&, std::size_t, const Event&, const SupervisedChild& before);
  void judge_group(const Supervision&, std::size_t, const Event&, const SupervisedChild& before, bool first);

  std::unordered_map<std::uint64_t, Progress> progress_;  // of supervisors; never iterated
};

}  // namespace moirai
