// Law "no_orphans": nobody outlives its supervisor. Once the run has come to rest after heal, a child whose supervisor has died is dead too,
// unless it traps exits (then what it does about the EXIT is its own affair) (I-6, R-SUP-40, R-SUP-41). Not judged: children of a supervisor
// that a fault ended with `normal`, since an exit signal `normal` ends nobody (R-XS-8).
#pragma once
#include <unordered_set>

#include "properties/supervision.hpp"

namespace moirai {

class NoOrphans final : public SupervisionLaw {
 public:
  static LawDeclaration declaration();
  EventMask wants() const override { return {EventKind::spawn, EventKind::exit, EventKind::note, EventKind::flag}; }

 private:
  void supervisor_died(const Supervision&, const Event&) override;
  void other_event(const Event&) override;
  void judge_end(const RunEnd&) override;

  struct Orphanage {  // a supervisor that died
    std::size_t supervision = 0;
    Time since{};
  };
  std::vector<Orphanage> orphanages_;
  std::unordered_set<std::uint64_t> trapping_;  // pids, alive or dead; never iterated
};

}  // namespace moirai
