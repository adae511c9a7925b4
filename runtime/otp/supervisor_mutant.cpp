#include "runtime/otp/supervisor_mutant.hpp"

namespace moirai {

std::array<SupervisorMutant, 24> all_supervisor_mutants() {
  std::array<SupervisorMutant, 24> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<SupervisorMutant>(i + 1);
  return all;
}

std::optional<SupervisorMutant> parse_supervisor_mutant(std::string_view name) {
  if (name == to_string(SupervisorMutant::none)) return SupervisorMutant::none;
  for (const SupervisorMutant mutant : all_supervisor_mutants())
    if (name == to_string(mutant)) return mutant;
  return std::nullopt;
}

std::string_view to_string(SupervisorMutant mutant) {
  switch (mutant) {
    case SupervisorMutant::none: return "none";
    case SupervisorMutant::limit_off_by_one: return "limit_off_by_one";
    case SupervisorMutant::retry_not_counted: return "retry_not_counted";
    case SupervisorMutant::stop_order_reversed: return "stop_order_reversed";
    case SupervisorMutant::kill_not_reported: return "kill_not_reported";
    case SupervisorMutant::temporary_restarted_in_group: return "temporary_restarted_in_group";
    case SupervisorMutant::transient_restarted_on_shutdown: return "transient_restarted_on_shutdown";
    case SupervisorMutant::group_skips_stopped: return "group_skips_stopped";
    case SupervisorMutant::retry_from_crasher: return "retry_from_crasher";
    case SupervisorMutant::window_excludes_boundary: return "window_excludes_boundary";
    case SupervisorMutant::restarting_is_inactive: return "restarting_is_inactive";
    case SupervisorMutant::exit_not_flushed: return "exit_not_flushed";
    case SupervisorMutant::temporary_restarted: return "temporary_restarted";
    case SupervisorMutant::success_resets_count: return "success_resets_count";
    case SupervisorMutant::restarted_goes_last: return "restarted_goes_last";
    case SupervisorMutant::retry_at_once: return "retry_at_once";
    case SupervisorMutant::starts_past_failure: return "starts_past_failure";
    case SupervisorMutant::terminate_counts: return "terminate_counts";
    case SupervisorMutant::stopped_significant_counts: return "stopped_significant_counts";
    case SupervisorMutant::temporary_spec_kept: return "temporary_spec_kept";
    case SupervisorMutant::timeout_without_kill: return "timeout_without_kill";
    case SupervisorMutant::rest_includes_earlier: return "rest_includes_earlier";
    case SupervisorMutant::group_counts_each: return "group_counts_each";
    case SupervisorMutant::permanent_normal_stays_down: return "permanent_normal_stays_down";
    case SupervisorMutant::gives_up_with_its_reason: return "gives_up_with_its_reason";
  }
  return "?";
}

}  // namespace moirai
