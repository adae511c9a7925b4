// Scenarios of this folder in a test: read as the program reads them, changed where a test wants something else, and run over seeds.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "chaos/mistake.hpp"
#include "chaos/scenario_toml.hpp"
#include "properties/campaign_run.hpp"
#include "scenarios/suite/suite.hpp"

namespace moirai {

class Rehearsal {
 public:
  // `file` is written from scenarios/, "known_bad/hotel_early_key.toml"; tests run at the root of the repository.
  explicit Rehearsal(const std::string& file) {
    const Result<Scenario> read = read_scenario("scenarios/" + file, catalogue_);
    EXPECT_TRUE(read) << file;
    if (!read) return;
    scenario = *read;
    system = *catalogue_.find_system(scenario.system);
  }

  Scenario scenario;
  SystemDeclaration system;
  bool no_faults = false;

  Finding run(std::uint64_t seed) {
    const Trial trial{&scenario, &system, &laws_, no_faults};
    return run_trial(world_, trial, seed).finding;
  }
  // How many of the seeds 1, 2, ..., `count` fail, each with a violation of `property`; anything else that is no pass is a failed test.
  int violations(int count, const std::string& property) {
    int found = 0;
    for (int seed = 1; seed <= count; ++seed) {
      const Finding finding = run(static_cast<std::uint64_t>(seed));
      if (finding.state == Finding::State::pass) continue;
      EXPECT_EQ(finding.state, Finding::State::fail) << "seed " << seed << ": " << finding.sentence;
      EXPECT_EQ(finding.property, property) << "seed " << seed << ": " << finding.sentence;
      ++found;
    }
    return found;
  }
  // The first sentence of a run that is no pass, over the seeds 1, 2, ..., `count`; empty if there is none.
  std::string first_failure(int count) {
    for (int seed = 1; seed <= count; ++seed) {
      const Finding finding = run(static_cast<std::uint64_t>(seed));
      if (finding.state != Finding::State::pass) return "seed " + std::to_string(seed) + ": " + finding.sentence;
    }
    return {};
  }

 private:
  Catalogue catalogue_ = suite_catalogue();
  LawCatalogue laws_ = suite_program_laws();
  World world_;
};

}  // namespace moirai
