// Stopping one child (R-SUP-34) and judging how it went (R-SUP-35). Called by the supervisor process.
#pragma once
#include <cstdint>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/child_spec.hpp"

namespace moirai {

// Stops `child` as `shutdown` says and waits until it is gone; a child that is already dead counts as stopped. Afterwards no link to it
// is left and no EXIT of it will come. Returns the reason it ended with: its true one, also when it died before it was asked, and also
// when it had unlinked itself. Waits at most the limit of `shutdown` and the time a kill takes; `infinity` has no bound.
Term stop_child(Self& supervisor, Pid child, Shutdown shutdown);

// Stops all of them at once, with one limit for all (R-SUP-38): what a simple_one_for_one supervisor does when it ends. Returns the ends
// that are worth a report, in the order of terms, each with how many children ended like that.
struct UnexpectedEnd {
  Term reason;
  std::uint64_t children = 0;
};
std::vector<UnexpectedEnd> stop_children(Self& supervisor, const std::vector<Pid>& children, Shutdown shutdown, Restart restart);

// A planted bug: a child that does not stop in time is left behind, unlinked.
Term stop_without_kill(Self& supervisor, Pid child, Shutdown shutdown);

// Did a child that was stopped this way end as it should? False: worth a shutdown_error report.
bool is_expected_end(const Term& reason, Shutdown shutdown, Restart restart);

}  // namespace moirai
