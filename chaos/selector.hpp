// Who a fault means: a path or a pattern over paths, read from a scenario file and matched against living processes.
// A path is the root supervisor's label, then child ids: "bank/teller-1". Ordinals ("#2") are never written.
//   "bank/ledger"         this process        "bank/teller-*"   * stands for anything within one segment
//   "bank/**"             every process below bank, however deep, not bank itself
//   "bank/**/cache"       in front or in the middle, ** stands for any number of segments, none included
//   "one bank/teller-*"   one of those that match, drawn from the fault's own stream when it fires
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/result.hpp"

namespace moirai {

struct Selector {
  std::string pattern;  // without the "one "; never empty in a Scenario that was read from a file, unless the key was optional and left out
  bool one = false;     // draw one of the matches instead of taking all

  bool empty() const { return pattern.empty(); }
  // Does the path belong to the pattern? Linear in practice, at most |pattern| * |path|.
  bool matches(std::string_view path) const;
  bool operator==(const Selector&) const = default;
};

struct LinkSelector {  // signals from any match of `from` to any match of `to`; written "bank/teller-* -> bank/ledger"
  Selector from, to;
  bool operator==(const LinkSelector&) const = default;
};

// A mistake made here has an empty place.
Result<Selector> parse_selector(std::string_view text);
Result<LinkSelector> parse_link_selector(std::string_view text);

// Is there a path that both patterns match? Exact: no such path exists when this is false.
bool overlap(const Selector& a, const Selector& b);

// As it is written in a file; parses back to the same value.
std::string to_text(const Selector& s);
std::string to_text(const LinkSelector& l);

}  // namespace moirai
