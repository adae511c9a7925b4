#include "properties/otp_oracle/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace moirai::otp_oracle {
namespace {

constexpr std::string_view map_tag = "#{}";  // of the tuple that a map becomes in the runtime

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_atom_char(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '@'; }

constexpr std::array<std::string_view, 27> reserved_words = {"after", "and",  "andalso", "band",   "begin",   "bnot", "bor", "bsl",  "bsr",
                                                             "bxor",  "case", "catch",   "cond",   "div",     "end",  "fun", "if",   "let",
                                                             "not",   "of",   "or",      "orelse", "receive", "rem",  "try", "when", "xor"};

bool needs_quotes(std::string_view atom) {
  if (atom.empty() || !is_lower(atom[0])) return true;
  if (!std::all_of(atom.begin(), atom.end(), is_atom_char)) return true;
  return std::find(reserved_words.begin(), reserved_words.end(), atom) != reserved_words.end();
}

constexpr std::string_view escaped_letters = "nrtvbfed";
constexpr std::string_view escaped_bytes = "\n\r\t\v\b\f\x1b\x7f";

void print_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      out += '\\';
      out += c;
    } else if (const auto at = escaped_bytes.find(c); at != std::string_view::npos) {
      out += '\\';
      out += escaped_letters[at];
    } else if (byte < 0x20) {
      out += '\\';
      for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + (byte >> shift & 7));
    } else {
      out += c;
    }
  }
  out += '\'';
}

void print(std::string& out, const Value& value) {
  const auto print_elements = [&](char open, char close) {
    out += open;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out += ',';
      print(out, value[i]);
    }
    out += close;
  };
  switch (value.kind()) {
    case Value::Kind::integer: out += std::to_string(value.number()); return;
    case Value::Kind::atom:
      if (needs_quotes(value.text()))
        print_quoted(out, value.text());
      else
        out += value.text();
      return;
    case Value::Kind::tuple: print_elements('{', '}'); return;
    case Value::Kind::list: print_elements('[', ']'); return;
    case Value::Kind::map:
      out += "#{";
      for (std::size_t i = 0; i < value.size(); i += 2) {
        if (i > 0) out += ',';
        print(out, value[i]);
        out += " => ";
        print(out, value[i + 1]);
      }
      out += '}';
      return;
  }
}

// Recursive descent; `depth` bounds hostile nesting.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Value> read(std::string* why) {
    auto value = term(0);
    skip_space();
    if (value && at_ < text_.size() && text_[at_] == '.') ++at_;
    skip_space();
    if (value && at_ != text_.size()) value = fail("unexpected text after the term");
    if (!value && why) *why = wrong_ + " at offset " + std::to_string(at_);
    return value;
  }

 private:
  std::optional<Value> fail(std::string what) {
    wrong_ = std::move(what);
    return std::nullopt;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool take(std::string_view token) {
    skip_space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  std::optional<Value> term(int depth) {
    if (depth > 200) return fail("nested too deeply");
    if (take("#{")) return map(depth);
    if (take("{")) return sequence(depth, Value::Kind::tuple, "}");
    if (take("[")) return sequence(depth, Value::Kind::list, "]");
    skip_space();
    if (at_ == text_.size()) return fail("a term is missing");
    const char c = text_[at_];
    if (c == '\'' || c == '"') return quoted(c);
    if (c == '-' || is_digit(c)) return integer();
    if (!is_lower(c)) return fail("expected an atom, an integer, a string, a {tuple}, a [list] or a #{map}");
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_atom_char(text_[at_])) ++at_;
    return Value(text_.substr(begin, at_ - begin));
  }
  std::optional<Value> integer() {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc{}) return fail("expected digits of a 64-bit integer");
    at_ = static_cast<std::size_t>(end - text_.data());
    return Value(number);
  }
  std::optional<Value> quoted(char quote) {
    std::string content;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] != '\\') {
        content += text_[at_];
        continue;
      }
      if (++at_ == text_.size()) break;
      int code = 0, digits = 0;
      while (digits < 3 && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '7') {
        code = code * 8 + (text_[at_++] - '0');
        ++digits;
      }
      if (digits > 0) {
        --at_;
        content += static_cast<char>(code);
      } else {
        const auto letter = escaped_letters.find(text_[at_]);
        content += letter == std::string_view::npos ? text_[at_] : escaped_bytes[letter];
      }
    }
    if (at_ >= text_.size()) return fail(std::string("the closing ") + quote + " is missing");
    ++at_;
    if (quote == '\'') return Value(content);
    std::vector<Value> characters;
    for (const char c : content) characters.emplace_back(static_cast<int>(static_cast<unsigned char>(c)));
    return Value::list(std::move(characters));
  }
  // Reads elements with `one` until `close`; false: wrong_ says why not.
  template <class One>
  bool elements(std::string_view close, One one) {
    if (take(close)) return true;
    for (;;) {
      if (!one()) return false;
      if (take(close)) return true;
      if (!take(",")) {
        fail("expected , or " + std::string(close));
        return false;
      }
    }
  }
  std::optional<Value> sequence(int depth, Value::Kind kind, std::string_view close) {
    std::vector<Value> read;
    const bool whole = elements(close, [&] {
      auto element = term(depth + 1);
      if (element) read.push_back(std::move(*element));
      return element.has_value();
    });
    if (!whole) return std::nullopt;
    return kind == Value::Kind::tuple ? Value::tuple(std::move(read)) : Value::list(std::move(read));
  }
  std::optional<Value> map(int depth) {
    std::vector<std::pair<Value, Value>> read;
    const bool whole = elements("}", [&] {
      auto key = term(depth + 1);
      if (!key) return false;
      if (!take("=>")) {
        fail("expected =>");
        return false;
      }
      auto value = term(depth + 1);
      if (value) read.emplace_back(std::move(*key), std::move(*value));
      return value.has_value();
    });
    if (!whole) return std::nullopt;
    return Value::map(std::move(read));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string wrong_;
};

}  // namespace

