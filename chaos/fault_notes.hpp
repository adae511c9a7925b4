// What the injector writes into the trace, as notes of the outside: for people who read a trace, and for laws that care.
// A crash that waits for its target's n-th operation is opened when the counting begins; that it struck is seen in the target's exit.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace moirai {

struct FaultOpened {  // applied; a crash or an exit signal is over at once and is not closed
  static constexpr std::string_view fields[] = {"fault", "targets"};
  std::string fault;                 // "cut#2"
  std::vector<std::string> targets;  // full paths
};

struct FaultClosed {  // undone, by its own end or by heal
  static constexpr std::string_view fields[] = {"fault"};
  std::string fault;
};

struct FaultSkipped {
  static constexpr std::string_view fields[] = {"fault", "reason"};
  std::string fault;
  std::string reason;  // "no_target"
};

}  // namespace moirai
