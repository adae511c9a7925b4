#include "runtime/kernel/term.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

std::uint64_t digest_of(const Term& term) {
  Digest digest;
  term.fold(digest);
  return digest.value();
}

TEST(Term, PrintsAsErlangWrites) {
  EXPECT_EQ(Term().to_string(), "normal");
  EXPECT_EQ(Term::atom("failed_to_start_child").to_string(), "failed_to_start_child");
  EXPECT_EQ(Term::atom("Not plain").to_string(), "'Not plain'");
  EXPECT_EQ(Term::atom("it's").to_string(), "'it\\'s'");
  EXPECT_EQ(Term::string("a\"b\n\x1b").to_string(), "\"a\\\"b\\n\\x{1B}\"");
  EXPECT_EQ(Term::tuple({reason::shutdown(), Term::list({Term::integer(-3), Term::tuple({})})}).to_string(), "{shutdown,[-3,{}]}");
  EXPECT_EQ(Term::pid(Pid(5, 2, 0)).to_string(), "<0.5.2>");
}

TEST(Term, ReadsWhatItPrints) {
  for (const char* text :
       {"normal", "'A b'", "{shutdown,{failed_to_start_child,b,boom}}", "[]", "{}", "-9223372036854775808", "\"x\\\"y\"", "[{a,1},[b]]"}) {
    const auto term = parse_term(text);
    ASSERT_TRUE(term) << text;
    EXPECT_EQ(term->to_string(), text);
  }
  EXPECT_EQ(parse_term(" { badmatch , chaos } ")->to_string(), "{badmatch,chaos}");
}

TEST(Term, SaysWhereTextIsNoTerm) {
  for (const char* text : {"", "{a", "[a,]", "a b", "Upper", "'open", "99999999999999999999", "{a;b}", "-"}) {
    std::string why;
    EXPECT_FALSE(parse_term(text, &why)) << text;
    EXPECT_NE(why.find("at offset"), std::string::npos) << text;
  }
  EXPECT_FALSE(parse_term(std::string(1000, '[')));  // hostile nesting is refused, not followed
}

TEST(Term, ComparesByContent) {
  EXPECT_EQ(Term::atom("kill"), reason::kill());
  EXPECT_EQ(*parse_term("{a,[1]}"), Term::tuple({Term::atom("a"), Term::list({Term::integer(1)})}));
  EXPECT_NE(Term::atom("a"), Term::string("a"));
  EXPECT_LT(Term::integer(7), Term::atom("a"));
  EXPECT_LT(*parse_term("{z}"), *parse_term("{a,a}"));  // tuples by size first
  EXPECT_LT(*parse_term("[a,b]"), *parse_term("[b]"));
}

TEST(Term, ARemarkIsNoPartOfTheDigest) {
  EXPECT_EQ(digest_of(reason::error("out_of_range", "one library")), digest_of(reason::error("out_of_range", "another library")));
  EXPECT_NE(digest_of(reason::error("out_of_range", "")), digest_of(reason::error("bad_alloc", "")));
  EXPECT_NE(digest_of(Term::string("a")), digest_of(Term::string("b")));
}

TEST(Term, ClassNIsThatOfSupervisors) {
  for (const char* text : {"normal", "shutdown", "{shutdown,anything}"}) EXPECT_TRUE(is_normal_exit(*parse_term(text))) << text;
  for (const char* text : {"kill", "killed", "{shutdown}", "{shutdown,a,b}", "\"normal\"", "boom"})
    EXPECT_FALSE(is_normal_exit(*parse_term(text))) << text;
}

TEST(Term, CopiesShareAndMovesLeaveSomethingHarmless) {
  Term a = *parse_term("{boom,[1,2,3]}");
  const Term b = a;
  Term c = std::move(a);
  a = b;
  EXPECT_EQ(a, c);
  c = Term();
  EXPECT_EQ(b.to_string(), "{boom,[1,2,3]}");
}

}  // namespace
}  // namespace moirai
