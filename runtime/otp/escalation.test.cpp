// How failures climb: a supervisor that gives up is a failure of its own parent, so intensities multiply.
#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

// A leaf x below one supervisor per level, outermost first; all windows are longer than the run.
ChildSpec nested(const std::vector<int>& intensities) {
  ChildSpec inner = child("x");
  for (std::size_t level = intensities.size(); level-- > 1;)
    inner = supervisor({.name = "s" + std::to_string(level), .intensity = {.restarts = intensities[level], .within = 1h}}, {inner});
  return supervisor({.name = "root", .strategy = Strategy::one_for_one, .intensity = {.restarts = intensities[0], .within = 1h}}, {inner});
}

std::string path_of_leaf(std::size_t levels) {
  std::string path;
  for (std::size_t level = 1; level < levels; ++level) path += "s" + std::to_string(level) + "/";
  return path + "x";
}

// R-SUP-21, I-9: the top exits at the failure number (n1 + 1) * ... * (nk + 1) of the leaf, and at none before.
TEST(Escalation, TheTopExitsExactlyAtTheProductOfTheLimits) {
  std::vector<std::vector<int>> all;
  for (int a = 0; a <= 2; ++a) {
    all.push_back({a});
    for (int b = 0; b <= 2; ++b) {
      all.push_back({a, b});
      for (int c = 0; c <= 2; ++c) all.push_back({a, b, c});
    }
  }
  for (const std::vector<int>& intensities : all) {
    std::uint64_t bound = 1;
    for (const int n : intensities) bound *= static_cast<std::uint64_t>(n + 1);
    const std::string leaf = path_of_leaf(intensities.size());
    for (const std::uint64_t failures : {bound - 1, bound, bound + 1}) {
      for (std::uint64_t seed = 0; seed < 4; ++seed) {
        Settings settings;
        settings.seed = seed;
        settings.scheduler = seed == 0 ? Scheduler::fifo : Scheduler::random;
        TreeRun run(settings, nested(intensities));
        for (std::uint64_t i = 1; i <= failures; ++i) run.crash(i * 1s, leaf);
        run.journal(1min);
        const Time expected = failures < bound ? Time(1min) : Time(bound * 1s);
        EXPECT_EQ(run.ended_at["root"], expected) << leaf << ", " << failures << " failures, bound " << bound << ", seed " << seed;
        EXPECT_EQ(run.incarnations[leaf], static_cast<int>(std::min(failures + 1, bound))) << leaf << ", seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace moirai::otp_test
