#include "runtime/otp/registry.hpp"

#include <utility>

#include "runtime/otp/supervisor_process.hpp"

namespace moirai {
namespace {

// Takes the name and makes the directory before there is any partition.
struct Prepared {
  Prepared(Self& self, const std::string& name, const std::function<void(Self&)>& prepare) {
    proc_lib::register_name(self, name);
    prepare(self);
  }
};

struct RegistrySupervisor : Prepared, SupervisorProcess {
  static constexpr std::string_view name = "supervisor";
  RegistrySupervisor(Self& self, const std::shared_ptr<const SupervisorSpec>& spec, const std::function<void(Self&)>& prepare)
      : Prepared(self, spec->options.name, prepare), SupervisorProcess(self, spec) {}
};

}  // namespace

ChildSpec registry_supervisor(const std::string& name, Strategy strategy, std::function<void(Self&)> prepare,
                              std::vector<ChildSpec> children) {
  SupervisorOptions options{.name = name, .strategy = strategy, .intensity = {.restarts = 3, .within = std::chrono::seconds(5)}};
  ChildSpec child = supervisor(std::move(options), std::move(children));
  child.start =
      std::make_shared<ProgramStart>(handler<RegistrySupervisor>(child.subtree, std::move(prepare)), ProgramStart::Answer::acknowledged);
  return child;
}

}  // namespace moirai
