// Carries out a fault plan in a world: each item becomes an outside event "fault:cut#2" that applies it when its time has come, and, if it
// lasts, another one "fault:cut#2 ends" that undoes it. heal() undoes what is still open, last opened first. One injector per run.
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "chaos/fault_log.hpp"
#include "chaos/plan.hpp"
#include "chaos/wire_table.hpp"
#include "runtime/kernel/outside.hpp"

namespace moirai {

class Injector final : public Observer {
 public:
  // Writes one record per item into the log. Plan and log must outlive the injector.
  Injector(const FaultPlan& plan, FaultLog& log);
  Injector(const Injector&) = delete;
  Injector& operator=(const Injector&) = delete;

  // Posts the plan. Requires: the world has not taken a step; called once. Items due at `heal` or later are left waiting.
  void begin(Control& control, Time heal);
  // Requires: begun. Afterwards no fault is open and none will fire.
  void heal(Control& control);

  EventMask wants() const override;
  void saw(const Event& event) override;  // births join open faults, deaths end what was armed

 private:
  struct Item {
    OutsideId posted = 0, ending = 0;  // 0: none
    std::vector<Pid> armed;            // whose operations are still being counted
    bool struck = false;               // one of the armed has got to its n-th
    std::optional<RuleId> rule;
  };
  void fire(Control& control, std::size_t index);
  void close(Control& control, std::size_t index);
  void settle_armed(std::size_t index, Time now);

  const FaultPlan& plan_;
  FaultLog& log_;
  WireTable wire_;
  Control* control_ = nullptr;
  Time heal_{};
  std::vector<Item> items_;          // as in the plan
  std::vector<std::size_t> opened_;  // indices of what is open, in the order of opening
};

}  // namespace moirai
