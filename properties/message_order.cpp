#include "properties/message_order.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace moirai {
namespace {

std::string name_of(const Event& event) { return std::string(event.message ? event.message->name() : to_string(event.signal)); }

}  // namespace

LawDeclaration MessageOrder::declaration() {
  return {"message_order", "signals from one process to another arrive in the order in which they were sent, and none is lost", {}};
}

EventMask MessageOrder::wants() const {
  return {EventKind::send, EventKind::receive, EventKind::drop, EventKind::signal_send, EventKind::signal_receive, EventKind::signal_drop};
}

void MessageOrder::judge(const Event& event) {
  switch (event.kind) {
    case EventKind::send:
    case EventKind::signal_send: return sent(event);
    case EventKind::receive:
    case EventKind::signal_receive: return received(event);
    default: return forget(event);
  }
}

void MessageOrder::sent(const Event& event) {
  std::deque<std::uint64_t>& orders = under_way_[{event.subject, event.other}];
  if (event.hold != Hold::released) return orders.push_back(event.order);
  const auto place = std::find(orders.begin(), orders.end(), event.former_order);
  if (place != orders.end()) *place = event.order;
}

void MessageOrder::received(const Event& event) {
  // What a signal becomes in the mailbox (an EXIT, a DOWN) is received once more, at once and under the same order.
  if (event.order == last_received_) return;
  last_received_ = event.order;
  evaluated();
  const auto found = under_way_.find({event.other, event.subject});
  const auto broken = [&](const std::string& how, std::string_view witness) {
    violate(event, fmt::format("{} received {} from {} {}", path(event.subject), name_of(event), path(event.other), how),
            {event.subject, event.other}, name_of(event) + std::string(witness));
  };
  if (found == under_way_.end()) return broken("twice, or without its being sent", " not sent");
  std::deque<std::uint64_t>& orders = found->second;
  const auto place = std::find(orders.begin(), orders.end(), event.order);
  if (place == orders.end()) return broken("twice, or without its being sent", " not sent");
  if (place != orders.begin()) return broken(fmt::format("before {} that had been sent earlier", place - orders.begin()), " out of order");
  orders.pop_front();
  if (orders.empty()) under_way_.erase(found);
}

// The receiver is dead, or nobody waits for this reply any more; or it had been received already, and its handler did not want it.
void MessageOrder::forget(const Event& event) {
  const auto found = under_way_.find({event.other, event.subject});
  if (found == under_way_.end()) return;
  std::deque<std::uint64_t>& orders = found->second;
  const auto place = std::find(orders.begin(), orders.end(), event.order);
  if (place != orders.end()) orders.erase(place);
  if (orders.empty()) under_way_.erase(found);
}

}  // namespace moirai
