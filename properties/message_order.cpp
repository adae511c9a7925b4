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

std::size_t MessageOrder::Queue::find(std::uint64_t order) const {
  if (!empty() && orders_[first_] == order) return 0;
  const auto begin = orders_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto place = std::find(begin, orders_.end(), order);
  return place == orders_.end() ? none : static_cast<std::size_t>(place - begin);
}

void MessageOrder::Queue::erase(std::size_t place) {
  if (place == 0)
    ++first_;
  else
    orders_.erase(orders_.begin() + static_cast<std::ptrdiff_t>(first_ + place));
  if (empty()) {
    orders_.clear();
    first_ = 0;
  } else if (first_ > 4096) {
    orders_.erase(orders_.begin(), orders_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

// A channel is used again and again, so its queue stays for a while when it is empty.
void MessageOrder::drop_empty() {
  if (++emptied_ < 1024 + under_way_.size()) return;
  emptied_ = 0;
  std::erase_if(under_way_, [](const auto& channel) { return channel.second.empty(); });
}

void MessageOrder::sent(const Event& event) {
  Queue& orders = under_way_[{event.subject, event.other}];
  if (event.hold != Hold::released) return orders.push(event.order);
  if (const std::size_t place = orders.find(event.former_order); place != Queue::none) orders.replace(place, event.order);
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
  const std::size_t place = found == under_way_.end() ? Queue::none : found->second.find(event.order);
  if (place == Queue::none) return broken("twice, or without its being sent", " not sent");
  if (place != 0) return broken(fmt::format("before {} that had been sent earlier", place), " out of order");
  found->second.erase(place);
  if (found->second.empty()) drop_empty();
}

// The receiver is dead, or nobody waits for this reply any more; or it had been received already, and its handler did not want it.
void MessageOrder::forget(const Event& event) {
  const auto found = under_way_.find({event.other, event.subject});
  if (found == under_way_.end()) return;
  if (const std::size_t place = found->second.find(event.order); place != Queue::none) found->second.erase(place);
  if (found->second.empty()) drop_empty();
}

}  // namespace moirai
