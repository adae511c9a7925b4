#include "runtime/otp/child_start.hpp"

#include <exception>

#include "runtime/kernel/world.hpp"

namespace moirai {
namespace {

Pid parent_of(const Self& self) { return self.world().parent(self.pid()); }

}  // namespace

void acknowledge_start(Self& self) {
  const Pid parent = parent_of(self);
  if (parent) self.send(parent, StartAnswer{self.pid(), false});
}

void ignore_start(Self& self) {
  const Pid parent = parent_of(self);
  if (parent) self.send(parent, StartAnswer{self.pid(), true});
  self.exit(reason::normal());
}

void take_name(Self& self, const std::string& name) {
  if (name.empty()) return;
  for (;;) {
    if (const auto holder = self.whereis(name)) self.exit(Term::tuple({Term::atom("already_started"), Term::pid(*holder)}));
    try {
      return self.register_name(name);
    } catch (const ExitRequest&) {  // somebody else was faster: look again who
    }
  }
}

StartResult await_start(Self& supervisor, Pid child) {
  StartResult result;
  supervisor.receive(when([&](const StartAnswer& m) { return m.child == child; },
                          [&](const StartAnswer& m) { result = m.ignored ? StartResult::ignore() : StartResult::ok(child); }),
                     when([&](const Exit& m) { return m.from == child; }, [&](const Exit& m) { result = StartResult::error(m.reason); }));
  if (result.kind == StartResult::Kind::ignore)  // its EXIT is part of the start, not news for the supervisor's loop
    supervisor.receive(when([&](const Exit& m) { return m.from == child; }, [](const Exit&) {}));
  return result;
}

StartResult ProgramStart::start(Self& supervisor, const std::string& id) const {
  const Pid child = supervisor.spawn_link(id, program_);
  return answer_ == Answer::none ? StartResult::ok(child) : await_start(supervisor, child);
}

StartResult guarded_start(Self& supervisor, const void* function, StartResult (*call)(const void*, Self&)) {
  const auto failed = [] { return StartResult::error(Term::tuple({Term::atom("EXIT"), reason_of_current_exception()})); };
  try {
    return call(function, supervisor);
  } catch (const ExitRequest&) { return failed(); } catch (const std::exception&) {
    return failed();
  }
}

}  // namespace moirai
