#include "properties/link_symmetry.hpp"

#include "properties/law_run.test.hpp"

namespace moirai {
namespace {

using namespace law_test;

// Loses the first signal of a kind: what no node does (R-SIG-3), and what no protocol survives.
class LosesOne final : public Wire {
 public:
  explicit LosesOne(SignalKind kind) : kind_(kind) {}
  Route route(const SignalView& signal) override {
    const bool lost = signal.kind == kind_ && !lost_;
    lost_ = lost_ || lost;
    return {lost ? Route::Act::drop : Route::Act::pass, Duration{0}};
  }

 private:
  SignalKind kind_;
  bool lost_ = false;
};

// Two processes that link and unlink from both sides in the same instant, again and again.
LawRun& linking(LawRun& run) {
  return run.process("root", [](Self& self) {
    self.trap_exit(true);
    const Pid peer = self.spawn("peer", [](Self& s) {
      const Pid root = s.world().parent(s.pid());
      s.trap_exit(true);
      for (int round = 0; round < 6; ++round) {
        s.sleep(1ms);
        s.link(root);
        if (round % 2 != 0) s.unlink(root);
      }
      s.sleep(1s);
    });
    for (int round = 0; round < 6; ++round) {
      self.sleep(1ms);
      self.link(peer);
      if (round % 3 != 0) self.unlink(peer);
    }
    self.sleep(2s);
  });
}

TEST(LinkSymmetry, HoldsWhenBothSidesLinkAndUnlinkAtOnce) {  // R-LNK-5
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    LawRun run(std::make_unique<LinkSymmetry>(), random_schedule(seed));
    EXPECT_TRUE(linking(run).run().held()) << run.law().verdict().sentence;
    EXPECT_GT(run.law().evaluations(), 0u);
  }
}

// The planted bugs: a link protocol that loses a signal.
TEST(LinkSymmetry, FindsALostSignal) {  // R-LNK-4
  for (const SignalKind lost : {SignalKind::link, SignalKind::unlink}) {
    LosesOne wire(lost);
    LawRun run(std::make_unique<LinkSymmetry>());
    run.process("root",
                [](Self& self) {
                  const Pid peer = self.spawn("peer", idle);
                  self.sleep(1ms);
                  self.link(peer);
                  self.sleep(1ms);
                  self.unlink(peer);
                  self.sleep(1s);
                })
        .at(500us, [&](Control& control) {
          control.set_wire(&wire);
          for (const Pid pid : control.look().processes()) control.impair(pid, true);
        });
    ASSERT_TRUE(run.run().violated()) << to_string(lost);
    EXPECT_EQ(run.law().verdict().sentence, lost == SignalKind::link ? "root is linked to root/peer, which is not linked to it"
                                                                     : "root/peer is linked to root, which is not linked to it");
  }
}

TEST(LinkSymmetry, WhileASignalIsHeldNobodyIsAsked) {
  class Slow final : public Wire {
    Route route(const SignalView&) override { return {Route::Act::pass, Duration(5ms)}; }
  } wire;
  LawRun run(std::make_unique<LinkSymmetry>());
  linking(run).at(500us, [&](Control& control) {
    control.set_wire(&wire);
    for (const Pid pid : control.look().processes()) control.impair(pid, true);
  });
  EXPECT_TRUE(run.run().held()) << run.law().verdict().sentence;
}

}  // namespace
}  // namespace moirai
