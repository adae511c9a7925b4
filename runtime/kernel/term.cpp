#include "runtime/kernel/term.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace moirai {

struct Term::Node {
  std::uint32_t references = 1;
  std::string text;            // atom, string, remark
  std::vector<Term> elements;  // tuple, list
};

namespace {

constexpr std::array<std::string_view, 10> static_atoms = {"normal",       "shutdown", "kill",   "killed", "noproc",
                                                           "noconnection", "timeout",  "badarg", "error",  "DOWN"};

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_atom_char(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@'; }
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool plain_atom(std::string_view text) {
  if (text.empty() || !is_lower(text[0])) return false;
  for (const char c : text)
    if (!is_atom_char(c)) return false;
  return true;
}

void print_quoted(std::string& out, std::string_view text, char quote) {
  out += quote;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr char digits[] = "0123456789ABCDEF";
      out += "\\x{";
      out += digits[byte >> 4];
      out += digits[byte & 15];
      out += '}';
    } else {
      out += c;
    }
  }
  out += quote;
}

void print(std::string& out, const Term& term) {
  switch (term.kind()) {
    case Term::Kind::integer: {
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, term.integer_value());
      out.append(digits, end.ptr);
      return;
    }
    case Term::Kind::atom:
      if (plain_atom(term.text()))
        out += term.text();
      else
        print_quoted(out, term.text(), '\'');
      return;
    case Term::Kind::string:
    case Term::Kind::remark: print_quoted(out, term.text(), '"'); return;
    case Term::Kind::pid: out += term.pid_value().to_string(); return;
    case Term::Kind::ref: out += term.ref_value().to_string(); return;
    case Term::Kind::tuple:
    case Term::Kind::list: {
      out += term.is_tuple() ? '{' : '[';
      for (std::size_t i = 0; i < term.size(); ++i) {
        if (i) out += ',';
        print(out, term[i]);
      }
      out += term.is_tuple() ? '}' : ']';
      return;
    }
  }
}

// Recursive descent; `depth` bounds hostile nesting.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Term> parse(std::string* why) {
    auto term = value(0);
    skip_space();
    if (term && at_ != text_.size()) {
      wrong_ = "unexpected text after the term";
      term.reset();
    }
    if (!term && why) *why = wrong_ + " at offset " + std::to_string(at_);
    return term;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  std::optional<Term> fail(std::string what) {
    wrong_ = std::move(what);
    return std::nullopt;
  }
  std::optional<Term> value(int depth) {
    skip_space();
    if (depth > 64) return fail("nested too deeply");
    if (at_ == text_.size()) return fail("a term is missing");
    const char c = text_[at_];
    if (c == '{') return sequence(depth, '}');
    if (c == '[') return sequence(depth, ']');
    if (c == '"' || c == '\'') return quoted(c);
    if (c == '-' || (c >= '0' && c <= '9')) return integer();
    if (is_lower(c)) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && is_atom_char(text_[at_])) ++at_;
      return Term::atom(text_.substr(begin, at_ - begin));
    }
    return fail("expected an atom, an integer, a string, a {tuple} or a [list]");
  }
  std::optional<Term> integer() {
    std::int64_t number = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
    if (error == std::errc::result_out_of_range) return fail("the integer does not fit in 64 bits");
    if (error != std::errc{}) return fail("expected digits");
    at_ += static_cast<std::size_t>(end - begin);
    return Term::integer(number);
  }
  std::optional<Term> quoted(char quote) {
    std::string content;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        content += text_[at_] == 'n' ? '\n' : text_[at_];
      } else {
        content += text_[at_];
      }
    }
    if (at_ == text_.size()) return fail(std::string("the closing ") + quote + " is missing");
    ++at_;
    return quote == '"' ? Term::string(content) : Term::atom(content);
  }
  std::optional<Term> sequence(int depth, char close) {
    std::vector<Term> elements;
    ++at_;
    skip_space();
    if (at_ < text_.size() && text_[at_] == close) {
      ++at_;
    } else {
      while (true) {
        auto element = value(depth + 1);
        if (!element) return std::nullopt;
        elements.push_back(std::move(*element));
        skip_space();
        if (at_ == text_.size()) return fail(std::string("the closing ") + close + " is missing");
        const char c = text_[at_++];
        if (c == close) break;
        if (c != ',') {
          --at_;
          return fail(std::string("expected , or ") + close);
        }
      }
    }
    return close == '}' ? Term::tuple(std::move(elements)) : Term::list(std::move(elements));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string wrong_;
};

}  // namespace

