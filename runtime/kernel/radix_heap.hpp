// A queue of what becomes due, by (time, order): a radix heap (Ahuja, Mehlhorn, Orlin, Tarjan: Faster algorithms for the shortest path
// problem, 1990). An entry stands in the bucket of the highest bit in which its time differs from `base_`, and moves to a lower one at most
// once per bit as time goes on: appending and moving, never comparing in a tree. A bucket of few entries is not spread any further but
// sorted: the run, from which they are taken. What is due before the base is inserted into the run, or, if that has become long (a look
// ahead had moved the base far), kept in a binary heap; that is rare.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "runtime/kernel/arena.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

// Entry: with `at`, a Time that is not negative, and `order`, a number; small, since it is moved about.
template <class Entry>
class RadixHeap {
 public:
  void push(const Entry& entry) {
    ++size_;
    if (entry.at > base_) {
      add(entry);
    } else if (next_ == run_.size() || earlier(run_.back(), entry)) {
      run_.push_back(entry);
    } else if (run_.size() - next_ < run_max) {
      run_.insert(std::upper_bound(run_.begin() + static_cast<std::ptrdiff_t>(next_), run_.end(), entry, earlier), entry);
    } else {
      early_.push_back(entry);
      std::push_heap(early_.begin(), early_.end(), later);
    }
  }

  // The first entry that is due at `until` or before; nullptr: there is none. `approaches(entry, distance)` is called, more than once, for
  // entries of which at most `distance` others come first, so that what they need can be fetched.
  template <class Approaches>
  const Entry* first(Time until, Approaches approaches) {
    if (next_ == run_.size() && early_.empty() && (until <= base_ || !refill(until, approaches))) return nullptr;
    const Entry& entry = early_is_first() ? early_.front() : run_[next_];
    return entry.at <= until ? &entry : nullptr;
  }
  const Entry* first(Time until) {
    return first(until, [](const Entry&, std::size_t) {});
  }
  // Requires: first() was not nullptr, and nothing was pushed since.
  Entry pop() {
    --size_;
    if (early_is_first()) {
      std::pop_heap(early_.begin(), early_.end(), later);
      const Entry entry = early_.back();
      early_.pop_back();
      return entry;
    }
    const Entry entry = run_[next_++];
    if (next_ == run_.size()) clear_run();
    return entry;
  }
  template <class Predicate>
  void erase_if(Predicate predicate) {
    run_.erase(run_.begin(), run_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
    std::erase_if(run_, predicate);
    std::erase_if(early_, predicate);
    std::make_heap(early_.begin(), early_.end(), later);
    size_ = run_.size() + early_.size();
    used_ = 0;
    for (unsigned i = 0; i < buckets_.size(); ++i) {
      std::erase_if(buckets_[i], predicate);
      size_ += buckets_[i].size();
      if (!buckets_[i].empty()) used_ |= std::uint64_t{1} << i;
    }
  }

  std::size_t size() const { return size_; }
  void clear() {
    for (; used_ != 0; used_ &= used_ - 1) buckets_[static_cast<unsigned>(std::countr_zero(used_))].clear();
    clear_run();
    early_.clear();
    base_ = Time{};
    size_ = 0;
  }

 private:
  static constexpr std::size_t batch_max = 32, run_max = 128, approach_max = 512;

  static bool earlier(const Entry& a, const Entry& b) { return a.at != b.at ? a.at < b.at : a.order < b.order; }
  static bool later(const Entry& a, const Entry& b) { return earlier(b, a); }
  bool early_is_first() const { return !early_.empty() && (next_ == run_.size() || earlier(early_.front(), run_[next_])); }
  // Requires: it is due after the base.
  void add(const Entry& entry) {
    const auto differs = static_cast<std::uint64_t>(nanoseconds(entry.at)) ^ static_cast<std::uint64_t>(nanoseconds(base_));
    const auto bucket = static_cast<unsigned>(std::bit_width(differs)) - 1;
    buckets_[bucket].push_back(entry);
    used_ |= std::uint64_t{1} << bucket;
  }
  void clear_run() {
    run_.clear();
    next_ = 0;
  }
  // Makes a run of the first entries there are, if the first is not due after `until`, and moves the base to its end.
  template <class Approaches>
  bool refill(Time until, Approaches approaches) {
    if (used_ == 0) return false;
    LargeVector<Entry>& bucket = buckets_[static_cast<unsigned>(std::countr_zero(used_))];
    Time first = bucket.front().at;
    for (const Entry& entry : bucket) first = std::min(first, entry.at);
    if (until < first) return false;
    used_ &= used_ - 1;
    if (bucket.size() <= approach_max)
      for (const Entry& entry : bucket) approaches(entry, bucket.size());
    if (bucket.size() <= batch_max) {
      std::swap(run_, bucket);
    } else {
      base_ = first;
      for (const Entry& entry : bucket) {
        if (entry.at == base_)
          run_.push_back(entry);
        else
          add(entry);
      }
    }
    bucket.clear();
    std::sort(run_.begin(), run_.end(), earlier);
    base_ = run_.back().at;
    return true;
  }

  std::array<LargeVector<Entry>, 63> buckets_;  // times are 63 bits wide
  LargeVector<Entry> run_;                      // sorted; those before `next_` are gone; the last is not due after the base
  std::size_t next_ = 0, size_ = 0;
  std::uint64_t used_ = 0;    // bit i: buckets_[i] is not empty
  LargeVector<Entry> early_;  // a heap
  Time base_{};               // all in buckets are due later
};

}  // namespace moirai
