// Messages are reflected (K-71): an aggregate of up to 16 fields gives fold, print and compare, recursively, without a line of
// user code. Never raw bytes: padding differs between compilers. A type that is no such aggregate gives the overloads
//   void fold(Digest&, const T&);  void print(std::string&, const T&);
// beside itself, found by argument lookup.
#pragma once
#include <bit>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/kernel/digest.hpp"
#include "runtime/kernel/ids.hpp"
#include "runtime/kernel/term.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai::reflect {

struct AnyField {
  template <class T>
  operator T() const noexcept {  // never called: only asked whether it would fit
    __builtin_trap();
  }
};

template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires { T{((void)I, AnyField{})...}; };
}

inline constexpr std::size_t fields_max = 16;

// Number of fields of an aggregate; fields_max + 1 if there are more.
template <class T, std::size_t N = 0>
constexpr std::size_t field_count() {
  if constexpr (N > fields_max)
    return N;
  else if constexpr (takes<T>(std::make_index_sequence<N>{}) && !takes<T>(std::make_index_sequence<N + 1>{}))
    return N;
  else
    return field_count<T, N + 1>();
}

// References to the fields, in order.
template <class T>
constexpr auto fields_of([[maybe_unused]] const T& value) {
  constexpr std::size_t count = field_count<T>();
  static_assert(count <= fields_max, "a message has at most 16 fields; nest structs");
  if constexpr (count == 0) {
    return std::tuple<>();
  } else if constexpr (count == 1) {
    const auto& [f0] = value;
    return std::tie(f0);
  } else if constexpr (count == 2) {
    const auto& [f0, f1] = value;
    return std::tie(f0, f1);
  } else if constexpr (count == 3) {
    const auto& [f0, f1, f2] = value;
    return std::tie(f0, f1, f2);
  } else if constexpr (count == 4) {
    const auto& [f0, f1, f2, f3] = value;
    return std::tie(f0, f1, f2, f3);
  } else if constexpr (count == 5) {
    const auto& [f0, f1, f2, f3, f4] = value;
    return std::tie(f0, f1, f2, f3, f4);
  } else if constexpr (count == 6) {
    const auto& [f0, f1, f2, f3, f4, f5] = value;
    return std::tie(f0, f1, f2, f3, f4, f5);
  } else if constexpr (count == 7) {
    const auto& [f0, f1, f2, f3, f4, f5, f6] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6);
  } else if constexpr (count == 8) {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7);
  } else if constexpr (count == 9) {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8);
  } else if constexpr (count == 10) {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9);
  } else if constexpr (count == 11) {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10);
  } else if constexpr (count == 12) {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11);
  } else if constexpr (count == 13) {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12);
  } else if constexpr (count == 14) {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13);
  } else if constexpr (count == 15) {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14);
  } else {
    const auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15] = value;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15);
  }
}
// Calls f(field) for each field in order.
template <class T, class F>
constexpr void each_field(const T& value, F&& f) {
  std::apply([&](const auto&... fields) { (f(fields), ...); }, fields_of(value));
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;
template <class T>
inline constexpr bool is_chrono = false;
template <class R, class P>
inline constexpr bool is_chrono<std::chrono::duration<R, P>> = true;
template <class C, class D>
inline constexpr bool is_chrono<std::chrono::time_point<C, D>> = true;
template <class T>
concept Text = std::convertible_to<const T&, std::string_view>;
template <class T>
concept Sequence = requires(const T& v) {
  v.begin();
  v.end();
  v.size();
};
template <class T>
concept FoldsItself = requires(Digest& d, std::string& s, const T& v) {
  fold(d, v);
  print(s, v);
};

// What is spelled the same by every compiler: the unqualified identifier, template arguments dropped (K-72).
template <class T>
constexpr std::string_view spelled_name() {
  std::string_view s = __PRETTY_FUNCTION__;
  s.remove_prefix(s.find("T = ") + 4);
  s = s.substr(0, s.find_first_of("];"));
  s = s.substr(0, s.find('<'));
  const auto colons = s.rfind("::");
  if (colons != s.npos) s.remove_prefix(colons + 2);
  return s;
}

// Only static members count: a message may well have a field called `name`.
template <class T>
concept NamesItself = requires {
  requires !std::is_member_pointer_v<decltype(&T::name)>;
};
template <class T>
concept NamesItsFields = requires {
  requires !std::is_member_pointer_v<decltype(&T::fields)>;
};

template <class T>
constexpr std::string_view name_of() {
  if constexpr (NamesItself<T>)
    return T::name;
  else
    return spelled_name<T>();
}

template <class T>
void fold_value(Digest& digest, const T& v) {
  static_assert(!std::is_pointer_v<T> && !std::is_reference_v<T> && !std::is_member_pointer_v<T>,
                "a message holds no pointer: its value would be an address, and the receiver would share the sender's memory");
  if constexpr (std::is_same_v<T, Pid>) {
    digest.fold(v.bits());
  } else if constexpr (std::is_same_v<T, Ref>) {
    digest.fold(v.number);
  } else if constexpr (std::is_same_v<T, Term>) {
    v.fold(digest);
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    digest.fold(static_cast<std::uint64_t>(v));
  } else if constexpr (std::is_floating_point_v<T>) {
    const double x = static_cast<double>(v);
    digest.fold(x == 0 ? 0 : std::bit_cast<std::uint64_t>(x));
  } else if constexpr (Text<T>) {
    digest.fold_text(std::string_view(v));
  } else if constexpr (std::is_same_v<T, std::monostate>) {
    digest.fold(0);
  } else if constexpr (is_chrono<T>) {
    if constexpr (requires { v.count(); })
      digest.fold(static_cast<std::uint64_t>(v.count()));
    else
      digest.fold(static_cast<std::uint64_t>(v.time_since_epoch().count()));
  } else if constexpr (is_optional<T>) {
    digest.fold(v.has_value());
    if (v) fold_value(digest, *v);
  } else if constexpr (is_variant<T>) {
    digest.fold(v.index());
    std::visit([&](const auto& x) { fold_value(digest, x); }, v);
  } else if constexpr (is_tuple<T>) {
    std::apply([&](const auto&... x) { (fold_value(digest, x), ...); }, v);
  } else if constexpr (FoldsItself<T>) {
    fold(digest, v);
  } else if constexpr (Sequence<T>) {
    static_assert(
        !requires { v.hash_function(); }, "an unordered container in a message: its order is the hash table's");
    digest.fold(static_cast<std::uint64_t>(v.size()));
    for (const auto& x : v) fold_value(digest, x);
  } else {
    static_assert(
        std::is_aggregate_v<T>,
        "this type cannot be reflected: make it a plain aggregate or give fold(Digest&, const T&) and print(std::string&, const T&)");
    each_field(v, [&](const auto& x) { fold_value(digest, x); });
  }
}

// Of a type that gives its own fold and print: whether is_lasting, which cannot look into it, may say so.
template <class T>
inline constexpr bool lasts = false;

// Whether a copy of a T means the same for ever, as far as can be seen: it owns all that it is made of. Of views, pointers and classes with
// private parts that is not known, nor of what is nested deeper than `depth`.
template <class T, int depth = 6>
constexpr bool is_lasting();
template <int depth, template <class...> class List, class... T>
constexpr bool all_last(const List<T...>*) {
  return (is_lasting<std::remove_cvref_t<T>, depth>() && ...);
}
template <class T, int depth>
constexpr bool is_lasting() {
  if constexpr (depth == 0) {
    return false;
  } else if constexpr (std::is_same_v<T, Pid> || std::is_same_v<T, Ref> || std::is_same_v<T, Term> || std::is_same_v<T, std::string> ||
                       std::is_same_v<T, std::monostate> || std::is_arithmetic_v<T> || std::is_enum_v<T> || is_chrono<T>) {
    return true;
  } else if constexpr (is_optional<T> || is_variant<T> || is_tuple<T>) {
    return all_last<depth - 1>(static_cast<const T*>(nullptr));
  } else if constexpr (FoldsItself<T>) {
    return lasts<T>;
  } else if constexpr (requires { typename T::allocator_type; }) {
    return is_lasting<typename T::value_type, depth - 1>();
  } else if constexpr (std::is_aggregate_v<T> && std::is_empty_v<T>) {
    return true;
  } else if constexpr (std::is_class_v<T> && std::is_aggregate_v<T> && !Sequence<T>) {
    return all_last<depth - 1>(static_cast<const decltype(fields_of(std::declval<const T&>()))*>(nullptr));
  } else {
    return false;
  }
}

template <class T>
void print_number(std::string& out, T v) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, v);
  out.append(digits, end.ptr);
}

