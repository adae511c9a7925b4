// A queue of what becomes due, by (time, order): a radix heap (Ahuja, Mehlhorn, Orlin, Tarjan: Faster algorithms for the shortest path
// problem, 1990). An entry stands in the bucket of the highest bit in which its time differs from `base_`, the time that was reached last, and
// moves to a lower one at most once per bit as time goes on: appending and moving, never comparing in a tree. What is due before the base (a
// look ahead had moved it) is kept in a binary heap; that is rare.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <vector>

#include "runtime/kernel/time.hpp"

namespace moirai {

// Entry: with `Time at` and `std::uint64_t order`; the pair is unique, time is not negative.
template <class Entry>
class RadixHeap {
 public:
  void push(const Entry& entry) {
    ++size_;
    if (entry.at < base_) {
      early_.push_back(entry);
      std::push_heap(early_.begin(), early_.end(), Later{});
      return;
    }
    const unsigned bucket = bucket_of(entry.at);
    if (bucket != 0 || now_.empty() || now_.back().order < entry.order) {
      buckets_[bucket].push_back(entry);
      used_ |= std::uint64_t{1} << bucket;
    } else {
      now_.insert(std::upper_bound(now_.begin() + static_cast<std::ptrdiff_t>(next_), now_.end(), entry, earlier), entry);
    }
  }

  // The first entry that is due at `until` or before; nullptr: there is none.
  const Entry* first(Time until) {
    if (!early_.empty()) return early_.front().at <= until ? &early_.front() : nullptr;
    if (next_ == now_.size() && (until <= base_ || !refill(until))) return nullptr;
    return base_ <= until ? &now_[next_] : nullptr;
  }
  // Requires: first() was not nullptr, and nothing was pushed since.
  Entry pop() {
    --size_;
    if (!early_.empty()) {
      std::pop_heap(early_.begin(), early_.end(), Later{});
      const Entry entry = early_.back();
      early_.pop_back();
      return entry;
    }
    const Entry entry = now_[next_++];
    if (next_ == now_.size()) clear_now();
    return entry;
  }

  template <class Predicate>
  void erase_if(Predicate predicate) {
    now_.erase(now_.begin(), now_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
    size_ = 0;
    used_ = 0;
    for (unsigned i = 0; i < buckets_.size(); ++i) {
      std::erase_if(buckets_[i], predicate);
      size_ += buckets_[i].size();
      if (!buckets_[i].empty()) used_ |= std::uint64_t{1} << i;
    }
    std::erase_if(early_, predicate);
    std::make_heap(early_.begin(), early_.end(), Later{});
    size_ += early_.size();
  }

  std::size_t size() const { return size_; }
  void clear() {
    for (; used_ != 0; used_ &= used_ - 1) buckets_[static_cast<unsigned>(std::countr_zero(used_))].clear();
    early_.clear();
    base_ = Time{};
    next_ = size_ = 0;
  }

 private:
  static bool earlier(const Entry& a, const Entry& b) { return a.at != b.at ? a.at < b.at : a.order < b.order; }
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const { return earlier(b, a); }
  };
  unsigned bucket_of(Time at) const {
    return static_cast<unsigned>(
        std::bit_width(static_cast<std::uint64_t>(nanoseconds(at)) ^ static_cast<std::uint64_t>(nanoseconds(base_))));
  }
  void clear_now() {
    now_.clear();
    next_ = 0;
    used_ &= ~std::uint64_t{1};
  }
  // Moves the base to the first time there is, if that is not after `until`, and spreads the bucket it was in over those below it.
  bool refill(Time until) {
    if (used_ == 0) return false;
    std::vector<Entry>& bucket = buckets_[static_cast<unsigned>(std::countr_zero(used_))];
    Time first = bucket.front().at;
    for (const Entry& entry : bucket) first = std::min(first, entry.at);
    if (until < first) return false;
    used_ &= used_ - 1;
    base_ = first;
    for (const Entry& entry : bucket) {
      const unsigned to = bucket_of(entry.at);
      buckets_[to].push_back(entry);
      used_ |= std::uint64_t{1} << to;
    }
    bucket.clear();
    if (!std::is_sorted(now_.begin(), now_.end(), earlier)) std::sort(now_.begin(), now_.end(), earlier);
    return true;
  }

  std::array<std::vector<Entry>, 64> buckets_;  // times are 63 bits wide
  std::vector<Entry>& now_ = buckets_[0];       // due at the base: sorted by order; those before `next_` are gone
  std::size_t next_ = 0, size_ = 0;
  std::uint64_t used_ = 0;  // bit i: buckets_[i] is not empty
  std::vector<Entry> early_;
  Time base_{};
};

}  // namespace moirai
