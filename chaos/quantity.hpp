// Quantities as people write them in scenario files: "12s", "150ms..300ms", "3/min", "5%". Integer arithmetic only, overflow is a mistake.
//
//   duration  = part {part}             "250ms"  "1min30s"  "1.5s"; parts from large to small, each unit at most once
//   part      = digits ["." digits] ("ns" | "us" | "ms" | "s" | "min" | "h")
//   range     = duration [".." duration]  uniform, both ends included
//   rate      = digits ["." digits] "/" [digits] unit     "3/s"  "0.5/min"  "1/5s"
//   ratio     = digits ["." digits] "%" | digits "/" digits     between 0 and 1
//   count     = digits noun             "50 seeds"
//
// A mistake made here has an empty place; whoever knows where the text stood fills it in.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/kernel/random.hpp"
#include "runtime/kernel/result.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

struct DurationSpec {  // drawn uniformly from [min, max]. Invariant: 0 <= min <= max.
  Duration min{}, max{};
  bool operator==(const DurationSpec&) const = default;
};

struct Rate {  // on average `count` per `per` of virtual time. Invariant: count > 0, per > 0 ns, lowest terms are not required.
  std::int64_t count = 1;
  Duration per{};
  bool operator==(const Rate&) const = default;
};

// 0 or more; at most about 292 years.
Result<Duration> parse_duration(std::string_view text);
Result<DurationSpec> parse_duration_range(std::string_view text);
Result<Rate> parse_rate(std::string_view text);
// In lowest terms, 0 to 1 with both ends.
Result<Ratio> parse_ratio(std::string_view text);
// "50 seeds" with noun "seed": at least 1. The singular is accepted too.
Result<std::uint64_t> parse_count(std::string_view text, std::string_view noun);
// Decimal or 0x; a seed is any 64-bit number.
Result<std::uint64_t> parse_seed(std::string_view text);

// The shortest text that parses back to the same value: 90s is "1min30s", 0 is "0s".
std::string to_text(Duration d);
std::string to_text(const DurationSpec& d);
std::string to_text(const Rate& r);
std::string to_text(const Ratio& r);

}  // namespace moirai
