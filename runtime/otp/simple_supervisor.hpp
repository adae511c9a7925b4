// The supervisor under simple_one_for_one: all its children are processes of one template, started when somebody asks, restarted with the
// argument that they were started with, and stopped all at once. A behaviour in the sense of gen.hpp; made by supervisor_program().
#pragma once
#include <memory>

#include "runtime/otp/dynamic_core.hpp"

namespace moirai {

class SimpleSupervisor : public DynamicCore<Term> {
 public:
  SimpleSupervisor(Self& self, const std::shared_ptr<const SupervisorSpec>& spec) : DynamicCore(self, spec) {}

  // Stops the children, all at once (R-SUP-38).
  void terminate(Self& self, const Term&);

 private:
  StartChildResult answer(Self& self, const StartChild& request) override;
  ChildResult answer(Self& self, const TerminateChild& request) override;
  ChildCounts answer(Self&, const CountChildren&) override;
  ChildSpecResult answer(Self& self, const GetChildSpec& request) override;
  Term no_ids() const override { return Term::atom("simple_one_for_one"); }

  const ChildSpec& template_spec() const { return spec_->children.front(); }
  const ChildSpec& spec_of(const Term&) const override { return template_spec(); }
  StartResult start(Self& self, const Term& argument) const override;
  void stop(Self& self, Place place) override;
};

}  // namespace moirai
