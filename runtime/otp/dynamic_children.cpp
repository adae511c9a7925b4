#include "runtime/otp/dynamic_children.hpp"

namespace moirai {

void DynamicChildren::add(Pid pid, Term argument) {
  if (const std::uint32_t there = find(pid); there != none) {
    entries_[there].argument = std::move(argument);
    return;
  }
  const auto place = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({pid, std::move(argument)});
  restarting_.push_back(false);
  by_pid_.insert(hash_of(pid), place, hash_of_place());
}

// The last one takes the place of the one that goes.
void DynamicChildren::erase(std::uint32_t place) {
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

std::uint32_t DynamicChildren::find(Pid pid) const {
  return by_pid_.find(hash_of(pid), [&](std::uint32_t place) { return entries_[place].pid == pid; });
}

void DynamicChildren::set_restarting(std::uint32_t place) {
  restarting_count_ += restarting_[place] ? 0 : 1;
  restarting_[place] = true;
}

}  // namespace moirai
