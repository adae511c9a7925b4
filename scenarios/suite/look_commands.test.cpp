// check, plan, list, version, end to end.
#include <gtest/gtest.h>

#include "scenarios/suite/program.test.hpp"

namespace moirai::testing_suite {
namespace {

const std::string crash = "[[fault]]\nkind = \"crash\"\ntarget = \"one root/*\"\nrate = \"3/s\"\n";

TEST(LookCommands, CheckShowsEveryMistakeOfEveryFile) {
  const Folder folder;
  const std::string good = folder.write("good.toml", scenario("calm", within_limit));
  const Said ok = suite({"check", good});
  EXPECT_EQ(ok.code, 0) << ok.err;
  EXPECT_NE(ok.out.find("ok  " + good + "  test/calm"), std::string::npos) << ok.out;
  folder.write("bad/one.toml", scenario("calm", "[[propperty]]\n"));
  folder.write("bad/two.toml", scenario("calm", "[phases2]\n[[fault]]\nkind = \"puase\"\n"));
  const Said bad = suite({"check", good, folder.path() + "/bad"});
  EXPECT_EQ(bad.code, 65);
  EXPECT_NE(bad.err.find("one.toml:"), std::string::npos) << bad.err;
  EXPECT_NE(bad.err.find("two.toml:"), std::string::npos) << bad.err;
  EXPECT_NE(bad.err.find("puase"), std::string::npos) << bad.err;
  EXPECT_EQ(suite({"check", folder.path() + "/bad/missing.toml"}).code, 65);
  folder.write("empty/keep", "");
  EXPECT_EQ(suite({"check", folder.path() + "/empty"}).code, 4);
}

TEST(LookCommands, PlanPrintsDefaultsAndTheFaultsOfTheSeed) {
  const Folder folder;
  const std::string file = folder.write("calm.toml", scenario("calm", within_limit + crash));
  const Said one = suite({"plan", file, "--seed", "1"});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_NE(one.out.find("crash#1"), std::string::npos) << one.out;
  EXPECT_NE(one.out.find("stall = 100000"), std::string::npos) << "a default: " << one.out;
  EXPECT_EQ(suite({"plan", file, "--seed", "0x1"}).out, one.out);
  EXPECT_NE(suite({"plan", file, "--seed", "2"}).out, one.out);
  EXPECT_EQ(suite({"plan", file}).code, 64);
}

TEST(LookCommands, ListNamesWhatAFileMayName) {
  const Said all = suite({"list"});
  EXPECT_EQ(all.code, 0);
  for (const char* name : {"calm", "small_numbers", "restart_intensity", "partition", "after_operations", "limit = 100"})
    EXPECT_NE(all.out.find(name), std::string::npos) << name;
  EXPECT_EQ(suite({"list", "systems"}).out.find("small_numbers"), std::string::npos);
  const Folder folder;
  folder.write("calm.toml", scenario("calm"));
  EXPECT_NE(suite({"list", "scenarios", folder.path()}).out.find("test/calm"), std::string::npos);
}

TEST(LookCommands, VersionIsOneLine) {
  const Said said = suite({"version"});
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(said.out.starts_with("moirai ")) << said.out;
  EXPECT_EQ(said.lines().size(), 1u);
}

}  // namespace
}  // namespace moirai::testing_suite
