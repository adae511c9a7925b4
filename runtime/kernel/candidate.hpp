// Everything that may happen next (K-1 to K-9). A step executes one candidate; with two or more the strategy decides.
#pragma once
#include <cstdint>
#include <string>

#include "runtime/kernel/signal.hpp"

namespace moirai {

using Resource = std::uint32_t;  // a shared thing touched by a step: 0 none, the name table, or a Shared<T> by a hash of its name
inline constexpr Resource name_table = 1;

struct Candidate {  // a value, compared by `order`
  enum class Kind : std::uint8_t {
    start,    // target runs its first turn
    deliver,  // target receives the head of channel source -> target
    timeout,  // target's wait or poll ends
    resume,   // target goes on at the operation where it stopped
    outside,  // an outside event runs
    clock,    // time moves to the next due moment although an outside event's window is still open (K-3)
  };
  Kind kind = Kind::start;
  SignalKind signal = SignalKind::message;  // deliver
  Resource resource = 0;                    // resume
  Pid target, source;
  std::uint64_t order = 0;  // unique in the run; grows in the order in which candidates became due
  Time due{}, until{};

  bool operator==(const Candidate& other) const { return order == other.order && kind == other.kind; }
};

std::string_view to_string(Candidate::Kind);

// K-30: what a candidate is called across runs that differ a little: paths with ordinals, message name, k-th of that name on that
// channel ("deliver /bank/teller-1#2 -> /bank/ledger#1 Withdraw 3").
struct Key {
  Candidate::Kind kind = Candidate::Kind::start;
  std::string source, target;  // full paths; outside: its key in `target`
  std::string message;         // deliver: message or signal name
  std::uint32_t count = 0;     // k-th of this name on this channel; k-th wait of the target
  auto operator<=>(const Key&) const = default;
  std::string to_string() const;
  std::string to_string_without_count() const;
};

}  // namespace moirai
