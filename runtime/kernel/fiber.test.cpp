#include "runtime/kernel/fiber.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

namespace moirai {
namespace {

// Two fibers and the thread take turns; what each does is kept in `log`.
struct Stage {
  StackPool pool{process_stack_bytes};
  Fiber main, a, b;
  ExceptionState* state = exception_state();
  std::string log;

  Stage() {
    main.stack = thread_stack();
    for (Fiber* fiber : {&a, &b}) {
      fiber->owner = this;
      fiber->stack = pool.take();
    }
  }
};

TEST(Fiber, SwitchesToAndFro) {
  Stage stage;
  stage.a.prepare([](Fiber& self) {
    auto& s = *static_cast<Stage*>(self.owner);
    for (int i = 0; i < 3; ++i) {
      s.log += 'a';
      switch_fiber(self, s.main, s.state);
    }
    leave_for_ever(self, s.main, s.state);
  });
  for (int i = 0; i < 4; ++i) {
    switch_fiber(stage.main, stage.a, stage.state);
    stage.log += 'm';
  }
  EXPECT_EQ(stage.log, "amamamm");
}

// Without saving the state behind __cxa_get_globals, the first to rethrow would throw what the other has caught.
TEST(Fiber, EachKeepsTheExceptionItHasCaught) {
  Stage stage;
  const auto body = [](Fiber& self) {
    auto& s = *static_cast<Stage*>(self.owner);
    const std::string mine = &self == &s.a ? "A" : "B";
    try {
      try {
        throw std::runtime_error(mine);
      } catch (const std::exception&) {
        switch_fiber(self, s.main, s.state);
        throw;
      }
    } catch (const std::exception& e) { s.log += mine + e.what(); }
    leave_for_ever(self, s.main, s.state);
  };
  stage.a.prepare(body);
  stage.b.prepare(body);
  switch_fiber(stage.main, stage.a, stage.state);
  switch_fiber(stage.main, stage.b, stage.state);
  EXPECT_EQ(std::uncaught_exceptions(), 0);
  switch_fiber(stage.main, stage.a, stage.state);
  switch_fiber(stage.main, stage.b, stage.state);
  EXPECT_EQ(stage.log, "AABB");
}

TEST(Fiber, UnwindingIsNobodyElsesBusiness) {
  Stage stage;
  struct Leaves {
    Fiber& self;
    Stage& stage;
    ~Leaves() { switch_fiber(self, stage.main, stage.state); }  // left in the middle of unwinding
  };
  stage.a.prepare([](Fiber& self) {
    auto& s = *static_cast<Stage*>(self.owner);
    try {
      const Leaves leaves{self, s};
      throw 1;
    } catch (int) { s.log += std::to_string(std::uncaught_exceptions()); }
    leave_for_ever(self, s.main, s.state);
  });
  switch_fiber(stage.main, stage.a, stage.state);
  EXPECT_EQ(std::uncaught_exceptions(), 0);
  switch_fiber(stage.main, stage.a, stage.state);
  EXPECT_EQ(stage.log, "0");
}

TEST(StackPool, ReusesTheLastStackFirst) {
  StackPool pool(process_stack_bytes);
  const Stack first = pool.take();
  const Stack second = pool.take();
  EXPECT_NE(first.low, second.low);
  pool.give(first);
  EXPECT_EQ(pool.take().low, first.low);
  const std::size_t made = pool.made();
  pool.give(first);
  pool.give(second);
  for (int i = 0; i < 1000; ++i) pool.give(pool.take());
  EXPECT_EQ(pool.made(), made);
}

TEST(StackPool, BelowEachStackLiesAGuardPage) {
  StackPool pool(process_stack_bytes);
  const Stack stack = pool.take();
  std::memset(stack.low, 1, stack.size);
  EXPECT_TRUE(is_guard_page(stack.low - 1));
  EXPECT_FALSE(is_guard_page(stack.low));
  EXPECT_FALSE(is_guard_page(stack.low + stack.size - 1));
  EXPECT_DEATH(stack.low[-1] = 1, "");
  const char* low = stack.low;
  { StackPool other(process_stack_bytes); }
  EXPECT_TRUE(is_guard_page(low - 1));  // another pool's end changes nothing
}

}  // namespace
}  // namespace moirai
