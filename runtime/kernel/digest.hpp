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
    if (!text.empty()) fold(last_word(text));
  }
  constexpr std::uint64_t value() const { return value_; }

 private:
  // 1 to 7 bytes, as a little-endian number; two loads that overlap instead of a copy of variable length.
  static std::uint64_t last_word(std::string_view text) {
    const std::size_t n = text.size();
    if (n >= 4) {
      std::uint32_t low, high;
      std::memcpy(&low, text.data(), 4);
      std::memcpy(&high, text.data() + n - 4, 4);
      return low | std::uint64_t{high} << 8 * (n - 4);
    }
    const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(text[i])} << 8 * i; };
    return byte(0) | byte(n / 2) | byte(n - 1);
  }
  std::uint64_t value_ = 0x243f6a8885a308d3ull;
};

}  // namespace moirai
