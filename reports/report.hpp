// What a campaign found, as one tree of plain values: SuiteReport > ScenarioReport > RunReport > FailureStory.
// The suite program fills it; every writer in this folder is a pure function from it to text and asks nobody else.
//
// Invariants the filler keeps and the writers rely on:
// - `runs` is in seed order whatever --jobs was; scenarios, laws and faults are in file order.
// - Everything outside WallFigures is a function of scenario, seeds and build, so that two equal campaigns write equal files.
//   Wall-clock figures reach prometheus.cpp and nothing else.
// - Texts may hold anything (messages of actors end up here): each writer escapes for its own format.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/time.hpp"

namespace moirai {

// How one run ended. crashed: the program under test died, spun or overflowed a stack; nondeterministic: two executions of the same seed differed.
enum class RunVerdict : std::uint8_t { pass, fail, inconclusive, invalid, crashed, nondeterministic };
inline constexpr std::size_t run_verdict_count = 6;
// The words of every file and metric, in enum order: "pass", "fail", ...
std::string_view word(RunVerdict);

// What is said of a scenario after its [expect] was applied to all its runs. Exit code of the program in brackets.
enum class ScenarioVerdict : std::uint8_t {
  as_expected,       // [0]
  unexpected,        // [1] a law violated, a crash, an expected bug not found, a fault that never fired, a law never evaluated
  inconclusive,      // [2] limits spent, or fewer seeds run than asked for
  nondeterministic,  // [3]
};
std::string_view word(ScenarioVerdict);  // "as expected", "unexpected", "inconclusive", "nondeterministic"

struct OpenFault {  // a fault that was open at the moment of the failure, or had just ended before it
  std::string name;
  std::string kind;    // "partition"
  std::string detail;  // targets or sides as resolved for this seed, may be empty: `bank/ledger | bank/teller-1 bank/teller-2`
  Time begin{};
  std::optional<Time> end;  // nullopt: open at the moment of the failure; equal to begin: over at once, as a crash is
};

struct StoryEvent {  // one line of the tail
  Time time{};
  std::string process;  // path with ordinal, `bank/ledger#2`; empty: the outside world
  std::string text;     // `receives Withdraw{cents=20, from=bank/teller-1}`
};

// What a person needs to understand one failing run without running it again.
struct FailureStory {
  std::vector<OpenFault> open_faults;  // by begin
  std::vector<StoryEvent> events;      // oldest first; only of the processes involved; a few dozen at most
  std::uint64_t events_omitted = 0;    // events of these processes before the first one listed
  std::vector<std::string> remarks;    // whole sentences: `this build differs from the one the seed came from (4be1d72): ...`
};

struct RunReport {
  std::uint64_t seed = 0;
  RunVerdict verdict = RunVerdict::pass;
  std::uint64_t digest = 0;
  std::uint64_t steps = 0;
  Duration virtual_time{};
  // The rest is empty for a run that passed.
  std::string sentence;               // what went wrong, one sentence, with the numbers
  std::string law;                    // LawReport::name of the first law violated; empty: no law (a crash, a limit)
  std::string signature;              // equal for failures of the same kind: law + normalised witness, no seeds, pids or times
  std::string reproduce;              // the one line to paste into a shell
  std::optional<FailureStory> story;  // the filler keeps it for the first few failures of each signature
};

struct LawReport {                 // one [[property]] of the file over all runs of the scenario
  std::string name;                // of the property, unique within the scenario
  std::string law;                 // "money_conserved"
  std::uint64_t evaluations = 0;   // how often it judged something
  std::uint64_t violated = 0;      // runs in which it was violated
  std::uint64_t inconclusive = 0;  // runs in which it could not tell
  std::optional<std::uint64_t> first_violating_seed;
  std::string problem;  // why this law is not as expected, one sentence; empty: as expected (also a bug that was to be found)

  bool never_evaluated() const { return evaluations == 0; }
};

struct SkippedFault {
  std::string reason;  // "no_target", "budget", "overlap"
  std::uint64_t count = 0;
};

struct FaultReport {  // one [[fault]] of the file over all runs of the scenario
  std::string name;   // unique within the scenario
  std::string kind;
  std::uint64_t injected = 0;
  std::vector<SkippedFault> skipped;  // each reason once
  Duration active{};                  // virtual time this fault was open, summed over injections and runs

