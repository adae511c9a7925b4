// The argument with which a child of a simple_one_for_one supervisor is started, as a Term: it travels in a message, is kept with the
// child for its restarts, and costs no allocation if it is a number, a pid or an atom that OTP uses. Typed arguments go in and come out by
// reflection: numbers, bools, texts, pids, refs, terms, durations, optionals, vectors, and aggregates of these.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/kernel/reflect.hpp"
#include "runtime/kernel/term.hpp"

namespace moirai::argument {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

// An aggregate becomes a tuple of its fields, an empty optional the atom `undefined`.
template <class T>
Term encode(const T& value) {
  if constexpr (std::is_same_v<T, Term>) {
    return value;
  } else if constexpr (std::is_same_v<T, Pid>) {
    return Term::pid(value);
  } else if constexpr (std::is_same_v<T, Ref>) {
    return Term::ref(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    return Term::atom(value ? "true" : "false");
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return Term::integer(static_cast<std::int64_t>(value));
  } else if constexpr (reflect::Text<T>) {
    return Term::string(std::string_view(value));
  } else if constexpr (std::is_same_v<T, Duration>) {
    return Term::integer(nanoseconds(value));
  } else if constexpr (reflect::is_optional<T>) {
    return value ? encode(*value) : Term::atom("undefined");
  } else {
    std::vector<Term> elements;
    if constexpr (is_vector<T>) {
      for (const auto& element : value) elements.push_back(encode(element));
      return Term::list(std::move(elements));
    } else {
      static_assert(std::is_aggregate_v<T>, "this type cannot be an argument: make it a plain aggregate");
      reflect::each_field(value, [&](const auto& field) { elements.push_back(encode(field)); });
      return Term::tuple(std::move(elements));
    }
  }
}

// Nothing: the term is not what encode makes of a T.
template <class T>
bool decode(const Term& term, T& value) {
  if constexpr (std::is_same_v<T, Term>) {
    value = term;
    return true;
  } else if constexpr (std::is_same_v<T, Pid>) {
    return term.is_pid() && (value = term.pid_value(), true);
  } else if constexpr (std::is_same_v<T, Ref>) {
    return term.is_ref() && (value = term.ref_value(), true);
  } else if constexpr (std::is_same_v<T, bool>) {
    value = term.is_atom("true");
    return value || term.is_atom("false");
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    if (!term.is_integer()) return false;
    value = static_cast<T>(term.integer_value());
    return static_cast<std::int64_t>(value) == term.integer_value();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return (term.is_string() || term.is_atom()) && (value = term.text(), true);
  } else if constexpr (std::is_same_v<T, Duration>) {
    return term.is_integer() && (value = Duration(term.integer_value()), true);
  } else if constexpr (reflect::is_optional<T>) {
    if (term.is_atom("undefined")) return value.reset(), true;
    return decode(term, value.emplace());
  } else if constexpr (is_vector<T>) {
    if (!term.is_list()) return false;
    value.clear();
    for (std::size_t i = 0; i < term.size(); ++i) {
      typename T::value_type element{};
      if (!decode(term[i], element)) return false;
      value.push_back(std::move(element));
    }
    return true;
  } else {
    if (!term.is_tuple() || term.size() != reflect::field_count<T>()) return false;
    std::size_t i = 0;
    bool good = true;
    reflect::each_field(value, [&](const auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      good = good && decode(term[i++], const_cast<Field&>(field));  // value is not const: each_field only looks as if
    });
    return good;
  }
}

template <class T>
std::optional<T> decode(const Term& term) {
  T value{};
  if (!decode(term, value)) return std::nullopt;
  return value;
}

template <class T>
bool is(const Term& term) {
  T value{};
  return decode(term, value);
}

}  // namespace moirai::argument
