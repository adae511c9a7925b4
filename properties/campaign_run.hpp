// One seed of one scenario in this process: resolve the plan, build the laws, execute, and say what came of it; and the second, traced
// execution that tells how a failure came about. Called in worker processes, and by tests directly.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "chaos/catalogue.hpp"
#include "chaos/scenario.hpp"
#include "chaos/trace.hpp"
#include "properties/campaign_finding.hpp"
#include "properties/law.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

// What is run. Not owned, all of it outlives the run.
struct Trial {
  const Scenario* scenario = nullptr;
  const SystemDeclaration* system = nullptr;  // the scenario's
  const LawCatalogue* laws = nullptr;         // has all laws the scenario names
  bool no_faults = false;
};

struct TrialRun {
  Finding finding;  // without a tail
  FaultLog faults;
  std::vector<std::string> involved;  // in the failure, full paths; empty: everybody
  Time failed_at{};                   // when it was seen; the end of the run if no law saw it
};

// `witness`, if given, watches too, before the laws.
TrialRun run_trial(World& world, const Trial& trial, std::uint64_t seed, RunListener* witness = nullptr);

inline constexpr std::size_t tail_length = 16;                           // events
inline constexpr Duration tail_faults_before = std::chrono::seconds(2);  // faults that had struck or ended so long before are told too

// Runs the seed of a failed run again with a trace, and keeps the last events of those involved.
Tail tell(World& world, const Trial& trial, const TrialRun& failed);

// Tells each event while the run goes on, and keeps none: for runs that may never come to their end.
class EventStream final : public RunListener {
 public:
  using Wanted = std::function<bool(const Event&, const World&)>;
  explicit EventStream(std::function<void(const TraceEvent&)> tell, Wanted wanted = {})
      : tell_(std::move(tell)), wanted_(std::move(wanted)) {}
  EventMask wants() const override { return Trace::all_but_time; }
  void begin(World& world, Control&, const PhaseTimes&) override { world_ = &world; }
  void saw(const Event& event) override;

 private:
  std::function<void(const TraceEvent&)> tell_;
  Wanted wanted_;
  const World* world_ = nullptr;
};

inline constexpr std::size_t traced_events_max = 5'000'000;  // of more than these the oldest are forgotten

// A line per event.
std::vector<std::string> trace_lines(World& world, const Trial& trial, std::uint64_t seed);

}  // namespace moirai
