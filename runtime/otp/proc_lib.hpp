// Synchronous start, as OTP's proc_lib: the starter waits until the new process says that it is ready, declines or has failed.
// Used by supervisors and by every behaviour's start function. In the process that is started exactly one of init_ack, init_ignore and
// init_fail is called; one that ends before has failed to start with its exit reason.
//
// A failed start leaves nothing behind (as OTP 26 and later): the caller goes on only when the process is gone, so that its names are
// free, and a caller that traps exits finds no EXIT of it. A linked caller that does not trap exits dies with the reason, as a link
// demands, unless that is `normal`.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/crash_report.hpp"

namespace moirai {

// What a start function returns: {ok,Pid}, {ok,Pid,Info}, ignore or {error,Reason}.
struct StartResult {
  enum class Kind : std::uint8_t { ok, ignore, error } kind = Kind::ignore;
  Pid pid{};                   // ok
  Term reason{};               // error
  std::optional<Term> info{};  // ok: what start_child and restart_child hand on
  bool was_thrown = false;     // error: `what` left the start function, and reason is {'EXIT',what}

  static StartResult ok(Pid pid) { return {Kind::ok, pid, Term{}, std::nullopt}; }
  static StartResult ok(Pid pid, Term info) { return {Kind::ok, pid, Term{}, std::move(info)}; }
  static StartResult ignore() { return {}; }
  static StartResult error(Term reason) { return {Kind::error, Pid{}, std::move(reason), std::nullopt}; }
  static StartResult thrown(Term what) {
    return {Kind::error, Pid{}, Term::tuple({Term::atom("EXIT"), std::move(what)}), std::nullopt, true};
  }
  explicit operator bool() const { return kind == Kind::ok; }
  bool operator==(const StartResult&) const = default;
};

namespace proc_lib {

struct StartOptions {
  std::string_view label = "p";        // of the new process, in paths
  Duration timeout = Duration::max();  // for its initialisation; then it is killed and the result is {error,timeout}
  const Term* argument = nullptr;      // not null: the first thing that reaches it, for start_argument
};

// Spawns and links, and waits for nothing.
Pid spawn_link(Self& self, const Program& program, const StartOptions& options);

// proc_lib:start_link/5, start/5, start_monitor/5 (R-PL-1). The monitor lives on if the start succeeded, else its DOWN is consumed.
StartResult start_link(Self& self, const Program& program, const StartOptions& options = {});
StartResult start(Self& self, const Program& program, const StartOptions& options = {});
std::pair<StartResult, Ref> start_monitor(Self& self, const Program& program, const StartOptions& options = {});
// The same for a function: what proc_lib starts leaves a crash report if it ends abnormally (R-SUP-51); a Program is taken as it is.
template <class Body>
concept Function = std::is_invocable_r_v<void, const Body&, Self&> && !std::is_same_v<Body, Program>;
template <Function Body>
StartResult start_link(Self& self, Body body, const StartOptions& options = {}) {
  return start_link(self, Program(reporting(std::move(body))), options);
}
template <Function Body>
StartResult start(Self& self, Body body, const StartOptions& options = {}) {
  return start(self, Program(reporting(std::move(body))), options);
}
template <Function Body>
std::pair<StartResult, Ref> start_monitor(Self& self, Body body, const StartOptions& options = {}) {
  return start_monitor(self, Program(reporting(std::move(body))), options);
}

// proc_lib:stop/3 (R-PL-5): tells a process that answers system messages (sys.hpp) to terminate with `reason`, and returns when it has
// ended with exactly that. Exits with: what it ended with otherwise; {Why,{sys,terminate,[Server]}} if it ended before it heard, even with
// `reason`; noproc; calling_self; timeout, and it may still end later;
// {unknown_call,'Terminate'}, if it is a handler that knows nothing of system messages.
void stop(Self& self, const ServerRef& server, const Term& reason = reason::normal(), Duration timeout = Duration::max());

// In the new process: "I am ready". Does nothing when the parent is the outside.
void init_ack(Self& self, std::optional<Term> info = std::nullopt);
// "There is nothing for me to do": the start function returns ignore. Exits with `normal`.
[[noreturn]] void init_ignore(Self& self);
// The start function returns {error,Reason}. Exits with `reason`; or with `exit_reason`, when a failure is no reason to die for.
[[noreturn]] void init_fail(Self& self, const Term& reason);
[[noreturn]] void init_fail(Self& self, const Term& reason, const Term& exit_reason);
// Takes a name before anything else is initialised; an empty one means none. If it is taken the start function returns
// {error,{already_started,Pid}} and this process exits with `normal` (R-PL-3).
void register_name(Self& self, const std::string& name);
void register_name(Self& self, const ViaName& name);

// In the new process, before anything else: waits for the argument that its starter gave it. Requires: it was started with one.
Term start_argument(Self& self);

struct StartArgument {
  static constexpr std::string_view fields[] = {"argument"};
  Term argument;
};

// The new process's word to its starter.
struct StartAnswer {
  static constexpr std::string_view fields[] = {"child", "kind", "reason", "info"};
  Pid child;
  StartResult::Kind kind = StartResult::Kind::ok;
  Term reason;  // error: why, if that is not what it ends with
  std::optional<Term> info;
};

}  // namespace proc_lib
}  // namespace moirai
