// Instants and drawn durations as a column of figures: seconds with as many decimals as there are, "0s", "1.5s", "2.468879939s".
// (to_text in quantity.hpp is for what a person wrote: "1s500ms".)
#pragma once
#include <string>

#include "runtime/kernel/time.hpp"

namespace moirai {

// Requires: d >= 0.
std::string clock_text(Duration d);
inline std::string clock_text(Time t) { return clock_text(t.time_since_epoch()); }

}  // namespace moirai
