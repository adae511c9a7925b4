#include "runtime/otp/shutdown.hpp"

#include <algorithm>
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

std::vector<ChildEnd> stop_children(Self& supervisor, const std::vector<ToStop>& children, Links links) {
  std::vector<ChildEnd> ends(children.size());
  std::vector<Ref> monitors(children.size());  // none: it is gone
  PlaceIndex places;
  const auto hash_of = [&](std::uint32_t place) { return scramble(children[place].pid.bits()); };
  const auto place_of = [&](Pid pid) {
    return places.find(scramble(pid.bits()), [&](std::uint32_t place) { return children[place].pid == pid && monitors[place]; });
  };
  std::vector<Duration> limits;
  for (std::uint32_t place = 0; place < children.size(); ++place) {
    const auto& [pid, shutdown] = children[place];
    places.insert(hash_of(place), place, hash_of);
    monitors[place] = supervisor.monitor(pid);
    if (links == Links::dropped) supervisor.unlink(pid);
    supervisor.exit(pid, shutdown.kind == Shutdown::Kind::brutal_kill ? reason::kill() : reason::shutdown());
    if (shutdown.kind == Shutdown::Kind::timeout && (limits.empty() || limits.back() != shutdown.limit)) limits.push_back(shutdown.limit);
  }
  std::sort(limits.begin(), limits.end());
  limits.erase(std::unique(limits.begin(), limits.end()), limits.end());

  const Time began = supervisor.now();
  auto limit = limits.begin();  // the next to pass
  const auto kill_late = [&] {
    for (std::uint32_t place = 0; place < children.size(); ++place) {
      const Shutdown shutdown = children[place].shutdown;
      if (monitors[place] && shutdown.kind == Shutdown::Kind::timeout && shutdown.limit == *limit)
        supervisor.exit(children[place].pid, reason::kill());
    }
    ++limit;
  };
  const auto its_exit = [&](const Exit& m) {
    const std::uint32_t place = place_of(m.from);
    return place != PlaceIndex::none && !ends[place].exit_came;
  };
  const auto its_down = [&](const Down& m) {
    const std::uint32_t place = place_of(m.pid);
    return place != PlaceIndex::none && monitors[place] == m.monitor;
  };
  for (std::size_t left = children.size(); left > 0;) {
    const Duration wait = limit == limits.end() ? Duration::max() : after(began, *limit) - supervisor.now();
    // The EXIT comes before the DOWN and knows the true reason.
    supervisor.receive(when(its_exit,
                            [&](const Exit& m) {
                              ends[place_of(m.from)] = {m.reason, true};
                            }),
                       when(its_down,
                            [&](const Down& m) {
                              const std::uint32_t place = place_of(m.pid);
                              if (!ends[place].exit_came) ends[place].reason = m.reason;
                              monitors[place] = Ref{};
                              --left;
                            }),
                       after(wait, kill_late));
  }
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
