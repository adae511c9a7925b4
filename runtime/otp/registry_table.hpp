// What one partition of a registry knows: who has which key, and which keys a process has. Two tables that are read and written one at a
// time, as Elixir's are; between two accesses they may disagree. Pure data; used by registry.hpp.
#pragma once
#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/kernel/ids.hpp"

namespace moirai {

template <class Key, class Value>
class RegistryTable {
 public:
  Pid owner;  // the partition's process

  // ---- by key; equal keys in the order of registration

  void add(const Key& key, Pid pid, Value value) { entries_.emplace(key, Holder{pid, std::move(value)}); }
  // If nobody has the key. Else returns who does.
  std::optional<Pid> add_new(const Key& key, Pid pid, const Value& value) {
    const auto found = entries_.find(key);
    if (found != entries_.end()) return found->second.pid;
    add(key, pid, value);
    return std::nullopt;
  }
  // Those of `pid` under `key` whose value fits. Returns how many are gone and how many are left.
  template <class Fits>
  std::pair<std::size_t, std::size_t> remove(const Key& key, Pid pid, Fits&& fits) {
    std::size_t gone = 0, left = 0;
    const auto [first, last] = entries_.equal_range(key);
    for (auto at = first; at != last;) {
      const bool theirs = at->second.pid == pid;
      if (theirs && fits(std::as_const(at->second.value))) {
        at = entries_.erase(at);
        ++gone;
      } else {
        left += theirs ? 1 : 0;
        ++at;
      }
    }
    return {gone, left};
  }
  // f(key, pid, value) for each under `key`, or for all.
  template <class F>
  void each(const Key& key, F&& f) const {
    const auto [first, last] = entries_.equal_range(key);
    for (auto at = first; at != last; ++at) f(at->first, at->second.pid, at->second.value);
  }
  template <class F>
  void each(F&& f) const {
    for (const auto& [key, holder] : entries_) f(key, holder.pid, holder.value);
  }
  // The value of `pid` under a unique key; nullptr if it does not have it.
  Value* value(const Key& key, Pid pid) {
    const auto found = entries_.find(key);
    return found == entries_.end() || found->second.pid != pid ? nullptr : &found->second.value;
  }
  std::size_t size() const { return entries_.size(); }

  // ---- by process

  void list(Pid pid, const Key& key) { keys_[pid].push_back(key); }
  // All of these keys but `left`.
  void unlist(Pid pid, const Key& key, std::size_t left = 0) {
    const auto found = keys_.find(pid);
    if (found == keys_.end()) return;
    std::erase_if(found->second, [&](const Key& other) {
      if (other < key || key < other) return false;
      if (left == 0) return true;
      --left;
      return false;
    });
    if (found->second.empty()) keys_.erase(found);
  }
  // The one that was listed last.
  void unlist_last(Pid pid) {
    const auto found = keys_.find(pid);
    if (found == keys_.end()) return;
    found->second.pop_back();
    if (found->second.empty()) keys_.erase(found);
  }
  bool lists(Pid pid) const { return keys_.count(pid) != 0; }
  std::vector<Key> keys(Pid pid) const {
    const auto found = keys_.find(pid);
    return found == keys_.end() ? std::vector<Key>{} : found->second;
  }
  std::vector<Key> take_keys(Pid pid) {
    std::vector<Key> taken = keys(pid);
    keys_.erase(pid);
    return taken;
  }

 private:
  struct Holder {
    Pid pid;
    Value value;
  };
  std::multimap<Key, Holder> entries_;
  std::map<Pid, std::vector<Key>> keys_;  // never an empty list
};

}  // namespace moirai
