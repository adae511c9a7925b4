// Bad input from outside (files, the command line, the environment) is a value: all mistakes at once, never an exception.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace moirai {

struct Place {  // 1-based; line 0 means "the file as a whole"
  std::string file;
  int line = 0, column = 0;
  auto operator<=>(const Place&) const = default;
};

struct Mistake {
  Place place;
  std::string message;  // what is wrong and what was expected: `unknown key "rtae" in [[fault]]`
  std::string hint;     // how to mend it, empty if nothing helps: `did you mean "rate"?`
};

using Mistakes = std::vector<Mistake>;

// A value, or why there is none. Invariant: holds a value or at least one mistake.
template <class T>
class Result {
 public:
  Result(T value) : content_(std::move(value)) {}
  Result(Mistakes mistakes) : content_(std::move(mistakes)) {}
  Result(Mistake mistake) : content_(Mistakes{std::move(mistake)}) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Requires: ok().
  T& value() { return std::get<0>(content_); }
  const T& value() const { return std::get<0>(content_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // Requires: !ok(). Sorted by place.
  const Mistakes& mistakes() const { return std::get<1>(content_); }

 private:
  std::variant<T, Mistakes> content_;
};

}  // namespace moirai
