// An Erlang term as it stands on a line of the oracle's protocol: programs go in as one, events come out as one. Read and printed exactly
// as Erlang does (~w). Unlike the runtime's Term it has maps and no pids: the oracle speaks of processes by name.
#pragma once
#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/kernel/term.hpp"

namespace moirai::otp_oracle {

class Value {
 public:
  enum class Kind : std::uint8_t { integer, atom, tuple, map, list };  // in Erlang's term order

  template <std::integral N>
  requires(!std::same_as<N, bool>) Value(N number) : kind_(Kind::integer), number_(static_cast<std::int64_t>(number)) {}
  template <std::same_as<bool> B>
  Value(B flag) : Value(flag ? "true" : "false") {}
  Value(std::string_view atom) : kind_(Kind::atom), text_(atom) {}
  Value(const char* atom) : Value(std::string_view(atom)) {}
  Value(const std::string& atom) : Value(std::string_view(atom)) {}

  static Value tuple(std::vector<Value> elements) { return Value(Kind::tuple, std::move(elements)); }
  static Value list(std::vector<Value> elements) { return Value(Kind::list, std::move(elements)); }
  static Value map(std::vector<std::pair<Value, Value>> entries);  // of equal keys the last counts

  Kind kind() const { return kind_; }
  bool is(std::string_view atom) const { return kind_ == Kind::atom && text_ == atom; }
  bool is_atom() const { return kind_ == Kind::atom; }
  bool is_integer() const { return kind_ == Kind::integer; }
  bool is_list() const { return kind_ == Kind::list; }
  bool is_map() const { return kind_ == Kind::map; }
  // A tuple of `size` elements, any number by default.
  bool is_tuple(std::optional<std::size_t> size = {}) const { return kind_ == Kind::tuple && (!size || *size == elements_.size()); }
  // A tuple whose first element is this atom: {stop,...}
  bool is_tagged(std::string_view tag) const { return kind_ == Kind::tuple && !elements_.empty() && elements_[0].is(tag); }

  std::int64_t number() const { return number_; }                   // 0 unless an integer
  const std::string& text() const { return text_; }                 // empty unless an atom
  const std::vector<Value>& elements() const { return elements_; }  // tuple, list; of a map key, value, key, value, ..., keys ascending
  std::size_t size() const { return elements_.size(); }
  const Value& operator[](std::size_t i) const { return elements_[i]; }  // Requires: i < size()
  const Value* find(std::string_view key) const;                         // in a map; nullptr if it is not there
  Value with(std::string_view key, Value value) const;                   // this map with one entry more, or another one. Requires: is_map()
  Value without(std::string_view key) const;                             // Requires: is_map()
  Value with_element(std::size_t i, Value value) const;                  // this tuple or list with another i-th element

  friend std::strong_ordering operator<=>(const Value& a, const Value& b);  // Erlang's, for what both have
  friend bool operator==(const Value& a, const Value& b) { return (a <=> b) == 0; }

  std::string to_string() const;  // as io:format("~w") prints it

 private:
  Value(Kind kind, std::vector<Value> elements) : kind_(kind), elements_(std::move(elements)) {}

  Kind kind_;
  std::int64_t number_ = 0;
  std::string text_;
  std::vector<Value> elements_;
};

template <class... E>
Value tuple(E&&... elements) {
  return Value::tuple({Value(std::forward<E>(elements))...});
}

// One term, with or without the full stop at the end of a line. nullopt: `why` says what is wrong.
std::optional<Value> read_value(std::string_view text, std::string* why = nullptr);

// Between programs and the runtime. A map becomes a tuple that comes back as the map. Processes, refs and texts are named by `name`.
Term to_term(const Value& value);
Value to_value(const Term& term, const std::function<Value(const Term&)>& name);

using Log = std::vector<Value>;  // what a program did, event by event

}  // namespace moirai::otp_oracle
