// What one run of one seed came to, as a plain value: made in a worker process by properties/campaign_run.hpp, sent through a pipe,
// added up by properties/campaign_tally.hpp. Equal seeds give equal findings, whichever worker made them.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/fault_log.hpp"
#include "chaos/run.hpp"
#include "properties/verdict.hpp"

namespace moirai {

struct LawFinding {  // of one [[property]], in file order
  Verdict::State state = Verdict::State::held;
  std::uint64_t evaluations = 0;
};

struct FaultFinding {  // of one [[fault]], in file order
  std::uint64_t fired = 0;
  std::uint64_t no_target = 0, not_reached = 0, overlap = 0, cooldown = 0;  // firings that were asked for and had no effect
  Duration active{};                                                        // virtual time it was open, summed
};

struct TailEvent {
  Time at{};
  std::string process;  // full path; empty: the outside
  std::string text;
};

struct Tail {                       // what the processes involved did last, from a second, traced execution
  std::vector<FaultRecord> faults;  // open at the failure, or shortly before it
  std::vector<TailEvent> events;    // oldest first
  std::uint64_t omitted = 0;        // events of these processes before the first one listed
  std::string remark;               // why there is less than one would want; usually empty
};

struct Finding {
  enum class State : std::uint8_t { pass, fail, inconclusive, invalid, crashed, nondeterministic };

  std::uint64_t seed = 0;
  State state = State::pass;
  std::uint64_t digest = 0, steps = 0;
  Duration virtual_time{};

  std::vector<LawFinding> laws;
  std::vector<FaultFinding> faults;
  RunCounters counters;
  std::optional<Duration> recovery;  // heal to whole again
  Duration wall{};                   // real time of the first execution: for metrics only, the one field that differs between equal runs
  bool root_ended = false;           // the root supervisor was gone at the end

  bool verified = false;   // was executed again, here and in a fresh process
  std::string difference;  // nondeterministic: what differed first, from both sides

  // The rest is empty for a pass.
  std::string sentence;
  std::string property;   // the first one violated, or the one that could not tell; empty: none
  std::string signature;  // equal for failures of one kind
  std::optional<Tail> tail;
};

std::string_view name_of(Finding::State state);

// Through the pipe and back: decode(encode(f)) is f. Requires of decode: made by encode of this very program.
std::string encode(const Finding& finding);
Finding decode(std::string_view bytes);

}  // namespace moirai
