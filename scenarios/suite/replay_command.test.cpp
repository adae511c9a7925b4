// moirai replay, end to end.
#include <gtest/gtest.h>

#include "scenarios/suite/program.test.hpp"

namespace moirai::testing_suite {
namespace {

TEST(ReplayCommand, ReportsTheRunWhateverIsExpected) {
  const Folder folder;
  const std::string expect = "[expect]\noutcome = \"find-bug\"\nproperty = \"small_numbers\"\n";
  const std::string file = folder.write("calm.toml", scenario("calm", sometimes_broken + expect));
  std::string failing, passing;
  for (const std::string& line : suite({"run", file}).lines()) {
    const std::size_t at = line.find("seed=");
    if (at == std::string::npos) continue;
    const std::string seed = line.substr(at + 5, line.find(' ', at) - at - 5);
    if (line.find("  fail  ") != std::string::npos) failing = seed;
    if (line.find("  pass  ") != std::string::npos) passing = seed;
  }
  ASSERT_FALSE(failing.empty());
  const Said fail = suite({"replay", file, "--seed", failing});
  EXPECT_EQ(fail.code, 1) << fail.out;
  EXPECT_NE(fail.out.find("a number reached the limit"), std::string::npos) << fail.out;
  EXPECT_NE(fail.out.find("reproduce   "), std::string::npos) << fail.out;
  ASSERT_FALSE(passing.empty());
  EXPECT_EQ(suite({"replay", file, "--seed", passing}).code, 0);
}

TEST(ReplayCommand, GivesTheDigestOfTheRunAndHoldsItAgainstTheExpectedOne) {
  const Folder folder;
  const std::string file = folder.write("calm.toml", scenario("calm", within_limit));
  const std::vector<std::string> digests = suite({"run", file, "--seeds", "1..4"}).all("digest=");
  ASSERT_EQ(digests.size(), 4u);
  const Said said = suite({"replay", file, "--seed", "3", "--expect-digest", digests[2]});
  EXPECT_EQ(said.code, 0) << said.out;
  EXPECT_EQ(said.all("digest="), (std::vector<std::string>{digests[2]}));
  const Said other = suite({"replay", file, "--seed", "3", "--expect-digest", digests[1]});
  EXPECT_EQ(other.code, 3);
  EXPECT_NE(other.out.find("the digest is " + digests[2] + " where " + digests[1] + " was expected"), std::string::npos) << other.out;
}

TEST(ReplayCommand, SaysWhenBuildOrScenarioAreNotThoseOfTheSeed) {
  const Folder folder;
  const std::string file = folder.write("calm.toml", scenario("calm", within_limit));
  const Said said = suite({"replay", file, "--seed", "3", "--scenario-hash", "0000000000000001", "--build", "123456789abc"});
  EXPECT_EQ(said.code, 0);
  EXPECT_NE(said.out.find("recorded with build 123456789abc"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("the scenario was edited"), std::string::npos) << said.out;
}

TEST(ReplayCommand, ATraceShowsEveryEventAndChangesNothing) {
  const Folder folder;
  const std::string file = folder.write("calm.toml", scenario("calm", within_limit));
  const Said plain = suite({"replay", file, "--seed", "3"}), traced = suite({"replay", file, "--seed", "3", "--trace"});
  EXPECT_EQ(traced.code, 0);
  EXPECT_EQ(traced.all("digest="), plain.all("digest="));
  EXPECT_GT(traced.lines().size(), plain.lines().size() + 50);
  EXPECT_NE(traced.out.find("root#1/drawer#1  sends Ping{number="), std::string::npos) << traced.out.substr(0, 2000);
}

TEST(ReplayCommand, ACrashIsTold) {
  const Folder folder;
  const Said said = suite({"replay", folder.write("spins.toml", scenario("spins")), "--seed", "0x2", "--trace"});
  EXPECT_EQ(said.code, 1) << said.out;
  EXPECT_NE(said.out.find("process root/spinner did not give up its turn"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("sends Ping{number=7}"), std::string::npos) << said.out;
}

TEST(ReplayCommand, BadFilesAndUsage) {
  const Folder folder;
  EXPECT_EQ(suite({"replay", folder.path() + "/missing.toml", "--seed", "1"}).code, 65);
  EXPECT_EQ(suite({"replay", folder.write("a.toml", scenario("calm"))}).code, 64);
}

}  // namespace
}  // namespace moirai::testing_suite
