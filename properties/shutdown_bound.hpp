// Law "shutdown_bound": who is told to stop is gone in time: a worker within the limit of its spec (at once if it is killed brutally), a
// supervisor within the sum over its children, since it stops them one after the other (I-11, R-SUP-34, R-SUP-37).
//
// Not judged: a child that may take for ever (infinity), one whose stopping waits for a start, one that the wire keeps from
// hearing of it, and one whose supervisor dies before it can kill it.
#pragma once
#include <map>

#include "properties/supervision.hpp"

namespace moirai {

class ShutdownBound final : public SupervisionLaw {
 public:
  static LawDeclaration declaration();
  EventMask wants() const override;

 private:
  struct Stopping {
    std::size_t supervision, child;
    Time since{};
    Duration limit{};
    bool killed = false;  // brutally: it gets no time to do anything first
  };

  void child_told(const Supervision&, std::size_t, const Event&) override;
  void child_spawned(const Supervision&, std::size_t, const Event&, const SupervisedChild&) override;
  void child_died(const Supervision&, std::size_t, const Event&) override;
  void supervisor_died(const Supervision&, const Event&) override;
  void held(const Event&) override;
  void other_event(const Event&) override;
  void judge_end(const RunEnd&) override;
  std::optional<Duration> limit_of(const SupervisedChild& child);
  void judge_until(Time now, std::uint64_t step);

  std::map<Pid, Stopping> stopping_;
  bool wire_interferes_ = false;  // somebody's signals are held or delayed: from then on time tells nothing about supervisors
};

}  // namespace moirai