  bool never_fired() const { return injected == 0; }
};

struct MessageFates {  // of every message sent; a message has exactly one fate, a copy made by a fault counts as duplicated
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;      // by a fault
  std::uint64_t duplicated = 0;   // by a fault
  std::uint64_t dead_letter = 0;  // the receiver was dead or never existed
  std::uint64_t unreceived = 0;   // still waiting in an inbox or in transit when the run ended

  std::uint64_t sum() const { return delivered + dropped + duplicated + dead_letter + unreceived; }
};

// Durations counted into buckets of (previous bound, bound]; the last bucket has no upper bound.
struct DurationHistogram {
  // The bounds of every recovery histogram: 10 ms to 60 s of virtual time.
  static const std::vector<Duration>& recovery_bounds();
  // The bounds of the cost of a run: 1 ms to 30 s of wall-clock time.
  static const std::vector<Duration>& wall_bounds();

  std::vector<Duration> bounds = recovery_bounds();                                   // strictly increasing
  std::vector<std::uint64_t> counts = std::vector<std::uint64_t>(bounds.size() + 1);  // one more than bounds
  Duration sum{};
  Duration longest{};

  // Requires: sample >= 0.
  void add(Duration sample);
  std::uint64_t count() const;
};

struct WallFigures {                                         // wall-clock time; read by prometheus.cpp only
  DurationHistogram seed{DurationHistogram::wall_bounds()};  // what one run cost, one sample per run; empty: unknown
  double seeds_per_second = 0;                               // over this scenario, all jobs together; 0: unknown
  std::int64_t last_run = 0;                                 // Unix time in seconds; 0: unknown
  std::int64_t last_success = 0;                             // the same, of the last time the verdict was as_expected; 0: unknown
};

struct ScenarioReport {
  std::string name;                 // "bank/teller-crash", unique within the suite
  std::string title;                // may be empty
  std::string file;                 // as it was given or found, relative where it was relative
  std::uint64_t scenario_hash = 0;  // of the file's meaning; a seed means the same only with the same hash and build
  std::string expected = "pass";    // what [expect] asks: "pass", "find-bug", "give-up"
  ScenarioVerdict verdict = ScenarioVerdict::as_expected;
  std::string sentence;               // why that verdict, one sentence; may be empty when as_expected
  std::vector<std::string> problems;  // what is not as expected and is no law's own: a crash, a fault that never fired, ...

  std::uint64_t seeds_asked = 0;
  std::uint64_t seeds_run = 0;
  std::array<std::uint64_t, run_verdict_count> by_verdict{};  // runs, indexed by RunVerdict; sums to seeds_run
  std::vector<LawReport> laws;
  std::vector<FaultReport> faults;

  std::uint64_t steps = 0;
  Duration virtual_time{};
  MessageFates messages;
  std::uint64_t restarts = 0;                // of children by supervisors
  std::uint64_t giveups = 0;                 // supervisors whose restart intensity was exceeded
  DurationHistogram recovery;                // heal to recovered, one sample per run that recovered
  std::uint64_t determinism_checks = 0;      // runs executed again to compare
  std::uint64_t determinism_mismatches = 0;  // of those, how many differed

  std::vector<RunReport> runs;  // every run, in seed order
  WallFigures wall;

  std::uint64_t runs_that(RunVerdict o) const { return by_verdict[static_cast<std::size_t>(o)]; }
  // Appends a run and counts what the run itself says: seeds_run, by_verdict, steps, virtual_time. Everything else is the caller's.
  // Requires: called in seed order.
  void add(RunReport);
};

struct BuildReport {
  std::string version;   // "0.1.0"
  std::string revision;  // "4be1d72-clean"; empty: built outside a checkout
  std::string compiler;  // "gcc 12.2.0"
};

struct SuiteReport {
  BuildReport build;
  std::vector<ScenarioReport> scenarios;
  bool interrupted = false;  // a signal ended the campaign; what is here is complete for the runs it lists
};

// The runs that did not pass, one for each kind of failure (verdict, law, signature): the first in seed order. In seed order.
std::vector<const RunReport*> distinct_failures(const ScenarioReport&);
// The runs that failed in the same way as `run`, itself included, in seed order.
std::vector<const RunReport*> alike(const ScenarioReport&, const RunReport& run);
// 16 hex digits, as in `digest=9f3c51e07a2b4d18`.
std::string hex16(std::uint64_t);
// The way seeds are written: 0x83.
std::string seed_text(std::uint64_t);

}  // namespace moirai
