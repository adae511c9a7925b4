// What generators of programs throw: draws that are a function of a key.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "properties/otp_oracle/value.hpp"
#include "runtime/kernel/random.hpp"

namespace moirai::otp_oracle {

class Dice {
 public:
  explicit Dice(std::uint64_t key) : draws_(key) {}
  std::int64_t upto(std::int64_t n) { return draws_.between(1, n); }  // 1..n
  bool one_in(std::uint64_t n) { return draws_.below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& choices) {
    return choices[draws_.below(choices.size())];
  }
  Value any(std::initializer_list<Value> choices) { return of(std::vector<Value>(choices)); }

 private:
  Random draws_;
};

}  // namespace moirai::otp_oracle
