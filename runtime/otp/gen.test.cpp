#include "runtime/otp/gen.hpp"

#include <stdexcept>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/reports.test.hpp"

namespace moirai::rules {
namespace {

const Term boom = Term::atom("boom");

// The smallest behaviour: it writes down what happens to it.
struct Probe {
  static constexpr std::string_view name = "Probe", behaviour = "probe";
  using Accepts = Messages<Note1, Other, Ask, Exit>;
  Got* got;
  bool fails_to_terminate;
  Probe(Self& self, bool traps, Got* where, bool fails = false) : got(where), fails_to_terminate(fails) { self.trap_exit(traps); }
  std::optional<gen::Stop> handle(Self& self, const Note1& m) {
    got->push_back(text(m));
    if (m.number == 1) return gen::Stop{boom, [this](Self&) { got->push_back("last words"); }};
    if (m.number == 2) throw gen::Stop{boom};
    if (m.number == 3) self.exit(boom);
    if (m.number == 4) throw std::runtime_error("boom");
    if (m.number == 5) return gen::Stop{reason::shutdown()};
    if (m.number == 6) self.sleep(1h);
    return std::nullopt;
  }
  void handle(Self& self, const Other& m) {
    got->push_back(text(m));
    if (m.number == 3) self.exit(boom);
  }
  void handle(Self& self, const Ask& m, const From<Ask>& from) { self.reply(from, m.number + 1); }
  void handle(Self&, const Exit& m) { got->push_back(text(m)); }
  void terminate(Self& self, const Term& reason) {
    got->push_back("terminate " + root_of(reason));
    if (fails_to_terminate) self.exit(Term::atom("worse"));
  }
  std::string state() const { return "the state"; }
};

Program probe(bool traps, Got& got, bool fails = false) { return handler<gen::Process<Probe>>(std::string("probe"), traps, &got, fails); }
Program anonymous(bool traps, Got& got) { return handler<gen::Process<Probe>>(std::string(), traps, &got); }

// Starts a probe linked to one that traps exits, does `act(self, probe)` and tells what the probe saw and what it died of.
struct Outcome {
  Got got;
  std::string death;
  std::vector<gen::TerminateReport> terminates;
  std::vector<CrashReport> crashes;
};
template <class Act>
Outcome played(Trial& trial, bool traps, Act act, bool fails = false) {
  Outcome outcome;
  Reports reports(trial.world);
  Pid pid;
  trial.run([&](Self& self) {
    self.trap_exit(true);
    pid = gen::start_link(self, probe(traps, outcome.got, fails), {.name = "probe"}).pid;
    act(self, pid);
  });
  outcome.death = trial.deaths.of(pid);
  outcome.terminates = reports.terminates;
  outcome.crashes = reports.crashes;
  return outcome;
}

TEST(Gen, EveryWayToStopRunsTerminateAndReports) {  // R-GS-8, R-GS-15, R-SUP-51
  for (const int number : {1, 2, 3, 4})
    in_every_order(
        [&](Trial& trial) {
          const Outcome o = played(trial, false, [&](Self& self, Pid pid) {
            self.send(pid, Note1{number});
            self.take<Exit>();
          });
          const std::string reason = number == 4 ? "error" : "boom";
          Got expected{"note " + std::to_string(number), "terminate " + reason};
          if (number == 1) expected.push_back("last words");
          EXPECT_EQ(o.got, expected);
          EXPECT_EQ(o.death, number == 4 ? "{error,runtime_error,\"boom\"}" : "boom");
          ASSERT_EQ(o.terminates.size(), 1u);
          EXPECT_EQ(o.terminates[0].behaviour, "probe");
          EXPECT_EQ(o.terminates[0].registered_name, "probe");
          EXPECT_EQ(o.terminates[0].last_message, "Note1{" + std::to_string(number) + "}");
          EXPECT_EQ(o.terminates[0].state, "the state");
          EXPECT_EQ(root_of(o.terminates[0].reason), reason);
          ASSERT_EQ(o.crashes.size(), 1u);
          EXPECT_EQ(o.crashes[0].initial_call, "Probe");
          EXPECT_EQ(o.crashes[0].registered_name, "probe");
          EXPECT_EQ(root_of(o.crashes[0].reason), reason);
        },
        50);
}

TEST(Gen, ANormalEndIsNotReported) {  // R-GS-15, R-SUP-51
  in_every_order([](Trial& trial) {
    const Outcome o = played(trial, false, [](Self& self, Pid pid) {
      self.send(pid, Note1{5});
      self.take<Exit>();
    });
    EXPECT_EQ(o.got, (Got{"note 5", "terminate shutdown"}));
    EXPECT_EQ(o.death, "shutdown");
    EXPECT_TRUE(o.terminates.empty());
    EXPECT_TRUE(o.crashes.empty());
  });
}

TEST(Gen, AProcessThatASignalEndsDoesNothingMore) {  // R-GS-7, R-SUP-51
  for (const int number : {0, 6})                    // idle, and in the middle of a callback
    in_every_order(
        [&](Trial& trial) {
          const Outcome o = played(trial, false, [&](Self& self, Pid pid) {
            self.send(pid, Note1{number});
            self.sleep(1ms);
            self.exit(pid, boom);
            self.take<Exit>();
          });
          EXPECT_EQ(o.got, Got{"note " + std::to_string(number)});
          EXPECT_EQ(o.death, "boom");
          EXPECT_TRUE(o.terminates.empty());
          EXPECT_TRUE(o.crashes.empty());
        },
        50);
}

TEST(Gen, AFailingTerminateGivesTheReason) {  // R-GS-8
  for (const int number : {1, 2, 3, 4})
    in_every_order(
        [&](Trial& trial) {
          const Outcome o = played(
              trial, false,
              [&](Self& self, Pid pid) {
                self.send(pid, Note1{number});
                self.take<Exit>();
              },
              true);
          EXPECT_EQ(o.death, "worse");
          ASSERT_EQ(o.terminates.size(), 1u);
          EXPECT_TRUE(o.terminates[0].reason.is_atom("worse"));
          ASSERT_EQ(o.crashes.size(), 1u);
        },
        50);
}

TEST(Gen, TheParentsExitEndsItAndOthersAreMessages) {  // R-GS-6, R-GS-7
  in_every_order([](Trial& trial) {
    const Outcome o = played(trial, true, [](Self& self, Pid pid) {
      const Pid stranger = self.spawn([pid](Self& s) { s.exit(pid, Term::atom("hello")); });
      while (self.is_alive(stranger)) self.yield();
      self.sleep(1ms);
      self.exit(pid, boom);
      self.take<Exit>();
    });
    EXPECT_EQ(o.got, (Got{"EXIT hello", "terminate boom"}));
    EXPECT_EQ(o.death, "boom");
    ASSERT_EQ(o.terminates.size(), 1u);
    EXPECT_NE(o.terminates[0].last_message.find("Exit"), std::string::npos);
  });
}

TEST(Gen, AParentThatEndsTakesItsTrappingChildAlong) {  // R-GS-7
  for (const bool traps : {false, true})
    in_every_order(
        [&](Trial& trial) {
          Got got;
          Pid pid;
          trial.run([&](Self& self) { pid = gen::start_link(self, anonymous(traps, got), {}).pid; });
          EXPECT_EQ(trial.deaths.of(pid), traps ? "normal" : "lives");
          EXPECT_EQ(got, traps ? Got{"terminate normal"} : Got{});
        },
        50);
}

TEST(Gen, WithoutALinkItIsItsOwnParent) {  // R-GS-6
  for (const bool monitored : {false, true})
    in_every_order(
        [&](Trial& trial) {
          Got got;
          trial.run([&](Self& self) {
            const Program program = anonymous(true, got);
            const Pid pid = monitored ? gen::start_monitor(self, program, {}).first.pid : gen::start(self, program, {}).pid;
            self.exit(pid, boom);
            EXPECT_EQ(sys::get_status(self, pid).parent, pid);
            EXPECT_EQ(got, Got{"EXIT boom"});
          });
        },
        50);
}

TEST(Gen, ATakenNameIsSeenBeforeAProcessIsMade) {  // R-PL-3, gen_server_SUITE:start
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const StartResult first = gen::start_link(self, probe(false, got), {.name = "probe"});
      EXPECT_EQ(self.whereis("probe"), first.pid);
      const StartResult taken = StartResult::error(Term::tuple({Term::atom("already_started"), Term::pid(first.pid)}));
      EXPECT_EQ(gen::start_link(self, probe(false, got), {.name = "probe"}), taken);
      EXPECT_EQ(gen::start(self, probe(false, got), {.name = "probe"}), taken);
      EXPECT_EQ(gen::start_monitor(self, probe(false, got), {.name = "probe"}).first, taken);
    });
    EXPECT_EQ(trial.deaths.order().size(), 1u);
  });
}

