#include "runtime/otp/argument.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

enum class Colour { red, green };
struct Inner {
  std::string text;
  std::optional<std::int32_t> number;
  bool operator==(const Inner&) const = default;
};
struct Outer {
  Pid pid;
  bool flag = false;
  Colour colour = Colour::red;
  std::vector<Inner> inner;
  Duration wait{};
  Term any;
  bool operator==(const Outer&) const = default;
};

TEST(Argument, ComesBackAsItWent) {
  const Outer value{Pid(3, 1, 0), true, Colour::green, {{"a", 7}, {"", std::nullopt}}, Duration(5), Term::atom("x")};
  const Term term = argument::encode(value);
  EXPECT_EQ(term.to_string(), "{<0.3.1>,true,1,[{\"a\",7},{\"\",undefined}],5,x}");
  EXPECT_EQ(argument::decode<Outer>(term), value);
  EXPECT_EQ(argument::decode<std::int64_t>(argument::encode(std::int64_t{-5})), -5);
  EXPECT_EQ(argument::decode<Term>(argument::encode(Term::atom("t"))), Term::atom("t"));
  EXPECT_EQ(argument::decode<Ref>(argument::encode(Ref{9})), Ref{9});
}

TEST(Argument, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(argument::decode<std::int64_t>(Term::atom("a")), std::nullopt);
  EXPECT_EQ(argument::decode<std::uint8_t>(Term::integer(256)), std::nullopt);
  EXPECT_EQ(argument::decode<bool>(Term::integer(1)), std::nullopt);
  EXPECT_EQ(argument::decode<Inner>(Term::tuple({Term::string("a")})), std::nullopt);
  EXPECT_EQ(argument::decode<std::vector<bool>>(Term::atom("a")), std::nullopt);
  EXPECT_TRUE(argument::is<Inner>(Term::tuple({Term::string("a"), Term::integer(1)})));
  EXPECT_FALSE(argument::is<Inner>(Term::tuple({Term::integer(1), Term::integer(1)})));
}

}  // namespace
}  // namespace moirai
