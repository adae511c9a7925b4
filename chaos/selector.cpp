#include "chaos/selector.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace moirai {

namespace {

constexpr std::string_view any_depth = "**";
constexpr std::string_view arrow = " -> ";

Mistake mistake(std::string message, std::string hint = {}) { return {{}, std::move(message), std::move(hint)}; }

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (true) {
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

// As split, with a "**" at the end (one segment or more) put as "*", "**", so that every "**" means: none or more.
std::vector<std::string_view> pattern_segments(std::string_view pattern) {
  std::vector<std::string_view> segments = split(pattern);
  if (segments.back() == any_depth) segments.insert(segments.end() - 1, "*");
  return segments;
}

// Wildcard matching with one point to go back to: the last wildcard seen is the only one that ever has to take more.
template <class Pattern, class Text, class IsWild, class Fits>
bool wildcard_match(const Pattern& pattern, const Text& text, IsWild is_wild, Fits fits) {
  std::size_t p = 0, t = 0, wild = pattern.size(), taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && is_wild(pattern[p])) {
      wild = p++;
      taken = t;
    } else if (p < pattern.size() && fits(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (wild < pattern.size()) {
      p = wild + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && is_wild(pattern[p])) ++p;
  return p == pattern.size();
}

bool segment_matches(std::string_view pattern, std::string_view segment) {
  return wildcard_match(
      pattern, segment, [](char c) { return c == '*'; }, [](char a, char b) { return a == b; });
}

// Is there a sequence that two patterns match, where a wildcard takes none or more items? reached[i][j]: some sequence is taken by both
// up to there. `meet` says whether two items of which none is a wildcard can be the same.
template <class Pattern, class IsWild, class Meet>
bool patterns_meet(const Pattern& a, const Pattern& b, IsWild is_wild, Meet meet) {
  const std::size_t width = b.size() + 1;
  std::vector<bool> reached((a.size() + 1) * width, false);
  reached[0] = true;
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (!reached[i * width + j]) continue;
      const bool wild_a = i < a.size() && is_wild(a[i]);
      const bool wild_b = j < b.size() && is_wild(b[j]);
      // A wildcard takes nothing, or it takes the other's item and stays.
      if (wild_a || (wild_b && i < a.size())) reached[(i + 1) * width + j] = true;
      if (wild_b || (wild_a && j < b.size())) reached[i * width + j + 1] = true;
      if (i < a.size() && j < b.size() && !wild_a && !wild_b && meet(a[i], b[j])) reached[(i + 1) * width + j + 1] = true;
    }
  }
  return reached[a.size() * width + b.size()];
}

bool segments_meet(std::string_view a, std::string_view b) {
  return patterns_meet(
      a, b, [](char c) { return c == '*'; }, [](char x, char y) { return x == y; });
}

Result<Selector> check_pattern(std::string_view text, Selector selector) {
  const std::string_view pattern = selector.pattern;
  if (pattern.starts_with('/'))
    return mistake(fmt::format("pattern \"{}\" starts with a slash", text), "a path starts with the root's name: \"bank/ledger\"");
  for (const char c : pattern) {
    if (c == '#')
      return mistake(fmt::format("pattern \"{}\" holds an ordinal", text),
                     "leave \"#2\" out: a pattern means whichever process has the path now");
    if (c == '?' || c == '[' || c == ']' || c == '{' || c == '}')
      return mistake(fmt::format("pattern \"{}\" holds \"{}\"", text, c), "only * (within one segment) and ** (any depth) are wildcards");
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '>' || c == '"')
      return mistake(fmt::format("\"{}\" is not a pattern", text),
                     "write a path such as \"bank/teller-1\", a pattern \"bank/teller-*\", or \"one bank/teller-*\"");
  }
  for (const std::string_view segment : split(pattern)) {
    if (segment.empty())
      return mistake(fmt::format("pattern \"{}\" has an empty segment", text), "write \"bank/ledger\", with single slashes");
    if (segment != any_depth && segment.find(any_depth) != std::string_view::npos)
      return mistake(fmt::format("pattern \"{}\" has ** inside a segment", text), "write * within a segment; ** stands alone: \"bank/**\"");
  }
  return selector;
}

}  // namespace

bool Selector::matches(std::string_view path) const {
  if (pattern.empty() || path.empty()) return false;
  return wildcard_match(
      pattern_segments(pattern), split(path), [](std::string_view segment) { return segment == any_depth; }, segment_matches);
}

Result<Selector> parse_selector(std::string_view text) {
  constexpr std::string_view one = "one ";
  constexpr std::string_view all = "all ";
  Selector selector;
  selector.one = text.starts_with(one);
  selector.pattern = std::string(selector.one ? text.substr(one.size()) : text);
  if (selector.pattern.empty() || text == "one")
    return mistake(text.empty() ? "a pattern is empty" : "\"one\" of what?",
                   "write a path such as \"bank/ledger\" or \"one bank/teller-*\"");
  if (text.starts_with(all))
    return mistake(fmt::format("\"{}\" is not a pattern", text),
                   fmt::format("a pattern alone means all that match: \"{}\"", text.substr(all.size())));
  return check_pattern(text, std::move(selector));
}

Result<LinkSelector> parse_link_selector(std::string_view text) {
  const std::size_t at = text.find(arrow);
  const std::string hint = "write \"bank/teller-* -> bank/ledger\"";
  if (at == std::string_view::npos) return mistake(fmt::format("\"{}\" does not say from whom to whom", text), hint);
  Result<Selector> from = parse_selector(text.substr(0, at));
  Result<Selector> to = parse_selector(text.substr(at + arrow.size()));
  if (!from) return from.mistakes();
  if (!to) return to.mistakes();
  return LinkSelector{std::move(*from), std::move(*to)};
}

bool overlap(const Selector& a, const Selector& b) {
  if (a.empty() || b.empty()) return false;
  return patterns_meet(
      pattern_segments(a.pattern), pattern_segments(b.pattern), [](std::string_view segment) { return segment == any_depth; },
      segments_meet);
}

std::string to_text(const Selector& s) { return s.one ? "one " + s.pattern : s.pattern; }
std::string to_text(const LinkSelector& l) { return to_text(l.from) + std::string(arrow) + to_text(l.to); }

}  // namespace moirai
