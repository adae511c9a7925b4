#include "runtime/otp/proc_lib.hpp"

#include "runtime/kernel/world.hpp"
#include "runtime/otp/sys.hpp"

namespace moirai::proc_lib {
namespace {

void answer(Self& self, StartAnswer answer) {
  if (const Pid parent = self.world().parent(self.pid())) self.send(parent, answer);
}

// A starter that traps exits learns of a death by the link; every other one needs a monitor.
enum class Bond : std::uint8_t { link, monitor, both };

// Waits until `child` is ready, declined, dead or late. A child that is not ready is gone afterwards, with all that its end has sent.
StartResult await(Self& self, Pid child, Bond bond, Ref monitor, Duration timeout) {
  std::optional<StartResult> result;
  bool gone = false, late = false;
  const auto its_exit = [&](const Exit& m) { return bond == Bond::link && m.from == child; };
  const auto its_down = [&](const Down& m) { return bond != Bond::link && m.monitor == monitor; };
  const auto await_end = [&] {
    self.receive(when(its_exit, [&](const Exit& m) { gone = true, result = result ? result : StartResult::error(m.reason); }),
                 when(its_down, [&](const Down& m) { gone = true, result = result ? result : StartResult::error(m.reason); }));
  };
  self.receive(when([&](const StartAnswer& m) { return m.child == child; },
                    [&](const StartAnswer& m) {
                      result = StartResult{m.kind, m.kind == StartResult::Kind::ok ? child : Pid{}, m.reason, m.info};
                    }),
               when(its_exit, [&](const Exit& m) { gone = true, result = StartResult::error(m.reason); }),
               when(its_down, [&](const Down& m) { gone = true, result = StartResult::error(m.reason); }),
               after(timeout, [&] { late = true; }));
  if (late) {
    result = StartResult::error(reason::timeout());
    if (bond == Bond::both) self.unlink(child);  // its killing is no reason for the starter to die
    self.exit(child, reason::kill());
  }
  if (*result) return *result;
  if (!gone) await_end();
  // Its answer may have crossed the killing; it must not be taken for that of a later process.
  if (late)
    self.receive(when([&](const StartAnswer& m) { return m.child == child; }, [](const StartAnswer&) {}), after(Duration{0}, [] {}));
  return *result;
}

void give_argument(Self& self, Pid child, const StartOptions& options) {
  if (options.argument) self.send(child, StartArgument{*options.argument});
}

StartResult start_as(Self& self, const Program& program, const StartOptions& options, Bond bond, Ref& monitor) {
  const Pid child = self.spawn(SpawnOptions{options.label, bond != Bond::monitor, bond == Bond::link ? nullptr : &monitor}, program);
  give_argument(self, child, options);
  return await(self, child, bond, monitor, options.timeout);
}

void fail_if_taken(Self& self, const std::optional<Pid>& holder) {
  if (holder) init_fail(self, Term::tuple({Term::atom("already_started"), Term::pid(*holder)}), reason::normal());
}

}  // namespace

Pid spawn_link(Self& self, const Program& program, const StartOptions& options) {
  const Pid child = self.spawn_link(options.label, program);
  give_argument(self, child, options);
  return child;
}

StartResult start_link(Self& self, const Program& program, const StartOptions& options) {
  Ref monitor;
  const Bond bond = self.world().trapping(self.pid()) ? Bond::link : Bond::both;
  StartResult result = start_as(self, program, options, bond, monitor);
  if (bond == Bond::both) self.demonitor(monitor, true);
  return result;
}

StartResult start(Self& self, const Program& program, const StartOptions& options) {
  auto [result, monitor] = start_monitor(self, program, options);
  self.demonitor(monitor, true);
  return std::move(result);
}

std::pair<StartResult, Ref> start_monitor(Self& self, const Program& program, const StartOptions& options) {
  Ref monitor;
  StartResult result = start_as(self, program, options, Bond::monitor, monitor);
  return {std::move(result), monitor};
}

Term start_argument(Self& self) { return self.take<StartArgument>().argument; }

void stop(Self& self, const ServerRef& server, const Term& reason, Duration timeout) {
  const std::optional<Pid> pid = server.resolve(self);
  if (!pid) self.exit(reason::noproc());
  if (*pid == self.pid()) self.exit(Term::atom("calling_self"));
  const Time deadline = moirai::after(self.now(), timeout);
  const Ref request = self.monitor(*pid, {.alias = MonitorAlias::demonitor});
  self.send(*pid, Call<sys::Terminate>{request, {reason}});
  bool heard = false;
  std::optional<Term> end, failure;
  while (!end && !failure)
    self.receive(when([&](const Down& m) { return m.monitor == request; },
                      [&](const Down& m) {
                        if (heard || m.reason == reason::noproc())
                          end = m.reason;
                        else
                          failure = sys::failure(m.reason, server, "terminate");
                      }),
                 when([&](const Refusal& m) { return m.ref == request; }, [&](const Refusal& m) { failure = m.reason; }),
                 when([&](const Reply<NoReply>& m) { return m.ref == request; }, [&](const Reply<NoReply>&) { heard = true; }),
                 after(deadline == time_never ? Duration::max() : deadline - self.now(), [&] { failure = reason::timeout(); }));
  self.demonitor(request, true);
  if (failure) self.exit(*failure);
  if (*end != reason) self.exit(*end);
}

void init_ack(Self& self, std::optional<Term> info) { answer(self, {self.pid(), StartResult::Kind::ok, Term{}, std::move(info)}); }

void init_ignore(Self& self) {
  answer(self, {self.pid(), StartResult::Kind::ignore, Term{}, std::nullopt});
  self.exit(reason::normal());
}

void init_fail(Self& self, const Term& reason) { self.exit(reason); }

void init_fail(Self& self, const Term& reason, const Term& exit_reason) {
  if (!self.world().parent(self.pid())) init_fail(self, reason);  // else nobody would hear of it
  answer(self, {self.pid(), StartResult::Kind::error, reason, std::nullopt});
  self.exit(exit_reason);
}

void register_name(Self& self, const ViaName& name) {
  do fail_if_taken(self, name.whereis(self));
  while (!name.register_self(self));  // somebody else was faster: look again who
}

void register_name(Self& self, const std::string& name) {
  if (name.empty()) return;
  for (;;) {
    fail_if_taken(self, self.whereis(name));
    try {
      return self.register_name(name);
    } catch (const ExitRequest&) {  // somebody else was faster: look again who
    }
  }
}

}  // namespace moirai::proc_lib
