// The wire of a run with faults: tables of who is on which side of what, looked up when a signal is sent, never a callback of a fault.
// Rules compose: if one holds a signal it is held, else the delays of all that concern it add up. A process is marked `impaired` exactly
// while some rule knows it, so that with no fault open, and for processes that no fault means, the kernel never asks.
#pragma once
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "chaos/quantity.hpp"
#include "chaos/selector.hpp"
#include "runtime/kernel/outside.hpp"
#include "runtime/kernel/random.hpp"

namespace moirai {

// Processes whose path one of the patterns matches, those that are spawned later included. A rule concerns a signal when the sender's
// `sends` and the receiver's `receives` have a bit in common; a process in several groups has the bits of all. Never one to itself.
struct WireGroup {
  std::vector<Selector> patterns;  // `one` is not looked at
  std::uint64_t sends = 0, receives = 0;
};

struct WireHold {};
struct WireDelay {
  DurationSpec delay;
  Random draws;  // one draw per signal
};
using WireEffect = std::variant<WireHold, WireDelay>;

using RuleId = std::uint32_t;

class WireTable final : public Wire {
 public:
  Route route(const SignalView& signal) override;

  // Marks whoever matches now. The wire must have been set with Control::set_wire.
  RuleId open(Control& control, std::vector<WireGroup> groups, WireEffect effect);
  // Unmarks, and sets free what nobody else holds, in order. Requires: open, not yet closed.
  void close(Control& control, RuleId rule);
  // A process was born: the open rules that mean it take it in.
  void born(Control& control, Pid pid);
  bool idle() const { return rules_.empty(); }

 private:
  struct Member {
    Pid pid;
    std::uint64_t sends, receives;
  };
  struct Rule {
    RuleId id;
    std::vector<WireGroup> groups;
    std::vector<Member> members;  // by pid
    WireEffect effect;

    const Member* find(Pid pid) const;
    bool concerns(Pid sender, Pid receiver) const;
    // Returns whether it is one of this rule's.
    bool take_in(Pid pid, std::string_view path);
  };

  std::vector<Rule> rules_;  // in the order of opening
  RuleId next_ = 0;
};

}  // namespace moirai
