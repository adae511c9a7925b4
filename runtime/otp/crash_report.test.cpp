#include "runtime/otp/crash_report.hpp"

#include <stdexcept>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/reports.test.hpp"

namespace moirai::rules {
namespace {

template <class Body>
std::vector<CrashReport> crashes_of(Trial& trial, Body body) {
  Reports reports(trial.world);
  trial.world.start("p", reporting(body));
  trial.world.run();
  trial.world.reset(Settings{});
  return reports.crashes;
}

TEST(CrashReport, AFunctionThatEndsAbnormallyLeavesOne) {  // R-SUP-51, proc_lib_SUITE:crash
  in_every_order(
      [](Trial& trial) {
        const auto crashes = crashes_of(trial, [](Self& self) {
          self.register_name("store");
          self.send(self.pid(), Note1{1});
          self.sleep(1ms);
          self.exit(Term::atom("boom"));
        });
        ASSERT_EQ(crashes.size(), 1u);
        EXPECT_EQ(crashes[0].initial_call, "function");
        EXPECT_EQ(crashes[0].registered_name, "store");
        EXPECT_TRUE(crashes[0].reason.is_atom("boom"));
        EXPECT_EQ(crashes[0].message_queue_len, 1u);
        EXPECT_FALSE(crashes[0].trap_exit);
      },
      20);
}

TEST(CrashReport, AnExceptionIsACrash) {  // R-SUP-51
  in_every_order(
      [](Trial& trial) {
        const auto crashes = crashes_of(trial, [](Self&) { throw std::runtime_error("no disk"); });
        ASSERT_EQ(crashes.size(), 1u);
        EXPECT_EQ(crashes[0].reason.to_string(), "{error,runtime_error,\"no disk\"}");
      },
      1);
}

TEST(CrashReport, NormalEndsAreNone) {  // R-SUP-51
  in_every_order([](Trial& trial) { EXPECT_TRUE(crashes_of(trial, [](Self&) {}).empty()); }, 1);
  for (const Term& reason : {reason::normal(), reason::shutdown(), Term::tuple({reason::shutdown(), Term::atom("done")})})
    in_every_order([&](Trial& trial) { EXPECT_TRUE(crashes_of(trial, [&](Self& self) { self.exit(reason); }).empty()); }, 1);
}

TEST(CrashReport, AKilledProcessLeavesNone) {  // R-SUP-51
  in_every_order([](Trial& trial) {
    Reports reports(trial.world);
    trial.run([](Self& self) {
      const auto [pid, monitor] = self.spawn_monitor(reporting(quiet));
      self.exit(pid, Term::atom("boom"));
      self.take<Down>();
    });
    EXPECT_TRUE(reports.crashes.empty());
  });
}

}  // namespace
}  // namespace moirai::rules
