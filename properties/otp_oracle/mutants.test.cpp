// The differential test is tested: with a bug planted in every supervisor, how many of the kept programs tell another story than OTP?
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "properties/otp_oracle/compare.hpp"
#include "properties/otp_oracle/golden_log.hpp"
#include "properties/otp_oracle/supervision_run.hpp"
#include "runtime/otp/supervisor_mutant.hpp"

namespace moirai::otp_oracle {
namespace {

constexpr std::array files = {"golden_supervision.log.gz", "golden_edges.log.gz"};

struct Hits {
  int caught = 0, programs = 0;
};

// Of every fourth program; of all under MOIRAI_FULL.
Hits hits_of(const std::vector<GoldenRun>& runs, SupervisorMutant mutant) {
  const std::size_t stride = std::getenv("MOIRAI_FULL") ? 1 : 4;
  World world;
  Hits hits;
  for (std::size_t i = 0; i < runs.size(); i += stride) {
    const Log ours = run_supervision(world, runs[i].program, {.mutant = mutant});
    hits.caught += compare_supervision(runs[i].program, ours, runs[i].events).match == Match::mismatch;
    ++hits.programs;
  }
  return hits;
}

// All but one: an EXIT that is not flushed when a child is stopped stays in the mailbox, of a process that no child has any more. Its
// supervisor drops it as it drops the EXIT of any stranger (R-SUP-12), and pids are not used again: nobody can see this bug.
TEST(OracleMutants, EachIsCaughtThatCanBe) {
  std::array<std::vector<GoldenRun>, files.size()> kept;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto read = read_golden(std::string("properties/otp_oracle/") + files[i]);
    ASSERT_TRUE(read);
    kept[i] = std::move(*read);
  }
  for (const SupervisorMutant mutant : all_supervisor_mutants()) {
    Hits all;
    std::printf("%-34s caught by", std::string(to_string(mutant)).c_str());
    for (std::size_t i = 0; i < files.size(); ++i) {
      const Hits hits = hits_of(kept[i], mutant);
      std::printf(" %4d of %d", hits.caught, hits.programs);
      all.caught += hits.caught;
    }
    std::printf("\n");
    if (mutant == SupervisorMutant::exit_not_flushed)
      EXPECT_EQ(all.caught, 0);
    else
      EXPECT_GE(all.caught, 3) << to_string(mutant);
  }
}

}  // namespace
}  // namespace moirai::otp_oracle
