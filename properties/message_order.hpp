// Law "message_order": signals from one sender to one receiver arrive in the order in which they were sent, none is lost while the receiver
// lives, and none arrives that was not sent (R-SIG-2, R-SIG-3, I-1). Messages and all other signals are judged alike: they share the pair's
// channel. It watches every message of the run; leave it out where speed matters.
#pragma once
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "properties/law.hpp"

namespace moirai {

class MessageOrder final : public Law {
 public:
  static LawDeclaration declaration();
  EventMask wants() const override;

 private:
  struct Channel {
    Pid sender, receiver;
    bool operator==(const Channel&) const = default;
  };
  struct ChannelHash {
    std::size_t operator()(const Channel& channel) const {
      return static_cast<std::size_t>((channel.sender.bits() ^ channel.receiver.bits() * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu >> 7);
    }
  };

  void judge(const Event&) override;
  void sent(const Event&);
  void received(const Event&);
  void forget(const Event&);

  // The orders of what is under way in one channel, oldest first.
  class Queue {
   public:
    bool empty() const { return first_ == orders_.size(); }
    void push(std::uint64_t order) { orders_.push_back(order); }
    std::size_t find(std::uint64_t order) const;  // how many are in front of it; `none`
    void replace(std::size_t place, std::uint64_t order) { orders_[first_ + place] = order; }
    void erase(std::size_t place);
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

   private:
    std::vector<std::uint64_t> orders_;
    std::size_t first_ = 0;
  };
  void drop_empty();

  std::unordered_map<Channel, Queue, ChannelHash> under_way_;  // iterated only to drop what is empty
  std::size_t emptied_ = 0;                                    // times that a queue became so since the last drop
  std::uint64_t last_received_ = 0;
};

}  // namespace moirai
