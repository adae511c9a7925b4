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
  if (event.kind == EventKind::send || event.kind == EventKind::signal_send)
    sent(event);
  else
    arrived(event);
}

void MessageOrder::sent(const Event& event) {
  std::deque<std::uint64_t>& orders = under_way_[{event.subject, event.other}];
  if (event.hold != Hold::released) return orders.push_back(event.order);
  const auto place = std::find(orders.begin(), orders.end(), event.former_order);
  if (place != orders.end()) *place = event.order;
}

void MessageOrder::arrived(const Event& event) {
  const Channel channel{event.other, event.subject};
  const auto found = under_way_.find(channel);
  const auto involved = [&]() { return std::vector<Pid>{event.subject, event.other}; };
  evaluated();
  if (found == under_way_.end()) {
    return violate(event, fmt::format("{} received {} from {}, who never sent it", path(event.subject), name_of(event), path(event.other)),
                   involved(), name_of(event) + " not sent");
  }
  std::deque<std::uint64_t>& orders = found->second;
  if (orders.front() != event.order) {
    const auto place = std::find(orders.begin(), orders.end(), event.order);
    return violate(event,
                   fmt::format("{} received {} from {} {}", path(event.subject), name_of(event), path(event.other),
                               place == orders.end() ? "twice, or without its being sent"
                                                     : fmt::format("before {} that had been sent earlier", place - orders.begin())),
                   involved(), name_of(event) + " out of order");
  }
  orders.pop_front();
  if (orders.empty()) under_way_.erase(found);
}

}  // namespace moirai
