// Children without ids, told apart by their pids alone: those of simple_one_for_one and of dynamic supervisors. With what each is started
// again, Kept, 24 bytes a child, and an index of 6 to 11, so that an EXIT among a million is handled in O(1). In no particular order, but
// the same in equal runs.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/kernel/ids.hpp"
#include "runtime/kernel/random.hpp"
#include "runtime/otp/place_index.hpp"

namespace moirai {

template <class Kept>
class DynamicChildren {
 public:
  struct Entry {
    Pid pid;    // its process; the last one it had while it is restarting
    Kept kept;  // for its restarts
  };
  static_assert(sizeof(Entry) == 24);
  static constexpr std::uint32_t none = PlaceIndex::none;

  // A pid that is among them already takes what is new.
  void add(Pid pid, Kept kept);
  void erase(std::uint32_t place);
  std::uint32_t find(Pid pid) const;
  void set_restarting(std::uint32_t place);

  const Entry& operator[](std::uint32_t place) const { return entries_[place]; }
  bool is_restarting(std::uint32_t place) const { return restarting_[place]; }
  std::size_t size() const { return entries_.size(); }
  std::size_t restarting() const { return restarting_count_; }

 private:
  static std::uint64_t hash_of(Pid pid) { return scramble(pid.bits()); }
  auto hash_of_place() const {
    return [this](std::uint32_t place) { return hash_of(entries_[place].pid); };
  }

  std::vector<Entry> entries_;
  std::vector<bool> restarting_;  // by place
  std::size_t restarting_count_ = 0;
  PlaceIndex by_pid_;
};

template <class Kept>
void DynamicChildren<Kept>::add(Pid pid, Kept kept) {
  if (const std::uint32_t there = find(pid); there != none) {
    entries_[there].kept = std::move(kept);
    return;
  }
  const auto place = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({pid, std::move(kept)});
  restarting_.push_back(false);
  by_pid_.insert(hash_of(pid), place, hash_of_place());
}

// The last one takes the place of the one that goes.
template <class Kept>
void DynamicChildren<Kept>::erase(std::uint32_t place) {
  const auto last = static_cast<std::uint32_t>(entries_.size() - 1);
  restarting_count_ -= restarting_[place] ? 1 : 0;
  by_pid_.erase(hash_of(entries_[place].pid), place, hash_of_place());
  if (place != last) {
    by_pid_.erase(hash_of(entries_[last].pid), last, hash_of_place());
    entries_[place] = std::move(entries_[last]);
    restarting_[place] = restarting_[last];
    by_pid_.insert(hash_of(entries_[place].pid), place, hash_of_place());
  }
  entries_.pop_back();
  restarting_.pop_back();
}

template <class Kept>
std::uint32_t DynamicChildren<Kept>::find(Pid pid) const {
  return by_pid_.find(hash_of(pid), [&](std::uint32_t place) { return entries_[place].pid == pid; });
}

template <class Kept>
void DynamicChildren<Kept>::set_restarting(std::uint32_t place) {
  restarting_count_ += restarting_[place] ? 0 : 1;
  restarting_[place] = true;
}

}  // namespace moirai
