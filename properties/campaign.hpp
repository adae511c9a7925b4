// A campaign: scenarios over many seeds, in worker processes, findings in seed order. Called by the command line; the findings are added
// up and judged by properties/campaign_tally.hpp.
//
// Every run happens in a worker, also with one job: a system that crashes, spins or overflows a stack loses its own run and nothing else.
// What is found is a function of scenarios, seeds and build, never of `jobs`, the wall clock (but for the watchdog) or the order of finishing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "chaos/quantity.hpp"
#include "properties/campaign_finding.hpp"
#include "properties/campaign_repeat.hpp"
#include "properties/campaign_run.hpp"

namespace moirai {

struct CampaignPart {  // one scenario over seeds first_seed, first_seed + 1, ...
  Trial trial;
  std::uint64_t first_seed = 1, seeds = 1;
};

struct Campaign {
  std::vector<CampaignPart> parts;  // their seeds are run in this order
  unsigned jobs = 1;                // worker processes
  Ratio verify{0, 1};               // the share of each part's seeds that is executed again (campaign_repeat.hpp); at least one if not zero
  FreshCommand fresh;               // how; empty: only in the worker itself

  // In order: by part, then by seed. Tails are there for the first `tails_per_signature` failures of each signature of a part.
  std::function<void(std::size_t part, Finding finding)> found;
  // Several times a second, with the number of runs done so far, in order or not. False: no more runs are begun.
  std::function<bool(std::uint64_t runs)> tick;
};

inline constexpr std::size_t tails_per_signature = 2;
inline constexpr std::size_t tails_per_part = 12;

// Returns the number of findings handed over: all, unless tick said false. Requires: single-threaded but for threads that hold no locks
// a worker needs (it forks).
std::uint64_t run_campaign(const Campaign& campaign);

// Is the index-th seed of a part (from 0) one of those executed again? Spread evenly, the first one always unless the share is zero.
bool is_verified(std::uint64_t index, Ratio share);

}  // namespace moirai
