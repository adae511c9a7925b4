#include "chaos/selector.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
  const Result<Selector> selector = parse_selector(pattern);
  EXPECT_TRUE(selector.ok()) << pattern;
  return selector.ok() && selector->matches(path);
}

bool overlapping(std::string_view a, std::string_view b) {
  const Selector first = *parse_selector(a), second = *parse_selector(b);
  EXPECT_EQ(overlap(first, second), overlap(second, first)) << a << " and " << b;
  return overlap(first, second);
}

TEST(Selector, MatchesPathsSegmentBySegment) {
  EXPECT_TRUE(matches("bank/ledger", "bank/ledger"));
  EXPECT_FALSE(matches("bank/ledger", "bank/ledger/x"));
  EXPECT_FALSE(matches("bank/ledger", "bank"));
  EXPECT_TRUE(matches("bank/teller-*", "bank/teller-1"));
  EXPECT_TRUE(matches("bank/teller-*", "bank/teller-"));
  EXPECT_FALSE(matches("bank/teller-*", "bank/teller-1/helper")) << "* stays within its segment";
  EXPECT_TRUE(matches("*/*-1", "bank/teller-1"));
  EXPECT_TRUE(matches("bank/*a*b*", "bank/xxaxxbxx"));
  EXPECT_FALSE(matches("bank/*a*b*", "bank/xxbxxaxx"));
  EXPECT_FALSE(matches("bank/*", "bank"));
  EXPECT_FALSE(matches("bank", ""));
}

TEST(Selector, DoubleStarTakesAnyDepthButNotTheProcessItself) {
  EXPECT_TRUE(matches("bank/**", "bank/a"));
  EXPECT_TRUE(matches("bank/**", "bank/a/b/c"));
  EXPECT_FALSE(matches("bank/**", "bank"));
  EXPECT_FALSE(matches("bank/**", "bankrupt/a"));
  EXPECT_TRUE(matches("**", "bank"));
  EXPECT_TRUE(matches("**/cache", "cache"));
  EXPECT_TRUE(matches("**/cache", "a/b/cache"));
  EXPECT_TRUE(matches("a/**/z", "a/z"));
  EXPECT_TRUE(matches("a/**/z", "a/b/z/c/z"));
  EXPECT_FALSE(matches("a/**/z", "a/b/z/c"));
}

TEST(Selector, OneIsKeptApartFromThePattern) {
  const Selector one = *parse_selector("one bank/teller-*");
  EXPECT_TRUE(one.one);
  EXPECT_EQ(one.pattern, "bank/teller-*");
  EXPECT_TRUE(one.matches("bank/teller-3"));
  EXPECT_EQ(to_text(one), "one bank/teller-*");
  EXPECT_FALSE(parse_selector("bank")->one);
}

TEST(Selector, HardPatternsEndQuickly) {
  std::string pattern, path;
  for (int i = 0; i < 200; ++i) {
    pattern += "**/a*a*a*/";
    path += "aaaaaaaaaaaaaaaa/";
  }
  EXPECT_FALSE(matches(pattern + "b", path + "a"));
}

TEST(Selector, MistakesSayHowToWriteIt) {
  for (const char* text : {"", "one", "one ", "/bank", "bank/", "bank//x", "bank/teller#2", "bank/teller-?", "bank/[ab]", "a b", "bank/a**",
                           "all bank/*", "two x", "a\n", "one one x"}) {
    const Result<Selector> selector = parse_selector(text);
    ASSERT_FALSE(selector.ok()) << text;
    EXPECT_FALSE(selector.mistakes()[0].message.empty()) << text;
    EXPECT_FALSE(selector.mistakes()[0].hint.empty()) << text;
  }
  EXPECT_EQ(parse_selector("all bank/*").mistakes()[0].hint, "a pattern alone means all that match: \"bank/*\"");
}

TEST(LinkSelector, HasTwoEnds) {
  const LinkSelector link = *parse_link_selector("bank/teller-* -> bank/ledger");
  EXPECT_EQ(link.from.pattern, "bank/teller-*");
  EXPECT_EQ(link.to.pattern, "bank/ledger");
  EXPECT_EQ(to_text(link), "bank/teller-* -> bank/ledger");
  for (const char* text : {"", "a", "a ->", "-> b", "a -> ", "a->b", "a -> b -> c", "a <- b"})
    EXPECT_FALSE(parse_link_selector(text).ok()) << text;
}

TEST(Overlap, IsExact) {
  EXPECT_TRUE(overlapping("bank/ledger", "bank/ledger"));
  EXPECT_TRUE(overlapping("bank/ledger", "one bank/*"));
  EXPECT_TRUE(overlapping("bank/teller-*", "bank/*-1"));
  EXPECT_TRUE(overlapping("bank/**", "**/ledger"));
  EXPECT_TRUE(overlapping("a/*/c", "a/b/*"));
  EXPECT_TRUE(overlapping("**", "x"));
  EXPECT_FALSE(overlapping("bank/**", "bank"));
  EXPECT_FALSE(overlapping("bank/ledger", "bank/teller-*"));
  EXPECT_FALSE(overlapping("bank/a*", "bank/b*"));
  EXPECT_FALSE(overlapping("a/*", "a/*/*"));
  EXPECT_FALSE(overlapping("a/**/b", "a/**/c"));
}

TEST(Overlap, AgreesWithMatchingOnAllSmallPaths) {
  const std::vector<std::string> patterns{"a",    "b",  "*",  "**",     "a/b",     "a/*", "*/b",   "a/**",
                                          "**/b", "a*", "*b", "a/**/b", "**/a/**", "ab",  "a/b/a", "*/*"};
  std::vector<std::string> segments{"a", "b", "ab", "aa", "ba"}, paths = segments;
  for (std::size_t from = 0, round = 0; round < 3; ++round) {
    const std::size_t end = paths.size();
    for (; from < end; ++from)
      for (const std::string& segment : segments) paths.push_back(std::string(paths[from]) + "/" + segment);
  }
  for (const std::string& a : patterns) {
    for (const std::string& b : patterns) {
      bool both = false;
      for (const std::string& path : paths) both = both || (matches(a, path) && matches(b, path));
      EXPECT_EQ(overlapping(a, b), both) << a << " and " << b;
    }
  }
}

}  // namespace
}  // namespace moirai
