#include "runtime/otp/shutdown.hpp"

#include <optional>

namespace moirai {

Term stop_child(Self& supervisor, Pid child, Shutdown shutdown) {
  std::optional<Term> end;
  const Ref monitor = supervisor.monitor(child);
  const auto its_down = [&](const Down& m) { return m.monitor == monitor; };
  const auto take_end = [&](const Down& m) { end = m.reason; };

  switch (shutdown.kind) {
    case Shutdown::Kind::brutal_kill: break;
    case Shutdown::Kind::timeout:
      supervisor.exit(child, reason::shutdown());
      supervisor.receive(when(its_down, take_end), after(shutdown.limit, [] {}));
      break;
    case Shutdown::Kind::infinity:
      supervisor.exit(child, reason::shutdown());
      supervisor.receive(when(its_down, take_end));
      break;
  }
  if (!end) {
    supervisor.exit(child, reason::kill());
    supervisor.receive(when(its_down, take_end));
  }

  // The link stayed until now. Its EXIT, if one came, tells the true reason: a DOWN of a child that was dead before says noproc.
  supervisor.unlink(child);
  supervisor.receive(when([&](const Exit& m) { return m.from == child; }, [&](const Exit& m) { end = m.reason; }),
                     after(Duration::zero(), [] {}));
  return *end;
}

bool is_expected_end(const Term& reason, Shutdown shutdown, Restart restart) {
  const char* asked_for = shutdown.kind == Shutdown::Kind::brutal_kill ? "killed" : "shutdown";
  return reason.is_atom(asked_for) || (restart != Restart::permanent && is_normal_exit(reason));
}

}  // namespace moirai
