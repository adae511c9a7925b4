#include "reports/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace moirai {

std::string_view word(RunVerdict verdict) {
  static constexpr std::array<std::string_view, run_verdict_count> words{"pass",    "fail",    "inconclusive",
                                                                         "invalid", "crashed", "nondeterministic"};
  return words[static_cast<std::size_t>(verdict)];
}

std::string_view word(ScenarioVerdict verdict) {
  static constexpr std::array<std::string_view, 4> words{"as expected", "unexpected", "inconclusive", "nondeterministic"};
  return words[static_cast<std::size_t>(verdict)];
}

const std::vector<Duration>& DurationHistogram::recovery_bounds() {
  using std::chrono::milliseconds;
  static const std::vector<Duration> bounds{milliseconds(10),    milliseconds(50),    milliseconds(100),  milliseconds(250),
                                            milliseconds(500),   milliseconds(1000),  milliseconds(2500), milliseconds(5000),
                                            milliseconds(10000), milliseconds(30000), milliseconds(60000)};
  return bounds;
}

const std::vector<Duration>& DurationHistogram::wall_bounds() {
  using std::chrono::milliseconds;
  static const std::vector<Duration> bounds{milliseconds(1),     milliseconds(5),    milliseconds(10),   milliseconds(50),
                                            milliseconds(100),   milliseconds(500),  milliseconds(1000), milliseconds(5000),
                                            milliseconds(10000), milliseconds(30000)};
  return bounds;
}

void DurationHistogram::add(Duration sample) {
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), sample) - bounds.begin();
  ++counts[static_cast<std::size_t>(bucket)];
  sum += sample;
  longest = std::max(longest, sample);
}

std::uint64_t DurationHistogram::count() const { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

void ScenarioReport::add(RunReport run) {
  ++seeds_run;
  ++by_verdict[static_cast<std::size_t>(run.verdict)];
  steps += run.steps;
  virtual_time += run.virtual_time;
  runs.push_back(std::move(run));
}

namespace {
bool same_kind(const RunReport& a, const RunReport& b) { return a.verdict == b.verdict && a.law == b.law && a.signature == b.signature; }
}  // namespace

std::vector<const RunReport*> distinct_failures(const ScenarioReport& scenario) {
  std::vector<const RunReport*> firsts;
  for (const RunReport& run : scenario.runs) {
    const bool known = std::any_of(firsts.begin(), firsts.end(), [&](const RunReport* first) { return same_kind(*first, run); });
    if (run.verdict != RunVerdict::pass && !known) firsts.push_back(&run);
  }
  return firsts;
}

std::vector<const RunReport*> alike(const ScenarioReport& scenario, const RunReport& run) {
  std::vector<const RunReport*> same;
  for (const RunReport& other : scenario.runs) {
    if (same_kind(other, run)) same.push_back(&other);
  }
  return same;
}

std::string hex16(std::uint64_t value) { return fmt::format("{:016x}", value); }
std::string seed_text(std::uint64_t seed) { return fmt::format("{:#x}", seed); }

}  // namespace moirai
