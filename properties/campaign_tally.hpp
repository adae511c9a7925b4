// All findings of one scenario added up, and what [expect] says to the sum. Findings come in seed order; nothing here knows of processes,
// jobs or files, so that the judgement of a campaign can be tested with findings written by hand.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chaos/scenario.hpp"
#include "properties/campaign_finding.hpp"

namespace moirai {

struct LawTally {
  std::uint64_t evaluations = 0;
  std::uint64_t violated = 0, inconclusive = 0;  // runs
  std::optional<std::uint64_t> first_violating_seed;
};

struct FaultTally {
  FaultFinding sum;
};

enum class Judged : std::uint8_t { as_expected, unexpected, inconclusive, nondeterministic };
std::string_view name_of(Judged judged);

struct ScenarioJudgement {
  Judged judged = Judged::as_expected;
  std::string sentence;                   // why; empty if as expected and there is nothing to add
  std::vector<std::string> problems;      // what is no single law's fault: a crash, a fault that never fired, ...
  std::vector<std::string> law_problems;  // one per property, in file order; empty: as expected
};

struct ScenarioTally {
  std::uint64_t asked = 0, run = 0;
  bool no_faults = false;                   // run with --no-faults: then every run has to pass, and nothing is asked of the faults
  std::array<std::uint64_t, 6> by_state{};  // indexed by Finding::State
  std::vector<LawTally> laws;               // in file order
  std::vector<FaultTally> faults;           // in file order
  std::uint64_t steps = 0;
  Duration virtual_time{};
  RunCounters counters;
  std::vector<Duration> recoveries;  // in seed order
  std::uint64_t verified = 0, differed = 0;
  std::uint64_t roots_ended = 0;          // runs whose root supervisor was gone at the end
  std::optional<std::uint64_t> found_at;  // find-bug: how many seeds it took, 1-based
  std::uint64_t unexpected_failures = 0;  // runs that failed or crashed otherwise than [expect] asks for
  std::optional<std::uint64_t> first_unexpected_seed;
  std::string first_unexpected;  // its sentence

  ScenarioTally(const Scenario& scenario, std::uint64_t seeds_asked, bool without_faults);
  // Requires: in seed order. Returns whether this run is a failure that [expect] does not ask for.
  bool add(const Scenario& scenario, const Finding& finding);
};

// A scenario passes judgement only over as many seeds as its file asks for: fewer seeds that show no violation, but not everything that
// was to be seen either (a fault that never fired, a law never evaluated, a bug not found), prove nothing against it.
//   nondeterministic  a run differed from its repetition
//   unexpected        a law violated or the system crashed, stalled or lost its root where the file does not ask for it; the bug that was
//                     to be found was not, within its number of seeds; a law was never evaluated, a fault never fired, over the file's seeds
//   inconclusive      a run was, or its steady state was missing; fewer seeds were run than asked for; or too few to find the bug
ScenarioJudgement judge(const Scenario& scenario, const ScenarioTally& tally);

}  // namespace moirai
