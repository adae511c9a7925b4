// Programs of link, unlink, monitor, demonitor, kill and exit on two to four processes in every schedule there is: when all is quiet both
// ends of a link agree (I-3); a link that was active at a death gives one EXIT, every monitor one DOWN; and nothing comes after unlink or
// demonitor (I-2). Each operation is a step of its own, so that signals are received between any two.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/schedulers/dfs.hpp"

namespace moirai::rules {
namespace {

struct Operation {
  enum What { link, unlink, monitor, demonitor, kill, die } what;
  int peer;
  friend bool operator==(const Operation&, const Operation&) = default;
};
struct LinkProgram {
  bool linked = false;  // 0 and 1 are, from the beginning
  std::vector<std::vector<Operation>> processes;
};
struct Go {};

std::string describe(const LinkProgram& program) {
  constexpr const char* names[] = {"link", "unlink", "monitor", "demonitor", "kill", "die"};
  std::string line = program.linked ? "linked" : "apart";
  for (std::size_t i = 0; i < program.processes.size(); ++i) {
    line += "  " + std::to_string(i) + ":";
    for (const Operation& o : program.processes[i])
      line += std::string(" ") + names[o.what] + (o.what == Operation::die ? "" : std::to_string(o.peer));
  }
  return line;
}

// What one process did and received, in its own order: an EXIT that was received before an unlink stays (R-LNK-3).
struct Diary {
  struct Line {
    enum What { link, unlink, demonitored, took_back_nothing, exit, noproc, down } what;
    int peer = -1;
    Ref ref{};
  };
  std::vector<Line> lines;
  std::vector<std::pair<int, Ref>> monitors;

  template <class Match>
  std::size_t count(Match match, std::size_t from = 0) const {
    return static_cast<std::size_t>(std::count_if(lines.begin() + static_cast<std::ptrdiff_t>(from), lines.end(), match));
  }
  // Behind the last line of this kind; 0 if there is none.
  std::size_t behind_last(Line::What what, int peer) const {
    for (std::size_t i = lines.size(); i > 0; --i)
      if (lines[i - 1].what == what && lines[i - 1].peer == peer) return i;
    return 0;
  }
};

class Stage : public Observer {
 public:
  // Under the strategy or scheduler that `settings` name: from 1 ms on the program runs, at 2 ms all is quiet. Empty: all is as it must be.
  std::string play(World& world, const Settings& settings, const LinkProgram& program, Form form) {
    world_ = &world;
    const std::size_t count = program.processes.size();
    pids_.assign(count, Pid{});
    diaries_.assign(count, Diary{});
    active_at_death_.clear();
    problem_ = "it did not come to its end";
    world.reset(settings);
    world.observe(*this);
    world.start("root", [&](Self& self) {
      for (std::size_t i = 0; i < count; ++i) pids_[i] = self.spawn(actor(form, static_cast<int>(i), program));
      self.sleep(1ms);
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < program.processes[i].size(); ++k) self.send(pids_[i], Go{});
      self.sleep(1ms);
      problem_ = judge(program);
    });
    world.run();
    world.reset(Settings{});
    return problem_;
  }

 private:
  struct Actor {
    Stage& stage;
    int me;
    const LinkProgram& program;
    std::size_t next = 0;

