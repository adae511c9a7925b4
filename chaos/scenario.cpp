#include "chaos/scenario.hpp"

namespace moirai {

std::string_view name_of(FaultKind kind) {
  constexpr std::string_view names[] = {"crash", "exit_signal", "delay", "partition"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(ScheduleStrategy strategy) { return strategy == ScheduleStrategy::fifo ? "fifo" : "random"; }

std::string_view name_of(Outcome outcome) {
  constexpr std::string_view names[] = {"pass", "find-bug", "give-up"};
  return names[static_cast<std::size_t>(outcome)];
}

}  // namespace moirai
