// The supervisor under simple_one_for_one: all its children are processes of one template, started when somebody asks, restarted with the
// argument that they were started with, and stopped all at once. A behaviour in the sense of gen.hpp; made by supervisor_program().
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/otp/dynamic_children.hpp"
#include "runtime/otp/supervisor_core.hpp"

namespace moirai {

// As RetryRestart, of a child without an id.
struct RetryDynamicRestart {
  static constexpr std::string_view fields[] = {"child"};
  Pid child;  // the last process it had
};

class SimpleSupervisor : public SupervisorCore {
 public:
  using Accepts = Messages<Exit, RetryDynamicRestart, TimedOut<RetryDynamicRestart>, StartChild, TerminateChild, RestartChild, DeleteChild,
                           WhichChildren, CountChildren, GetChildSpec, ChangeCode>;

  SimpleSupervisor(Self& self, const std::shared_ptr<const SupervisorSpec>& spec) : SupervisorCore(self, spec) {}

  void handle(Self& self, const Exit& exit);
  void handle(Self& self, const RetryDynamicRestart& retry);
  void handle(Self& self, const TimedOut<RetryDynamicRestart>& retry);
  template <Request M>
  void handle(Self& self, const M& request, const From<M>& from) {
    const ReplyOf<M> reply = answer(self, request);
    self.reply(from, reply);
  }
  // Stops the children, all at once (R-SUP-38).
  void terminate(Self& self, const Term&);

 private:
  StartChildResult answer(Self& self, const StartChild& request);
  ChildResult answer(Self& self, const TerminateChild& request);
  StartChildResult answer(Self&, const RestartChild&);
  ChildResult answer(Self&, const DeleteChild&);
  std::vector<ChildStatus> answer(Self&, const WhichChildren&);
  ChildCounts answer(Self&, const CountChildren&);
  ChildSpecResult answer(Self& self, const GetChildSpec& request);
  ChildResult answer(Self& self, const ChangeCode& request);

  const ChildSpec& template_spec() const { return spec_->children.front(); }
  StartResult start(Self& self, const Term& argument) const;
  void restart(Self& self, std::uint32_t place, bool counted = true);
  void failed(Self& self, std::uint32_t place, Failing how);
  void forget(Self& self, std::uint32_t place);
  void report(Self& self, ReportContext context, std::uint32_t place, const Term& reason) const;

  DynamicChildren children_;
  std::map<Pid, BackoffState> backoff_;  // of those that have failed, if the template has backoff
};

}  // namespace moirai
