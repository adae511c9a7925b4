// Text that is safe to show, whatever an actor put into it. All writers go through here; nothing here knows a report.
// None of these depends on the locale.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/kernel/time.hpp"

namespace moirai {

// `text` as valid UTF-8: each maximal ill-formed part becomes one U+FFFD (Unicode 15, section 3.9, table 3-8). Valid text comes back unchanged.
std::string valid_utf8(std::string_view text);

// `text` as one line that cannot move a cursor, change a colour or turn the reading direction: valid UTF-8, and control characters, line
// and paragraph separators, directional marks and byte order marks spelled out (\n, \t, \x1b, \u{202e}).
std::string one_line(std::string_view text);

// `text` for XML 1.0 character data or a quoted attribute: valid UTF-8, & < > " ' as entities, characters that XML forbids left out;
// tab and line ends become character references in attributes only if `attribute`, so that they survive attribute normalisation.
std::string xml(std::string_view text, bool attribute = false);

// `text` as one word of a POSIX shell command line; left bare if it is harmless. Texts with control characters or invalid UTF-8 need a
// shell with $'...' (bash, zsh, ksh, POSIX 2024).
std::string shell_word(std::string_view text);

// Seconds with at least 3 and at most 9 decimals and nothing lost: `31.204s`, `0.000000001s`.
std::string seconds_text(Duration);
std::string seconds_text(Time);

// `1 seed`, `200 seeds`: the plural is formed by a final s.
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace moirai
