// One value of a scenario file at a time: its type, its unit, its range.
#include <fmt/format.h>

#include <algorithm>

#include "chaos/faults/delay.hpp"
#include "chaos/faults/partition.hpp"
#include "chaos/nearest.hpp"
#include "chaos/scenario_reader.hpp"
#include "runtime/kernel/term.hpp"

namespace moirai {

namespace {

using Kind = DocumentValue::Kind;

constexpr std::size_t longest_name = 100, longest_pattern = 200, longest_reason = 500, most_patterns = 100;
constexpr Duration longest_duration = std::chrono::hours(100'000);  // so that a few of them can be added

bool is_number(const DocumentValue& value) { return value.kind == Kind::integer || value.kind == Kind::fraction; }

std::string without_sign(const std::string& number) { return number.starts_with('-') ? number.substr(1) : number; }

bool is_name(std::string_view text, bool slashes) {
  if (text.empty() || text.size() > longest_name || text.front() == '/' || text.back() == '/' || text.front() == '.') return false;
  if (text.find("//") != std::string_view::npos || text.find("/.") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter_or_digit || c == '-' || c == '_' || c == '.' || (slashes && c == '/');
  });
}

}  // namespace

void ScenarioReader::needs_unit(const DocumentValue& value, std::string_view expected, std::string hint) {
  mistake(value, fmt::format("\"{}\" is {} and needs a unit", key_, expected), std::move(hint));
}

void ScenarioReader::wrong_type(const DocumentValue& value, std::string_view expected) {
  std::string hint;
  const bool wants_text = expected == "a text" || expected == "a name" || expected == "a pattern";
  if (wants_text && (is_number(value) || value.kind == Kind::boolean)) hint = fmt::format("write it in quotes: \"{}\"", value.text);
  const bool is_bare_number =
      !value.text.empty() && value.text.size() < 19 && value.text.find_first_not_of("0123456789") == std::string::npos;
  if (value.kind == Kind::text && (expected == "an integer" || expected == "a count") && is_bare_number)
    hint = fmt::format("write {} = {}, without quotes", key_, value.text);
  if (value.kind == Kind::text && expected == "a boolean" && (value.text == "true" || value.text == "false"))
    hint = fmt::format("write {} = {}, without quotes", key_, value.text);
  mistake(value, fmt::format("\"{}\" must be {}, not {}", key_, expected, name_of(value.kind)), std::move(hint));
}

std::vector<const DocumentValue*> ScenarioReader::texts(const DocumentValue& value, std::string_view expected) {
  if (value.kind == Kind::text) return {&value};
  std::vector<const DocumentValue*> found;
  if (value.kind != Kind::list) {
    wrong_type(value, expected);
    return found;
  }
  for (const DocumentValue& item : value.items) {
    if (item.kind == Kind::text) {
      found.push_back(&item);
    } else {
      wrong_type(item, expected);
      bad_.insert(&value);
    }
  }
  if (value.items.empty()) mistake(value, fmt::format("\"{}\" is an empty list", key_), fmt::format("expected: {}", expected));
  return found;
}

void ScenarioReader::text(const DocumentValue& value, std::string& into) {
  if (value.kind != Kind::text) return wrong_type(value, "a text");
  into = value.text;
}

void ScenarioReader::name(const DocumentValue& value, std::string& into, bool slashes) {
  if (value.kind != Kind::text) return wrong_type(value, "a name");
  if (!is_name(value.text, slashes)) {
    const std::string_view allowed =
        slashes ? "letters, digits, - _ . and / between words, such as \"bank/crash\"" : "letters, digits, - _ and .";
    return mistake(value, fmt::format("\"{}\" is not a name", value.text.substr(0, longest_name)), fmt::format("use {}", allowed));
  }
  into = value.text;
}

void ScenarioReader::names(const DocumentValue& value, std::vector<std::string>& into) {
  into.clear();
  for (const DocumentValue* item : texts(value, "a list of names")) name(*item, into.emplace_back(), true);
}

void ScenarioReader::duration(const DocumentValue& value, Duration& into, Duration least) {
  if (is_number(value)) return needs_unit(value, "a duration", fmt::format("write \"{0}s\" or \"{0}ms\"", without_sign(value.text)));
  if (value.kind != Kind::text) return wrong_type(value, "a duration");
  const Result<Duration> parsed = parse_duration(value.text);
  if (!parsed) return mistake(value, parsed.mistakes());
  if (*parsed > longest_duration) return mistake(value, fmt::format("\"{}\" is too long", key_), "the longest is 100000h");
  if (*parsed < least) return mistake(value, fmt::format("\"{}\" must be longer than 0s", key_));
  into = *parsed;
}

void ScenarioReader::duration_range(const DocumentValue& value, DurationSpec& into) {
  if (is_number(value)) {
    const std::string number = without_sign(value.text);
    return needs_unit(value, "a duration", fmt::format("write \"{0}s\", \"{0}ms\" or a range such as \"150ms..300ms\"", number));
  }
  if (value.kind != Kind::text) return wrong_type(value, "a duration or a range");
  const Result<DurationSpec> parsed = parse_duration_range(value.text);
  if (!parsed) return mistake(value, parsed.mistakes());
  if (parsed->max > longest_duration) return mistake(value, fmt::format("\"{}\" is too long", key_), "the longest is 100000h");
  if (parsed->max == Duration::zero()) return mistake(value, fmt::format("\"{}\" must be longer than 0s", key_));
  into = *parsed;
}

void ScenarioReader::count(const DocumentValue& value, std::uint64_t& into, std::uint64_t most) {
  if (value.kind != Kind::integer) return wrong_type(value, "a count");
  if (value.integer < 1) return mistake(value, fmt::format("\"{}\" must be 1 or more", key_));
  const std::uint64_t given = static_cast<std::uint64_t>(value.integer);
  if (given > most) return mistake(value, fmt::format("\"{}\" is too large", key_), fmt::format("at most {}", most));
  into = given;
}

void ScenarioReader::word(const DocumentValue& value, std::size_t& into, std::span<const std::string> words, std::string_view what) {
  if (value.kind != Kind::text) return wrong_type(value, "a text");
  const auto found = std::find(words.begin(), words.end(), value.text);
  if (found == words.end()) return mistake(value, fmt::format("unknown {} \"{}\"", what, value.text), hint_for(value.text, words));
  into = static_cast<std::size_t>(found - words.begin());
}

void ScenarioReader::selector(const DocumentValue& value, Selector& into) {
  if (value.kind != Kind::text) return wrong_type(value, "a pattern");
  if (value.text.size() > longest_pattern)
    return mistake(value, fmt::format("\"{}\" is too long", key_), fmt::format("at most {} characters", longest_pattern));
  const Result<Selector> parsed = parse_selector(value.text);
  if (!parsed) return mistake(value, parsed.mistakes());
  into = *parsed;
}

void ScenarioReader::heal(const DocumentValue& value) {
  if (value.kind != Kind::text || value.text != "auto")
    mistake(value, "\"heal\" can only be \"auto\"", "how long the system has to recover is said by settle = \"10s\"");
}

void ScenarioReader::fault_kind(const DocumentValue& value) {
  std::vector<std::string> words;
  for (const FaultKind kind : fault_kinds) words.emplace_back(name_of(kind));
  std::size_t chosen = 0;
  word(value, chosen, words, "fault kind");
  fault.kind = fault_kinds[chosen];
}

void ScenarioReader::at(const DocumentValue& value) {
  AtTimes at;
  if (is_number(value)) return needs_unit(value, "a time of chaos", fmt::format("write \"{0}s\" or \"{0}ms\"", without_sign(value.text)));
  if (value.kind != Kind::list && value.kind != Kind::text) return wrong_type(value, "a time or a list of times");
  const std::size_t mistakes_before = mistakes_.size();
  if (value.kind == Kind::text) duration(value, at.times.emplace_back());
  for (const DocumentValue& item : value.items) duration(item, at.times.emplace_back());
  if (mistakes_.size() != mistakes_before) return;
  if (at.times.empty()) return mistake(value, "\"at\" is an empty list", "write at = \"2s\" or at = [\"2s\", \"5s\"]");
  std::sort(at.times.begin(), at.times.end());
  const auto twice = std::adjacent_find(at.times.begin(), at.times.end());
  if (twice != at.times.end()) return mistake(value, fmt::format("\"at\" names {} twice", to_text(*twice)));
  fault.trigger = std::move(at);
}

void ScenarioReader::every(const DocumentValue& value) {
  EveryPeriod every;
  duration(value, every.period, Duration(1));
  fault.trigger = every;
}

void ScenarioReader::rate(const DocumentValue& value) {
  if (is_number(value)) return needs_unit(value, "a rate", fmt::format("write \"{0}/s\" or \"{0}/min\"", without_sign(value.text)));
  if (value.kind != Kind::text) return wrong_type(value, "a rate");
  const Result<Rate> parsed = parse_rate(value.text);
  if (!parsed) return mistake(value, parsed.mistakes());
  if (parsed->count > parsed->per.count() / 1000)
    return mistake(value, fmt::format("rate \"{}\" is too high", value.text), "at most \"1/us\"");
  fault.trigger = *parsed;
}

void ScenarioReader::lasts(const DocumentValue& value) {
  DurationSpec lasts;
  duration_range(value, lasts);
  fault.lasts = lasts;
}

void ScenarioReader::reason(const DocumentValue& value) {
  const std::string hint = "write it in Erlang syntax: kill, shutdown, {badmatch,7}";
  if (value.kind != Kind::text) return wrong_type(value, "a text");
  if (value.text.size() > longest_reason)
    return mistake(value, "\"reason\" is too long", fmt::format("at most {} characters", longest_reason));
  std::string why;
  if (!parse_term(value.text, &why)) return mistake(value, fmt::format("reason \"{}\" is not a term: {}", value.text, why), hint);
  fault.reason = value.text;
}

void ScenarioReader::links(const DocumentValue& value) {
  fault.links.clear();
  for (const DocumentValue* item : texts(value, "a list of links such as \"bank/teller-* -> bank/ledger\"")) {
    const Result<LinkSelector> parsed = parse_link_selector(item->text);
    if (!parsed) {
      mistake(*item, parsed.mistakes());
    } else if (item->text.size() > longest_pattern) {
      mistake(*item, "the link is too long", fmt::format("at most {} characters", longest_pattern));
    } else if (fault.links.size() == most_links) {
      return mistake(*item, "\"links\" holds too many links", fmt::format("at most {}", most_links));
    } else {
      fault.links.push_back(*parsed);
    }
  }
}

void ScenarioReader::sides(const DocumentValue& value) {
  const std::string hint = "write sides = [[\"bank/ledger\"], [\"bank/teller-*\"]]";
  if (value.kind != Kind::list) return mistake(value, "\"sides\" must be a list of lists of patterns", hint);
  if (value.items.size() < 2) return mistake(value, "a partition needs two sides or more", hint);
  if (value.items.size() > most_sides) return mistake(value, "a partition has too many sides", fmt::format("at most {}", most_sides));
  fault.sides.clear();
  std::size_t patterns = 0;
  for (const DocumentValue& side : value.items) {
    std::vector<Selector> parsed;
    for (const DocumentValue* item : texts(side, "a list of patterns")) {
      if (++patterns > most_patterns) return mistake(*item, "\"sides\" holds too many patterns", fmt::format("at most {}", most_patterns));
      Selector pattern;
      selector(*item, pattern);
      const Selector* other = nullptr;
      for (const std::vector<Selector>& earlier : fault.sides)
        for (const Selector& candidate : earlier)
          if (!other && overlap(candidate, pattern)) other = &candidate;
      if (other)
        mistake(*item, fmt::format("\"{}\" can be on two sides at once: it overlaps with \"{}\"", item->text, to_text(*other)),
                "no process may be on both sides of a partition");
      parsed.push_back(std::move(pattern));
    }
    fault.sides.push_back(std::move(parsed));
  }
}

void ScenarioReader::seed(const DocumentValue& value, std::uint64_t& into) {
  if (value.kind == Kind::integer && value.integer < 0) return mistake(value, "a seed cannot be negative", "write it like 131 or \"0x83\"");
  if (value.kind != Kind::integer && value.kind != Kind::text) return wrong_type(value, "a seed");
  const Result<std::uint64_t> parsed = parse_seed(value.text);
  if (!parsed) return mistake(value, parsed.mistakes());
  into = *parsed;
}

void ScenarioReader::within(const DocumentValue& value) {
  if (is_number(value)) return needs_unit(value, "a number of seeds", fmt::format("write \"{} seeds\"", without_sign(value.text)));
  if (value.kind != Kind::text) return wrong_type(value, "a number of seeds such as \"50 seeds\"");
  const Result<std::uint64_t> parsed = parse_count(value.text, "seed");
  if (!parsed) return mistake(value, parsed.mistakes());
  scenario.expect.within = *parsed;
}

void ScenarioReader::read_arg(const DocumentValue& value, const ArgDeclaration& declared, Args& into) {
  const ArgKind kind = kind_of(declared.fallback);
  key_ = declared.name;
  switch (kind) {
    case ArgKind::boolean:
      if (value.kind != Kind::boolean) return wrong_type(value, name_of(kind));
      return into.set(declared.name, value.boolean);
    case ArgKind::integer:
      if (value.kind != Kind::integer) return wrong_type(value, name_of(kind));
      return into.set(declared.name, value.integer);
    case ArgKind::text:
      if (value.kind != Kind::text) return wrong_type(value, name_of(kind));
      return into.set(declared.name, value.text);
    case ArgKind::duration: {
      Duration parsed = into.duration(declared.name);
      duration(value, parsed);
      return into.set(declared.name, parsed);
    }
    case ArgKind::ratio: {
      if (is_number(value)) return needs_unit(value, "a ratio", "write it like \"5%\" or \"1/10\"");
      if (value.kind != Kind::text) return wrong_type(value, name_of(kind));
      const Result<Ratio> parsed = parse_ratio(value.text);
      if (!parsed) return mistake(value, parsed.mistakes());
      return into.set(declared.name, *parsed);
    }
  }
}

}  // namespace moirai
