#include "scenarios/suite/suite.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace moirai {
namespace {

MOIRAI_SYSTEM(zebra, "for this test", {"stripes", std::int64_t{3}, "how many"}) {
  static_cast<void>(args.integer("stripes"));
  return supervisor({.name = "zebra"}, {});
}
MOIRAI_SYSTEM(aardvark, "for this test") { return supervisor({.name = "aardvark"}, {}); }

TEST(Suite, SystemsRegisterThemselvesSortedByName) {
  const Catalogue catalogue = suite_catalogue();
  ASSERT_NE(catalogue.find_system("zebra"), nullptr);
  EXPECT_EQ(catalogue.find_system("zebra")->args[0].name, "stripes");
  EXPECT_TRUE(std::is_sorted(catalogue.systems.begin(), catalogue.systems.end(),
                             [](const SystemDeclaration& a, const SystemDeclaration& b) { return a.name < b.name; }));
  EXPECT_NE(catalogue.find_law("restart_intensity"), nullptr) << "the laws that come with Moirai";
  EXPECT_EQ(catalogue.laws.size(), suite_program_laws().entries().size());
}

TEST(SuiteDeathTest, TwoSystemsOfOneNameAreRefused) {
  EXPECT_DEATH(register_system({"zebra", "again", {}, {}}), "two systems of this program are called \"zebra\"");
}

TEST(Suite, AMistakeInTheCommandLineIs64) {
  std::string words[] = {"moirai", "frobnicate"};
  char* argv[] = {words[0].data(), words[1].data(), nullptr};
  testing::internal::CaptureStderr();
  EXPECT_EQ(suite_main(2, argv), 64);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("frobnicate"), std::string::npos);
}

}  // namespace
}  // namespace moirai
