#include "chaos/mistake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>

#include "chaos/text_file.hpp"

namespace moirai {

namespace {

// How many bytes the UTF-8 character at the front of text has; 0 if there is none. Overlong forms, surrogates and C1 controls count as none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  std::uint32_t code = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || code < 0xa0) return 0;
  const bool turns_text_around =
      (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f;
  return turns_text_around ? 0 : length;
}

std::string_view line_of(std::string_view source, int line) {
  for (int at = 1; !source.empty(); ++at) {
    const std::size_t end = std::min(source.find('\n'), source.size());
    if (at == line) return source.substr(0, end > 0 && source[end - 1] == '\r' ? end - 1 : end);
    source.remove_prefix(std::min(end + 1, source.size()));
  }
  return {};
}

// The bytes of the token that starts at the front: a quoted string with its quotes, a [[header]], or a word.
std::size_t token_length(std::string_view text) {
  if (text.empty()) return 0;
  const char first = text[0];
  if (first == '"' || first == '\'') {
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '\\' && first == '"') {
        ++i;
      } else if (text[i] == first) {
        return i + 1;
      }
    }
    return text.size();
  }
  if (first == '[') return std::min(text.find_last_of(']'), text.size() - 1) + 1;
  return std::max<std::size_t>(1, std::min(text.find_first_of(" \t=,]}#"), text.size()));
}

struct Column {  // one line cut at the spot, each part made safe; widths are counted in characters
  std::string before, token, rest;
};

std::size_t width_of(std::string_view printable_text) {
  return static_cast<std::size_t>(
      std::count_if(printable_text.begin(), printable_text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Column cut(std::string_view line, int column) {
  std::size_t at = 0;  // the column counts characters, 1-based
  for (int passed = 1; passed < column && at < line.size(); ++passed) {
    ++at;
    while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80) ++at;
  }
  const std::size_t length = token_length(line.substr(at));
  std::string without_tabs(line);
  std::replace(without_tabs.begin(), without_tabs.end(), '\t', ' ');
  const std::string_view text = without_tabs;
  return {printable(text.substr(0, at)), printable(text.substr(at, length)), printable(text.substr(at + length))};
}

constexpr int longest_line = 300;  // in columns; a line that is longer is not shown, the place says enough

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
    } else {
      safe += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return safe;
}

std::string render(const Mistake& mistake, std::string_view source) {
  const Place& place = mistake.place;
  std::string block = printable(place.file);
  if (place.line > 0) block += fmt::format(":{}:{}", place.line, place.column);
  if (!block.empty()) block += ": ";
  block += fmt::format("error: {}\n", printable(mistake.message));
  const std::string_view line = place.line > 0 ? line_of(source, place.line) : std::string_view();
  const std::string hint = printable(mistake.hint);
  if (line.empty() || line.size() > longest_line) return hint.empty() ? block : block + fmt::format("    {}\n", hint);
  const Column parts = cut(line, place.column);
  const std::string number = fmt::format("{:>4}", place.line);
  block += fmt::format("{} | {}{}{}\n", number, parts.before, parts.token, parts.rest);
  block += fmt::format("{:{}} | {:{}}{:^<{}}", "", number.size(), "", width_of(parts.before), "",
                       std::max<std::size_t>(1, width_of(parts.token)));
  return block + (hint.empty() ? "\n" : fmt::format(" {}\n", hint));
}

std::string render(const Mistakes& mistakes) {
  std::map<std::string, std::string> sources;
  std::string text;
  for (const Mistake& mistake : mistakes) {
    const std::string& file = mistake.place.file;
    if (mistake.place.line > 0 && !sources.contains(file)) {
      const Result<std::string> source = read_text_file(file);
      sources[file] = source ? *source : std::string();
    }
    text += render(mistake, mistake.place.line > 0 ? std::string_view(sources[file]) : std::string_view());
  }
  return text;
}

void sort_mistakes(Mistakes& mistakes) {
  const auto before = [](const Mistake& a, const Mistake& b) {
    return std::tie(a.place, a.message, a.hint) < std::tie(b.place, b.message, b.hint);
  };
  const auto same = [](const Mistake& a, const Mistake& b) {
    return std::tie(a.place, a.message, a.hint) == std::tie(b.place, b.message, b.hint);
  };
  std::sort(mistakes.begin(), mistakes.end(), before);
  mistakes.erase(std::unique(mistakes.begin(), mistakes.end(), same), mistakes.end());
}

}  // namespace moirai
