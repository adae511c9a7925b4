#include "properties/campaign_repeat.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "properties/campaign_systems.test.hpp"
#include "runtime/kernel/fiber.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

template <class Body>
std::optional<std::string> difference(Body body, const FreshCommand& fresh = {}) {
  const Scenario scenario = small_campaign::scenario();
  const SystemDeclaration system = small_campaign::system(body);
  const LawCatalogue laws = small_campaign::laws(1000);
  const Trial trial{&scenario, &system, &laws, false};
  World world;
  return find_difference(trial, 7, run_trial(world, trial, 7).finding.digest, fresh);
}

TEST(CampaignRepeat, ARunThatItsSeedDecidesHasNoDifference) { EXPECT_EQ(difference(small_campaign::drawer), std::nullopt); }

TEST(CampaignRepeat, AStaticCounterIsNamedFromBothSides) {
  const auto found = difference([](Self& self) {
    static std::uint64_t runs = 0;
    self.sleep(1s);
    self.send("listener", small_campaign::Drawn{++runs});
    self.sleep(60s);
  });
  ASSERT_TRUE(found);
  // The first execution and the repetition are 1 and 2, the traced ones 3 and 4.
  EXPECT_NE(found->find("Drawn{number=3}"), std::string::npos) << *found;
  EXPECT_NE(found->find("Drawn{number=4}"), std::string::npos) << *found;
}

#if !MOIRAI_ASAN  // its allocator gives ascending addresses, whatever was freed: there the walk is the same each time
TEST(CampaignRepeat, AWalkInTheOrderOfAddressesIsFoundInTheSameProcess) {
  const auto found = difference([](Self& self) {
    std::vector<std::unique_ptr<int>> owners;
    std::map<const int*, std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < 64; ++i) {
      owners.push_back(std::make_unique<int>(0));
      numbers[owners.back().get()] = i;
    }
    self.sleep(1s);
    for (const auto& [address, number] : numbers) self.send("listener", small_campaign::Drawn{number});
    self.sleep(60s);
  });
  ASSERT_TRUE(found);
  EXPECT_NE(found->find("the first differing event is number"), std::string::npos) << *found;
}
#endif

TEST(CampaignRepeat, AFreshProcessWithAnotherDigestIsADifference) {
  const auto found = difference(small_campaign::drawer, [](const Trial&, std::uint64_t seed, bool trace) {
    return std::vector<std::string>{
        "/bin/sh", "-c",
        std::string(trace ? "echo 'this is no event of ours';" : "") + "echo fresh digest=000000000000000" + std::to_string(seed)};
  });
  ASSERT_TRUE(found);
  EXPECT_NE(found->find("0000000000000007 in a fresh process"), std::string::npos) << *found;
  EXPECT_NE(found->find("this is no event of ours"), std::string::npos) << *found;
}

TEST(CampaignRepeat, AFreshProcessThatDiesIsADifference) {
  const auto found = difference(small_campaign::drawer, [](const Trial&, std::uint64_t, bool) {
    return std::vector<std::string>{"/bin/sh", "-c", "exit 9"};
  });
  ASSERT_TRUE(found);
  EXPECT_NE(found->find("it ended with status 9"), std::string::npos) << *found;
}

}  // namespace
}  // namespace moirai
