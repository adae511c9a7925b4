#include "properties/campaign.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "properties/campaign_systems.test.hpp"
#include "runtime/kernel/fiber.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

struct Campaigned {
  std::vector<std::string> bytes;  // of the findings, without their wall clock
  std::vector<Finding> findings;
};

template <class Body>
Campaigned run(Body body, std::uint64_t limit, unsigned jobs, std::uint64_t first, std::uint64_t seeds, Ratio verify = {0, 1}) {
  Scenario scenario = small_campaign::scenario();
  scenario.limits.wall_time = 1s;
  const SystemDeclaration system = small_campaign::system(body);
  const LawCatalogue laws = small_campaign::laws(limit);
  Campaign campaign;
  campaign.parts.push_back({{&scenario, &system, &laws, false}, first, seeds});
  campaign.jobs = jobs;
  campaign.verify = verify;
  Campaigned result;
  campaign.found = [&](std::size_t part, Finding finding) {
    EXPECT_EQ(part, 0u);
    finding.wall = {};
    result.bytes.push_back(encode(finding));
    result.findings.push_back(std::move(finding));
  };
  EXPECT_EQ(run_campaign(campaign), seeds);
  return result;
}

TEST(Campaign, FindingsDoNotDependOnJobs) {
  const Campaigned one = run(small_campaign::drawer, 98, 1, 1, 60);
  ASSERT_EQ(one.findings.size(), 60u);
  std::size_t failed = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    EXPECT_EQ(one.findings[i].seed, i + 1);
    if (one.findings[i].state == Finding::State::fail) ++failed;
  }
  EXPECT_GT(failed, 5u);
  EXPECT_LT(failed, 60u);
  EXPECT_EQ(run(small_campaign::drawer, 98, 2, 1, 60).bytes, one.bytes);
  EXPECT_EQ(run(small_campaign::drawer, 98, 5, 1, 60).bytes, one.bytes);
}

TEST(Campaign, ASeedAloneIsTheSeedInARange) {
  const Campaigned range = run(small_campaign::drawer, 1000, 1, 1, 9);
  for (std::uint64_t seed = 1; seed <= 9; ++seed)
    EXPECT_EQ(run(small_campaign::drawer, 1000, 1, seed, 1).bytes[0], range.bytes[seed - 1]) << seed;
}

TEST(Campaign, TheFirstFailuresOfAKindAreTold) {
  const Campaigned result = run(small_campaign::drawer, 90, 2, 1, 20);
  std::size_t told = 0, failed = 0;
  for (const Finding& finding : result.findings) {
    if (finding.state != Finding::State::fail) continue;
    ++failed;
    EXPECT_EQ(finding.tail.has_value(), failed <= tails_per_signature) << finding.seed;
    if (finding.tail) ++told;
  }
  EXPECT_GT(failed, tails_per_signature);
  EXPECT_EQ(told, tails_per_signature);
}

TEST(Campaign, ACrashIsItsSeedsOwn) {
  const auto crash_when_small = [](Self& self) {
    self.sleep(1s);
    const std::uint64_t number = self.random(8);
    self.send("listener", small_campaign::Drawn{number});
    self.sleep(1s);
    if (number == 0) small_campaign::write_to_nowhere();
    self.sleep(60s);
  };
  const Campaigned one = run(crash_when_small, 1000, 1, 1, 30);
  std::size_t crashed = 0;
  for (const Finding& finding : one.findings) {
    if (finding.state != Finding::State::crashed) continue;
    EXPECT_TRUE(finding.sentence.starts_with("process root/worker ")) << finding.sentence;
    if (crashed++ > 0) continue;
    ASSERT_TRUE(finding.tail);
    EXPECT_TRUE(finding.tail->remark.empty()) << finding.tail->remark;
    std::string events;
    for (const TailEvent& event : finding.tail->events) events += event.text + "\n";
    EXPECT_NE(events.find("Drawn{number=0}"), std::string::npos) << events;
#if !MOIRAI_ASAN
    EXPECT_NE(finding.sentence.find("a segmentation fault; step "), std::string::npos) << finding.sentence;
#endif
  }
  EXPECT_GT(crashed, 0u);
  EXPECT_LT(crashed, 15u);
  EXPECT_EQ(run(crash_when_small, 1000, 3, 1, 30).bytes, one.bytes);
}

TEST(Campaign, ASpinningProcessIsNamed) {
  const Campaigned result = run(
      [](Self& self) {
        self.sleep(1s);
        for (std::atomic<int> i = 0;; ++i) {}
      },
      1000, 1, 1, 1);
  EXPECT_EQ(result.findings[0].state, Finding::State::crashed);
  EXPECT_TRUE(result.findings[0].sentence.starts_with("process root/worker did not give up its turn")) << result.findings[0].sentence;
}

TEST(Campaign, WhatDiffersWhenRunAgainIsNondeterministic) {
  const Campaigned result = run(
      [](Self& self) {
        static std::uint64_t runs = 0;
        self.sleep(1s);
        self.send("listener", small_campaign::Drawn{++runs});
        self.sleep(60s);
      },
      1000, 1, 1, 4, {1, 2});
  EXPECT_EQ(result.findings[0].state, Finding::State::nondeterministic);
  EXPECT_NE(result.findings[0].sentence.find("Drawn{number="), std::string::npos) << result.findings[0].sentence;
}

TEST(Campaign, TheShareOfVerifiedSeedsIsSpreadEvenlyAndNeverEmpty) {
  const auto count = [](Ratio share, std::uint64_t seeds) {
    std::uint64_t verified = 0;
    for (std::uint64_t i = 0; i < seeds; ++i)
      if (is_verified(i, share)) ++verified;
    return verified;
  };
  EXPECT_EQ(count({0, 1}, 100), 0u);
  EXPECT_EQ(count({1, 1}, 100), 100u);
  EXPECT_EQ(count({1, 100}, 1), 1u);
  EXPECT_EQ(count({1, 20}, 1000), 51u);
  EXPECT_TRUE(is_verified(0, {1, 1000}));
}

}  // namespace
}  // namespace moirai
