// The children of a simple_one_for_one supervisor: processes of one template, told apart by their pids alone. 24 bytes each, and an
// index of 6 to 11, so that an EXIT among a million is handled in O(1). In no particular order, but the same in equal runs.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/kernel/random.hpp"
#include "runtime/kernel/term.hpp"
#include "runtime/otp/place_index.hpp"

namespace moirai {

class DynamicChildren {
 public:
  struct Entry {
    Pid pid;        // its process; the last one it had while it is restarting
    Term argument;  // for its restarts
  };
  static constexpr std::uint32_t none = PlaceIndex::none;

  // A pid that is among them already takes the new argument.
  void add(Pid pid, Term argument);
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

static_assert(sizeof(DynamicChildren::Entry) == 24);

}  // namespace moirai