Value Value::map(std::vector<std::pair<Value, Value>> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Value> flat;
  for (auto& [key, value] : entries) {
    if (!flat.empty() && flat[flat.size() - 2] == key) {
      flat.back() = std::move(value);
    } else {
      flat.push_back(std::move(key));
      flat.push_back(std::move(value));
    }
  }
  return Value(Kind::map, std::move(flat));
}

const Value* Value::find(std::string_view key) const {
  if (kind_ != Kind::map) return nullptr;
  for (std::size_t i = 0; i < elements_.size(); i += 2)
    if (elements_[i].is(key)) return &elements_[i + 1];
  return nullptr;
}

Value Value::with(std::string_view key, Value value) const {
  std::vector<std::pair<Value, Value>> entries;
  for (std::size_t i = 0; i < elements_.size(); i += 2) entries.emplace_back(elements_[i], elements_[i + 1]);
  entries.emplace_back(Value(key), std::move(value));
  return map(std::move(entries));
}

Value Value::without(std::string_view key) const {
  Value rest = *this;
  for (std::size_t i = 0; i < elements_.size(); i += 2)
    if (elements_[i].is(key)) {
      const auto at = rest.elements_.begin() + static_cast<std::ptrdiff_t>(i);
      rest.elements_.erase(at, at + 2);
      break;
    }
  return rest;
}

Value Value::with_element(std::size_t i, Value value) const {
  Value copy = *this;
  copy.elements_[i] = std::move(value);
  return copy;
}

std::strong_ordering operator<=>(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return a.kind_ <=> b.kind_;
  if (a.kind_ == Value::Kind::integer) return a.number_ <=> b.number_;
  if (a.kind_ == Value::Kind::atom) return a.text_.compare(b.text_) <=> 0;
  if (a.kind_ != Value::Kind::list && a.size() != b.size()) return a.size() <=> b.size();
  const std::size_t shared = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shared; ++i)
    if (const auto order = a[i] <=> b[i]; order != 0) return order;
  return a.size() <=> b.size();
}

std::string Value::to_string() const {
  std::string out;
  print(out, *this);
  return out;
}

std::optional<Value> read_value(std::string_view text, std::string* why) { return Reader(text).read(why); }

Term to_term(const Value& value) {
  std::vector<Term> elements;
  if (value.is_map()) elements.push_back(Term::atom(map_tag));
  for (const Value& element : value.elements()) elements.push_back(to_term(element));
  switch (value.kind()) {
    case Value::Kind::integer: return Term::integer(value.number());
    case Value::Kind::atom: return Term::atom(value.text());
    case Value::Kind::list: return Term::list(std::move(elements));
    case Value::Kind::tuple:
    case Value::Kind::map: break;
  }
  return Term::tuple(std::move(elements));
}

Value to_value(const Term& term, const std::function<Value(const Term&)>& name) {
  if (term.is_integer()) return Value(term.integer_value());
  if (term.is_atom()) return Value(term.text());
  if (!term.is_tuple() && !term.is_list()) return name(term);
  std::vector<Value> elements;
  for (std::size_t i = 0; i < term.size(); ++i) elements.push_back(to_value(term[i], name));
  if (term.is_list()) return Value::list(std::move(elements));
  if (elements.empty() || !elements[0].is(map_tag)) return Value::tuple(std::move(elements));
  std::vector<std::pair<Value, Value>> entries;
  for (std::size_t i = 1; i + 1 < elements.size(); i += 2) entries.emplace_back(elements[i], elements[i + 1]);
  return Value::map(std::move(entries));
}

}  // namespace moirai::otp_oracle
