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

  void terminate(Self& self, const Term&) { stop_all(self, running()); }

 private:
  using Spec = std::shared_ptr<const ChildSpec>;

  StartChildResult answer(Self& self, const StartChild& request) override;
  ChildResult answer(Self& self, const TerminateChild& request) override;
  ChildCounts answer(Self&, const CountChildren&) override;
  ChildSpecResult answer(Self&, const GetChildSpec& request) override;
  Term no_ids() const override { return not_found(); }

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
