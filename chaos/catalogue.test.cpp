#include "chaos/catalogue.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

using namespace std::chrono_literals;

std::vector<ArgDeclaration> declared() {
  return {{"tellers", std::int64_t{3}, "how many"},
          {"ack", std::string("late"), ""},
          {"fsync", true, ""},
          {"pause", Duration(5ms), ""},
          {"loss", Ratio{1, 10}, ""}};
}

TEST(Args, HoldExactlyWhatIsDeclared) {
  Args args(declared());
  EXPECT_EQ(args.integer("tellers"), 3);
  EXPECT_EQ(args.text("ack"), "late");
  EXPECT_TRUE(args.boolean("fsync"));
  EXPECT_EQ(args.duration("pause"), 5ms);
  EXPECT_EQ(args.ratio("loss"), (Ratio{1, 10}));
  EXPECT_TRUE(args.has("loss"));
  EXPECT_FALSE(args.has("gain"));
  args.set("tellers", std::int64_t{8});
  EXPECT_EQ(args.integer("tellers"), 8);
  EXPECT_NE(args, Args(declared()));
}

TEST(ArgsDeath, AskingForAnotherOneIsAnErrorInTheProgram) {
  Args args(declared());
  EXPECT_DEATH(args.integer("teller"), "never declared; declared are: tellers, ack");
  EXPECT_DEATH(args.text("tellers"), "declared as an integer and is asked for as a text");
  EXPECT_DEATH(args.set("fsync", std::int64_t{1}), "declared as a boolean");
}

TEST(ArgValue, IsWrittenAsInToml) {
  EXPECT_EQ(to_text(ArgValue(true)), "true");
  EXPECT_EQ(to_text(ArgValue(std::int64_t{-3})), "-3");
  EXPECT_EQ(to_text(ArgValue(std::string("a\"b\\c\n\x01"))), "\"a\\\"b\\\\c\\n\\u0001\"");
  EXPECT_EQ(to_text(ArgValue(Duration(90s))), "\"1min30s\"");
  EXPECT_EQ(to_text(ArgValue(Ratio{1, 20})), "\"5%\"");
  EXPECT_EQ(kind_of(ArgValue(Ratio{1, 20})), ArgKind::ratio);
}

TEST(Catalogue, FindsByName) {
  Catalogue catalogue;
  catalogue.systems.push_back({"bank", "", {}, nullptr});
  catalogue.laws.push_back({"fifo", "", {}});
  EXPECT_EQ(catalogue.find_system("bank"), &catalogue.systems[0]);
  EXPECT_EQ(catalogue.find_system("fifo"), nullptr);
  EXPECT_EQ(catalogue.find_law("fifo"), &catalogue.laws[0]);
}

}  // namespace
}  // namespace moirai
