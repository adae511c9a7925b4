// A fault plan: what goes wrong in one run, every draw made that can be made before it. resolve() makes it from a scenario and a seed, execute()
// carries it out, shrinking takes items out of it: whatever is left does exactly what it did before, because each item has its own streams.
// Times are those of the run (warmup included). Who is hit is decided when an item fires, among the processes alive then.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "chaos/faults/crash.hpp"
#include "chaos/faults/delay.hpp"
#include "chaos/faults/exit_signal.hpp"
#include "chaos/faults/partition.hpp"
#include "chaos/scenario.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

using FaultEffect = std::variant<CrashFault, ExitSignalFault, DelayFault, PartitionFault>;  // in the order of FaultKind

struct PlannedFault {
  std::string name;       // of the scenario's fault
  std::uint64_t kth = 1;  // its k-th firing in this plan as it was resolved; kept when others are taken out
  Time due{};             // it fires no earlier than this
  Time until{};           // and no later. Invariant: chaos start <= due <= until < heal; until == due unless it is crash-like
  FaultEffect effect;

  FaultKind kind() const { return static_cast<FaultKind>(effect.index()); }
  std::string key() const;  // "cut#2": names its streams, its outside event and its line in the log
  bool operator==(const PlannedFault&) const = default;
};

struct LeftOut {  // firings of one fault that its trigger asked for and that are not in the plan; those beyond `max` are not counted
  std::string name;
  std::uint64_t overlap = 0;   // the firing before was still open
  std::uint64_t cooldown = 0;  // the firing before had ended less than its cooldown ago
  bool operator==(const LeftOut&) const = default;
};

struct FaultPlan {
  std::uint64_t seed = 0;            // of the streams that its items draw from when they fire
  std::vector<PlannedFault> faults;  // by due, then in file order
  std::vector<LeftOut> left_out;     // in file order, only faults that have any; for people

  bool operator==(const FaultPlan&) const = default;
};

// A plan holds no more firings of one fault than this; a rate that asks for more is cut short there.
inline constexpr std::uint64_t most_firings = 100'000;

// Pure: equal arguments give equal plans on every compiler. Integers only; each fault draws from streams of its own, so that adding one to a
// scenario leaves the others' times as they were.
FaultPlan resolve(const Scenario& scenario, std::uint64_t seed);

// One sentence for reports, without names of processes: "crash of one bank/teller-* with reason boom".
std::string explain(const PlannedFault& fault);

// One line per item, as `moirai plan` prints it; ends with a newline unless the plan is empty.
//   1.5s..1.52s      teller-crash#1   crash of one bank/teller-* with reason boom
std::string to_string(const FaultPlan& plan);

}  // namespace moirai