    void begin(Self& self) {
      self.trap_exit(true);
      if (program.linked && me == 1) self.link(stage.pids_[0]);
    }
    void go(Self& self) {
      const Operation o = program.processes[static_cast<std::size_t>(me)][next++];
      const Pid peer = stage.pids_[static_cast<std::size_t>(o.peer)];
      Diary& diary = stage.diaries_[static_cast<std::size_t>(me)];
      switch (o.what) {
        case Operation::link:
          self.link(peer);
          diary.lines.push_back({Diary::Line::link, o.peer});
          return;
        case Operation::unlink:
          self.unlink(peer);
          diary.lines.push_back({Diary::Line::unlink, o.peer});
          return;
        case Operation::monitor: diary.monitors.push_back({o.peer, self.monitor(peer)}); return;
        case Operation::demonitor: {  // the last one of this peer
          Ref ref;
          for (const auto& [of, made] : diary.monitors)
            if (of == o.peer) ref = made;
          const bool active = self.demonitor(ref);
          diary.lines.push_back({active ? Diary::Line::demonitored : Diary::Line::took_back_nothing, o.peer, ref});
          return;
        }
        case Operation::kill: self.exit(peer, reason::kill()); return;
        case Operation::die: self.exit(Term::atom("boom"));
      }
    }
  };
  struct Handler {
    using Accepts = Messages<Go, Exit, Down>;
    Actor actor;
    Handler(Self& self, const Actor& a) : actor(a) { actor.begin(self); }
    void on(Self& self, const Go&) { actor.go(self); }
    void on(Self&, const Exit&) {}
    void on(Self&, const Down&) {}
  };
  Program actor(Form form, int me, const LinkProgram& program) {
    const Actor fresh{*this, me, program};
    if (form == Form::handler) return handler<Handler>(fresh);
    return [fresh](Self& self) {
      Actor mine = fresh;
      mine.begin(self);
      for (;;) self.receive([&](const Go&) { mine.go(self); }, [](const Exit&) {}, [](const Down&) {});
    };
  }

  EventMask wants() const override { return {EventKind::exit, EventKind::receive}; }
  void saw(const Event& event) override {
    const int me = number_of(event.subject);
    if (me < 0) return;
    Diary& diary = diaries_[static_cast<std::size_t>(me)];
    if (event.kind == EventKind::exit) {  // its links and monitors are still there
      for (std::size_t i = 0; i < pids_.size(); ++i)
        if (linked(event.subject, pids_[i]) && linked(pids_[i], event.subject))
          active_at_death_.push_back({me, static_cast<int>(i), diaries_[i].lines.size()});
    } else if (const Exit* m = event.as<Exit>()) {
      diary.lines.push_back({m->reason == reason::noproc() ? Diary::Line::noproc : Diary::Line::exit, number_of(m->from)});
    } else if (const Down* d = event.as<Down>()) {
      diary.lines.push_back({Diary::Line::down, number_of(d->pid), d->monitor});
    }
  }
  bool linked(Pid from, Pid to) const {
    const std::vector<Pid> links = world_->links_of(from);
    return std::find(links.begin(), links.end(), to) != links.end();
  }
  int number_of(Pid pid) const {
    const auto found = std::find(pids_.begin(), pids_.end(), pid);
    return found == pids_.end() ? -1 : static_cast<int>(found - pids_.begin());
  }

  std::string judge(const LinkProgram& program) const {
    const auto is = [](Diary::Line::What what, int peer) {
      return [what, peer](const Diary::Line& line) { return line.what == what && line.peer == peer; };
    };
    for (std::size_t a = 0; a < pids_.size(); ++a) {
      if (!world_->alive(pids_[a])) continue;
      const Diary& diary = diaries_[a];
      for (std::size_t b = 0; b < pids_.size(); ++b) {
        if (a == b) continue;
        const int peer = static_cast<int>(b);
        const std::string pair = " (" + std::to_string(a) + ", " + std::to_string(b) + ")";
        const bool lives = world_->alive(pids_[b]);
        const std::size_t exits = diary.count(is(Diary::Line::exit, peer)), noprocs = diary.count(is(Diary::Line::noproc, peer));
        if (linked(pids_[a], pids_[b]) != linked(pids_[b], pids_[a])) return "one side of a link only" + pair;
        if (!lives && linked(pids_[a], pids_[b])) return "linked to the dead" + pair;
        if (lives && exits + noprocs > 0) return "EXIT of the living" + pair;
        if (exits > 1) return "two EXITs of one link" + pair;
        if (noprocs > diary.count(is(Diary::Line::link, peer))) return "more noprocs than links" + pair;
        const std::size_t unlinked = diary.behind_last(Diary::Line::unlink, peer);
        const auto& others = program.processes[b];
        const bool peer_links = std::count(others.begin(), others.end(), Operation{Operation::link, static_cast<int>(a)}) != 0;
        const bool links_again = diary.behind_last(Diary::Line::link, peer) > unlinked;
        if (unlinked && !links_again && !peer_links && diary.count(is(Diary::Line::exit, peer), unlinked) > 0)
          return "EXIT after unlink" + pair;
        for (const AtDeath& link : active_at_death_)
          if (link.dead == peer && link.peer == static_cast<int>(a)) {
            const bool taken_back = diary.count(is(Diary::Line::unlink, peer), link.lines) > 0;
            if (!taken_back && exits != 1) return "no EXIT of a link that was active" + pair;
          }
      }
      for (const auto& [peer, ref] : diary.monitors) {
        const Ref mine = ref;
        const auto about = [mine](Diary::Line::What what) {
          return [what, mine](const Diary::Line& line) { return line.what == what && line.ref == mine; };
        };
        const std::size_t downs = diary.count(about(Diary::Line::down));
        const bool taken_back = diary.count(about(Diary::Line::demonitored)) > 0;
        const bool lives = world_->alive(pids_[static_cast<std::size_t>(peer)]);
        if (downs != (lives || taken_back ? 0u : 1u)) return std::to_string(downs) + " DOWNs of a monitor of " + std::to_string(peer);
      }
    }
    return {};
  }

