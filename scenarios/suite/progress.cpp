#include "scenarios/suite/progress.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <ctime>

namespace moirai {

Progress::Progress(std::uint64_t total) : total_(total), begun_(Clock::now()), beat_(begun_), metrics_(begun_), lap_(begun_) {}

void Progress::beat(std::uint64_t runs, const std::string& scenario) {
  const auto now = Clock::now();
  if (now - beat_ < std::chrono::seconds(10)) return;
  beat_ = now;
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  fmt::print(stderr, "... {}/{} runs, {:.0f} a second, at {}\n", runs, total_, static_cast<double>(runs) / seconds, scenario);
  std::fflush(stderr);
}

bool Progress::metrics_are_due() {
  const auto now = Clock::now();
  if (now - metrics_ < std::chrono::seconds(1)) return false;
  metrics_ = now;
  return true;
}

double Progress::lap() {
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - lap_).count();
  lap_ = now;
  return seconds;
}

std::int64_t Progress::unix_time() { return static_cast<std::int64_t>(std::time(nullptr)); }

}  // namespace moirai
