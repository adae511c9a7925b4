#include "runtime/otp/application_master.hpp"

#include <optional>
#include <utility>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/world.hpp"
#include "runtime/otp/gen.hpp"

namespace moirai {
namespace {

struct TopStarted {
  static constexpr std::string_view fields[] = {"error"};
  std::optional<Term> error;
};
struct StopTop {};

Term tuple(Term a, Term b) { return Term::tuple({std::move(a), std::move(b)}); }
Term exit_of(const Term& reason) { return tuple(Term::atom("EXIT"), reason); }

// {Name,Function,Arguments}: what OTP calls.
Term call_of(const Application& application, std::string_view function, std::vector<Term> arguments) {
  return Term::tuple({Term::atom(application.name), Term::atom(function), Term::list(std::move(arguments))});
}

// ---- the process that the master starts

// R-APP-3
StartResult start_top(Self& self, const Application& application) {
  Term call = call_of(application, "start", {Term::atom("normal"), Term::list({})});
  const Caught<StartResult> result = catch_exit([&] { return application.start(self); });
  if (!result && result.reason() == reason::normal()) return StartResult::error(tuple(exit_of(result.reason()), std::move(call)));
  if (result && result->kind == StartResult::Kind::ok) return *result;
  if (result && result->kind == StartResult::Kind::error) return StartResult::error(tuple(result->reason, std::move(call)));
  const Term value = result ? Term::atom("ignore") : exit_of(result.reason());
  return StartResult::error(tuple(Term::atom("bad_return"), tuple(std::move(call), value)));
}

// R-APP-5. Returns why it failed.
std::optional<Term> run_phase(Self& self, const Application& application, const std::string& phase) {
  if (!application.start_phases) return tuple(Term::atom("start_phases_undefined"), Term::atom(application.name));
  for (const StartPhase& its : *application.start_phases) {
    if (its.name != phase || !its.run) continue;
    Term call = call_of(application, "start_phase", {Term::atom(phase), Term::atom("normal"), Term::list({})});
    const auto failure = catch_exit([&] { return its.run(self); });
    if (!failure) return tuple(Term::atom("bad_return_value"), tuple(std::move(call), exit_of(failure.reason())));
    if (*failure) return tuple(**failure, std::move(call));
  }
  return std::nullopt;
}

std::optional<Term> run_phases(Self& self, const ApplicationParts& parts) {
  if (!parts.front()->start_phases) return std::nullopt;
  for (const StartPhase& phase : *parts.front()->start_phases)
    for (const auto& part : parts)
      if (auto failure = run_phase(self, *part, phase.name)) return failure;
  return std::nullopt;
}

void wait_for_end(Self& self, Pid process) {
  self.receive(when([&](const Exit& m) { return m.from == process; }, [](const Exit&) {}));
}

void refuse(Self& self, const Message& junk) {
  self.note(gen::UnexpectedMessage{junk.sender(), junk.to_string()});
  self.refuse_unknown(junk);
}

// prep_stop, the tree, stop: whatever happens in the functions, the rest is done.
void stop_top(Self& self, const Application& application, Term state, std::optional<Pid> top, const Term& how) {
  if (application.prep_stop)
    if (auto next = catch_exit([&] { return application.prep_stop(self, state); })) state = *next;
  if (top) {
    self.exit(*top, how);
    wait_for_end(self, *top);
  }
  if (application.stop) catch_exit([&] { application.stop(self, state); });
}

void run_top(Self& self, const ApplicationParts& parts) {
  const Application& application = *parts.front();
  const Pid master = self.world().parent(self.pid());
  self.trap_exit(true);
  const StartResult top = start_top(self, application);
  std::optional<Term> failure;
  if (!top) {
    failure = top.reason;
  } else {
    self.link(top.pid);
    failure = run_phases(self, parts);
    if (failure) {  // OTP leaves the tree behind, linked to nobody
      self.exit(top.pid, reason::shutdown());
      wait_for_end(self, top.pid);
    }
  }
  self.send(master, TopStarted{failure});
  if (failure) return;

  const Term state = top.info.value_or(Term::list({}));
  std::optional<Exit> told;
  bool stopped = false;
  while (!stopped && !told)
    self.receive([&](const StopTop&) { stopped = true; },
                 when([&](const Exit& m) { return m.from == master || m.from == top.pid; }, [&](const Exit& m) { told = m; }),
                 [&](const Message& m) { refuse(self, m); });
  const bool ended = told && told->from == top.pid;
  stop_top(self, application, state, ended ? std::nullopt : std::optional(top.pid), told ? told->reason : reason::shutdown());
  self.exit(told ? told->reason : reason::normal());
}

// ---- the master

// R-APP-4: until there is none.
void kill_followers(Self& self) {
  for (;;) {
    std::vector<Pid> followers;
    for (const Pid pid : self.world().processes())
      if (pid != self.pid() && self.world().group_leader(pid) == self.pid()) followers.push_back(pid);
    if (followers.empty()) return;
    for (const Pid pid : followers) self.exit(pid, reason::kill());
    for (const Pid pid : followers) self.is_alive(pid);  // answered behind the kill
  }
}

void stop_application(Self& self, std::optional<Pid> top) {
  if (top) {
    self.send(*top, StopTop{});
    wait_for_end(self, *top);
  }
  kill_followers(self);
}

void run_master(Self& self, const ApplicationParts& parts) {
  const Pid controller = self.world().parent(self.pid());
  self.trap_exit(true);
  self.group_leader(self.pid(), self.pid());
  const Pid top = self.spawn_link("start", [parts](Self& peer) { run_top(peer, parts); });  // a copy: it may outlive the master
  std::optional<Term> failure;
  self.receive([&](const TopStarted& m) { failure = m.error; },
               when([&](const Exit& m) { return m.from == top; }, [&](const Exit& m) { failure = m.reason; }));
  if (failure) {
    kill_followers(self);  // OTP leaves them alone in this case
    proc_lib::init_fail(self, *failure);
  }
  proc_lib::init_ack(self);

  std::optional<From<StopMaster>> stopped;
  std::optional<Exit> told;
  while (!stopped && !told)
    self.receive([&](const StopMaster&, const From<StopMaster>& from) { stopped = from; },
                 when([&](const Exit& m) { return m.from == controller || m.from == top; }, [&](const Exit& m) { told = m; }),
                 [&](const Message& m) { refuse(self, m); });
  stop_application(self, told && told->from == top ? std::nullopt : std::optional(top));
  if (stopped) self.reply(*stopped, {});
  self.exit(told ? told->reason : reason::normal());
}

}  // namespace

Program application_master(ApplicationParts parts) {
  return [parts = std::move(parts)](Self& self) { run_master(self, parts); };
}

}  // namespace moirai
