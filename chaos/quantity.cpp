#include "chaos/quantity.hpp"

#include <fmt/format.h>

#include <limits>
#include <numeric>
#include <optional>

namespace moirai {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr Unit units[] = {{"h", 3'600'000'000'000}, {"min", 60'000'000'000}, {"s", 1'000'000'000},
                          {"ms", 1'000'000},        {"us", 1'000},           {"ns", 1}};
constexpr std::string_view unit_names = "ns, us, ms, s, min or h";

struct Alias {
  std::string_view written, meant;
};
constexpr Alias aliases[] = {{"sec", "s"},        {"secs", "s"},       {"second", "s"},    {"seconds", "s"}, {"m", "min"},
                             {"mins", "min"},     {"minute", "min"},   {"minutes", "min"}, {"hr", "h"},      {"hrs", "h"},
                             {"hour", "h"},       {"hours", "h"},      {"msec", "ms"},     {"millis", "ms"}, {"usec", "us"},
                             {"\xc2\xb5s", "us"}, {"\xce\xbcs", "us"}, {"nsec", "ns"},     {"S", "s"},       {"MS", "ms"}};

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : units)
    if (unit.name == name) return &unit;
  return nullptr;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Mistake mistake(std::string message, std::string hint = {}) { return {{}, std::move(message), std::move(hint)}; }

// An exact decimal, value = mantissa / 10^places. At most 18 digits, so that it never overflows.
struct Decimal {
  std::int64_t mantissa = 0, scale = 1;
};

// Takes digits ["." digits] off the front of text; nullopt: there is none, or it has too many digits.
std::optional<Decimal> take_decimal(std::string_view& text) {
  Decimal value;
  std::size_t at = 0, digits = 0;
  const auto take_digits = [&](bool fraction) {
    const std::size_t from = at;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      if (++digits > 18) return false;
      value.mantissa = value.mantissa * 10 + (text[at] - '0');
      if (fraction) value.scale *= 10;
    }
    return at > from;
  };
  if (!take_digits(false)) return std::nullopt;
  if (at < text.size() && text[at] == '.' && text.substr(at, 2) != "..") {
    ++at;
    if (!take_digits(true)) return std::nullopt;
  }
  text.remove_prefix(at);
  return value;
}

// value * factor / value.scale, if that is a whole number below 2^63.
std::optional<std::int64_t> multiply(const Decimal& value, std::int64_t factor) {
  const __int128 product = static_cast<__int128>(value.mantissa) * factor;
  if (product % value.scale != 0) return std::nullopt;
  const __int128 whole = product / value.scale;
  if (whole > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

std::string_view take_unit(std::string_view& text) {
  std::size_t at = 0;
  while (at < text.size() && !is_digit(text[at]) && text[at] != '.' && text[at] != ' ') ++at;
  const std::string_view unit = text.substr(0, at);
  text.remove_prefix(at);
  return unit;
}

std::string trimmed(std::string_view text) {
  std::string kept;
  for (const char c : text)
    if (c != ' ' && c != '\t') kept += c;
  return kept;
}

Mistake unknown_unit(std::string_view whole, std::string_view unit) {
  for (const Alias& alias : aliases)
    if (alias.written == unit)
      return mistake(fmt::format("unknown unit \"{}\" in \"{}\"", unit, whole), fmt::format("write \"{}\"", alias.meant));
  return mistake(fmt::format("unknown unit \"{}\" in \"{}\"", unit, whole), fmt::format("the units are {}", unit_names));
}

Mistake not_a_duration(std::string_view text) {
  if (text.empty()) return mistake("a duration is empty", "write it like \"12s\" or \"1min30s\"");
  if (text.front() == '-') return mistake(fmt::format("duration \"{}\" is negative", text), "durations are 0s or more");
  const std::string closer = trimmed(text);
  if (closer != text && parse_duration(closer).ok())
    return mistake(fmt::format("duration \"{}\" holds a space", text), fmt::format("write \"{}\"", closer));
  return mistake(fmt::format("\"{}\" is not a duration", text), "write it like \"12s\" or \"1min30s\"");
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  std::int64_t total = 0;
  std::int64_t last_unit = std::numeric_limits<std::int64_t>::max();
  do {
    const std::optional<Decimal> number = take_decimal(rest);
    if (!number) return not_a_duration(text);
    if (rest.empty()) return mistake(fmt::format("duration \"{}\" needs a unit", text), fmt::format("write \"{0}s\" or \"{0}ms\"", text));
    if (rest.front() == ' ') return not_a_duration(text);
    const std::string_view name = take_unit(rest);
    if (name.empty()) return not_a_duration(text);
    const Unit* unit = find_unit(name);
    if (!unit) return unknown_unit(text, name);
    if (unit->nanoseconds >= last_unit)
      return mistake(fmt::format("the parts of duration \"{}\" are out of order", text),
                     "largest unit first, each at most once: \"1min30s\"");
    last_unit = unit->nanoseconds;
    const std::optional<std::int64_t> part = multiply(*number, unit->nanoseconds);
    const bool too_fine = static_cast<__int128>(number->mantissa) * unit->nanoseconds % number->scale != 0;
    if (too_fine) return mistake(fmt::format("duration \"{}\" is finer than a nanosecond", text));
    if (!part || *part > std::numeric_limits<std::int64_t>::max() - total)
      return mistake(fmt::format("duration \"{}\" is too long", text), "the longest is about 292 years");
    total += *part;
  } while (!rest.empty());
  return Duration(total);
}

Result<DurationSpec> parse_duration_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const Result<Duration> single = parse_duration(text);
    if (!single) return single.mistakes();
    return DurationSpec{*single, *single};
  }
  const Result<Duration> min = parse_duration(text.substr(0, dots));
  const Result<Duration> max = parse_duration(text.substr(dots + 2));
  if (!min || !max) {
    Mistake why = !min ? min.mistakes()[0] : max.mistakes()[0];
    if (why.hint.empty() || why.message.find("needs a unit") != std::string::npos)
      why.hint = "write both ends with units: \"150ms..300ms\"";
    return why;
  }
  if (*min > *max)
    return mistake(fmt::format("range \"{}\" ends before it begins", text), fmt::format("write \"{}..{}\"", to_text(*max), to_text(*min)));
  return DurationSpec{*min, *max};
}

Result<Rate> parse_rate(std::string_view text) {
  const std::string hint = "write it like \"3/s\", \"6/min\" or \"1/5s\"";
  std::string_view rest = text;
  const std::optional<Decimal> count = take_decimal(rest);
  if (!count) return mistake(fmt::format("\"{}\" is not a rate", text), hint);
  if (rest.empty())
    return mistake(fmt::format("rate \"{}\" does not say per what", text), fmt::format("write \"{0}/s\" or \"{0}/min\"", text));
  if (rest.front() != '/') return mistake(fmt::format("\"{}\" is not a rate", text), hint);
  rest.remove_prefix(1);
  if (rest.empty()) return mistake(fmt::format("rate \"{}\" does not say per what", text), hint);
  const bool bare_unit = !is_digit(rest.front());
  if (bare_unit && !find_unit(rest)) return unknown_unit(text, rest);
  const Result<Duration> per = parse_duration(bare_unit ? "1" + std::string(rest) : std::string(rest));
  if (!per) return mistake(fmt::format("\"{}\" is not a rate: {}", text, per.mistakes()[0].message), hint);
  if (count->mantissa == 0 || *per == Duration::zero())
    return mistake(fmt::format("rate \"{}\" is zero", text), "leave the fault out if it should never happen");
  const std::int64_t common = std::gcd(count->mantissa, count->scale);
  const std::optional<std::int64_t> whole_per = multiply({per->count(), 1}, count->scale / common);
  if (!whole_per) return mistake(fmt::format("rate \"{}\" is too small", text));
  return Rate{count->mantissa / common, Duration(*whole_per)};
}

Result<Ratio> parse_ratio(std::string_view text) {
  const std::string hint = "write it like \"5%\" or \"1/10\"";
  std::string_view rest = text;
  const std::optional<Decimal> first = take_decimal(rest);
  if (!first) return mistake(fmt::format("\"{}\" is not a ratio", text), hint);
  std::int64_t numerator = first->mantissa, denominator = 0;
  if (rest == "%") {
    if (first->scale > std::numeric_limits<std::int64_t>::max() / 100)
      return mistake(fmt::format("ratio \"{}\" has too many digits", text), hint);
    denominator = first->scale * 100;
  } else if (!rest.empty() && rest.front() == '/' && first->scale == 1) {
    rest.remove_prefix(1);
    const std::optional<Decimal> second = take_decimal(rest);
    if (!second || second->scale != 1 || !rest.empty()) return mistake(fmt::format("\"{}\" is not a ratio", text), hint);
    if (second->mantissa == 0) return mistake(fmt::format("ratio \"{}\" divides by zero", text), hint);
    denominator = second->mantissa;
  } else {
    return mistake(fmt::format("\"{}\" is not a ratio", text), hint);
  }
  if (numerator > denominator) return mistake(fmt::format("ratio \"{}\" is more than 1", text), "a ratio is between 0% and 100%");
  const std::int64_t common = std::gcd(numerator, denominator);
  return Ratio{static_cast<std::uint64_t>(numerator / common), static_cast<std::uint64_t>(denominator / common)};
}

Result<std::uint64_t> parse_count(std::string_view text, std::string_view noun) {
  const std::string hint = fmt::format("write it like \"50 {}s\"", noun);
  std::string_view rest = text;
  const std::optional<Decimal> number = take_decimal(rest);
  if (!number || number->scale != 1) return mistake(fmt::format("\"{}\" is not a number of {}s", text, noun), hint);
  if (rest.empty()) return mistake(fmt::format("\"{}\" does not say of what", text), fmt::format("write \"{} {}s\"", text, noun));
  const std::string plural = fmt::format(" {}s", noun);
  if (rest != plural && rest != std::string_view(plural).substr(0, plural.size() - 1))
    return mistake(fmt::format("\"{}\" is not a number of {}s", text, noun), hint);
  if (number->mantissa == 0) return mistake(fmt::format("\"{}\" is none at all", text), fmt::format("at least 1 {}", noun));
  return static_cast<std::uint64_t>(number->mantissa);
}

Result<std::uint64_t> parse_seed(std::string_view text) {
  const bool hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  const std::uint64_t base = hex ? 16 : 10;
  std::uint64_t seed = 0;
  bool good = !text.empty();
  for (const char c : text.substr(hex ? 2 : 0)) {
    const char letter = static_cast<char>(c | 0x20);
    const bool is_letter = hex && letter >= 'a' && letter <= 'f';
    if (!is_digit(c) && !is_letter) good = false;
    if (!good) break;
    const std::uint64_t digit = static_cast<std::uint64_t>(is_letter ? letter - 'a' + 10 : c - '0');
    if (seed > (std::numeric_limits<std::uint64_t>::max() - digit) / base)
      return mistake(fmt::format("seed \"{}\" is too large", text), "a seed is a 64-bit number: at most 0xffffffffffffffff");
    seed = seed * base + digit;
  }
  if (!good) return mistake(fmt::format("\"{}\" is not a seed", text), "write it like 131 or 0x83");
  return seed;
}

std::string to_text(Duration d) {
  if (d == Duration::zero()) return "0s";
  if (d < Duration::zero())
    return d == Duration::min() ? std::string("-292years") : "-" + to_text(-d);  // never in a file; for messages only
  std::string text;
  std::int64_t rest = d.count();
  for (const Unit& unit : units) {
    if (rest >= unit.nanoseconds) text += fmt::format("{}{}", rest / unit.nanoseconds, unit.name);
    rest %= unit.nanoseconds;
  }
  return text;
}

std::string to_text(const DurationSpec& d) { return d.min == d.max ? to_text(d.min) : to_text(d.min) + ".." + to_text(d.max); }

std::string to_text(const Rate& r) {
  for (const Unit& unit : units)
    if (r.per.count() == unit.nanoseconds) return fmt::format("{}/{}", r.count, unit.name);
  return fmt::format("{}/{}", r.count, to_text(r.per));
}

std::string to_text(const Ratio& r) {
  if (r.denominator != 0 && 100 % r.denominator == 0) return fmt::format("{}%", r.numerator * (100 / r.denominator));
  return fmt::format("{}/{}", r.numerator, r.denominator);
}

}  // namespace moirai
