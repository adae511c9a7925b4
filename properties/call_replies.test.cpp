#include "properties/call_replies.hpp"

#include "properties/law_run.test.hpp"

namespace moirai {
namespace {

using namespace law_test;

struct Ask {
  using Reply = int;
  int number = 0;
};

// A caller with a short patience, and a server that takes `delay` for each answer.
Program asking(Duration delay) {
  return [delay](Self& self) {
    const Pid server = self.spawn("server", [delay](Self& s) {
      for (;;)
        s.receive([&](const Ask& ask, const From<Ask>& from) {
          s.sleep(delay);
          s.reply(from, ask.number);
        });
    });
    for (int i = 0; i < 5; ++i) {
      try {
        self.call(server, Ask{i}, 10ms);
      } catch (const ExitRequest&) {  // out of time
      }
      self.sleep(30ms);
    }
  };
}

TEST(CallReplies, HoldsForAnswersInTimeAndLateOnes) {  // R-GS-3
  for (const Duration delay : {Duration(0ms), Duration(5ms), Duration(20ms)})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      LawRun run(std::make_unique<CallReplies>(), random_schedule(seed));
      run.process("root", asking(delay));
      EXPECT_TRUE(run.run().held()) << run.law().verdict().sentence;
      EXPECT_EQ(run.law().evaluations(), delay < 10ms ? 10u : 5u);  // a late reply is sent, and does not arrive
    }
}

// The planted bug: a kernel that does not take the alias away when the caller gives up.
TEST(CallReplies, FindsAReplyAfterTheEndOfItsCall) {
  LawRun run(std::make_unique<CallReplies>());
  run.process("root", asking(20ms));
  run.tamper([](const Event& event, const LawRun::Show& show) {
    show(event);
    if (event.kind != EventKind::send || event.signal != SignalKind::alias_message) return;
    Event arrives = event;  // what was dropped is said to have come
    arrives.kind = EventKind::receive;
    std::swap(arrives.subject, arrives.other);
    show(arrives);
  });
  ASSERT_TRUE(run.run().violated());
  EXPECT_EQ(run.law().verdict().sentence, "a reply of root/server reached root after its call was over");
}

TEST(CallReplies, FindsAnAnswerToNothing) {
  LawRun run(std::make_unique<CallReplies>());
  run.process("root", asking(0ms));
  run.tamper([](const Event& event, const LawRun::Show& show) {
    if (event.kind != EventKind::receive || event.signal == SignalKind::alias_message) show(event);
  });
  ASSERT_TRUE(run.run().violated());
  EXPECT_EQ(run.law().verdict().sentence, "root/server answered a call of root that nobody had received");
}

}  // namespace
}  // namespace moirai
