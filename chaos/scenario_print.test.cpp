#include "chaos/scenario_print.hpp"

#include <gtest/gtest.h>

#include "chaos/scenario_toml.hpp"
#include "chaos/scenario_toml.test.hpp"

namespace moirai {
namespace {

TEST(Describe, ReadsBackToTheSameScenario) {
  for (const std::string& text : {std::string(full_text), with(""), with("[seeds]\nbase = \"0xffffffffffffff00\"\ncount = 2\n")}) {
    Scenario first = must_parse(text);
    Scenario second = must_parse(describe(first));
    EXPECT_EQ(describe(second), describe(first));
    EXPECT_EQ(second.content_hash, first.content_hash);
    forget_places(first);
    forget_places(second);
    EXPECT_EQ(first, second);
  }
}

TEST(ContentHash, ChangesWithWhatMattersAndOnlyThen) {
  const std::string fault = "[[fault]]\nkind = \"crash\"\nat = \"1s\"\ntarget = \"bank\"\n";
  const std::uint64_t hash = must_parse(with(fault)).content_hash;
  EXPECT_EQ(must_parse("# a comment\n" + with(fault + "\n\n\n")).content_hash, hash);
  EXPECT_EQ(must_parse(with(fault + "[phases]\nwarmup = \"1000ms\"\n")).content_hash, hash);
  EXPECT_EQ(
      must_parse(
          "format = 1\n[scenario]\nname = \"tiny\"\ntitle = \"t\"\ndoc = \"d\"\nowner = \"o\"\ntags = [\"x\"]\n[system]\napp = \"bank\"\n" +
          fault)
          .content_hash,
      hash);
  EXPECT_NE(must_parse(with(fault + "window = \"21ms\"\n")).content_hash, hash);
  EXPECT_NE(must_parse(with(fault + "[phases]\nsettle = \"11s\"\n")).content_hash, hash);
  EXPECT_NE(must_parse(with(fault + "[system.args]\ntellers = 4\n")).content_hash, hash);
}

}  // namespace
}  // namespace moirai
