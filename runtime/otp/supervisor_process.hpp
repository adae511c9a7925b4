// The supervisor while it runs, under every strategy but simple_one_for_one: it owns the table of its children. Its parts: what a death
// means (supervisor_process.cpp), the strategies (restart_strategies.cpp), delayed restarts (delayed_restart.cpp), the API
// (supervisor_requests.cpp). A behaviour in the sense of gen.hpp; made by supervisor_program().
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/otp/child_table.hpp"
#include "runtime/otp/supervisor_core.hpp"

namespace moirai {

// "Try to start this child again": sent by a supervisor to itself after a restart has failed, so that whatever is already in its
// mailbox is served first (R-SUP-25); and by a timer when a backoff is over.
struct RetryRestart {
  static constexpr std::string_view fields[] = {"child"};
  std::string child;  // its id: a child that has been deleted and added again is the same to a retry, as in OTP
};

class SupervisorProcess : public SupervisorCore {
 public:
  using Accepts = Messages<Exit, RetryRestart, TimedOut<RetryRestart>, StartChild, TerminateChild, RestartChild, DeleteChild, WhichChildren,
                           CountChildren, GetChildSpec, ChangeCode>;

  // Starts the children; exits when the spec has an error or a child cannot be started (R-SUP-10).
  SupervisorProcess(Self& self, const std::shared_ptr<const SupervisorSpec>& spec);

  void handle(Self& self, const Exit& exit);
  void handle(Self& self, const RetryRestart& retry);
  void handle(Self& self, const TimedOut<RetryRestart>& retry);
  template <Request M>
  void handle(Self& self, const M& request, const From<M>& from) {
    const ReplyOf<M> reply = answer(self, request);
    self.reply(from, reply);
  }
  // Stops the children.
  void terminate(Self& self, const Term&) { stop_from(self, children_.first()); }

 private:
  using Place = ChildTable::Place;

  StartChildResult answer(Self& self, const StartChild& request);
  ChildResult answer(Self& self, const TerminateChild& request);
  StartChildResult answer(Self& self, const RestartChild& request);
  ChildResult answer(Self& self, const DeleteChild& request);
  std::vector<ChildStatus> answer(Self& self, const WhichChildren&);
  ChildCounts answer(Self& self, const CountChildren&);
  ChildSpecResult answer(Self& self, const GetChildSpec& request);
  ChildResult answer(Self& self, const ChangeCode& request);

  // A restart is due: counted once, whatever the strategy then does (R-SUP-19). May give up. A retry follows if it fails.
  void restart(Self& self, Place place, bool counted = true);
  // These return who failed to start, or none.
  Place restart_one(Self& self, Place place);
  Place restart_group(Self& self, Place crashed, Place first);
  // In start order, until one fails; those after it stay as they are. `first` may be none: there is nobody to start.
  std::optional<StartResult> start_from(Self& self, Place first, Place& failed);
  // In reverse start order, one at a time (R-SUP-37). Temporary children are forgotten. `first` may be none.
  void stop_from(Self& self, Place first, bool keep_temporary = false);
  // The first of those that are restarted with this one: none under one_for_one.
  Place group_of(Place place) const;
  [[noreturn]] void give_up(Self& self, Place place);
  // A significant child has ended by itself and is not restarted (R-SUP-42).
  void consider_shutdown(Self& self);

  // Restarts it, or tries again, or waits first.
  void failed(Self& self, Place place, Failing how);
  void delay_restart(Self& self, Place place, Failing how, Duration delay);
  Duration remaining_delay(Self& self, Place first) const;

  // Runs the start function. The table follows, except that a failure is left to the caller, who knows what it means.
  StartResult start(Self& self, Place place);
  void stop(Self& self, Place place);  // and forgets it if it is temporary
  void end_process(Self& self, Place place);
  // The child has no process any more. A temporary one is forgotten with it (R-SUP-9, R-SUP-13, R-SUP-27).
  void set_stopped(Self& self, Place place);
  void forget(Self& self, Place place);
  void report(Self& self, ReportContext context, const Child& child, const Term& reason) const;
  std::vector<std::string> left_down_by(Place failed) const;
  std::vector<Place> stopped_from(Place first, Place except) const;
  bool has_significant(Place first, Place except) const;

  ChildTable children_;
  std::map<Place, BackoffState> backoff_;  // of those that have backoff and have failed
  Place crashed_ = ChildTable::none;       // whose death the last group restart was for; only a mutant looks at it
};

}  // namespace moirai
