// Supervision trees and crash plans as small plain values: what random tests generate, run against the laws, shrink and print.
//
//   TreeSketch tree{.strategy = Strategy::rest_for_one, .restarts = 2, .within_s = 5, .children = {{}, {.kind = ChildSketch::Kind::busy}}};
//   std::vector<CrashSketch> crashes{{.at_ms = 100, .victim = 1}};
//   SketchRun run = run_sketch(tree, crashes, {.seed = 7});
//   run.broken();       // the first law violated, with its sentence
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chaos/plan.hpp"
#include "chaos/run.hpp"
#include "properties/law.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {

struct TreeSketch;

struct ChildSketch {
  enum class Kind : std::uint8_t {
    quiet,       // waits for ever
    busy,        // wakes every 3 ms and sends to itself and to its supervisor, who ignores it: somebody to interrupt between two sends
    handler,     // a handler process
    slow,        // traps exits, and takes 30 ms to end when told to
    deaf,        // traps exits and ignores them: is killed when its 50 ms are over
    brittle,     // a handler that fails to start one time in three once chaos has begun
    hanging,     // a handler whose start takes 700 ms one time in three once chaos has begun
    asking,      // calls a server of its own every 50 ms, and sometimes too impatiently for its answer
    supervisor,  // the tree in `below`
  };
  Kind kind = Kind::quiet;
  Restart restart = Restart::permanent;
  std::vector<TreeSketch> below;  // one iff supervisor
  bool operator==(const ChildSketch&) const = default;
};

struct TreeSketch {  // a supervisor; its children are called a, b, c, ...
  Strategy strategy = Strategy::one_for_one;
  int restarts = 1;                   // 0 or more
  int within_s = 5;                   // 1 or more
  std::vector<ChildSketch> children;  // at most 26
  bool operator==(const TreeSketch&) const = default;
};

struct CrashSketch {
  enum class Reason : std::uint8_t { boom, kill, normal, shutdown };
  int at_ms = 0;             // after the start of chaos, 0 to sketch_chaos
  std::uint32_t victim = 0;  // modulo the number of processes below the root, in the order of processes_of()
  Reason reason = Reason::boom;
  int after_operations = 0;  // 0: at its next reception point
  bool operator==(const CrashSketch&) const = default;
};

inline constexpr Duration sketch_chaos = std::chrono::seconds(20);

struct SketchSettings {
  std::uint64_t seed = 1;
  ScheduleStrategy schedule = ScheduleStrategy::random;
  SupervisorMutant mutant = SupervisorMutant::none;  // in every supervisor of the tree
};

// The root is called "root". Requires: within the bounds above.
ChildSpec to_spec(const TreeSketch& tree, SupervisorMutant mutant = SupervisorMutant::none);
// Paths of all processes of the tree, the root first, then depth first in start order.
std::vector<std::string> processes_of(const TreeSketch& tree);
FaultPlan to_plan(const TreeSketch& tree, const std::vector<CrashSketch>& crashes, std::uint64_t seed);

struct LawOutcome {
  std::string law;
  Verdict verdict;
  std::uint64_t evaluations = 0;
};

struct SketchRun {
  Run run;
  std::vector<LawOutcome> laws;  // all built-in ones, by name; the root may give up

  // The law that was violated first, or nullptr.
  const LawOutcome* broken() const;
};

SketchRun run_sketch(const TreeSketch& tree, const std::vector<CrashSketch>& crashes, const SketchSettings& settings = {});
// The same with a plan given, for shrinking it.
SketchRun run_sketch(const TreeSketch& tree, const FaultPlan& plan, const SketchSettings& settings = {});

// For people: one line per child, indented.
std::string to_string(const TreeSketch& tree);
std::string to_string(const CrashSketch& crash);

}  // namespace moirai
