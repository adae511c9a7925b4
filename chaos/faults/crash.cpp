#include "chaos/faults/crash.hpp"

#include <fmt/format.h>

#include "chaos/faults/injection.hpp"

namespace moirai {

namespace {

std::string_view ordinal_suffix(std::uint32_t n) {
  if (n % 100 >= 11 && n % 100 <= 13) return "th";
  switch (n % 10) {
    case 1: return "st";
    case 2: return "nd";
    case 3: return "rd";
    default: return "th";
  }
}

}  // namespace

CrashFault resolve_crash(const FaultSpec& spec) { return {spec.target, spec.reason, spec.after_operations}; }

bool apply(const CrashFault& fault, Injection& injection) {
  const std::vector<Target> targets = injection.find(fault.target);
  const Term reason = parse_term(fault.reason).value_or(Term::atom(fault.reason));
  for (const Target& target : targets) {
    if (fault.after_operations) {
      injection.control.after_operations(target.pid, *fault.after_operations, reason);
      injection.armed.push_back(target.pid);
    } else {
      injection.control.crash(target.pid, reason);
    }
  }
  injection.hit(targets);
  return !targets.empty();
}

void undo(const CrashFault& fault, Injection& injection) {
  if (!fault.after_operations) return;
  for (const Pid pid : injection.armed) injection.control.after_operations(pid, 0, Term{});
  injection.armed.clear();
}

std::string explain(const CrashFault& fault) {
  std::string text = fmt::format("crash of {} with reason {}", to_text(fault.target), fault.reason);
  if (fault.after_operations)
    text += fmt::format(", at its {}{} operation from then", *fault.after_operations, ordinal_suffix(*fault.after_operations));
  return text;
}

}  // namespace moirai
