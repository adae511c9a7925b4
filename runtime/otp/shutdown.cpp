#include "runtime/otp/shutdown.hpp"

#include <map>
#include <optional>
#include <utility>

#include "runtime/kernel/random.hpp"
#include "runtime/otp/place_index.hpp"

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

std::vector<UnexpectedEnd> stop_children(Self& supervisor, const std::vector<Pid>& children, Shutdown shutdown, Restart restart) {
  struct Stopping {
    Ref monitor;              // none: it is gone
    std::optional<Term> end;  // of its EXIT, which comes before its DOWN and knows its true reason
  };
  std::vector<Stopping> stopping(children.size());
  PlaceIndex places;
  const auto hash_of = [&](std::uint32_t place) { return scramble(children[place].bits()); };
  const auto place_of = [&](Pid pid) {
    return places.find(scramble(pid.bits()), [&](std::uint32_t place) { return children[place] == pid && stopping[place].monitor; });
  };
  for (std::uint32_t place = 0; place < children.size(); ++place) {
    places.insert(hash_of(place), place, hash_of);
    stopping[place].monitor = supervisor.monitor(children[place]);
    supervisor.exit(children[place], shutdown.kind == Shutdown::Kind::brutal_kill ? reason::kill() : reason::shutdown());
  }

  const Time limit = shutdown.kind == Shutdown::Kind::timeout ? after(supervisor.now(), shutdown.limit) : time_never;
  bool killed = false;
  std::map<Term, std::uint64_t> unexpected;
  std::size_t left = children.size();
  const auto its_exit = [&](const Exit& m) {
    const std::uint32_t place = place_of(m.from);
    return place != PlaceIndex::none && !stopping[place].end;
  };
  const auto its_down = [&](const Down& m) {
    const std::uint32_t place = place_of(m.pid);
    return place != PlaceIndex::none && stopping[place].monitor == m.monitor;
  };
  while (left > 0) {
    const Duration wait = killed || limit == time_never ? Duration::max() : limit - supervisor.now();
    supervisor.receive(when(its_exit, [&](const Exit& m) { stopping[place_of(m.from)].end = m.reason; }),
                       when(its_down,
                            [&](const Down& m) {
                              Stopping& child = stopping[place_of(m.pid)];
                              const Term end = child.end ? *child.end : m.reason;
                              child.monitor = Ref{};
                              --left;
                              if (!is_expected_end(end, shutdown, restart)) ++unexpected[end];
                            }),
                       after(wait, [&] {
                         killed = true;
                         for (std::uint32_t place = 0; place < children.size(); ++place)
                           if (stopping[place].monitor) supervisor.exit(children[place], reason::kill());
                       }));
  }
  std::vector<UnexpectedEnd> ends;
  for (const auto& [reason, count] : unexpected) ends.push_back({reason, count});
  return ends;
}

Term stop_without_kill(Self& supervisor, Pid child, Shutdown shutdown) {
  Term end = reason::shutdown();
  const Ref monitor = supervisor.monitor(child);
  supervisor.exit(child, shutdown.kind == Shutdown::Kind::brutal_kill ? reason::kill() : reason::shutdown());
  supervisor.receive(when([&](const Down& m) { return m.monitor == monitor; }, [&](const Down& m) { end = m.reason; }),
                     after(shutdown.kind == Shutdown::Kind::timeout ? shutdown.limit : Duration::max(), [] {}));
  supervisor.demonitor(monitor, true);
  supervisor.unlink(child);
  supervisor.receive(when([&](const Exit& m) { return m.from == child; }, [&](const Exit& m) { end = m.reason; }),
                     after(Duration::zero(), [] {}));
  return end;
}

bool is_expected_end(const Term& reason, Shutdown shutdown, Restart restart) {
  const char* asked_for = shutdown.kind == Shutdown::Kind::brutal_kill ? "killed" : "shutdown";
  return reason.is_atom(asked_for) || (restart != Restart::permanent && is_normal_exit(reason));
}

}  // namespace moirai
