// crash: the target itself ends with a reason at its next reception point, whether it traps exits or not; or, with after_operations,
// instead of doing its n-th operation from then. Links and monitors see the reason (`kill` as `killed`).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "chaos/scenario.hpp"
#include "chaos/selector.hpp"

namespace moirai {

struct Injection;
class Random;

struct CrashFault {
  Selector target;
  std::string reason;                             // a term in Erlang syntax
  std::optional<std::uint32_t> after_operations;  // n >= 1
  bool operator==(const CrashFault&) const = default;
};

CrashFault resolve_crash(const FaultSpec& spec);
// Returns whether anybody was hit.
bool apply(const CrashFault& fault, Injection& injection);
// Whoever has not got to its n-th operation is let off.
void undo(const CrashFault& fault, Injection& injection);
std::string explain(const CrashFault& fault);

}  // namespace moirai
