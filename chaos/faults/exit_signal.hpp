// exit_signal: exit(Pid, Reason) as another process would call it. A target that traps exits gets it as a message; `kill` it cannot trap.
#pragma once
#include <string>

#include "chaos/scenario.hpp"
#include "chaos/selector.hpp"

namespace moirai {

struct Injection;

struct ExitSignalFault {
  Selector target;
  Selector from;       // who the signal says it is from; the first by path if several match; empty: nobody
  std::string reason;  // a term in Erlang syntax
  bool operator==(const ExitSignalFault&) const = default;
};

ExitSignalFault resolve_exit_signal(const FaultSpec& spec);
// Returns whether anybody was hit. Nobody is when `from` is named and not alive.
bool apply(const ExitSignalFault& fault, Injection& injection);
std::string explain(const ExitSignalFault& fault);

}  // namespace moirai
