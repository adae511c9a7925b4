// What a process leaves in the trace when it ends abnormally, for people and laws (R-SUP-51): proc_lib's crash report, a note of the
// process itself, made while it still exists. Every behaviour writes one; a function body does when it runs as reporting(body).
// Ends with normal, shutdown or {shutdown,_} are no crashes, and a process that a signal ends has no time to write anything.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/kernel/self.hpp"

namespace moirai {

struct CrashReport {
  static constexpr std::string_view fields[] = {"initial_call",      "registered_name", "reason",   "ancestors",
                                                "message_queue_len", "links",           "trap_exit"};
  std::string initial_call;  // the behaviour's callback type, or "function"
  std::string registered_name;
  Term reason;
  std::vector<Pid> ancestors;  // nearest first
  std::uint64_t message_queue_len = 0;
  std::vector<Pid> links;
  bool trap_exit = false;
};

// Notes a CrashReport of this process, unless `reason` is a normal end.
void report_crash(Self& self, std::string_view initial_call, const Term& reason);

// A function process as proc_lib runs it: `body` itself, with a crash report.
template <class Body>
struct Reporting {
  static_assert(!std::is_nothrow_invocable_v<const Body&, Self&>,
                "a body must not be noexcept: a process that is killed is unwound by an exception (K-50)");
  Body body;
  [[gnu::always_inline]] void operator()(Self& self) const { body(self); }
  static void crashed(Self& self, const Term& reason) { report_crash(self, "function", reason); }
};
template <class Body>
auto reporting(Body body) {
  return Reporting<Body>{std::move(body)};
}

}  // namespace moirai
