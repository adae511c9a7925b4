#include "reports/text.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace moirai {
namespace {

struct Decoded {
  char32_t point = 0;      // valid only if `well_formed`
  std::size_t length = 1;  // bytes taken, 1..4; of an ill-formed part: its maximal subpart
  bool well_formed = false;
};

// Requires: at < text.size().
Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1, true};
  // Bounds of the second byte exclude overlong forms, surrogates and points above U+10FFFF.
  unsigned char low = 0x80, high = 0xbf;
  std::size_t more = 0;
  char32_t point = 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    more = 1, point = lead & 0x1fu;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    more = 2, point = lead & 0x0fu;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    more = 3, point = lead & 0x07u;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return {};
  }
  std::size_t length = 1;
  for (; length <= more; ++length) {
    if (at + length >= text.size()) return {0, length, false};
    const unsigned char next = byte(at + length);
    if (next < low || next > high) return {0, length, false};
    point = (point << 6) | (next & 0x3fu);
    low = 0x80, high = 0xbf;
  }
  return {point, length, true};
}

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// Calls each(point, bytes) for every character, ill-formed parts as U+FFFD.
template <class F>
void each_character(std::string_view text, F each) {
  for (std::size_t at = 0; at < text.size();) {
    const Decoded d = decode(text, at);
    if (d.well_formed)
      each(d.point, text.substr(at, d.length));
    else
      each(char32_t{0xfffd}, replacement);
    at += d.length;
  }
}

bool hostile(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return true;                           // C0, DEL, C1
  if (c == 0x061c || c == 0x200e || c == 0x200f) return true;                     // directional marks
  if ((c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)) return true;  // separators, embeddings, overrides, isolates
  return c == 0xfeff;
}

bool forbidden_in_xml(char32_t c) {
  if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
  return c == 0xfffe || c == 0xffff;  // surrogates are no valid UTF-8 to begin with
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  each_character(text, [&](char32_t, std::string_view bytes) { out += bytes; });
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  each_character(text, [&](char32_t c, std::string_view bytes) {
    if (!hostile(c))
      out += bytes;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else if (c < 0x100)
      out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(c));
    else
      out += fmt::format("\\u{{{:04x}}}", static_cast<std::uint32_t>(c));
  });
  return out;
}

std::string xml(std::string_view text, bool attribute) {
  std::string out;
  out.reserve(text.size());
  each_character(text, [&](char32_t c, std::string_view bytes) {
    if (forbidden_in_xml(c)) return;
    switch (c) {
      case '&': out += "&amp;"; return;
      case '<': out += "&lt;"; return;
      case '>': out += "&gt;"; return;
      case '"': out += "&quot;"; return;
      case '\'': out += "&apos;"; return;
      case '\r': out += "&#13;"; return;  // a bare one would be read back as a line feed
      case '\n': out += attribute ? std::string_view("&#10;") : bytes; return;
      case '\t': out += attribute ? std::string_view("&#9;") : bytes; return;
      default: out += bytes;
    }
  });
  return out;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:@%+=";
  if (!text.empty() && text.find_first_not_of(harmless) == std::string_view::npos) return std::string(text);
  if (one_line(text) == text) {  // nothing that would have to be spelled out
    std::string out = "'";
    for (const char c : text) {
      if (c == '\'')
        out += "'\\''";
      else
        out += c;
    }
    return out + "'";
  }
  std::string out = "$'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += fmt::format("\\{:03o}", byte);  // octal is at most three digits, so that the next character is never taken for one
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string seconds_text(Duration d) {
  // The smallest value has no positive counterpart, so the magnitude is taken unsigned.
  const bool negative = d.count() < 0;
  const std::uint64_t ns = negative ? 0 - static_cast<std::uint64_t>(d.count()) : static_cast<std::uint64_t>(d.count());
  std::string text = fmt::format("{}{}.{:09}", negative ? "-" : "", ns / 1'000'000'000, ns % 1'000'000'000);
  for (int dropped = 0; dropped < 6 && text.back() == '0'; ++dropped) text.pop_back();
  return text + "s";
}

std::string seconds_text(Time t) { return t == time_never ? "never" : seconds_text(t.time_since_epoch()); }

std::string counted(std::uint64_t count, std::string_view noun) { return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s"); }

}  // namespace moirai
