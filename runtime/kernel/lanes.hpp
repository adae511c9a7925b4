// Signals in flight to one process, when there are many from several senders: one queue per channel, found by the sender's pid.
// The full pid is the key: by slot, a dead incarnation's signals and its successor's would become one channel.
#pragma once
#include <cstdint>
#include <vector>

#include "runtime/kernel/signal.hpp"

namespace moirai {

class Lanes {
 public:
  struct Lane {
    Pid sender;
    Signal *head, *tail;
  };
  bool empty() const { return lanes_.empty(); }
  std::size_t size() const { return lanes_.size(); }
  const std::vector<Lane>& all() const { return lanes_; }
  Signal* head(Pid sender) const {
    const std::uint32_t at = index_.empty() ? 0 : index_[find(sender)];
    return at ? lanes_[at - 1].head : nullptr;
  }
  // Returns whether it opened a lane. O(1) amortised.
  bool push(Signal*);
  // Takes the head of a lane that exists; `emptied` tells whether it was the last.
  Signal* pop(Pid sender, bool& emptied);

 private:
  std::size_t find(Pid sender) const;  // place in index_ of the lane or of the gap for it
  void grow();
  void erase(std::size_t place);

  std::vector<Lane> lanes_;
  std::vector<std::uint32_t> index_;  // open addressing, lane + 1; a power of two, at most half full
};

}  // namespace moirai
