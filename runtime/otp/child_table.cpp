#include "runtime/otp/child_table.hpp"

#include <utility>

#include "runtime/kernel/random.hpp"

namespace moirai {

std::uint64_t ChildTable::hash_of(Pid pid) { return scramble(pid.bits()); }
std::uint64_t ChildTable::hash_of(std::string_view id) { return hash_text(id); }

ChildTable::Place ChildTable::append(std::shared_ptr<const ChildSpec> spec) {
  Place place;
  if (free_.empty()) {
    place = static_cast<Place>(entries_.size());
    entries_.emplace_back();
  } else {
    place = free_.back();
    free_.pop_back();
  }
  const std::uint64_t hash = hash_of(spec->id);
  entries_[place].child = Child{std::move(spec)};
  by_id_.insert(hash, place, [this](Place other) { return hash_of(entries_[other].child.spec->id); });
  append_to_order(place);
  return place;
}

void ChildTable::erase(Place place) {
  set(place, Child::State::stopped);
  by_id_.erase(hash_of(entries_[place].child.spec->id), place, [this](Place other) { return hash_of(entries_[other].child.spec->id); });
  take_from_order(place);
  entries_[place].child = Child{};
  free_.push_back(place);
}

void ChildTable::set(Place place, Child::State state, Pid pid) {
  Child& child = entries_[place].child;
  const auto hash_of_pid = [this](Place other) { return hash_of(entries_[other].child.pid); };
  if (child.state == Child::State::running) by_pid_.erase(hash_of(child.pid), place, hash_of_pid);
  child.state = state;
  child.pid = pid;
  if (state == Child::State::running) by_pid_.insert(hash_of(pid), place, hash_of_pid);
}

void ChildTable::move_to_end(Place place) {
  take_from_order(place);
  append_to_order(place);
}

ChildTable::Place ChildTable::find(std::string_view id) const {
  return by_id_.find(hash_of(id), [&](Place place) { return entries_[place].child.spec->id == id; });
}

ChildTable::Place ChildTable::find_running(Pid pid) const {
  return by_pid_.find(hash_of(pid), [&](Place place) { return entries_[place].child.pid == pid; });
}

void ChildTable::append_to_order(Place place) {
  entries_[place].previous = last_;
  entries_[place].next = none;
  (last_ == none ? first_ : entries_[last_].next) = place;
  last_ = place;
}

void ChildTable::take_from_order(Place place) {
  const Entry& entry = entries_[place];
  (entry.previous == none ? first_ : entries_[entry.previous].next) = entry.next;
  (entry.next == none ? last_ : entries_[entry.next].previous) = entry.previous;
}

}  // namespace moirai
