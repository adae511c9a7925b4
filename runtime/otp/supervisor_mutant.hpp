// Bugs planted in a supervisor on purpose, to show that the laws and the differential test find them. For tests only: a system leaves
// SupervisorOptions::mutant at none.
#pragma once
#include <cstdint>
#include <string_view>

namespace moirai {

enum class SupervisorMutant : std::uint8_t {
  none,
  limit_off_by_one,     // one restart more than the intensity allows
  stop_order_reversed,  // children are stopped in start order
  temporary_restarted,  // a temporary child is restarted as if it were permanent
};

std::string_view to_string(SupervisorMutant mutant);

}  // namespace moirai
