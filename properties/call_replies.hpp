// Law "call_replies": a reply answers a request that was received, and reaches its caller only while the call lasts (I-10, R-GS-2, R-GS-3).
// A call lasts from its request until the caller gives up its monitor: when it has its reply, hears of the server's death or is out of time.
#pragma once
#include <map>

#include "properties/law.hpp"

namespace moirai {

class CallReplies final : public Law {
 public:
  static LawDeclaration declaration();
  EventMask wants() const override;

 private:
  struct Asked {
    Pid caller;
    bool received = false;  // by whoever was asked
    bool over = false;
  };

  void judge(const Event&) override;

  std::map<Ref, Asked> calls_;
};

}  // namespace moirai
