// Moirai and real OTP side by side: random programs, run here and by an erl beside us, compared log by log. A difference is shrunk by
// RapidCheck to the smallest program that shows it, and told with both logs. Seeds are fixed: a failure is the same failure tomorrow.
#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <sstream>

#include "properties/otp_oracle/compare.hpp"
#include "properties/otp_oracle/golden_log.hpp"
#include "properties/otp_oracle/live_otp.hpp"
#include "properties/otp_oracle/program_kind.hpp"
#include "properties/otp_oracle/smaller.hpp"

namespace moirai::otp_oracle {

void showValue(const Value& program, std::ostream& out) { out << program.to_string(); }

namespace {

bool full() { return std::getenv("MOIRAI_FULL") != nullptr; }

// For one kind of programs. None: as long as it takes.
std::optional<double> seconds_to_spend() {
  if (full()) return std::nullopt;
  const char* seconds = std::getenv("MOIRAI_OTP_SECONDS");
  return seconds ? std::atof(seconds) : 5.0;
}

LiveOtp& otp() {
  static LiveOtp one;
  return one;
}

struct Silence final : rc::detail::TestListenerAdapter {};

using Shrinkable = rc::Shrinkable<Value>;

rc::Gen<Value> programs_of(const ProgramKind& kind) {
  const auto seeds = rc::gen::noShrink(rc::gen::resize(100, rc::gen::arbitrary<std::uint64_t>()));
  return rc::gen::shrink(rc::gen::map(seeds, kind.random), [](const Value& program) { return rc::seq::fromContainer(smaller(program)); });
}

// The smallest program that makes a difference, and what it is.
std::string smallest_difference(const ProgramKind& kind, const Shrinkable& found, const RunOptions& options) {
  World world;
  const rc::Gen<Value> given([&](const rc::Random&, int) { return found; });
  const auto property = [&] {
    const Value program = *given;
    const std::optional<Log> theirs = otp().run(program);
    if (!theirs) RC_FAIL(otp().trouble());
    const Log ours = kind.run(world, program, options);
    const Comparison comparison = kind.compare(program, ours, *theirs);
    if (comparison.match == Match::mismatch) RC_FAIL(story(program, ours, *theirs, comparison));
  };
  rc::detail::TestParams params;
  params.maxSuccess = 1;
  rc::detail::TestMetadata metadata;
  metadata.id = std::string(kind.name);
  Silence silence;
  std::ostringstream text;
  rc::detail::printResultMessage(rc::detail::checkTestable(property, metadata, params, silence), text);
  return text.str();
}

struct Counts {
  std::map<Match, int> by_match;
  std::map<std::string, int> deviations;
  int total = 0;
};

// Compares `cases` random programs, or as many as there is time for; they go to OTP a hundred at a time. Fails with the smallest one that
// makes a difference.
void compare_random(const ProgramKind& kind, int cases, std::uint64_t seed) {
  ASSERT_TRUE(otp().ok()) << otp().trouble() << " (is there an erl? ci/setup installs erlang-base)";
  World world;
  Counts counts;
  const rc::Gen<Value> generator = programs_of(kind);
  rc::Random random(seed);
  const auto start = std::chrono::steady_clock::now();
  const auto seconds_spent = [start] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  const std::optional<double> limit = seconds_to_spend();
  while (counts.total < cases && counts.by_match[Match::mismatch] == 0 && (!limit || seconds_spent() < *limit)) {
    std::vector<Shrinkable> shrinkables;
    std::vector<Value> programs;
    for (int i = 0; i < std::min(100, cases - counts.total); ++i) {
      shrinkables.push_back(generator(random.split(), 100));
      programs.push_back(shrinkables.back().value());
    }
    const std::vector<Log> theirs = otp().run(programs);
    ASSERT_EQ(theirs.size(), programs.size()) << otp().trouble();
    for (std::size_t i = 0; i < programs.size(); ++i) {
      const RunOptions options{.form = ++counts.total % 2 == 0 ? Form::function : Form::handler};
      const Log ours = kind.run(world, programs[i], options);
      const Comparison comparison = kind.compare(programs[i], ours, theirs[i]);
      if (comparison.match == Match::deviation) ++counts.deviations[comparison.deviation];
      if (++counts.by_match[comparison.match] == 1 && comparison.match == Match::mismatch)
        ADD_FAILURE() << story(programs[i], ours, theirs[i], comparison)
                      << "shrunk: " << smallest_difference(kind, shrinkables[i], options);
    }
  }
  const double seconds = seconds_spent();
  std::printf("%s: %d programs on OTP and here in %.1f s (%.0f/s): equal %d, equal in lanes %d, mismatches %d",
              std::string(kind.name).c_str(), counts.total, seconds, counts.total / seconds, counts.by_match[Match::equal],
              counts.by_match[Match::equal_in_lanes], counts.by_match[Match::mismatch]);
  for (const auto& [rule, number] : counts.deviations) std::printf(", deviation %s %d", rule.c_str(), number);
  std::printf("\n");
}

TEST(LiveOtpProcs, AgreeWithOtp) { compare_random(procs, 50'000, 1); }
TEST(LiveOtpServers, AgreeWithOtp) { compare_random(servers, 5'000, 1); }
TEST(LiveOtpSupervision, AgreesWithOtp) { compare_random(supervision, 20'000, 1); }

// The kept logs are what OTP does, up to the order that it does not promise. MOIRAI_UPDATE_GOLDEN=1 records them anew.
void check_golden(const std::string& name, const ProgramKind& kind, std::uint64_t count) {
  const std::string file = "properties/otp_oracle/" + name;
  std::vector<Value> programs;
  if (std::getenv("MOIRAI_UPDATE_GOLDEN")) {
    for (std::uint64_t seed = 1; seed <= count; ++seed) programs.push_back(kind.random(seed));
    std::vector<Log> logs = otp().run(programs);
    ASSERT_EQ(logs.size(), programs.size()) << otp().trouble();
    std::vector<GoldenRun> runs;
    for (std::size_t i = 0; i < programs.size(); ++i) runs.push_back({programs[i], std::move(logs[i])});
    ASSERT_TRUE(write_golden(file, runs));
    return;
  }
  const auto runs = read_golden(file);
  ASSERT_TRUE(runs);
  for (const GoldenRun& run : *runs)
    if (programs.size() < 200 || full()) programs.push_back(run.program);
  const std::vector<Log> logs = otp().run(programs);
  ASSERT_EQ(logs.size(), programs.size()) << otp().trouble();
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const Comparison comparison = kind.compare(programs[i], (*runs)[i].events, logs[i]);
    EXPECT_TRUE(comparison.match == Match::equal || comparison.match == Match::equal_in_lanes)
        << "the first log is the one that is kept\n"
        << story(programs[i], (*runs)[i].events, logs[i], comparison);
  }
}

TEST(LiveOtpGolden, KeptLogsAreWhatOtpDoes) {
  ASSERT_TRUE(otp().ok()) << otp().trouble();
  check_golden("golden_edges.log.gz", supervision, 1'000);
  check_golden("golden_aliases.log.gz", procs, 500);
  check_golden("golden_servers.log.gz", servers, 800);
}

}  // namespace
}  // namespace moirai::otp_oracle
