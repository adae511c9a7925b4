#include "chaos/scenario_toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <tuple>

#include "chaos/document.hpp"
#include "chaos/scenario_reader.hpp"
#include "chaos/text_file.hpp"

// toml++ 3.3 asserts where it should complain (tomlplusplus pull request 301: "[[[a]]]"), and under NDEBUG clang takes the assertion for a
// promise. So its source is compiled here, with assertions that throw, whatever the package's build says about its library.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#include <toml++/impl/preprocessor.h>
#undef TOML_ASSERT
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT(expression) static_cast<void>((expression) || ::moirai::broken_assertion())
#define TOML_ASSERT_ASSUME(expression) TOML_ASSERT(expression)
namespace moirai {
namespace {
struct BrokenAssertion {};  // thrown and caught in this file
[[noreturn]] bool broken_assertion() { throw BrokenAssertion(); }
}  // namespace
}  // namespace moirai
#include <toml++/toml.h>

namespace moirai {

namespace {

constexpr int deepest = 64;           // tables and lists within one another
constexpr int most_dots_in_key = 16;  // toml++ recurses over the parts of a.b.c, so that a hostile key would overflow the stack

// A document nested too deeply. Thrown and caught in this file.
struct TooDeep {
  int line, column;
};

DocumentValue take(const toml::node& node, int depth);

void take_table(const toml::table& table, DocumentValue& value, int depth) {
  value.kind = DocumentValue::Kind::table;
  for (const auto& [key, child] : table) {
    const toml::source_position at = key.source().begin;
    value.entries.push_back({std::string(key.str()), static_cast<int>(at.line), static_cast<int>(at.column), take(child, depth + 1)});
  }
  const auto by_place = [](const DocumentEntry& a, const DocumentEntry& b) {
    return std::tie(a.line, a.column, a.key) < std::tie(b.line, b.column, b.key);
  };
  std::sort(value.entries.begin(), value.entries.end(), by_place);
}

DocumentValue take(const toml::node& node, int depth) {
  using Kind = DocumentValue::Kind;
  DocumentValue value;
  const toml::source_position at = node.source().begin;
  value.line = static_cast<int>(at.line);
  value.column = static_cast<int>(at.column);
  if (depth > deepest) throw TooDeep{value.line, value.column};
  switch (node.type()) {
    case toml::node_type::table: take_table(*node.as_table(), value, depth); break;
    case toml::node_type::array:
      value.kind = Kind::list;
      for (const toml::node& item : *node.as_array()) value.items.push_back(take(item, depth + 1));
      break;
    case toml::node_type::string:
      value.kind = Kind::text;
      value.text = node.as_string()->get();
      break;
    case toml::node_type::integer:
      value.kind = Kind::integer;
      value.integer = node.as_integer()->get();
      value.text = std::to_string(value.integer);
      break;
    case toml::node_type::floating_point:
      value.kind = Kind::fraction;
      value.text = fmt::format("{}", node.as_floating_point()->get());
      break;
    case toml::node_type::boolean:
      value.kind = Kind::boolean;
      value.boolean = node.as_boolean()->get();
      value.text = value.boolean ? "true" : "false";
      break;
    default: value.kind = Kind::date; break;
  }
  return value;
}

// What toml++ cannot be trusted with: it stops silently at a zero byte, and recurses as deep as a key has dots.
Mistakes unreadable(std::string_view text, const std::string& file) {
  if (text.size() > largest_text_file)
    return {{{file, 0, 0}, fmt::format("is larger than {} KiB", largest_text_file / 1024), "is this the right file?"}};
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return {{{file, 0, 0}, "the file is empty", "the first line of a scenario file is: format = 1"}};
  int line = 1, column = 1, dots = 0;
  bool after_dot = false;
  for (const char c : text) {
    if (c == '\0') return {{{file, line, column}, "the file holds a zero byte", "a scenario file is UTF-8 text"}};
    const bool in_key = c == '-' || c == '_' || c == '"' || c == '\'' || c == ' ' || c == '\t' || (c >= '0' && c <= '9') ||
                        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    if (c == '.' && !after_dot) {
      if (++dots > most_dots_in_key)
        return {{{file, line, column}, "a key has too many parts", fmt::format("at most {} dots", most_dots_in_key)}};
    } else if (!in_key) {
      dots = 0;
    }
    if (c != ' ' && c != '\t') after_dot = c == '.';
    if (c == '\n') ++line;
    column = c == '\n' ? 1 : column + ((static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0);
  }
  return {};
}

std::string_view line_of(std::string_view text, int line) {
  for (int at = 1; at < line; ++at) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find('\n'));
}

bool is_about_value(std::string_view message) {
  for (const std::string_view subject : {"value:", "boolean:", "floating-point:", "integer:", "date:", "time:", "expected a comment"})
    if (message.find(subject) != std::string_view::npos) return true;
  return false;
}

// toml++ broke off without a place. Known to happen at a table header that holds no key.
Mistake broken_header(std::string_view text, const std::string& file) {
  Mistake mistake{{file, 0, 0}, "the file is not TOML", "write [table] or [[fault]], with a name between the brackets"};
  for (int line = 1; !text.empty(); ++line) {
    const std::string_view content = text.substr(0, text.find('\n'));
    const std::size_t start = std::min(content.find_first_not_of(" \t"), content.size());
    if (content.substr(start).starts_with("[[[") || content.substr(start).starts_with("[[=")) {
      mistake.place = {file, line, static_cast<int>(start) + 1};
      mistake.message = "a table header without a name";
      break;
    }
    text.remove_prefix(std::min(content.size() + 1, text.size()));
  }
  return mistake;
}

// The words of toml++, and what helps where they do not: it calls an open string "unescaped control characters".
Mistake syntax_mistake(const toml::parse_error& error, std::string_view text, const std::string& file) {
  const toml::source_position at = error.source().begin;
  Mistake mistake{{file, static_cast<int>(at.line), static_cast<int>(at.column)}, std::string(error.description()), {}};
  const auto says = [&](std::string_view words) { return mistake.message.find(words) != std::string::npos; };
  const std::string_view line = line_of(text, mistake.place.line);
  const bool at_line_end = mistake.place.column > static_cast<int>(std::count_if(line.begin(), line.end(), [](char c) {
                             return (static_cast<unsigned char>(c) & 0xc0) != 0x80 && c != '\r';
                           }));
  const bool in_string = says("string");
  if (in_string && says("multi-line")) {
    mistake.hint = "close it with three quotes";
  } else if (in_string && (says("control characters") || says("end-of-file")) && at_line_end) {
    mistake.message = "a string is not closed";
    mistake.hint = "the closing quote is missing";
  } else if (says("escape sequence")) {
    mistake.hint = "write \\\\ for a backslash, or use 'single quotes'";
  } else if (is_about_value(mistake.message)) {
    mistake.hint = "texts and quantities stand in quotes: \"5s\"";
  } else if (says("cannot redefine")) {
    mistake.hint = "each key and [table] stands once; several faults or properties are [[fault]], [[property]]";
  } else if (says("utf-8")) {
    mistake.message = "the file is not UTF-8 text";
  }
  return mistake;
}

Result<Scenario> parse(std::string_view text, const std::string& file, const Catalogue& catalogue) {
  Mistakes mistakes = unreadable(text, file);
  if (!mistakes.empty()) return mistakes;
  DocumentValue root;
  try {
    const toml::parse_result document = toml::parse(text);
    root = take(document, 0);
  } catch (const toml::parse_error& error) { return syntax_mistake(error, text, file); } catch (const BrokenAssertion&) {
    return broken_header(text, file);
  } catch (const TooDeep& place) {
    return Mistake{{file, place.line, place.column}, "tables and lists are nested too deeply", fmt::format("at most {} levels", deepest)};
  }
  return ScenarioReader(file, catalogue).read(root);
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, std::string file_name, const Catalogue& catalogue) {
  try {
    return parse(text, file_name, catalogue);
  } catch (const std::exception& error) { return Mistake{{file_name, 0, 0}, fmt::format("cannot be read: {}", error.what()), {}}; }
}

Result<Scenario> read_scenario(const std::string& file, const Catalogue& catalogue) {
  const Result<std::string> text = read_text_file(file);
  if (!text) return text.mistakes();
  return parse_scenario(*text, file, catalogue);
}

}  // namespace moirai
