// What one may ask of a running supervisor, with OTP's results (R-SUP-45). Called by processes; each function waits as long as the
// supervisor is busy (it serves nobody while it starts or stops a child), and exits like a call when there is no such supervisor:
// {noproc,{gen_server,call,...}}.
//
//   const StartChildResult result = start_child(self, "pool", worker("w-7", body));
//   if (!result) self.log(result.to_term().to_string());     // {error,{already_started,<0.12.1>}}
//
// Every result gives the Term that OTP returns. Ids are atoms in Terms.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/child_spec.hpp"

namespace moirai {

// What start_child and restart_child return.
struct StartChildResult {
  static constexpr std::string_view fields[] = {"pid", "info", "error", "ignored"};
  Pid pid{};                    // nobody: the child declined to start (ignore), or there is an error
  std::optional<Term> info{};   // what its start function had to say besides
  std::optional<Term> error{};  // why there is no child
  bool ignored = false;         // it declined, and a DynamicSupervisor says so
  explicit operator bool() const { return !error; }
  bool operator==(const StartChildResult&) const = default;
  Term to_term() const;  // {ok,Pid}, {ok,Pid,Info}, {ok,undefined} or ignore, {error,Error}
};

// What terminate_child, delete_child and change_code return.
struct ChildResult {
  static constexpr std::string_view fields[] = {"error"};
  std::optional<Term> error{};
  explicit operator bool() const { return !error; }
  bool operator==(const ChildResult&) const = default;
  Term to_term() const;  // ok, {error,Error}
};

struct ChildSpecResult {
  static constexpr std::string_view fields[] = {"spec", "error"};
  std::optional<ChildSpec> spec{};  // of a temporary child that was started by start_child: without its start function (R-SUP-46)
  std::optional<Term> error{};
  explicit operator bool() const { return spec.has_value(); }
  Term to_term() const;  // {ok,[{id,Id},{restart,R},{significant,B},{shutdown,S},{type,T},{modules,[M]}]}, {error,not_found}
};

struct ChildStatus {
  enum class State : std::uint8_t { running, restarting, stopped };
  static constexpr std::string_view fields[] = {"id", "state", "pid", "type", "modules"};
  std::string id;  // empty under simple_one_for_one and DynamicSupervisor, whose children have none
  State state = State::stopped;
  Pid pid;  // nobody unless running
  ChildType type = ChildType::worker;
  std::vector<std::string> modules{};
  bool operator==(const ChildStatus&) const = default;
  Term to_term() const;  // {Id,Pid|restarting|undefined,Type,Modules}; Id is undefined if it has none
};
std::string_view to_string(ChildStatus::State state);
Term to_term(const std::vector<ChildStatus>& children);

struct ChildCounts {
  static constexpr std::string_view fields[] = {"specs", "active", "supervisors", "workers"};
  std::uint64_t specs = 0, active = 0, supervisors = 0, workers = 0;  // active: with a process that is alive at this moment
  bool operator==(const ChildCounts&) const = default;
  Term to_term() const;  // [{specs,N},{active,N},{supervisors,N},{workers,N}]
};

// ---- supervisors whose children have ids

// Starts a child that was not in the tree, as the last of its siblings. Errors: {already_started,Pid}, also when that is why it failed
// to start; already_present (it is stopped or restarting); {Reason,{child,Id,undefined}} (it failed to start, nothing is kept); what is
// wrong with the spec (R-SUP-4).
StartChildResult start_child(Self& self, const ServerRef& supervisor, const ChildSpec& spec);
// Stops a child as its spec says; the spec stays, unless the child is temporary. Ends the wait for a retry of its restart (R-SUP-31).
// No error if it is stopped already. Error: not_found.
ChildResult terminate_child(Self& self, const ServerRef& supervisor, std::string_view id);
// Starts a stopped child again. Errors: running, restarting, not_found, or why it failed to start.
StartChildResult restart_child(Self& self, const ServerRef& supervisor, std::string_view id);
// Forgets a stopped child. Errors: running, restarting, not_found.
ChildResult delete_child(Self& self, const ServerRef& supervisor, std::string_view id);
// Error: not_found.
ChildSpecResult get_childspec(Self& self, const ServerRef& supervisor, std::string_view id);

// ---- simple_one_for_one; what is asked by id is answered {error,simple_one_for_one}

// Starts a child of the one template, with the argument that it takes. Errors: why it failed to start, as it is.
StartChildResult start_child(Self& self, const ServerRef& supervisor);
StartChildResult start_child(Self& self, const ServerRef& supervisor, const Term& argument);
// The same for worker_with<Argument>.
template <class Argument>
StartChildResult start_child_with(Self& self, const ServerRef& supervisor, const Argument& value) {
  return start_child(self, supervisor, argument::encode(value));
}
// No error if it is dead already. Error: not_found, for somebody else's living process.
ChildResult terminate_child(Self& self, const ServerRef& supervisor, Pid child);
ChildSpecResult get_childspec(Self& self, const ServerRef& supervisor, Pid child);

// ---- DynamicSupervisor (dynamic_supervisor.hpp), of the above: start_child with a whole spec, terminate_child and get_childspec by pid.
// Errors of start_child: max_children, why it failed to start, as it is, or what is wrong with the spec, {invalid_shutdown,0} too
// (R-DYN-2). terminate_child: not_found, also of one that is dead. What is asked by id is answered {error,not_found}.

// ---- all

// In reverse start order, as in OTP; of children without ids in no particular one.
std::vector<ChildStatus> which_children(Self& self, const ServerRef& supervisor);
ChildCounts count_children(Self& self, const ServerRef& supervisor);

// ---- the requests behind them

using ChildKey = std::variant<std::string, Pid>;

struct StartChild {
  static constexpr std::string_view fields[] = {"what"};
  using Reply = StartChildResult;
  std::variant<ChildSpec, std::optional<Term>> what;  // a child with an id, or the argument of one without
};
struct TerminateChild {
  static constexpr std::string_view fields[] = {"child"};
  using Reply = ChildResult;
  ChildKey child;
};
struct RestartChild {
  static constexpr std::string_view fields[] = {"id"};
  using Reply = StartChildResult;
  std::string id;
};
struct DeleteChild {
  static constexpr std::string_view fields[] = {"id"};
  using Reply = ChildResult;
  std::string id;
};
struct WhichChildren {
  using Reply = std::vector<ChildStatus>;
};
struct CountChildren {
  using Reply = ChildCounts;
};
struct GetChildSpec {
  static constexpr std::string_view fields[] = {"child"};
  using Reply = ChildSpecResult;
  ChildKey child;
};

}  // namespace moirai