void print_text(std::string& out, std::string_view text);         // "quoted", control characters escaped
void print_duration(std::string& out, std::int64_t nanoseconds);  // 1.5s, 20ms, 7ns

template <class T>
void print_value(std::string& out, const T& v) {
  if constexpr (std::is_same_v<T, Pid> || std::is_same_v<T, Ref> || std::is_same_v<T, Term>) {
    out += v.to_string();
  } else if constexpr (std::is_same_v<T, bool>) {
    out += v ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    if constexpr (requires { out += to_string(v); })
      out += to_string(v);
    else
      print_number(out, static_cast<std::int64_t>(v));
  } else if constexpr (std::is_same_v<T, char>) {
    print_text(out, std::string_view(&v, 1));
  } else if constexpr (std::is_integral_v<T> || std::is_floating_point_v<T>) {
    print_number(out, v);
  } else if constexpr (Text<T>) {
    print_text(out, std::string_view(v));
  } else if constexpr (std::is_same_v<T, std::monostate>) {
    out += "none";
  } else if constexpr (is_chrono<T>) {
    if constexpr (requires { v.count(); })
      print_duration(out, std::chrono::duration_cast<Duration>(v).count());
    else
      print_duration(out, std::chrono::duration_cast<Duration>(v.time_since_epoch()).count());
  } else if constexpr (is_optional<T>) {
    if (v)
      print_value(out, *v);
    else
      out += "none";
  } else if constexpr (is_variant<T>) {
    std::visit([&](const auto& x) { print_value(out, x); }, v);
  } else if constexpr (is_tuple<T>) {
    out += '{';
    bool first = true;
    std::apply([&](const auto&... x) { ((out += first ? "" : ", ", first = false, print_value(out, x)), ...); }, v);
    out += '}';
  } else if constexpr (FoldsItself<T>) {
    print(out, v);
  } else if constexpr (Sequence<T>) {
    out += '[';
    bool first = true;
    for (const auto& x : v) {
      if (!first) out += ", ";
      first = false;
      print_value(out, x);
    }
    out += ']';
  } else {
    out += name_of<T>();
    if constexpr (field_count<T>() > 0) {
      out += '{';
      std::size_t i = 0;
      each_field(v, [&](const auto& x) {
        if (i) out += ", ";
        if constexpr (NamesItsFields<T>) {
          out += T::fields[i];
          out += '=';
        }
        print_value(out, x);
        ++i;
      });
      out += '}';
    }
  }
}

template <class T>
std::string to_text(const T& v) {
  std::string out;
  print_value(out, v);
  return out;
}

}  // namespace moirai::reflect
