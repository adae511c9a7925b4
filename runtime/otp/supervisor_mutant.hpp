// Bugs planted in a supervisor on purpose, to show that the laws and the comparison with OTP find them. For tests only: a system leaves
// SupervisorOptions::mutant at none.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace moirai {

enum class SupervisorMutant : std::uint8_t {
  none,
  limit_off_by_one,                 // one restart more than the intensity allows
  retry_not_counted,                // only deaths count, not the tries after a failed restart
  stop_order_reversed,              // children are stopped in start order
  kill_not_reported,                // a child that had to be killed after its time is no shutdown_error
  temporary_restarted_in_group,     // a group restart starts temporary children again
  transient_restarted_on_shutdown,  // {shutdown,_} is no normal end
  group_skips_stopped,              // a group restart leaves down who was down before
  retry_from_crasher,               // after a half-way group restart the first to crash is restarted again, not the sibling that failed
  window_excludes_boundary,         // a restart exactly one period ago no longer counts
  restarting_is_inactive,           // all_significant does not wait for one that is restarting
  exit_not_flushed,                 // the EXIT of a child that was stopped stays in the mailbox. Equivalent: it is of nobody known
  temporary_restarted,              // a temporary child is restarted as if it were permanent
  success_resets_count,             // a restart that works clears the window
  restarted_goes_last,              // a restarted child loses its place in the start order
  retry_at_once,                    // a failed restart is tried again before whatever is in the mailbox
  starts_past_failure,              // a group restart goes on after a sibling has failed to start
  terminate_counts,                 // terminate_child counts as a restart
  stopped_significant_counts,       // a significant child that is stopped with its group ends the supervisor
  temporary_spec_kept,              // a temporary child that has ended is still listed
  timeout_without_kill,             // a child that does not stop in time is left behind
  rest_includes_earlier,            // rest_for_one takes the one before, too
  group_counts_each,                // a group restart counts once per member
  permanent_normal_stays_down,      // a permanent child is not restarted after a normal end
  gives_up_with_its_reason,         // the supervisor that gives up ends with reached_max_restart_intensity
};
// All of them but none, in order.
std::array<SupervisorMutant, 24> all_supervisor_mutants();

std::string_view to_string(SupervisorMutant mutant);
std::optional<SupervisorMutant> parse_supervisor_mutant(std::string_view name);

}  // namespace moirai