  struct AtDeath {
    int dead, peer;
    std::size_t lines;  // that the peer had written
  };
  World* world_ = nullptr;
  std::vector<Pid> pids_;
  std::vector<Diary> diaries_;
  std::vector<AtDeath> active_at_death_;
  std::string problem_;
};

std::vector<Operation> alphabet(int me, int processes) {
  std::vector<Operation> all{{Operation::die, -1}};
  for (int peer = 0; peer < processes; ++peer)
    if (peer != me)
      for (const auto what : {Operation::link, Operation::unlink, Operation::monitor, Operation::demonitor, Operation::kill})
        all.push_back({what, peer});
  for (Operation& o : all) o.peer = std::max(o.peer, 0);
  return all;
}

// Every program with `operations` in all; of those that differ only by a renaming of processes (0 and 1, if linked) one is enough:
// the one whose lists do not grow longer.
template <class F>
void each_program(int processes, int operations, bool linked, F&& f) {
  LinkProgram program{linked, std::vector<std::vector<Operation>>(static_cast<std::size_t>(processes))};
  const auto fill = [&](const auto& self, int process, int left) -> void {
    if (process == processes) {
      if (left > 0) return;
      for (std::size_t i = linked ? 3 : 1; i < program.processes.size(); ++i)
        if (program.processes[i].size() > program.processes[i - 1].size()) return;
      return f(program);
    }
    self(self, process + 1, left);
    if (left == 0) return;
    auto& list = program.processes[static_cast<std::size_t>(process)];
    for (const Operation& o : alphabet(process, processes)) {
      if (!list.empty() && list.back().what == Operation::die) break;
      list.push_back(o);
      self(self, process, left - 1);  // with more of this process, or on to the next
      list.pop_back();
    }
  };
  // `fill` with a process's list open: programs are met once, because a list is closed by going on to the next process.
  fill(fill, 0, operations);
}

struct Totals {
  std::uint64_t programs = 0, schedules = 0, cut = 0;
};

// Explores `program`; at most `schedules_max` schedules.
void explore(const LinkProgram& program, Form form, std::uint64_t schedules_max, Totals& totals) {
  static World world;
  DfsStrategy dfs(Time{} + 1ms);
  Stage stage;
  ++totals.programs;
  std::uint64_t schedules = 0;
  do {
    const std::string problem = stage.play(world, Settings{.scheduler = Scheduler::custom, .strategy = &dfs}, program, form);
    ASSERT_EQ(problem, "") << describe(program) << ", schedule " << schedules << ", " << to_string(form);
    ++schedules;
  } while (dfs.next() && schedules < schedules_max);
  totals.schedules += schedules;
  totals.cut += schedules == schedules_max;
}

void explore_all(int processes, int operations, std::uint64_t schedules_max) {
  Totals totals;
  for (const bool linked : {false, true})
    each_program(processes, operations, linked, [&](const LinkProgram& program) {
      if (testing::Test::HasFailure()) return;
      explore(program, forms[totals.programs % 2], schedules_max, totals);
    });
  std::printf("[ explored ] %d processes, %d operations: %llu programs, %llu schedules, %llu programs cut at %llu\n", processes, operations,
              static_cast<unsigned long long>(totals.programs), static_cast<unsigned long long>(totals.schedules),
              static_cast<unsigned long long>(totals.cut), static_cast<unsigned long long>(schedules_max));
  EXPECT_GT(totals.programs, 0u);
}

bool full() { return std::getenv("MOIRAI_FULL") != nullptr; }

// Up to three operations in every schedule; of four, the first hundred schedules of each program.
// R-LNK-1, R-LNK-3..5, R-MON-1, R-MON-5 (erl_link_SUITE:otp_17127_local_link_with_simultaneous_link_unlink)
TEST(LinkPrograms, TwoProcessesInEverySchedule) {
  for (int operations = 1; operations <= (full() ? 5 : 4); ++operations)
    explore_all(2, operations, full() ? 20'000 : operations < 4 ? 3'000 : 100);
}

// Up to two operations in every schedule; of three, the first eight schedules of each program.
// R-LNK-3..5, R-MON-1, R-MON-5
TEST(LinkPrograms, ThreeProcessesInEverySchedule) {
  for (int operations = 1; operations <= 3; ++operations) explore_all(3, operations, full() ? 20'000 : operations < 3 ? 3'000 : 8);
}

// Up to two operations in every schedule; longer ones only at random, below.
// R-LNK-3..5, R-MON-1, R-MON-5
TEST(LinkPrograms, FourProcessesInEverySchedule) {
  for (int operations = 1; operations <= (full() ? 3 : 2); ++operations) explore_all(4, operations, operations < 3 ? 3'000 : 100);
}

// R-LNK-4, R-LNK-5: 1 has linked again and then received the UNLINK of 0, whose half so stays until the acknowledgement, although 1 is dead
// by then: the LINK that is in front of that must not wake it. (Once it did: found by LongRandomOnes.)
TEST(LinkPrograms, DeathDoesNotStandInForAnAcknowledgement) {
  Totals totals;
  const LinkProgram program{true, {{{Operation::unlink, 1}, {Operation::kill, 1}}, {{Operation::unlink, 0}, {Operation::link, 0}}}};
  for (const Form form : forms) explore(program, form, 1'000'000, totals);
  EXPECT_EQ(totals.cut, 0u);
  EXPECT_GT(totals.schedules, 100u);
}

// R-LNK-4, R-LNK-5 (erl_link_SUITE:otp_17127_local_random): longer ones, drawn, each on some random schedules.
TEST(LinkPrograms, LongRandomOnes) {
  static World world;
  Stage stage;
  const std::uint64_t programs = full() ? 100'000 : 3'000;
  for (std::uint64_t seed = 1; seed <= programs && !testing::Test::HasFailure(); ++seed) {
    Random random(stream_key(seed, "swarm", "links"));
    const int processes = 2 + static_cast<int>(random.below(3));
    LinkProgram program{random.below(2) == 1, std::vector<std::vector<Operation>>(static_cast<std::size_t>(processes))};
    for (int i = 0; i < processes; ++i) {
      const std::vector<Operation> all = alphabet(i, processes);
      for (std::uint64_t left = random.below(7); left > 0; --left) {
        const Operation o = all[static_cast<std::size_t>(random.below(all.size()))];
        const bool ends = o.what == Operation::die || o.what == Operation::kill;
        if (!ends || random.below(3) == 0) program.processes[static_cast<std::size_t>(i)].push_back(o);
      }
    }
    for (std::uint64_t schedule = 1; schedule <= 10; ++schedule) {
      const Settings settings{.seed = seed * 16 + schedule, .scheduler = Scheduler::random};
      ASSERT_EQ(stage.play(world, settings, program, forms[schedule % 2]), "") << describe(program) << ", seed " << settings.seed;
    }
  }
}

}  // namespace
}  // namespace moirai::rules
