// Moirai against what OTP 25.2.3 did: every program whose log is kept in this folder, in both forms of processes and on many schedules.
#include <gtest/gtest.h>

#include <map>

#include "properties/otp_oracle/compare.hpp"
#include "properties/otp_oracle/golden_log.hpp"
#include "properties/otp_oracle/program_kind.hpp"

namespace moirai::otp_oracle {
namespace {

const std::string folder = "properties/otp_oracle/";

const std::vector<GoldenRun>& golden(const std::string& file) {
  static std::map<std::string, std::vector<GoldenRun>> read;
  if (const auto found = read.find(file); found != read.end()) return found->second;
  auto runs = read_golden(folder + file);
  if (!runs) ADD_FAILURE() << runs.mistakes().front().place.file << ": " << runs.mistakes().front().message;
  return read.emplace(file, runs ? std::move(*runs) : std::vector<GoldenRun>()).first->second;
}

class Tally {
 public:
  void add(const GoldenRun& run, const Log& ours, const Comparison& comparison) {
    ++counts_[comparison.match];
    if (comparison.match == Match::deviation) ++deviations_[comparison.deviation];
    if (comparison.match == Match::mismatch && counts_[Match::mismatch] <= 3)
      ADD_FAILURE() << story(run.program, ours, run.events, comparison);
  }
  int count(Match match) const {
    const auto found = counts_.find(match);
    return found == counts_.end() ? 0 : found->second;
  }
  void print(const std::string& what) const {
    std::printf("%-52s equal %d, equal in lanes %d, mismatches %d", what.c_str(), count(Match::equal), count(Match::equal_in_lanes),
                count(Match::mismatch));
    for (const auto& [rule, number] : deviations_) std::printf(", deviation %s %d", rule.c_str(), number);
    std::printf("\n");
  }

 private:
  std::map<Match, int> counts_;
  std::map<std::string, int> deviations_;
};

void check(const std::vector<std::string>& files, const std::string& what, const RunOptions& options) {
  World world;
  for (const std::string& file : files) {
    Tally tally;
    for (const GoldenRun& run : golden(file)) {
      const ProgramKind& kind = kind_of(run.program);
      const Log ours = kind.run(world, run.program, options);
      tally.add(run, ours, kind.compare(run.program, ours, run.events));
    }
    tally.print(file + ", " + what);
    EXPECT_GT(golden(file).size(), 400u);
    EXPECT_EQ(tally.count(Match::mismatch), 0);
    // A floor and a ceiling, so that nothing slides from equal into an excuse unseen.
    EXPECT_GT(tally.count(Match::equal) * 100, static_cast<int>(golden(file).size()) * 40);
    EXPECT_LT(tally.count(Match::deviation) * 100, static_cast<int>(golden(file).size()) * 3);
  }
}

const std::vector<std::string> of_procs = {"golden_procs.log.gz", "golden_aliases.log.gz"};
const std::vector<std::string> of_supervision = {"golden_supervision.log.gz", "golden_edges.log.gz"};
const std::vector<std::string> of_servers = {"golden_servers.log.gz"};

void check_random_schedules(const std::vector<std::string>& files) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) check(files, "functions, seed " + std::to_string(seed), {.seed = seed});
}

TEST(GoldenProcs, FunctionsUnderFifo) { check(of_procs, "functions, fifo", {}); }
TEST(GoldenProcs, HandlersUnderFifo) { check(of_procs, "handlers, fifo", {.form = Form::handler}); }
TEST(GoldenProcs, FunctionsOnRandomSchedules) { check_random_schedules(of_procs); }
TEST(GoldenProcs, HandlersOnRandomSchedules) { check(of_procs, "handlers, seed 4", {.form = Form::handler, .seed = 4}); }

TEST(GoldenSupervision, FunctionsUnderFifo) { check(of_supervision, "functions, fifo", {}); }
TEST(GoldenSupervision, HandlersUnderFifo) { check(of_supervision, "handlers, fifo", {.form = Form::handler}); }
TEST(GoldenSupervision, FunctionsOnRandomSchedules) { check_random_schedules(of_supervision); }
TEST(GoldenSupervision, HandlersOnRandomSchedules) { check(of_supervision, "handlers, seed 4", {.form = Form::handler, .seed = 4}); }

TEST(GoldenServers, FunctionClientsUnderFifo) { check(of_servers, "function clients, fifo", {}); }
TEST(GoldenServers, HandlerClientsUnderFifo) { check(of_servers, "handler clients, fifo", {.form = Form::handler}); }
TEST(GoldenServers, FunctionClientsOnRandomSchedules) { check_random_schedules(of_servers); }
TEST(GoldenServers, HandlerClientsOnRandomSchedules) { check(of_servers, "handler clients, seed 4", {.form = Form::handler, .seed = 4}); }

}  // namespace
}  // namespace moirai::otp_oracle
