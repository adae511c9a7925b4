#include "properties/message_order.hpp"

#include "properties/law_run.test.hpp"

namespace moirai {
namespace {

using namespace law_test;

struct Number {
  int value = 0;
};

// Two senders, numbers and an exit signal through the same channels, one receiver that also answers calls and ignores what it does not know.
struct Question {
  using Reply = int;
};

void talk(Self& self) {
  const Pid receiver = self.spawn("receiver", [](Self& inner) {
    inner.trap_exit(true);
    for (;;) inner.receive([](const Number&) {}, [](const Question&) { return 1; }, [](const Exit&) {});
  });
  for (int s = 0; s < 2; ++s)
    self.spawn("sender", [receiver](Self& inner) {
      inner.link(receiver);
      for (int i = 0; i < 10; ++i) inner.send(receiver, Number{i});
      inner.exit(receiver, Term::atom("boom"));
      inner.call(receiver, Question{});
      inner.send_after(5ms, receiver, Number{100});
      inner.sleep(10ms);
    });
}

std::unique_ptr<Law> law() { return std::make_unique<MessageOrder>(); }

TEST(MessageOrder, HoldsOnEverySchedule) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    LawRun run(law(), random_schedule(seed));
    run.process("talk", talk);
    const Verdict verdict = run.run();
    ASSERT_TRUE(verdict.held()) << seed << ": " << verdict.sentence;
    EXPECT_GT(run.law().evaluations(), 24u);
  }
}

// Lets every message pass and remembers the k-th reception of a Number.
LawRun::Tamper tampered(int k, std::function<void(const Event&, const Event& next, const LawRun::Show&)> plant) {
  auto count = std::make_shared<int>(0);
  auto kept = std::make_shared<Event>();
  return [=](const Event& event, const LawRun::Show& show) {
    const bool number = event.kind == EventKind::receive && event.as<Number>();
    if (number && ++*count == k) {
      *kept = event;
      kept->message = nullptr;
    } else if (number && *count == k + 1) {
      ++*count;
      plant(*kept, event, show);
    } else {
      show(event);
    }
  };
}

void alone(Self& self) {
  const Pid receiver = self.spawn("receiver", idle);
  for (int i = 0; i < 5; ++i) self.send(receiver, Number{i});
}

TEST(MessageOrder, FindsTwoThatAreSwapped) {
  LawRun run(law());
  run.process("p", alone).tamper(tampered(2, [](const Event& first, const Event& second, const LawRun::Show& show) {
    show(second);
    show(first);
  }));
  const Verdict verdict = run.run();
  ASSERT_TRUE(verdict.violated());
  EXPECT_EQ(verdict.sentence, "p/receiver received Number from p before 1 that had been sent earlier");
  EXPECT_EQ(verdict.signature, "law: Number out of order");
}

TEST(MessageOrder, FindsOneThatIsLost) {
  LawRun run(law());
  run.process("p", alone).tamper(tampered(2, [](const Event&, const Event& second, const LawRun::Show& show) { show(second); }));
  EXPECT_EQ(run.run().signature, "law: Number out of order");
}

TEST(MessageOrder, FindsOneThatComesTwice) {
  LawRun run(law());
  run.process("p", alone).tamper(tampered(2, [](const Event& first, const Event& second, const LawRun::Show& show) {
    show(first);
    show(second);
    show(first);
  }));
  EXPECT_EQ(run.run().sentence, "p/receiver received message from p twice, or without its being sent");
}

// Delays every third Number: all later ones of the pair wait behind it.
class Slow final : public Wire {
 public:
  Route route(const SignalView& signal) override {
    if (signal.name != "Number") return {};
    return {Route::Act::pass, ++count_ % 3 == 0 ? Duration(10ms) : Duration(0)};
  }

 private:
  int count_ = 0;
};

TEST(MessageOrder, FollowsDelayedSignalsToTheirNewOrders) {
  Slow wire;
  LawRun run(law());
  run.process("p", [](Self& self) {
    const Pid receiver = self.spawn("receiver", idle);
    self.sleep(1ms);
    for (int i = 0; i < 20; ++i) self.send(receiver, Number{i});
  });
  run.at(0ms, [&](Control& control) {
    control.set_wire(&wire);
    for (const Pid pid : control.look().processes()) control.impair(pid, true);
  });
  const Verdict verdict = run.run();
  EXPECT_TRUE(verdict.held()) << verdict.sentence;
  EXPECT_GE(run.law().evaluations(), 20u);
  EXPECT_EQ(run.end.at, Time{} + 11ms);
}

}  // namespace
}  // namespace moirai
