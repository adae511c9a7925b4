// What supervisors write into the trace, for people, laws and reports (R-SUP-49). A note is the supervisor's own account: laws take
// the configuration from it, and judge by spawns, signals and deaths. The subject of each note's event is the supervisor.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/child_spec.hpp"

namespace moirai {

// How the death of one child touches its siblings (R-SUP-1).
enum class Strategy : std::uint8_t {
  one_for_one,         // not at all
  one_for_all,         // all are stopped in reverse start order, then all are started
  rest_for_one,        // the same, with the child and those started after it
  simple_one_for_one,  // not at all; all children are started from one template, when somebody asks for them
};
std::string_view to_string(Strategy strategy);

// Written once in a supervisor's life, before its first child is started; children in start order.
struct SupervisorStarted {
  static constexpr std::string_view fields[] = {"id",       "strategy",      "intensity",    "period_s",
                                                "children", "auto_shutdown", "exact_period", "dynamic"};
  std::string id;
  Strategy strategy = Strategy::one_for_one;
  std::int64_t intensity = 1;  // restarts allowed ...
  std::int64_t period_s = 5;   // ... within this many whole seconds, boundary included
  std::vector<ChildConfig> children;
  AutoShutdown auto_shutdown = AutoShutdown::never;
  std::optional<Duration> exact_period;  // an exact intensity: the period, in place of period_s
  bool dynamic = false;                  // a DynamicSupervisor: children come when somebody asks, and go; they are not announced
};

// A running supervisor has taken a new spec (change_code): as SupervisorStarted, with all children that it has now, in their order.
struct CodeChanged {
  static constexpr std::string_view fields[] = {"now"};
  SupervisorStarted now;
};

// A child is ready: at first start and after each restart. OTP's progress report; as there, not of simple_one_for_one children, nor of a
// DynamicSupervisor's.
struct ChildStarted {
  static constexpr std::string_view fields[] = {"id", "pid"};
  std::string id;
  Pid pid;
};

enum class ReportContext : std::uint8_t {
  start_error,       // a start failed; reason is the failure
  child_terminated,  // a child ended by itself and that is worth a word (R-SUP-13)
  shutdown,          // the limit is reached: the supervisor gives up; reason is reached_max_restart_intensity, the child is the last straw
  shutdown_error,    // a child that was being stopped ended with another reason than it should (R-SUP-35)
};
std::string_view to_string(ReportContext context);

struct SupervisorReport {
  static constexpr std::string_view fields[] = {"context", "id", "pid", "reason", "restarting", "children"};
  ReportContext context = ReportContext::child_terminated;
  std::string id;
  Pid pid;  // nobody: the child had no process
  Term reason;
  bool restarting = false;     // the child was waiting for another attempt (a DynamicSupervisor's: its restart failed); pid is its last
  std::uint64_t children = 0;  // simple_one_for_one, when it stops: so many children ended like this. 0: it is about one child

  // Whom it is about, as in OTP: {Id,Pid}, {Id,undefined}, {Id,{restarting,Pid}}, {Id,{restarting,undefined}} or {nb_children,N}.
  Term offender() const;
};

// A child is added by start_child, as the last one; it is started next.
struct ChildAdded {
  static constexpr std::string_view fields[] = {"child"};
  ChildConfig child;
};

// A child is forgotten: by delete_child, after a failed start_child, or with the end of a temporary one.
struct ChildRemoved {
  static constexpr std::string_view fields[] = {"id"};
  std::string id;
};

// The API stops or starts a child now: what follows is nobody's failure and no restart.
struct ChildCommanded {
  enum class Command : std::uint8_t { start, stop };
  static constexpr std::string_view fields[] = {"id", "command"};
  std::string id;
  Command command = Command::start;
};
std::string_view to_string(ChildCommanded::Command command);

// A restart waits: it is tried at `due`, unless something else happens first (R-BO-3).
struct RestartDelayed {
  static constexpr std::string_view fields[] = {"id", "pid", "failures", "delay"};
  std::string id;
  Pid pid;                     // the last process it had, or nobody
  std::uint32_t failures = 0;  // since its count was last reset, this one included
  Duration delay{};
};

// A warning: the delays of this child keep the supervisor's limit from ever being reached (R-BO-5).
struct BackoffHidesLimit {
  static constexpr std::string_view fields[] = {"id", "why"};
  std::string id;
  Term why;
};

// A warning: terminate_child has taken back a child that was waiting for a retry, and with it the restart of its group. These siblings
// stay down for ever unless somebody starts them, permanent ones too (R-SUP-31).
struct GroupAbandoned {
  static constexpr std::string_view fields[] = {"id", "stay_down"};
  std::string id;
  std::vector<std::string> stay_down;
};

}  // namespace moirai
