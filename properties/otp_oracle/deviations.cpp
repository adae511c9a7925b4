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

constexpr std::array table = {
    Deviation{"R-SUP-33",
              "simple_one_for_one: a child that declines its restart stays as `undefined`, and stopping the supervisor crashes it",
              "the child is dropped, as Elixir does", &ignored_on_restart},
};

}  // namespace

std::span<const Deviation> deviations() { return table; }

}  // namespace moirai::otp_oracle
