// The window arithmetic of restart intensity, exactly as OTP does it: integer seconds, boundary included (R-SUP-16, R-SUP-17).
// Pure; called by the supervisor process at each restart attempt.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/kernel/time.hpp"

namespace moirai {

// The limit: at most `restarts` restarts in any `within`, boundary included. The next one makes the supervisor give up.
struct Intensity {
  int restarts = 1;                           // >= 0
  Duration within = std::chrono::seconds(5);  // > 0; whole seconds unless exact
  bool exact = false;                         // not OTP's: counts in nanoseconds, where OTP rounds every restart down to a second
};

// Virtual time in whole seconds, rounded down.
constexpr std::int64_t whole_seconds(Time t) { return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count(); }

// The restart attempts of one supervisor incarnation that are still inside the window. Never cleared by success; attempts only age out
// (R-SUP-20). Amortised O(1) per attempt; as many entries as there are different times.
class RestartWindow {
 public:
  // Requires: limit >= 0, period > 0, in the unit of the times that are counted.
  RestartWindow(std::int64_t limit, std::int64_t period) : limit_(limit), period_(period) {}

  // Counts an attempt made at `now`. Returns whether it is allowed; false: the supervisor gives up.
  // Requires: `now` is not before that of the last call.
  bool allows_attempt(std::int64_t now) {
    while (oldest_ < entries_.size() && entries_[oldest_].at < now - period_) attempts_ -= entries_[oldest_++].attempts;
    if (oldest_ > entries_.size() / 2) {  // more room at the front than entries behind it: each is moved once in its life
      entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(oldest_));
      oldest_ = 0;
    }
    if (oldest_ == entries_.size() || entries_.back().at != now) entries_.push_back({now, 0});
    ++entries_.back().attempts;
    ++attempts_;
    return attempts_ <= limit_;
  }

  // Attempts inside the window, as of the last one.
  std::int64_t attempts() const { return attempts_; }

  // A change of code: what has been counted stays (R-SUP-52).
  void change(std::int64_t limit, std::int64_t period) { limit_ = limit, period_ = period; }
  void clear() { *this = RestartWindow(limit_, period_); }

 private:
  struct Entry {
    std::int64_t at, attempts;
  };
  std::int64_t limit_, period_, attempts_ = 0;
  std::vector<Entry> entries_;  // ascending; those before oldest_ have aged out
  std::size_t oldest_ = 0;
};

}  // namespace moirai
