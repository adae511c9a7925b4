// Finds places of a table by a key that the table itself holds: open addressing over 4-byte places, so that a supervisor of a million
// children finds the dead one in O(1) for 6 to 11 bytes a child. Looked up only, never walked: its order reaches no decision.
#pragma once
#include <cstdint>
#include <vector>

namespace moirai {

class PlaceIndex {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  // The place whose key has this hash and satisfies `is(place)`; none: there is none.
  template <class Is>
  std::uint32_t find(std::uint64_t hash, Is is) const {
    if (slots_.empty()) return none;
    for (std::size_t at = hash & mask(); slots_[at] != none; at = (at + 1) & mask())
      if (is(slots_[at])) return slots_[at];
    return none;
  }

  // Requires: the place is not in it. `hash_of(place)` is the hash of a place's key, for those in the way.
  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t place, HashOf hash_of) {
    if ((size_ + 1) * 4 > slots_.size() * 3) grow(hash_of);
    put(hash, place);
    ++size_;
  }

  // Requires: the place was inserted with this hash.
  template <class HashOf>
  void erase(std::uint64_t hash, std::uint32_t place, HashOf hash_of) {
    std::size_t hole = hash & mask();
    while (slots_[hole] != place) hole = (hole + 1) & mask();
    // Whoever was pushed past the hole by it moves back, so that no search stops too early.
    for (std::size_t at = (hole + 1) & mask(); slots_[at] != none; at = (at + 1) & mask()) {
      const std::size_t home = hash_of(slots_[at]) & mask();
      if (((at - home) & mask()) < ((at - hole) & mask())) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = none;
    --size_;
  }

  std::size_t size() const { return size_; }

 private:
  std::size_t mask() const { return slots_.size() - 1; }
  void put(std::uint64_t hash, std::uint32_t place) {
    std::size_t at = hash & mask();
    while (slots_[at] != none) at = (at + 1) & mask();
    slots_[at] = place;
  }
  template <class HashOf>
  void grow(HashOf hash_of) {
    std::vector<std::uint32_t> old(slots_.empty() ? 8 : slots_.size() * 2, none);
    old.swap(slots_);
    for (const std::uint32_t place : old)
      if (place != none) put(hash_of(place), place);
  }

  std::vector<std::uint32_t> slots_;  // a power of two of them, at most three quarters in use
  std::size_t size_ = 0;
};

}  // namespace moirai