Term Term::atom(std::string_view text) {
  for (unsigned i = 0; i < static_atoms.size(); ++i)
    if (static_atoms[i] == text) return static_atom(i);
  Content content;
  content.node = new Node{1, std::string(text), {}};
  return Term(Kind::atom, false, content);
}
Term Term::string(std::string_view text) {
  Content content;
  content.node = new Node{1, std::string(text), {}};
  return Term(Kind::string, false, content);
}
Term Term::remark(std::string_view text) {
  Term term = string(text);
  term.kind_ = Kind::remark;
  return term;
}
Term Term::integer(std::int64_t value) {
  Content content;
  content.integer = value;
  return Term(Kind::integer, true, content);
}
Term Term::pid(Pid pid) {
  Content content;
  content.bits = pid.bits();
  return Term(Kind::pid, true, content);
}
Term Term::ref(Ref ref) {
  Content content;
  content.bits = ref.number;
  return Term(Kind::ref, true, content);
}
Term Term::tuple(std::vector<Term> elements) {
  Content content;
  content.node = new Node{1, {}, std::move(elements)};
  return Term(Kind::tuple, false, content);
}
Term Term::list(std::vector<Term> elements) {
  Term term = tuple(std::move(elements));
  term.kind_ = Kind::list;
  return term;
}

void Term::retain_node() const noexcept { ++content_.node->references; }
void Term::release_node() noexcept {
  if (--content_.node->references == 0) delete content_.node;
}

std::string_view Term::text() const {
  switch (kind_) {
    case Kind::atom:
      if (immortal_) return static_atoms[content_.bits];
      [[fallthrough]];
    case Kind::string:
    case Kind::remark: return content_.node->text;
    default: return {};
  }
}
std::size_t Term::size() const { return is_tuple() || is_list() ? content_.node->elements.size() : 0; }
const Term& Term::operator[](std::size_t i) const { return content_.node->elements[i]; }

std::strong_ordering operator<=>(const Term& a, const Term& b) {
  if (a.kind_ != b.kind_) return a.kind_ <=> b.kind_;
  switch (a.kind_) {
    case Term::Kind::integer: return a.content_.integer <=> b.content_.integer;
    case Term::Kind::pid:
    case Term::Kind::ref: return a.content_.bits <=> b.content_.bits;
    case Term::Kind::atom:
    case Term::Kind::string:
    case Term::Kind::remark:
      if (a.immortal_ == b.immortal_ && a.content_.bits == b.content_.bits) return std::strong_ordering::equal;
      return a.text().compare(b.text()) <=> 0;
    case Term::Kind::tuple:
    case Term::Kind::list: break;
  }
  if (a.content_.node == b.content_.node) return std::strong_ordering::equal;
  if (a.is_tuple() && a.size() != b.size()) return a.size() <=> b.size();  // Erlang: tuples by size first
  const std::size_t shared = a.size() < b.size() ? a.size() : b.size();
  for (std::size_t i = 0; i < shared; ++i)
    if (const auto order = a[i] <=> b[i]; order != 0) return order;
  return a.size() <=> b.size();
}

std::string Term::to_string() const {
  std::string out;
  print(out, *this);
  return out;
}

void Term::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(kind_));
  switch (kind_) {
    case Kind::integer:
    case Kind::pid:
    case Kind::ref: digest.fold(content_.bits); return;
    case Kind::atom:
    case Kind::string: digest.fold_text(text()); return;
    case Kind::remark: return;
    case Kind::tuple:
    case Kind::list:
      digest.fold(size());
      for (std::size_t i = 0; i < size(); ++i) (*this)[i].fold(digest);
  }
}

Term reason::error(std::string_view type, std::string_view what) {
  return Term::tuple({Term::static_atom(8), Term::atom(type), Term::remark(what)});
}

bool is_normal_exit(const Term& reason) {
  return reason.is_atom("normal") || reason.is_atom("shutdown") ||
         (reason.is_tuple() && reason.size() == 2 && reason[0].is_atom("shutdown"));
}

std::optional<Term> parse_term(std::string_view text, std::string* why) { return Parser(text).parse(why); }

}  // namespace moirai
