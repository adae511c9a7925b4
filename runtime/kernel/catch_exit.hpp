// Erlang's `catch` for exit/1, and for C++ exceptions: what fails inside becomes a value. For whoever calls and wants to live on:
//   auto balance = catch_exit([&] { return self.call("ledger", Balance{}); });
//   if (balance) show(*balance); else self.log(balance.reason().to_string());
// The process's own end (a kill, an exit signal) cannot be caught and passes through.
#pragma once
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/kernel/thrown.hpp"

namespace moirai {

// What came of it: a value, or the reason of the exit that left it. An exception is {error,TypeName,What}, as when it ends a process.
template <class T>
class Caught {
 public:
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
  static Caught value(Value value) { return Caught(std::in_place_index<0>, std::move(value)); }
  static Caught exit(Term reason) { return Caught(std::in_place_index<1>, std::move(reason)); }

  explicit operator bool() const { return content_.index() == 0; }
  // Requires: it is a value.
  Value& operator*() { return std::get<0>(content_); }
  const Value& operator*() const { return std::get<0>(content_); }
  Value* operator->() { return &std::get<0>(content_); }
  const Value* operator->() const { return &std::get<0>(content_); }
  // Requires: it is not.
  const Term& reason() const { return std::get<1>(content_); }
  bool operator==(const Caught&) const = default;

 private:
  template <std::size_t I, class X>
  Caught(std::in_place_index_t<I> index, X x) : content_(index, std::move(x)) {}
  std::variant<Value, Term> content_;
};

template <class F>
auto catch_exit(F&& f) -> Caught<std::invoke_result_t<F>> {
  using Result = Caught<std::invoke_result_t<F>>;
  std::optional<typename Result::Value> value;
  std::optional<Thrown> thrown = thrown_by([&] {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      std::forward<F>(f)();
      value.emplace();
    } else {
      value.emplace(std::forward<F>(f)());
    }
  });
  return thrown ? Result::exit(std::move(thrown->reason)) : Result::value(std::move(*value));
}

}  // namespace moirai
