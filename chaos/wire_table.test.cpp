#include "chaos/wire_table.hpp"

#include <gtest/gtest.h>

#include "chaos/small_systems.test.hpp"

namespace moirai {
namespace {

using namespace small;

// Counts how often the kernel asks.
class Counting final : public Wire {
 public:
  explicit Counting(WireTable& table) : table_(table) {}
  Route route(const SignalView& signal) override {
    ++asked;
    return table_.route(signal);
  }
  std::uint64_t asked = 0;

 private:
  WireTable& table_;
};

void chatter(Self& self) {  // says a number to each of the others every millisecond
  for (std::int64_t next = 1;; ++next) {
    for (const char* name : {"a", "b", "c"})
      if (const std::optional<Pid> to = self.whereis(name); to && *to != self.pid()) self.send(*to, Number{next});
    self.receive(after(1ms, [] {}));
  }
}
void named_chatter(Self& self) {
  self.register_name(self.label());
  chatter(self);
}

class WireTableTest : public ::testing::Test {
 protected:
  WireTableTest() {
    Settings settings;
    settings.limits.virtual_time = 100ms;
    world.reset(settings);
    a = world.start("a", Program(named_chatter));
    b = world.start("b", Program(named_chatter));
    c = world.start("c", Program(named_chatter));
    world.control().set_wire(&wire);
  }
  void at(Duration when, std::function<void(Control&)> action) {
    world.control().post({"test", Time{when}, Time{when}, std::move(action)});
  }
  Route ask(Pid from, Pid to) { return table.route({from, to, SignalKind::message, "Number"}); }
  static std::vector<WireGroup> between(std::string from, std::string to) {
    return {{{all(std::move(from))}, 1, 0}, {{all(std::move(to))}, 0, 1}};
  }

  World world;
  WireTable table;
  Counting wire{table};
  Pid a, b, c;
};

TEST_F(WireTableTest, NobodyIsAskedWhileNothingIsOpen) {
  world.run();
  EXPECT_EQ(wire.asked, 0u);
  EXPECT_TRUE(table.idle());
}

TEST_F(WireTableTest, ARuleConcernsItsDirectionOnly) {
  at(10ms, [&](Control& control) {
    table.open(control, between("a", "b"), WireDelay{{5ms, 5ms}, Random(1)});
    EXPECT_EQ(ask(a, b).delay, 5ms);
    EXPECT_EQ(ask(b, a).delay, 0ms);
    EXPECT_EQ(ask(a, c).delay, 0ms);
    EXPECT_EQ(ask(Pid{}, b).delay, 0ms);
  });
  world.run();
}

TEST_F(WireTableTest, DelaysAddUpAndAHoldBeatsThem) {
  at(10ms, [&](Control& control) {
    table.open(control, between("a", "*"), WireDelay{{5ms, 5ms}, Random(1)});
    table.open(control, between("*", "b"), WireDelay{{3ms, 3ms}, Random(2)});
    EXPECT_EQ(ask(a, b).delay, 8ms);
    EXPECT_EQ(ask(a, c).delay, 5ms);
    EXPECT_EQ(ask(c, b).delay, 3ms);
    EXPECT_EQ(ask(a, a).delay, 0ms);  // never to itself
    const RuleId held = table.open(control, between("a", "b"), WireHold{});
    EXPECT_EQ(ask(a, b).act, Route::Act::hold);
    EXPECT_EQ(ask(a, c).act, Route::Act::pass);
    table.close(control, held);
    EXPECT_EQ(ask(a, b).delay, 8ms);
  });
  world.run();
}

TEST_F(WireTableTest, TheKernelAsksWhileARuleIsOpenAndOnlyForThoseItKnows) {
  RuleId rule = 0;
  std::uint64_t asked_then = 0;
  at(10'500us, [&](Control& control) { rule = table.open(control, between("a", "b"), WireHold{}); });
  at(20'500us, [&](Control& control) {
    asked_then = wire.asked;
    table.close(control, rule);
  });
  at(21ms, [&](Control&) { asked_then = wire.asked; });
  world.run();
  EXPECT_GT(asked_then, 0u);
  // a and b have what they say to c, and c what it says to them, asked about too; c's own traffic with nobody else exists. 10 ms, 6 signals each,
  // and once more those held.
  EXPECT_LE(asked_then, 10u * 6u + 10u);
  EXPECT_EQ(wire.asked, asked_then);
  EXPECT_TRUE(table.idle());
}

TEST_F(WireTableTest, OfTwoRulesOneStaysWhenTheOtherIsClosed) {
  at(10ms, [&](Control& control) {
    const RuleId first = table.open(control, between("a", "b"), WireHold{});
    table.open(control, between("a", "b"), WireHold{});
    table.close(control, first);
    EXPECT_EQ(ask(a, b).act, Route::Act::hold);
  });
  world.run();
  EXPECT_GT(wire.asked, 0u);  // still marked
}

TEST_F(WireTableTest, EqualStreamsDrawEqualDelays) {
  at(10ms, [&](Control& control) {
    table.open(control, between("a", "b"), WireDelay{{1ms, 9ms}, Random(7)});
    Random same(7);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(ask(a, b).delay, Duration(same.between(1'000'000, 9'000'000)));
  });
  world.run();
}

}  // namespace
}  // namespace moirai
