// Is a run what its seed says, and nothing else? Executes it again, in this process and in a fresh one, and compares digests.
// What differs between the executions is what must not matter: addresses, the state of the heap, statics, what ran before.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "properties/campaign_run.hpp"

namespace moirai {

// The command line of a fresh process (not a fork: that would share every address) that writes print_fresh() of this seed to its standard
// output. `trace`: with all events.
using FreshCommand = std::function<std::vector<std::string>(const Trial& trial, std::uint64_t seed, bool trace)>;

// nullopt: both repetitions gave the same digest. Otherwise the sentence that names the first differing event from both sides.
// `fresh` may be empty: then only this process is tried. Requires: digest is that of the first execution, in this process.
std::optional<std::string> find_difference(const Trial& trial, std::uint64_t seed, std::uint64_t digest, const FreshCommand& fresh);

// What a fresh process is to do: the run, and on standard output the lines of its events if asked, then one line with its digest.
// Returns its exit status.
int print_fresh(const Trial& trial, std::uint64_t seed, bool trace);

// Leaves the heap so that the next small allocations come in another order than they would have.
void shake_heap();

}  // namespace moirai
