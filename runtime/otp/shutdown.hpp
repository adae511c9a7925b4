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

// Stops all of them at once, each within its own limit, and waits until they are gone (R-SUP-38, R-DYN-4): what supervisors do whose
// children have no order. The ends, in the order of the children.
struct ToStop {
  Pid pid;
  Shutdown shutdown{};
};
struct ChildEnd {
  Term reason;
  bool exit_came = false;  // the reason is that of its EXIT: with dropped links, it had died before it was asked
};
enum class Links : std::uint8_t {
  kept,     // until they are gone: the true reason of one that died before is known, as stop_child does
  dropped,  // before they are asked, as Elixir does: if the EXIT of one that has died is still under way, its reason will be noproc
};
std::vector<ChildEnd> stop_children(Self& supervisor, const std::vector<ToStop>& children, Links links);

// A planted bug: a child that does not stop in time is left behind, unlinked.
Term stop_without_kill(Self& supervisor, Pid child, Shutdown shutdown);

// Did a child that was stopped this way end as it should? False: worth a shutdown_error report.
bool is_expected_end(const Term& reason, Shutdown shutdown, Restart restart);

}  // namespace moirai
