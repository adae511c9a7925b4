#include "runtime/otp/supervisor_mutant.hpp"

namespace moirai {

std::string_view to_string(SupervisorMutant mutant) {
  switch (mutant) {
    case SupervisorMutant::none: return "none";
    case SupervisorMutant::limit_off_by_one: return "limit_off_by_one";
    case SupervisorMutant::stop_order_reversed: return "stop_order_reversed";
    case SupervisorMutant::temporary_restarted: return "temporary_restarted";
  }
  return "?";
}

}  // namespace moirai
