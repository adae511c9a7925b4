// The supervisor while it runs, under every strategy but simple_one_for_one: a handler process that owns the table of its children.
// Its parts: what a death means (supervisor_process.cpp), the strategies (restart_strategies.cpp), the API (supervisor_requests.cpp).
// Made by supervisor_program().
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/otp/child_table.hpp"
#include "runtime/otp/supervisor_core.hpp"

namespace moirai {

// "Try to start this child again": sent by a supervisor to itself after a restart has failed, so that whatever is already in its
// mailbox is served first (R-SUP-25).
struct RetryRestart {
  static constexpr std::string_view fields[] = {"child"};
  std::string child;  // its id: a child that has been deleted and added again is the same to a retry, as in OTP
};

class SupervisorProcess : SupervisorCore {
 public:
  static constexpr std::string_view name = "supervisor";
  using Accepts =
      Messages<Exit, RetryRestart, StartChild, TerminateChild, RestartChild, DeleteChild, WhichChildren, CountChildren, GetChildSpec>;

  // Starts the children; exits when the spec has an error or a child cannot be started (R-SUP-10).
  SupervisorProcess(Self& self, const std::shared_ptr<const SupervisorSpec>& spec);

  void on(Self& self, const Exit& exit);
  void on(Self& self, const RetryRestart& retry);
  StartChildResult on(Self& self, const StartChild& request);
  ChildResult on(Self& self, const TerminateChild& request);
  StartChildResult on(Self& self, const RestartChild& request);
  ChildResult on(Self& self, const DeleteChild& request);
  std::vector<ChildStatus> on(Self& self, const WhichChildren&);
  ChildCounts on(Self& self, const CountChildren&);
  ChildSpecResult on(Self& self, const GetChildSpec& request);

 private:
  using Place = ChildTable::Place;
  struct Failure {
    Place place;
    Term reason;
  };

  // A restart is due: counted once, whatever the strategy then does (R-SUP-19). May give up.
  void restart(Self& self, Place place);
  std::optional<Failure> restart_one(Self& self, Place place);
  std::optional<Failure> restart_group(Self& self, Place crashed, Place first);
  // In start order, until one fails; those after it stay as they are. `first` may be none: there is nobody to start.
  std::optional<Failure> start_from(Self& self, Place first);
  // In reverse start order, one at a time (R-SUP-37). Temporary children are forgotten. `first` may be none.
  void stop_from(Self& self, Place first);
  [[noreturn]] void give_up(Self& self, Place place);
  // All children are stopped, then the supervisor ends.
  [[noreturn]] void end(Self& self, const Term& reason);
  // A significant child has ended by itself and is not restarted (R-SUP-42).
  void consider_shutdown(Self& self);

  // Runs the start function. The table follows, except that a failure is left to the caller, who knows what it means.
  StartResult start(Self& self, Place place);
  void stop(Self& self, Place place);
  // The child has no process any more. A temporary one is forgotten with it (R-SUP-9, R-SUP-13, R-SUP-27).
  void set_stopped(Self& self, Place place);
  void forget(Self& self, Place place);
  void report(Self& self, ReportContext context, const Child& child, const Term& reason) const;
  std::vector<std::string> left_down_by(Place failed) const;

  ChildTable children_;
};

}  // namespace moirai
