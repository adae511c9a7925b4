#include "runtime/otp/crash_report.hpp"

#include "runtime/kernel/world.hpp"

namespace moirai {

void report_crash(Self& self, std::string_view initial_call, const Term& reason) {
  if (is_normal_exit(reason)) return;
  const World& world = self.world();
  CrashReport report{.initial_call = std::string(initial_call),
                     .registered_name = world.registered_name(self.pid()),
                     .reason = reason,
                     .message_queue_len = world.mailbox_size(self.pid()),
                     .links = world.links_of(self.pid()),
                     .trap_exit = world.trapping(self.pid())};
  for (Pid ancestor = world.parent(self.pid()); ancestor; ancestor = world.parent(ancestor)) report.ancestors.push_back(ancestor);
  self.note(report);
}

}  // namespace moirai
