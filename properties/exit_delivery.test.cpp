#include "properties/exit_delivery.hpp"

#include "properties/law_run.test.hpp"

namespace moirai {
namespace {

using namespace law_test;

std::unique_ptr<Law> law() { return std::make_unique<ExitDelivery>(); }

struct Meet {
  Pid peer;
};

// Processes that link, unlink, monitor, demonitor and die at random: every protocol path, both ends.
void tangle(Self& self) {
  std::vector<Pid> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(self.spawn("member", [](Self& member) {
      if (member.random(2) == 0) member.trap_exit(true);
      const Pid children[] = {member.spawn_link("child", idle), member.spawn("child", idle)};
      std::vector<Pid> known(std::begin(children), std::end(children));
      std::vector<Ref> watches;
      for (int step = 0; step < 12; ++step) {
        member.receive([&](const Exit& exit) { known.push_back(exit.from); }, [](const Down&) {},
                       [&](const Meet& meet) { known.push_back(meet.peer); }, after(0ms, [] {}));
        const Pid peer = known[member.random(known.size())];
        switch (member.random(6)) {
          case 0:
            if (member.is_alive(peer)) member.link(peer);
            break;
          case 1: member.unlink(peer); break;
          case 2: watches.push_back(member.monitor(peer)); break;
          case 3:
            if (!watches.empty()) member.demonitor(watches[member.random(watches.size())]);
            break;
          case 4: member.exit(peer, member.random(2) == 0 ? reason::kill() : reason::normal()); break;
          case 5: member.yield(); break;
        }
      }
      member.exit(member.random(2) == 0 ? reason::normal() : atom("boom"));
    }));
  for (const Pid from : all)
    for (const Pid to : all)
      if (from != to) self.send(from, Meet{to});
}

TEST(ExitDelivery, HoldsInATangle) {
  std::uint64_t evaluations = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    LawRun run(law(), random_schedule(seed));
    run.process("tangle", tangle);
    const Verdict verdict = run.run();
    ASSERT_TRUE(verdict.held()) << seed << ": " << verdict.sentence;
    evaluations += run.law().evaluations();
  }
  EXPECT_GT(evaluations, 3000u);
}

void linked_and_watching(Self& self) {
  self.trap_exit(true);
  const Pid child = self.spawn_link("child", idle);
  self.monitor(child);
  for (;;) self.receive([](const Message&) {});
}

Verdict with(LawRun::Tamper tamper) {
  LawRun run(law());
  run.process("p", linked_and_watching).crash(1s, "p/child").tamper(std::move(tamper));
  return run.run();
}

LawRun::Tamper times(SignalKind kind, int shown) {
  return [kind, shown](const Event& event, const LawRun::Show& show) {
    const bool tampered = event.kind == EventKind::signal_receive && event.signal == kind;
    for (int i = 0; i < (tampered ? shown : 1); ++i) show(event);
  };
}

TEST(ExitDelivery, CountsLinkAndMonitor) {
  LawRun run(law());
  run.process("p", linked_and_watching).crash(1s, "p/child");
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 4u) << "an EXIT and a DOWN: owed, and arrived";
}

TEST(ExitDelivery, FindsAnExitSignalThatIsMissing) {
  const Verdict verdict = with(times(SignalKind::link_exit, 0));
  EXPECT_EQ(verdict.sentence, "p was linked to p/child when that died with boom, and was never told");
}

TEST(ExitDelivery, FindsAnExitSignalThatComesTwice) {
  EXPECT_EQ(with(times(SignalKind::link_exit, 2)).signature, "law: exit signal without a link");
}

TEST(ExitDelivery, FindsADownThatIsMissing) {
  EXPECT_EQ(with(times(SignalKind::down, 0)).sentence, "p monitored p/child when that died with boom, and was never told");
}

TEST(ExitDelivery, FindsADownThatComesTwice) { EXPECT_EQ(with(times(SignalKind::down, 2)).signature, "law: DOWN without a monitor"); }

TEST(ExitDelivery, FindsAWrongReason) {
  const Term other = atom("other");
  const Verdict verdict = with([other](const Event& event, const LawRun::Show& show) {
    Event shown = event;
    if (event.kind == EventKind::signal_receive && event.signal == SignalKind::down) shown.reason = &other;
    show(shown);
  });
  EXPECT_EQ(verdict.sentence, "p was told that p/child died with other, but it had died with boom");
}

// A kernel that forgot the UNLINK: the exit signal that it had made void is taken all the same.
TEST(ExitDelivery, FindsAnExitSignalAfterUnlink) {
  LawRun run(law());
  run.process("p", [](Self& self) {
    self.trap_exit(true);
    const Pid child = self.spawn_link("child", idle);
    self.unlink(child);
    self.exit(child, reason::kill());
    self.sleep(1s);
  });
  run.tamper([](const Event& event, const LawRun::Show& show) {
    show(event);
    if (event.kind != EventKind::exit || event.cause != ExitCause::signal) return;
    Event taken = event;
    taken.kind = EventKind::signal_receive;
    taken.signal = SignalKind::link_exit;
    taken.subject = event.other;
    taken.other = event.subject;
    show(taken);
  });
  EXPECT_EQ(run.run().signature, "law: exit signal without a link");
}

}  // namespace
}  // namespace moirai
