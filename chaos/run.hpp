// One run: a system, a fault plan and a seed go in, what happened comes out. Called by the campaign (once per seed), by replay and by tests.
// warmup -> chaos -> heal -> settle are outside events of the run: "phase:chaos" starts chaos, "phase:heal" undoes every open fault in
// reverse order and starts settle at the same instant, "phase:over" ends the run.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "chaos/catalogue.hpp"
#include "chaos/fault_log.hpp"
#include "chaos/plan.hpp"
#include "chaos/scenario.hpp"
#include "runtime/kernel/outside.hpp"
#include "runtime/kernel/time.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

enum class Phase : std::uint8_t { warmup, chaos, settle };
std::string_view name_of(Phase phase);

struct PhaseTimes {  // instants of the run; warmup starts at zero. Invariant: 0 <= chaos <= heal <= over
  Time chaos{};
  Time heal{};  // faults are undone here and settle begins
  Time over{};
};
PhaseTimes phase_times(const Phases& phases);

// RunEnd::detail of a run that got to its end; RunEnd::why is then `stopped`.
inline constexpr std::string_view settle_over = "settle is over";

// Whoever watches a run: a law, a trace, a metric. A bare Observer sees events only; this one is also told where the run is.
class RunListener : public Observer {
 public:
  // Before the first step: no process exists yet. `control` may be used from here until finish(), by K-61 only to arm, never to execute.
  // Both stay valid until finish() returns. Requires of the listener: forget every earlier run.
  virtual void begin(World& world, Control& control, const PhaseTimes& times) {
    static_cast<void>(world);
    static_cast<void>(control);
    static_cast<void>(times);
  }
  // At the start of each phase, warmup included; at settle after all faults have been undone.
  virtual void phase(Phase phase, Time now) {
    static_cast<void>(phase);
    static_cast<void>(now);
  }
  // The last step is done and all processes have been unwound, which makes no events; the world still knows their paths.
  virtual void finish(const RunEnd& end) { static_cast<void>(end); }
};

struct RunCounters : MessageCounts {
  std::uint64_t spawns = 0;
  std::uint64_t exits = 0;
  std::uint64_t restarts = 0;  // children started by a supervisor after their first start
  std::uint64_t giveups = 0;   // supervisors that reached their restart intensity
  bool operator==(const RunCounters&) const = default;
};

struct Run {
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;
  RunEnd end;
  std::uint64_t steps = 0;
  Duration virtual_time{};
  Phase reached = Phase::warmup;
  FaultLog faults;  // one record per item of the plan, in plan order
  RunCounters counters;
  bool root_alive = false;  // at the end of the run

  bool complete = false;  // settle was over, as opposed to: a limit, a stall, a swallowed exit, a listener's stop
};

struct RunOptions {
  std::optional<ScheduleStrategy> strategy;  // instead of the scenario's
  bool no_faults = false;                    // the phases as they are, and nothing goes wrong in them
};

// Uses `world` from a reset on, so that a thread can keep one for all its seeds; equal arguments give equal runs whatever ran in it before.
// Observers are called in the order given; those that are RunListeners get begin, phase and finish too. The world keeps its last state after
// the return, until its next reset.
Run execute(World& world, const Scenario& scenario, const SystemDeclaration& system, const FaultPlan& plan, std::uint64_t seed,
            std::span<Observer* const> observers = {}, const RunOptions& options = {});

// The same for listeners only: nobody has to be asked whether it is one.
Run execute(World& world, const Scenario& scenario, const SystemDeclaration& system, const FaultPlan& plan, std::uint64_t seed,
            std::span<RunListener* const> listeners, const RunOptions& options);

// The same in a world of its own.
Run execute(const Scenario& scenario, const SystemDeclaration& system, const FaultPlan& plan, std::uint64_t seed,
            std::span<Observer* const> observers = {}, const RunOptions& options = {});

}  // namespace moirai
