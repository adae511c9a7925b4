#include "chaos/faults/exit_signal.hpp"

#include <fmt/format.h>

#include "chaos/faults/injection.hpp"

namespace moirai {

ExitSignalFault resolve_exit_signal(const FaultSpec& spec) { return {spec.target, spec.from, spec.reason}; }

bool apply(const ExitSignalFault& fault, Injection& injection) {
  const std::vector<Target> targets = injection.find(fault.target);
  if (targets.empty()) return false;
  Pid from;
  if (!fault.from.empty()) {
    const std::vector<Target> senders = injection.find(fault.from);
    if (senders.empty()) return false;
    from = senders.front().pid;
    injection.record.detail = fmt::format("from {}", senders.front().path);
  }
  const Term reason = parse_term(fault.reason).value_or(Term::atom(fault.reason));
  for (const Target& target : targets) injection.control.exit_signal(from, target.pid, reason);
  injection.hit(targets);
  return true;
}

std::string explain(const ExitSignalFault& fault) {
  std::string text = fmt::format("exit signal {} to {}", fault.reason, to_text(fault.target));
  if (!fault.from.empty()) text += fmt::format(" from {}", to_text(fault.from));
  return text;
}

}  // namespace moirai
