// The wall clock of a campaign: the heartbeat on standard error, and how long things took, for metrics. Nothing of it reaches a report file
// but the metrics.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace moirai {

class Progress {
 public:
  explicit Progress(std::uint64_t total);

  // Every ten seconds a line that says how far things are.
  void beat(std::uint64_t runs, const std::string& scenario);
  // True once a second.
  bool metrics_are_due();
  // Seconds since the last lap, or the beginning.
  double lap();
  static std::int64_t unix_time();

 private:
  using Clock = std::chrono::steady_clock;
  std::uint64_t total_;
  Clock::time_point begun_, beat_, metrics_, lap_;
};

}  // namespace moirai
