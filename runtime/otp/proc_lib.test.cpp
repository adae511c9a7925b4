#include "runtime/otp/proc_lib.hpp"

#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

const Term refused = Term::atom("refused");

Program ready_after(Duration time) {
  return [time](Self& self) {
    self.sleep(time);
    proc_lib::init_ack(self, Term::integer(7));
    quiet(self);
  };
}
void declining(Self& self) { proc_lib::init_ignore(self); }
void failing(Self& self) { proc_lib::init_fail(self, refused); }

// The three ways to start, as one function.
enum class Way { linked, alone, monitored };
StartResult start(Self& self, Way way, const Program& program, Duration timeout = Duration::max()) {
  const proc_lib::StartOptions options{.label = "child", .timeout = timeout};
  if (way == Way::linked) return proc_lib::start_link(self, program, options);
  if (way == Way::alone) return proc_lib::start(self, program, options);
  return proc_lib::start_monitor(self, program, options).first;
}

// Plays it for each way to start, with a starter that traps exits and with one that does not.
template <class Body>
void for_each_way(Body body) {
  for (const Way way : {Way::linked, Way::alone, Way::monitored})
    for (const bool traps : {false, true})
      in_every_order(
          [&](Trial& trial) {
            SCOPED_TRACE(std::to_string(static_cast<int>(way)) + (traps ? " traps" : ""));
            trial.run([&](Self& self) {
              self.trap_exit(traps);
              body(self, way, traps);
            });
          },
          50);
}

TEST(ProcLib, TheStarterWaitsUntilTheProcessIsReady) {  // R-PL-1, proc_lib_SUITE:sync_start
  for_each_way([](Self& self, Way way, bool) {
    const StartResult result = start(self, way, ready_after(2s));
    EXPECT_EQ(self.now(), Time(2s));
    EXPECT_EQ(result, StartResult::ok(result.pid, Term::integer(7)));
    EXPECT_TRUE(self.is_alive(result.pid));
    EXPECT_EQ(drain(self), Got{});
    EXPECT_EQ(self.world().links_of(self.pid()).size(), way == Way::linked ? 1u : 0u);
    EXPECT_EQ(self.world().monitors_of(self.pid()).size(), way == Way::monitored ? 1u : 0u);
  });
}

TEST(ProcLib, IgnoreLeavesNothingBehind) {  // R-PL-2
  for_each_way([](Self& self, Way way, bool) {
    EXPECT_EQ(start(self, way, declining), StartResult::ignore());
    EXPECT_EQ(drain(self), Got{});
    EXPECT_TRUE(self.world().links_of(self.pid()).empty());
    EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
  });
}

TEST(ProcLib, AFailedStartIsGoneBeforeTheStarterGoesOn) {  // R-PL-2, R-PL-3, R-PL-4, gen_server_SUITE:otp_7669
  const auto named_and_failing = [](Self& self) {
    proc_lib::register_name(self, "store");
    failing(self);
  };
  const auto named_and_saying_so = [](Self& self) {  // its answer is there before its end
    proc_lib::register_name(self, "store");
    proc_lib::init_fail(self, refused, reason::normal());
  };
  for_each_way([&](Self& self, Way way, bool traps) {
    if (way == Way::linked && !traps) return;
    for (int again = 0; again < 2; ++again) {  // the name is free for the next at once
      EXPECT_EQ(start(self, way, named_and_failing), StartResult::error(refused));
      EXPECT_FALSE(self.whereis("store"));
      EXPECT_EQ(start(self, way, named_and_saying_so), StartResult::error(refused));
      EXPECT_FALSE(self.whereis("store"));
    }
    EXPECT_EQ(drain(self), Got{});
  });
}

TEST(ProcLib, ALinkedStarterThatDoesNotTrapDiesWithTheReason) {  // R-PL-2
  in_every_order([](Trial& trial) {
    const Pid root = trial.run([](Self& self) { proc_lib::start_link(self, failing); });
    EXPECT_EQ(trial.deaths.of(root), "refused");
  });
}

TEST(ProcLib, ALateStartIsKilled) {  // R-PL-1, proc_lib_SUITE:sync_start_timeout
  for_each_way([](Self& self, Way way, bool) {
    EXPECT_EQ(start(self, way, ready_after(3s), 2s), StartResult::error(reason::timeout()));
    EXPECT_EQ(self.now(), Time(2s));
    EXPECT_EQ(self.world().process_count(), 1u);
    self.sleep(5s);
    EXPECT_EQ(drain(self), Got{});
  });
}

TEST(ProcLib, ATakenNameIsAFailedStart) {  // R-PL-3
  for_each_way([](Self& self, Way way, bool traps) {
    if (way == Way::linked && !traps) return;
    self.register_name("store");
    const auto second = [](Self& s) { proc_lib::register_name(s, "store"); };
    EXPECT_EQ(start(self, way, second), StartResult::error(Term::tuple({Term::atom("already_started"), Term::pid(self.pid())})));
  });
}

}  // namespace
}  // namespace moirai::rules
