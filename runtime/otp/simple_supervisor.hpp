// The supervisor under simple_one_for_one: all its children are processes of one template, started when somebody asks, restarted with the
// argument that they were started with, and stopped all at once. A behaviour in the sense of gen.hpp; made by supervisor_program().
#pragma once
#include <memory>
#include <vector>

#include "runtime/otp/dynamic_core.hpp"

namespace moirai {

class SimpleSupervisor : public DynamicCore<Term> {
 public:
  SimpleSupervisor(Self& self, const std::shared_ptr<const SupervisorSpec>& spec) : DynamicCore(self, spec) {}

  using DynamicCore::handle;
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
  std::vector<ChildStatus> answer(Self&, const WhichChildren&) { return statuses(); }
  ChildCounts answer(Self&, const CountChildren&);
  ChildSpecResult answer(Self& self, const GetChildSpec& request);
  ChildResult answer(Self& self, const ChangeCode& request);

  const ChildSpec& template_spec() const { return spec_->children.front(); }
  const ChildSpec& spec_of(const Term&) const override { return template_spec(); }
  StartResult start(Self& self, const Term& argument) const override;
  void stop(Self& self, Place place) override;
};

}  // namespace moirai
