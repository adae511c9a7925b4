#include "properties/otp_oracle/deviations.hpp"

#include <algorithm>
#include <array>

namespace moirai::otp_oracle {
namespace {

// All events up to the first restart of a dynamic child that declined; what OTP does afterwards is a bug of its own.
std::optional<Deviation::Applied> ignored_on_restart(const std::set<Value>& simple, const Log& ours, const Log& otp) {
  const auto declined = [&](const Value& event) {
    if (!event.is_tagged("ignore") || event[2].number() < 2) return false;
    std::vector<Value> path = event[1].elements();
    path.pop_back();
    return simple.contains(Value::list(std::move(path)));
  };
  const auto here = std::find_if(ours.begin(), ours.end(), declined);
  const auto there = std::find_if(otp.begin(), otp.end(), declined);
  if (here == ours.end() || there == otp.end()) return std::nullopt;
  return Deviation::Applied{Log(ours.begin(), here + 1), Log(otp.begin(), there + 1)};
}

// A server has done something that can be a second reply to a call.
bool replies_twice(const Value& how) {
  if (how.is("twice") || how.is_tagged("first") || how.is_tagged("answer")) return true;
  return (how.is_tuple() || how.is_list()) && std::any_of(how.elements().begin(), how.elements().end(), replies_twice);
}

// All but the second replies that OTP leaves in the mailbox of a caller.
std::optional<Deviation::Applied> second_replies(const std::set<Value>&, const Log& ours, const Log& otp) {
  if (std::none_of(otp.begin(), otp.end(), [](const Value& event) { return event.is_tagged("handle") && replies_twice(event[2]); }))
    return std::nullopt;
  Log cleaned;
  bool found = false;
  for (const Value& event : otp) {
    cleaned.push_back(event);
    if (!event.is_tagged("mbox")) continue;
    std::vector<Value> messages = event[2].elements();
    const auto count = std::erase_if(messages, [](const Value& message) { return message.is_tagged("alias") || message.is_tagged("ref"); });
    if (count == 0) continue;
    found = true;
    cleaned.back() = event.with_element(2, Value::list(std::move(messages)));
  }
  if (!found) return std::nullopt;
  return Deviation::Applied{ours, std::move(cleaned)};
}

constexpr std::array table = {
    Deviation{"R-SUP-33",
              "simple_one_for_one: a child that declines its restart stays as `undefined`, and stopping the supervisor crashes it",
              "the child is dropped, as Elixir does", &ignored_on_restart},
    Deviation{"R-GS-3", "a second reply that was on its way when the first was taken stays in the caller's mailbox as {Tag,Reply}",
              "it is dropped on arrival", &second_replies},
};

}  // namespace

std::span<const Deviation> deviations() { return table; }

}  // namespace moirai::otp_oracle
