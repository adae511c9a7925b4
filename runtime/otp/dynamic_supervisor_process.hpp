// A DynamicSupervisor while it runs. A behaviour in the sense of gen.hpp; made by supervisor_program().
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "runtime/otp/dynamic_core.hpp"

namespace moirai {

class DynamicSupervisorProcess : public DynamicCore<std::shared_ptr<const ChildSpec>> {
 public:
  DynamicSupervisorProcess(Self& self, const std::shared_ptr<const SupervisorSpec>& spec) : DynamicCore(self, spec) {}

  using DynamicCore::handle;
  template <Request M>
  void handle(Self& self, const M& request, const From<M>& from) {
    const ReplyOf<M> reply = answer(self, request);
    self.reply(from, reply);
  }
  void terminate(Self& self, const Term&) { stop_all(self, running()); }

 private:
  using Spec = std::shared_ptr<const ChildSpec>;

  StartChildResult answer(Self& self, const StartChild& request);
  ChildResult answer(Self& self, const TerminateChild& request);
  StartChildResult answer(Self&, const RestartChild&);
  ChildResult answer(Self&, const DeleteChild&);
  std::vector<ChildStatus> answer(Self&, const WhichChildren&) { return statuses(); }
  ChildCounts answer(Self&, const CountChildren&);
  ChildSpecResult answer(Self&, const GetChildSpec& request);
  ChildResult answer(Self& self, const ChangeCode& request);

  const ChildSpec& spec_of(const Spec& spec) const override { return *spec; }
  StartResult start(Self& self, const Spec& spec) const override { return start(self, *spec); }
  StartResult start(Self& self, const ChildSpec& spec) const;
  // Elixir: at every attempt to restart that fails, and only then.
  bool says_restarting(ReportContext context, Place) const override { return context == ReportContext::start_error; }
  void stop(Self& self, Place place) override { stop_all(self, {place}); }
  // R-DYN-4
  void stop_all(Self& self, const std::vector<Place>& places);
  std::optional<Term> find_error(const ChildSpec& spec) const;
  // As it is kept: with what the child that came last has, if they are alike.
  Spec kept(const ChildSpec& spec) const;
};

}  // namespace moirai
