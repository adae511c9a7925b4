// What supervisors have in common whose children are started when somebody asks and are told apart by their pids alone: deaths, restarts,
// retries and backoff, child by child. Base of SimpleSupervisor, which keeps an argument for each child of its one template, and of
// DynamicSupervisorProcess, which keeps each child's spec; they differ in the functions that are virtual here, and in what they answer.
#pragma once
#include <map>
#include <memory>
#include <vector>

#include "runtime/otp/dynamic_children.hpp"
#include "runtime/otp/supervisor_core.hpp"

namespace moirai {

// As RetryRestart, of a child without an id.
struct RetryDynamicRestart {
  static constexpr std::string_view fields[] = {"child"};
  Pid child;  // the last process it had
};

// Kept: what a child is started again with.
template <class Kept>
class DynamicCore : public SupervisorCore {
 public:
  using Accepts = Messages<Exit, RetryDynamicRestart, TimedOut<RetryDynamicRestart>, StartChild, TerminateChild, RestartChild, DeleteChild,
                           WhichChildren, CountChildren, GetChildSpec, ChangeCode>;

  void handle(Self& self, const Exit& exit);
  void handle(Self& self, const RetryDynamicRestart& retry);
  void handle(Self& self, const TimedOut<RetryDynamicRestart>& retry);
  template <Request M>
  void handle(Self& self, const M& request, const From<M>& from) {
    const ReplyOf<M> reply = answer(self, request);
    self.reply(from, reply);
  }

 protected:
  using Place = std::uint32_t;
  static constexpr Place none = DynamicChildren<Kept>::none;

  using SupervisorCore::SupervisorCore;
  virtual ~DynamicCore() = default;

  virtual StartChildResult answer(Self& self, const StartChild& request) = 0;
  virtual ChildResult answer(Self& self, const TerminateChild& request) = 0;
  virtual ChildCounts answer(Self& self, const CountChildren& request) = 0;
  virtual ChildSpecResult answer(Self& self, const GetChildSpec& request) = 0;
  // What is said to requests that find a child by its id.
  virtual Term no_ids() const = 0;
  virtual const ChildSpec& spec_of(const Kept& kept) const = 0;
  virtual StartResult start(Self& self, const Kept& kept) const = 0;
  // Whether a report names {restarting,Pid}. OTP: when the child was waiting for another attempt.
  virtual bool says_restarting(ReportContext, Place place) const { return children_.is_restarting(place); }
  // Its process ends; an odd end is reported.
  virtual void stop(Self& self, Place place) = 0;

  const ChildSpec& spec_at(Place place) const { return spec_of(children_[place].kept); }
  // A child is stopped by request, and forgotten.
  void remove(Self& self, Place place);
  void report(Self& self, ReportContext context, Place place, const Term& reason) const;
  std::vector<Place> running() const;
  static Term not_found() { return Term::atom("not_found"); }

  DynamicChildren<Kept> children_;

 private:
  StartChildResult answer(Self&, const RestartChild&) { return {Pid{}, std::nullopt, no_ids()}; }
  ChildResult answer(Self&, const DeleteChild&) { return {no_ids()}; }
  std::vector<ChildStatus> answer(Self&, const WhichChildren&);
  ChildResult answer(Self& self, const ChangeCode& request);
  void restart(Self& self, Place place, bool counted = true);
  void failed(Self& self, Place place, Failing how);
  void forget(Self& self, Place place);

  std::map<Pid, BackoffState> backoff_;  // of those that have backoff and have failed
};

extern template class DynamicCore<Term>;
extern template class DynamicCore<std::shared_ptr<const ChildSpec>>;

}  // namespace moirai
