#include "runtime/otp/task.hpp"

#include <chrono>

namespace moirai::task::detail {

Term milliseconds(Duration timeout) {
  if (timeout == Duration::max()) return Term::atom("infinity");
  return Term::integer(std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count());
}

Term to_term(Shutdown how) {
  if (how.kind == Shutdown::Kind::brutal_kill) return Term::atom("brutal_kill");
  return milliseconds(how.kind == Shutdown::Kind::infinity ? Duration::max() : how.limit);
}

Term nodedown(Pid lost) { return Term::tuple({Term::atom("nodedown"), Term::integer(lost.node())}); }

Term failure(Term reason, Term asked, const Query& query) {
  std::vector<Term> arguments{std::move(asked)};
  if (query.argument) arguments.push_back(*query.argument);
  return Term::tuple({std::move(reason), Term::tuple({Term::atom("task"), Term::atom(query.function), Term::list(std::move(arguments))})});
}

void check(Self& self, const Handle& handle, Term asked, const Query& query) {
  const char* why = !handle.ref ? "spent" : handle.owner != self.pid() ? "not_owner" : nullptr;
  if (why) self.exit(failure(Term::tuple({reason::badarg(), Term::atom(why)}), std::move(asked), query));
}

void settle(Self& self, Handle& handle) {
  self.unlink(handle.pid, true);
  self.demonitor(handle.ref, true);
  self.unalias(handle.ref);  // of a task that was completed from the start
  handle.ref = {};
}

std::optional<Term> stop(Self& self, const Handle& handle, Shutdown how) {
  const bool brutal = how.kind == Shutdown::Kind::brutal_kill;
  std::optional<Term> end;
  // A monitor of its own: the first one's DOWN may have been taken out of the mailbox by somebody else.
  const Ref monitor = self.monitor(handle.pid);
  const auto its_down = [&](const Down& m) { return m.monitor == monitor; };
  const auto take_end = [&](const Down& m) { end = m.reason; };

  self.unlink_and_exit(handle.pid, brutal ? reason::kill() : reason::shutdown());
  self.receive(when(its_down, take_end), after(how.kind == Shutdown::Kind::timeout ? how.limit : Duration::max(), [] {}));
  if (!end) {
    self.exit(handle.pid, reason::kill());
    self.receive(when(its_down, take_end));
  }
  if (end->is_atom("noproc"))  // it was dead before: what of, the first one knows
    self.receive(when([&](const Down& m) { return m.monitor == handle.ref; }, take_end), after(Duration::zero(), [] {}));
  self.unlink(handle.pid, true);
  if (end->is_atom(brutal ? "killed" : "shutdown")) return std::nullopt;
  return end;
}

}  // namespace moirai::task::detail
