// The window arithmetic of restart intensity, exactly as OTP does it: integer seconds, boundary included (R-SUP-16, R-SUP-17).
// Pure; called by the supervisor process at each restart attempt.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/kernel/time.hpp"

namespace moirai {

// Virtual time in whole seconds, rounded down.
constexpr std::int64_t whole_seconds(Time t) { return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count(); }

// The restart attempts of one supervisor incarnation that are still inside the window. Never cleared by success; attempts only age out
// (R-SUP-20). Amortised O(1) per attempt; keeps fewer than 2 * limit + 3 seconds.
class RestartWindow {
 public:
  // Requires: limit >= 0, period > 0 (seconds).
  RestartWindow(std::int64_t limit, std::int64_t period) : limit_(limit), period_(period) {}

  // Counts an attempt made at `second`. Returns whether it is allowed; false: the supervisor gives up.
  // Requires: `second` is not before that of the last call.
  bool allows_attempt(std::int64_t second) {
    while (oldest_ < seconds_.size() && seconds_[oldest_] < second - period_) ++oldest_;
    if (oldest_ > seconds_.size() / 2) {  // more room at the front than seconds behind it: each second is moved once in its life
      seconds_.erase(seconds_.begin(), seconds_.begin() + static_cast<std::ptrdiff_t>(oldest_));
      oldest_ = 0;
    }
    seconds_.push_back(second);
    return attempts() <= limit_;
  }

  // Attempts inside the window, as of the last one.
  std::int64_t attempts() const { return static_cast<std::int64_t>(seconds_.size() - oldest_); }

 private:
  std::int64_t limit_, period_;
  std::vector<std::int64_t> seconds_;  // ascending; those before oldest_ have aged out
  std::size_t oldest_ = 0;
};

}  // namespace moirai
