// Memory for what grows with the number of processes. Random order touches all of it, and in pages of 4 KiB nearly every touch misses the
// TLB; so whatever takes 2 MiB or more asks for huge pages, which are also faulted in once instead of 512 times.
#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace moirai {

inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

// Not initialised. Throws std::bad_alloc.
void* allocate_large(std::size_t bytes);
void free_large(void* memory, std::size_t bytes) noexcept;

struct FreeLarge {
  std::size_t bytes = 0;
  void operator()(char* memory) const noexcept { free_large(memory, bytes); }
};
using LargeBlock = std::unique_ptr<char[], FreeLarge>;
inline LargeBlock large_block(std::size_t bytes) { return LargeBlock(static_cast<char*>(allocate_large(bytes)), FreeLarge{bytes}); }

// For standard containers.
template <class T>
struct LargeAllocator {
  using value_type = T;
  LargeAllocator() = default;
  template <class U>
  LargeAllocator(const LargeAllocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(allocate_large(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept { free_large(memory, count * sizeof(T)); }
  bool operator==(const LargeAllocator&) const { return true; }
};
template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

// Pieces that live as long as the arena. Little at first, for the many small worlds; then huge pages.
class Arena {
 public:
  // Aligned to cache lines, not initialised. Requires: bytes <= huge_page_bytes.
  char* take(std::size_t bytes);

 private:
  std::vector<LargeBlock> blocks_;
  char *at_ = nullptr, *end_ = nullptr;
};

}  // namespace moirai
