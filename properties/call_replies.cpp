#include "properties/call_replies.hpp"

#include <fmt/format.h>

namespace moirai {

LawDeclaration CallReplies::declaration() {
  return {"call_replies", "a reply answers a request that was received, and arrives only while its call lasts", {}};
}

EventMask CallReplies::wants() const { return {EventKind::send, EventKind::receive, EventKind::monitor}; }

void CallReplies::judge(const Event& event) {
  if (!event.ref) return;
  const bool reply = event.signal == SignalKind::alias_message;
  if (event.kind == EventKind::send && !reply) {  // told again when the wire lets it go
    calls_.try_emplace(event.ref, Asked{event.subject});
    return;
  }
  const auto found = calls_.find(event.ref);
  if (found == calls_.end()) return;  // a monitor or an alias that is no call
  Asked& call = found->second;
  if (event.kind == EventKind::monitor) {
    if (!event.on) call.over = true;
  } else if (event.kind == EventKind::receive && !reply) {
    call.received = true;
  } else if (event.kind == EventKind::send) {
    evaluated();
    if (!call.received)
      violate(event, fmt::format("{} answered a call of {} that nobody had received", path(event.subject), path(call.caller)),
              {event.subject, call.caller}, "answered what it had not received");
  } else {
    evaluated();
    if (call.over)
      violate(event, fmt::format("a reply of {} reached {} after its call was over", path(event.other), path(call.caller)),
              {event.other, call.caller}, "late reply");
  }
}

}  // namespace moirai
