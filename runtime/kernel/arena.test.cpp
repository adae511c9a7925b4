#include "runtime/kernel/arena.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace moirai {
namespace {

TEST(Arena, PiecesAreAlignedAndApart) {
  Arena arena;
  std::vector<std::pair<char*, std::size_t>> pieces;
  for (std::size_t i = 0; i < 400; ++i) {
    const std::size_t bytes = i % 7 == 0 ? huge_page_bytes / (1 + i % 5) : 1 + 977 * i;
    char* const piece = arena.take(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece) % 64, 0u);
    std::memset(piece, static_cast<int>(i % 251), bytes);
    pieces.emplace_back(piece, bytes);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto [piece, bytes] = pieces[i];
    ASSERT_EQ(piece[0], static_cast<char>(i % 251)) << i;
    ASSERT_EQ(std::memcmp(piece, piece + 1, bytes - 1), 0) << i;
  }
}

TEST(LargeVector, GrowsAcrossTheSizeOfAHugePage) {
  LargeVector<std::uint64_t> numbers;
  for (std::uint64_t i = 0; i < 600'000; ++i) numbers.push_back(i);
  for (std::uint64_t i = 0; i < 600'000; ++i) ASSERT_EQ(numbers[i], i);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(numbers.data()) % huge_page_bytes, 0u);
}

}  // namespace
}  // namespace moirai
