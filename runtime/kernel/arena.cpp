#include "runtime/kernel/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/kernel/check.hpp"

namespace moirai {
namespace {

constexpr std::size_t cache_line = 64;

std::size_t rounded(std::size_t bytes) {
  const std::size_t unit = bytes < huge_page_bytes ? cache_line : huge_page_bytes;
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

void* allocate_large(std::size_t bytes) {
  const std::size_t whole = rounded(bytes);
  if (whole < huge_page_bytes) return ::operator new(whole, std::align_val_t(cache_line));
  void* const memory = std::aligned_alloc(huge_page_bytes, whole);
  if (!memory) throw std::bad_alloc();
  ::madvise(memory, whole, MADV_HUGEPAGE);  // or not: it is as good, but slower
  return memory;
}

void free_large(void* memory, std::size_t bytes) noexcept {
  if (rounded(bytes) < huge_page_bytes)
    ::operator delete(memory, std::align_val_t(cache_line));
  else
    std::free(memory);
}

char* Arena::take(std::size_t bytes) {
  constexpr std::size_t least = std::size_t{1} << 17;
  MOIRAI_CHECK(bytes <= huge_page_bytes, "a piece of an arena lies within one of its blocks");
  const std::size_t whole = (bytes + cache_line - 1) / cache_line * cache_line;
  if (static_cast<std::size_t>(end_ - at_) < whole) {
    std::size_t block = blocks_.empty() ? least : std::min(2 * blocks_.back().get_deleter().bytes, huge_page_bytes);
    block = std::max(block, whole);
    blocks_.push_back(large_block(block));
    at_ = blocks_.back().get();
    end_ = at_ + block;
  }
  char* const piece = at_;
  at_ += whole;
  return piece;
}

}  // namespace moirai
