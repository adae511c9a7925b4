// The candidates of a step, in the order of becoming one; one that leaves is replaced by the last. A vector of which every call is inline.
#pragma once
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "runtime/kernel/arena.hpp"

namespace moirai {

template <class Entry>
class ReadyList {
  static_assert(std::is_trivially_copyable_v<Entry>);

 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Entry& operator[](std::size_t index) { return entries_[index]; }
  const Entry& operator[](std::size_t index) const { return entries_[index]; }
  const Entry* begin() const { return entries_; }
  const Entry* end() const { return entries_ + size_; }

  [[gnu::always_inline]] void push_back(const Entry& entry) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    entries_[size_++] = entry;
  }
  // Returns whether another one stands there now.
  bool remove(std::size_t index) {
    if (index == --size_) return false;
    entries_[index] = entries_[size_];
    return true;
  }
  // Requires: size <= size().
  void shrink(std::size_t size) { size_ = size; }
  void clear() { size_ = 0; }

 private:
  [[gnu::noinline]] void grow() {
    capacity_ = capacity_ == 0 ? 64 : 2 * capacity_;
    LargeBlock grown = large_block(capacity_ * sizeof(Entry));
    std::uninitialized_copy(begin(), end(), reinterpret_cast<Entry*>(grown.get()));
    memory_ = std::move(grown);
    entries_ = reinterpret_cast<Entry*>(memory_.get());
  }

  LargeBlock memory_;
  Entry* entries_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace moirai
