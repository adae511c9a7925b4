// A 64-bit rolling hash over everything that decides a run (K-70). Equal runs have equal digests on every compiler, because only
// values are folded: never bytes with padding, addresses or type identity (K-72).
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace moirai {

class Digest {
 public:
  constexpr void fold(std::uint64_t word) {
    const std::uint64_t h = (value_ ^ word) * 0x9fb21c651e98df25ull;
    value_ = h ^ (h >> 32);
  }
  void fold_text(std::string_view text) {
    static_assert(std::endian::native == std::endian::little, "the digest is defined on little-endian words");
    fold(text.size());
    for (; text.size() >= 8; text.remove_prefix(8)) {
      std::uint64_t word;
      std::memcpy(&word, text.data(), 8);
      fold(word);
    }
    if (!text.empty()) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), text.size());
      fold(word);
    }
  }
  constexpr std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x243f6a8885a308d3ull;
};

}  // namespace moirai
