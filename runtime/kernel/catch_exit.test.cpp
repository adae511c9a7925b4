// catch_exit: exit/1 and exceptions become values; one's own end does not.
#include "runtime/kernel/catch_exit.hpp"

#include <memory>
#include <stdexcept>

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

TEST(CatchExit, ValuesAndReasons) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const auto value = catch_exit([] { return 7; });
          EXPECT_TRUE(value);
          EXPECT_EQ(*value, 7);
          EXPECT_TRUE(catch_exit([] {}));
          const auto text = catch_exit([] { return std::string("text"); });
          EXPECT_EQ(text->size(), 4u);
          auto moved = catch_exit([] { return std::make_unique<int>(8); });
          EXPECT_EQ(**moved, 8);
          const auto term = catch_exit([] { return Term::atom("a_term_is_a_value"); });
          EXPECT_TRUE(term);
          EXPECT_EQ(*term, Term::atom("a_term_is_a_value"));

          const auto exited = catch_exit([&]() -> int { self.exit(Term::atom("boom")); });
          EXPECT_FALSE(exited);
          EXPECT_EQ(exited.reason(), Term::atom("boom"));
          const auto threw = catch_exit([] { throw std::out_of_range("far"); });
          EXPECT_FALSE(threw);
          EXPECT_EQ(threw.reason(), reason::error("out_of_range", "far"));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      5);
}

// R-SIG-9 (process_SUITE:t_exit_2_catch): exit/2 to oneself cannot be caught, nor can another's kill.
TEST(CatchExit, OnesOwnEndPassesThrough) {
  in_every_order(
      [](Trial& trial) {
        bool lived = false;
        Pid waits, suicide;
        trial.run([&](Self& self) {
          waits = self.spawn([&](Self& me) {
            catch_exit([&] { me.sleep(1h); });
            lived = true;
          });
          suicide = self.spawn([&](Self& me) {
            catch_exit([&] { me.exit(me.pid(), Term::atom("die")); });
            lived = true;
          });
          self.sleep(1ms);
          self.exit(waits, reason::kill());
        });
        EXPECT_FALSE(lived);
        EXPECT_EQ(trial.deaths.of(waits), "killed");
        EXPECT_EQ(trial.deaths.of(suicide), "die");
      },
      10);
}

// Also when it has been kept and thrown again as an exception.
TEST(CatchExit, OnesOwnEndThrownAgainPassesThrough) {
  in_every_order(
      [](Trial& trial) {
        bool lived = false;
        Pid victim;
        trial.run([&](Self& self) {
          victim = self.spawn([&](Self& me) {
            catch_exit([&] {
              std::exception_ptr kept;
              try {
                me.sleep(1h);
              } catch (...) { kept = std::current_exception(); }
              std::rethrow_exception(kept);
            });
            lived = true;
          });
          self.sleep(1ms);
          self.exit(victim, Term::atom("boom"));
        });
        EXPECT_FALSE(lived);
        EXPECT_EQ(trial.deaths.of(victim), "boom");
      },
      10);
}

}  // namespace
}  // namespace moirai::rules
