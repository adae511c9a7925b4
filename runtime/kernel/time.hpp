// Virtual time. Integer nanoseconds since the start of the run; it moves only when nothing is left to do at this instant (K-3).
// Called by everything; no wall clock is ever converted into these types.
#pragma once
#include <chrono>
#include <cstdint>

namespace moirai {

struct VirtualClock {  // a tag: it has no now(), because only a World knows what time it is
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<VirtualClock, duration>;
  static constexpr bool is_steady = true;
};

using Duration = VirtualClock::duration;
using Time = VirtualClock::time_point;

inline constexpr Time time_never = Time::max();

constexpr std::int64_t nanoseconds(Duration d) { return d.count(); }
constexpr std::int64_t nanoseconds(Time t) { return t.time_since_epoch().count(); }

// now + wait, never past time_never. Requires: wait >= 0.
constexpr Time after(Time now, Duration wait) { return wait >= time_never - now ? time_never : now + wait; }

}  // namespace moirai
