#include "runtime/otp/supervisor_core.hpp"

#include "runtime/kernel/world.hpp"

namespace moirai {
namespace {

RestartWindow window_of(const SupervisorOptions& options) {
  const std::int64_t planted = options.mutant == SupervisorMutant::limit_off_by_one ? 1 : 0;
  return {options.intensity.restarts + planted, std::chrono::floor<std::chrono::seconds>(options.intensity.within).count()};
}

}  // namespace

SupervisorCore::SupervisorCore(Self& self, const std::shared_ptr<const SupervisorSpec>& spec)
    : spec_(spec), parent_(self.world().parent(self.pid())), window_(window_of(spec->options)) {
  self.trap_exit(true);  // before anything that may fail or wait (R-SUP-7)
  if (options().registered) proc_lib::register_name(self, options().name);
  if (auto error = find_error(*spec_)) self.exit(*error);
}

Restart SupervisorCore::restart_type(const ChildSpec& spec) const {
  return planted(SupervisorMutant::temporary_restarted) && spec.restart == Restart::temporary ? Restart::permanent : spec.restart;
}

void SupervisorCore::announce(Self& self) const {
  self.note_lazily([this] {
    SupervisorStarted note;
    note.id = options().name;
    note.strategy = options().strategy;
    note.intensity = options().intensity.restarts;
    note.period_s = std::chrono::floor<std::chrono::seconds>(options().intensity.within).count();
    for (const ChildSpec& child : spec_->children) note.children.push_back(config_of(child));
    note.auto_shutdown = options().auto_shutdown;
    return note;
  });
}

}  // namespace moirai
