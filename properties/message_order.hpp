// Law "message_order": signals from one sender to one receiver arrive in the order in which they were sent, none is lost while the receiver
// lives, and none arrives that was not sent (R-SIG-2, R-SIG-3, I-1). Messages and all other signals are judged alike: they share the pair's
// channel. It watches every message of the run; leave it out where speed matters.
#pragma once
#include <deque>
#include <unordered_map>

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

  std::unordered_map<Channel, std::deque<std::uint64_t>, ChannelHash> under_way_;  // orders, oldest first; never iterated
  std::uint64_t last_received_ = 0;
};

}  // namespace moirai
