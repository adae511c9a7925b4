#include "properties/law.hpp"

#include <fmt/format.h>

#include "properties/builtin_laws.hpp"
#include "properties/fold.hpp"
#include "properties/law_run.test.hpp"
#include "runtime/otp/task_supervisor.hpp"

namespace moirai {
namespace {

using namespace law_test;

struct PaidIn {
  std::int64_t cents = 0;
};
struct Audited {
  std::int64_t cents = 0;
};
struct Books {
  std::int64_t cents = 0;
};

MOIRAI_LAW(money_conserved, "the audits find every cent that was paid in") {
  return fold_over(Books{}, on<PaidIn>([](Books& books, const PaidIn& note) { books.cents += note.cents; }),
                   on<Audited>([](Books& books, const Audited& note) -> Judgement {
                     if (books.cents == 0) return nothing_to_judge();
                     if (note.cents == books.cents) return held();
                     return broken(fmt::format("the audit found {} cents of {}", note.cents, books.cents));
                   }));
}

struct Patience {
  Duration within;
};

MOIRAI_LAW(audited_early, "audits come early", {"within", Duration{1s}, "by when"}) {
  return fold_over(Patience{args.duration("within")},
                   on<Audited>([](Patience& state, const Audited&, const Event& event, const World& world) -> std::optional<std::string> {
                     if (event.at <= Time{} + state.within) return std::nullopt;
                     return world.path(event.subject) + " audits late";
                   }));
}

std::unique_ptr<Law> make(std::string_view name, std::optional<Duration> within = std::nullopt) {
  const LawEntry* entry = suite_laws().find(name);
  Args args(entry->declaration.args);
  if (within) args.set("within", *within);
  return entry->make(args);
}

Program bank(std::int64_t paid, std::int64_t found) {
  return Program([=](Self& self) {
    self.note(Audited{0});
    self.note(PaidIn{paid});
    self.sleep(2s);
    self.note(Audited{found});
  });
}

TEST(Fold, HoldsAndCountsWhatItJudged) {
  LawRun run(make("money_conserved"));
  run.process("bank", bank(5, 5));
  EXPECT_TRUE(run.run().held());
  EXPECT_EQ(run.law().evaluations(), 1u) << "an audit before anything was paid in judges nothing";
}

TEST(Fold, FindsACentThatIsMissingAndStopsTheRun) {
  LawRun run(make("money_conserved"));
  run.process("bank", bank(5, 4));
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.sentence, "the audit found 4 cents of 5");
  EXPECT_EQ(verdict.signature, "law: Audited at bank");
  EXPECT_EQ(verdict.at, Time{} + 2s);
  EXPECT_EQ(verdict.involved, std::vector<Pid>{run.latest("bank")});
  EXPECT_EQ(run.end.why, RunEnd::Why::stopped);
}

TEST(Fold, TakesItsArguments) {
  LawRun early(make("audited_early", Duration{3s}));
  early.process("bank", bank(1, 1));
  EXPECT_TRUE(early.run().held());
  LawRun late(make("audited_early"));
  late.process("bank", bank(1, 1));
  EXPECT_EQ(late.run().sentence, "bank audits late");
}

TEST(Fold, EachRunBeginsWithTheStateGiven) {
  for (int i = 0; i < 2; ++i) {
    LawRun run(make("money_conserved"));
    run.process("bank", bank(7, 7));
    EXPECT_TRUE(run.run().held());
  }
}

TEST(Fold, WantsNoMessagesUnlessItAsksForThem) {
  EXPECT_FALSE(make("money_conserved")->wants().has(EventKind::send));
  const auto law = fold_over(0, on_received<PaidIn>([](int& count, const PaidIn&) { ++count; }));
  EXPECT_TRUE(law->wants().has(EventKind::receive));
  EXPECT_FALSE(law->wants().has(EventKind::send));
}

TEST(Fold, JudgesDeathsMessagesAndTheEnd) {
  LawRun run(fold_over(0, on_received<PaidIn>([](int& seen, const PaidIn& message) { seen += static_cast<int>(message.cents); }),
                       on_exit([](int& seen, const Event& event) { seen += event.reason->is_atom("boom") ? 100 : 0; }),
                       at_end([](int& seen) { return seen == 107 ? broken("all was seen") : held(); })));
  run.process("p", [](Self& self) {
    const Pid child = self.spawn("child", idle);
    self.send(child, PaidIn{7});
    self.sleep(1s);
    self.exit(child, atom("boom"));
  });
  EXPECT_EQ(run.run().sentence, "all was seen");
}

TEST(Fold, AnEndThatIsNotReachedIsInconclusive) {
  LawRun run(fold_over(0, at_end([](int&) { return broken("never asked"); })));
  run.process("p", idle).at(1s, [](Control& control) { control.stop("enough"); });
  EXPECT_EQ(run.run().state, Verdict::State::inconclusive);
}

TEST(LawCatalogue, IsSortedWhateverTheOrderOfAdding) {
  const auto named = [](std::string name) {
    return LawEntry{{std::move(name), "", {}}, [](const Args&) { return std::unique_ptr<Law>(); }};
  };
  LawCatalogue laws;
  laws.add(named("b")).add(named("c")).add(named("a"));
  ASSERT_EQ(laws.entries().size(), 3u);
  EXPECT_EQ(laws.entries()[0].declaration.name, "a");
  EXPECT_EQ(laws.declarations()[2].name, "c");
  EXPECT_EQ(laws.find("d"), nullptr);
  EXPECT_DEATH(laws.add(named("b")), "two laws are called \"b\"");
}

TEST(LawCatalogue, BuiltinLawsAreDeclaredAndCanBeMade) {
  const LawCatalogue laws = builtin_laws();
  std::vector<std::string> names;
  for (const LawEntry& entry : laws.entries()) {
    names.push_back(entry.declaration.name);
    EXPECT_FALSE(entry.declaration.doc.empty()) << entry.declaration.name;
    EXPECT_NE(entry.make(Args(entry.declaration.args)), nullptr);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"call_replies", "exit_delivery", "link_symmetry", "message_order", "no_orphans", "recovery",
                                             "restart_intensity", "root_survives", "shutdown_bound", "supervision_order"}));
}

