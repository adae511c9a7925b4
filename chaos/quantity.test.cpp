#include "chaos/quantity.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

using namespace std::chrono_literals;

template <class T>
std::string first_of(const Result<T>& result) {
  return result.ok() ? "(no mistake)" : result.mistakes()[0].message + " | " + result.mistakes()[0].hint;
}

TEST(ParseDuration, SumsPartsExactly) {
  EXPECT_EQ(*parse_duration("12s"), 12s);
  EXPECT_EQ(*parse_duration("1min30s"), 90s);
  EXPECT_EQ(*parse_duration("2h5ms7us9ns"), 2h + 5ms + 7us + 9ns);
  EXPECT_EQ(*parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(*parse_duration("0.1us"), 100ns);
  EXPECT_EQ(*parse_duration("0s"), 0ns);
  EXPECT_EQ(*parse_duration("9223372036854775us"), Duration(9'223'372'036'854'775'000));
}

TEST(ParseDuration, SaysWhatIsWrongAndHowToWriteIt) {
  EXPECT_EQ(first_of(parse_duration("4")), "duration \"4\" needs a unit | write \"4s\" or \"4ms\"");
  EXPECT_EQ(first_of(parse_duration("4sec")), "unknown unit \"sec\" in \"4sec\" | write \"s\"");
  EXPECT_EQ(first_of(parse_duration("4fortnights")),
            "unknown unit \"fortnights\" in \"4fortnights\" | the units are ns, us, ms, s, min or h");
  EXPECT_EQ(first_of(parse_duration("4 s")), "duration \"4 s\" holds a space | write \"4s\"");
  EXPECT_EQ(first_of(parse_duration("-4s")), "duration \"-4s\" is negative | durations are 0s or more");
  EXPECT_EQ(first_of(parse_duration("")), "a duration is empty | write it like \"12s\" or \"1min30s\"");
  EXPECT_EQ(first_of(parse_duration("30s1min")),
            "the parts of duration \"30s1min\" are out of order | largest unit first, each at most once: \"1min30s\"");
  EXPECT_EQ(first_of(parse_duration("0.5ns")), "duration \"0.5ns\" is finer than a nanosecond | ");
  EXPECT_EQ(first_of(parse_duration("1s2")), "duration \"1s2\" needs a unit | write \"1s2s\" or \"1s2ms\"");
}

TEST(ParseDuration, NeverOverflows) {
  for (const char* text :
       {"9999999999999999s", "999999999999999999h", "2562047h2562047min", "99999999999999999999s", "9223372036854775807ns"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
  EXPECT_FALSE(parse_duration("2562047h100min").ok());
}

TEST(ParseDurationRange, IsOrderedAndBothEndsHaveUnits) {
  EXPECT_EQ(*parse_duration_range("150ms..300ms"), (DurationSpec{150ms, 300ms}));
  EXPECT_EQ(*parse_duration_range("1.5s..2s"), (DurationSpec{1500ms, 2s}));
  EXPECT_EQ(*parse_duration_range("2s"), (DurationSpec{2s, 2s}));
  EXPECT_EQ(first_of(parse_duration_range("300ms..150ms")), "range \"300ms..150ms\" ends before it begins | write \"150ms..300ms\"");
  EXPECT_EQ(first_of(parse_duration_range("150..300ms")), "duration \"150\" needs a unit | write both ends with units: \"150ms..300ms\"");
  for (const char* text : {"..", "1s..", "..1s", "1s...2s", "1s..2s..3s"}) EXPECT_FALSE(parse_duration_range(text).ok()) << text;
}

TEST(ParseRate, IsWholeEventsPerTime) {
  EXPECT_EQ(*parse_rate("3/s"), (Rate{3, 1s}));
  EXPECT_EQ(*parse_rate("6/min"), (Rate{6, 1min}));
  EXPECT_EQ(*parse_rate("0.5/min"), (Rate{1, 2min}));
  EXPECT_EQ(*parse_rate("1/5s"), (Rate{1, 5s}));
  EXPECT_EQ(first_of(parse_rate("3")), "rate \"3\" does not say per what | write \"3/s\" or \"3/min\"");
  EXPECT_EQ(first_of(parse_rate("3/sec")), "unknown unit \"sec\" in \"3/sec\" | write \"s\"");
  EXPECT_EQ(first_of(parse_rate("0/s")), "rate \"0/s\" is zero | leave the fault out if it should never happen");
  for (const char* text : {"", "/s", "3/", "3 per s", "-3/s", "3/0s", "3/s/s", "0.000000000000001/1000000h"})
    EXPECT_FALSE(parse_rate(text).ok()) << text;
}

TEST(ParseRatio, IsInLowestTermsAndAtMostOne) {
  EXPECT_EQ(*parse_ratio("5%"), (Ratio{1, 20}));
  EXPECT_EQ(*parse_ratio("0.5%"), (Ratio{1, 200}));
  EXPECT_EQ(*parse_ratio("2/20"), (Ratio{1, 10}));
  EXPECT_EQ(*parse_ratio("0%"), (Ratio{0, 1}));
  EXPECT_EQ(*parse_ratio("100%"), (Ratio{1, 1}));
  EXPECT_EQ(first_of(parse_ratio("101%")), "ratio \"101%\" is more than 1 | a ratio is between 0% and 100%");
  EXPECT_EQ(first_of(parse_ratio("0.05")), "\"0.05\" is not a ratio | write it like \"5%\" or \"1/10\"");
  for (const char* text : {"", "%", "5", "1/0", "1/x", "1.5/2", "1/2%", "0.00000000000000001%"})
    EXPECT_FALSE(parse_ratio(text).ok()) << text;
}

TEST(ParseCount, NeedsItsNoun) {
  EXPECT_EQ(*parse_count("50 seeds", "seed"), 50u);
  EXPECT_EQ(*parse_count("1 seed", "seed"), 1u);
  EXPECT_EQ(first_of(parse_count("50", "seed")), "\"50\" does not say of what | write \"50 seeds\"");
  for (const char* text : {"", "seeds", "50seeds", "0 seeds", "-1 seeds", "1.5 seeds", "50 seedss"})
    EXPECT_FALSE(parse_count(text, "seed").ok()) << text;
}

TEST(ParseSeed, IsDecimalOrHexadecimal) {
  EXPECT_EQ(*parse_seed("131"), 131u);
  EXPECT_EQ(*parse_seed("0x83"), 131u);
  EXPECT_EQ(*parse_seed("0xFFFFFFFFFFFFFFFF"), ~std::uint64_t{0});
  EXPECT_EQ(*parse_seed("18446744073709551615"), ~std::uint64_t{0});
  for (const char* text : {"", "0x", "-1", "12a", "0xg", "18446744073709551616", "0x10000000000000000", "1 "})
    EXPECT_FALSE(parse_seed(text).ok()) << text;
}

TEST(QuantityText, ParsesBackToTheSameValue) {
  std::uint64_t state = 1;
  const auto next = [&] { return static_cast<std::int64_t>((state = state * 6364136223846793005u + 1442695040888963407u) >> 2); };
  for (int i = 0; i < 2000; ++i) {
    const Duration d(next() >> (i % 60));
    EXPECT_EQ(*parse_duration(to_text(d)), d) << to_text(d);
    const Duration longer = d + (Duration::max() - d) / 3;
    EXPECT_EQ(*parse_duration_range(to_text(DurationSpec{d, longer})), (DurationSpec{d, longer}));
    const Rate rate{next() % 100'000 + 1, Duration(next() % 100'000'000'000 + 1)};
    EXPECT_EQ(*parse_rate(to_text(rate)), rate) << to_text(rate);
    const std::int64_t whole = next() % 1'000'000 + 1, part = next() % (whole + 1);
    const Result<Ratio> ratio = parse_ratio(std::to_string(part) + "/" + std::to_string(whole));
    ASSERT_TRUE(ratio.ok());
    EXPECT_EQ(*parse_ratio(to_text(*ratio)), *ratio) << to_text(*ratio);
  }
  EXPECT_EQ(to_text(90s), "1min30s");
  EXPECT_EQ(to_text(Duration::zero()), "0s");
  EXPECT_EQ(to_text(Rate{6, 1min}), "6/min");
  EXPECT_EQ(to_text(Ratio{1, 20}), "5%");
  EXPECT_EQ(to_text(Ratio{1, 3}), "1/3");
}

}  // namespace
}  // namespace moirai