TEST(Gen, JunkIsNotedAndHarmsNobody) {  // R-GS-12
  struct Junk {
    int number;
  };
  in_every_order([](Trial& trial) {
    Reports reports(trial.world);
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = gen::start_link(self, anonymous(false, got), {}).pid;
      self.send(pid, Junk{7});
      EXPECT_EQ(self.call(pid, Ask{1}), 2);
    });
    ASSERT_EQ(reports.unexpected.size(), 1u);
    EXPECT_EQ(reports.unexpected[0].message, "Junk{7}");
  });
}

TEST(Gen, ReportsTellWhereAProcessStood) {  // R-SUP-51
  in_every_order([](Trial& trial) {
    Pid grandparent, parent;
    Reports reports(trial.world);
    trial.run([&](Self& self) {
      grandparent = self.pid();
      parent = self.spawn([&](Self& s) {
        s.trap_exit(true);
        Got got;
        const Pid pid = gen::start_link(s, anonymous(true, got), {}).pid;
        self.send(pid, Note1{3});
        s.take<Exit>();
      });
      self.sleep(1s);
    });
    ASSERT_EQ(reports.crashes.size(), 1u);
    EXPECT_EQ(reports.crashes[0].ancestors, (std::vector<Pid>{parent, grandparent}));
    EXPECT_EQ(reports.crashes[0].links, std::vector<Pid>{parent});
    EXPECT_TRUE(reports.crashes[0].trap_exit);
    EXPECT_TRUE(reports.crashes[0].registered_name.empty());
  });
}

}  // namespace
}  // namespace moirai::rules