// They hold where children have no ids, whatever is crashed: what cannot be known there is not judged.
TEST(LawCatalogue, BuiltinLawsAcceptDynamicSupervisors) {  // R-DYN-3, R-DYN-4
  const auto busy = [](Self& self) {
    const ChildSpec slow = worker("slow", stubborn, {.shutdown = Shutdown::after(1s)});
    start_child(self, "sessions", slow);
    for (;;) {
      static_cast<void>(task_supervisor::async_nolink(self, "tasks", [](Self& s) { return s.sleep(700ms), 1; }));
      start_child(self, "sessions", worker("session", idle, {.restart = Restart::transient}));
      self.sleep(500ms);
    }
  };
  const ChildSpec tree = supervisor({.name = "root", .intensity = {.restarts = 100, .within = 1s}},
                                    {dynamic_supervisor({.name = "sessions", .registered = true}),
                                     task_supervisor::child({.name = "tasks", .registered = true}), worker("busy", busy)});
  const std::vector<std::string> targets{"sessions", "sessions/session", "sessions/slow", "tasks", "tasks/task", "busy"};
  const std::vector<Term> reasons{reason::kill(), reason::shutdown(), reason::normal(), atom("boom")};
  const LawCatalogue laws = builtin_laws();
  for (const LawEntry& entry : laws.entries())
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      LawRun run(entry.make(Args(entry.declaration.args)), random_schedule(seed));
      run.tree(tree).phases(1s, 8s, 20s);
      Random random(seed);
      for (int i = 0; i < 20; ++i) {
        const auto when = std::chrono::milliseconds(1000 + random.below(7000));
        const std::string target = "root/" + targets[random.below(targets.size())];
        run.crash(when, target, reasons[random.below(reasons.size())]);
      }
      const Verdict verdict = run.run();
      EXPECT_TRUE(verdict.held()) << entry.declaration.name << ", seed " << seed << ": " << verdict.sentence;
    }
}

TEST(LawCatalogue, OnlyLawsAboutMessagesAreToldOfThem) {
  const LawCatalogue laws = builtin_laws();
  for (const LawEntry& entry : laws.entries()) {
    const EventMask wants = entry.make(Args(entry.declaration.args))->wants();
    const bool told = wants.has(EventKind::send) || wants.has(EventKind::receive) || wants.has(EventKind::drop);
    EXPECT_EQ(told, entry.declaration.name == "message_order" || entry.declaration.name == "call_replies") << entry.declaration.name;
  }
}

}  // namespace
}  // namespace moirai
