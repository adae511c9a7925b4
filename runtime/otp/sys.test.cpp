#include "runtime/otp/sys.hpp"

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/gen.hpp"

namespace moirai::rules {
namespace {

struct Listener {
  static constexpr std::string_view name = "Listener", behaviour = "probe";
  using Accepts = Messages<Note1>;
  Got* got;
  Listener(Self& self, Got* where) : got(where) { self.trap_exit(true); }
  void handle(Self&, const Note1& m) { got->push_back(text(m)); }
  void terminate(Self&, const Term& reason) { got->push_back("terminate " + reason.to_string()); }
  std::string state() const { return std::to_string(got->size()); }
  void system_message_handled(Self&) { got->push_back("system"); }
};
Pid start(Self& self, Got& got) {
  return gen::start_link(self, handler<gen::Process<Listener>>(std::string("listener"), &got), {.name = "listener"}).pid;
}

TEST(Sys, ASuspendedProcessKeepsItsMessages) {  // R-GS-6
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = start(self, got);
      sys::suspend(self, pid);
      sys::suspend(self, "listener");
      self.send(pid, Note1{1});
      self.send(pid, Note1{2});
      EXPECT_EQ(sys::get_state(self, pid), "0");
      EXPECT_EQ(sys::get_status(self, pid).run_state, sys::RunState::suspended);
      self.sleep(1s);
      EXPECT_EQ(got, Got{});
      sys::resume(self, pid);
      EXPECT_EQ(sys::get_state(self, pid), "3");
      EXPECT_EQ(got, (Got{"system", "note 1", "note 2", "system"}));
      const sys::Status status = sys::get_status(self, pid);
      EXPECT_EQ(status.run_state, sys::RunState::running);
      EXPECT_EQ(status.behaviour, "probe");
      EXPECT_EQ(status.parent, self.pid());
      EXPECT_EQ(sys::to_string(status.run_state), "running");
      sys::resume(self, pid);  // of one that runs: nothing
    });
  });
}

TEST(Sys, TerminateEndsItSuspendedOrNot) {  // R-GS-8
  for (const bool suspended : {false, true})
    in_every_order(
        [&](Trial& trial) {
          Got got;
          trial.run([&](Self& self) {
            self.trap_exit(true);
            const Pid pid = start(self, got);
            if (suspended) sys::suspend(self, pid);
            sys::terminate(self, pid, reason::shutdown());
            EXPECT_TRUE(self.take<Exit>().reason.is_atom("shutdown"));
            EXPECT_EQ(got, Got{"terminate shutdown"});
          });
          EXPECT_EQ(trial.finished, 1);
        },
        50);
}

TEST(Sys, TheParentsExitEndsASuspendedProcess) {  // R-GS-6
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      self.trap_exit(true);
      const Pid pid = start(self, got);
      sys::suspend(self, pid);
      self.exit(pid, Term::atom("boom"));
      EXPECT_TRUE(self.take<Exit>().reason.is_atom("boom"));
      EXPECT_EQ(got, Got{"terminate boom"});
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

TEST(Sys, ASuspendedProcessCanBeKilled) {
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      self.trap_exit(true);
      const Pid pid = start(self, got);
      sys::suspend(self, pid);
      self.exit(pid, reason::kill());
      EXPECT_TRUE(self.take<Exit>().reason.is_atom("killed"));
      EXPECT_EQ(got, Got{});
    });
  });
}

TEST(Sys, SystemCallsFailInWordsOfTheirOwn) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const auto caught = catch_exit([&] { sys::suspend(self, "nobody"); });
          EXPECT_EQ(caught.reason().to_string(), "{noproc,{sys,suspend,[nobody]}}");
          const Pid deaf = self.spawn(quiet);
          const auto late = catch_exit([&] { sys::get_state(self, deaf, 1s); });
          EXPECT_EQ(late.reason().to_string(), "{timeout,{sys,get_state,[" + deaf.to_string() + "]}}");
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

struct Named {
  static constexpr std::string_view fields[] = {"number"};
  int number = 7;
};
struct Silent {
  int number = 7;
};

TEST(Sys, StatesAreToldByFieldsOrByName) {
  EXPECT_EQ(sys::text_of(Named{}), "Named{number=7}");
  EXPECT_EQ(sys::text_of(Silent{}), "Silent");
}

}  // namespace
}  // namespace moirai::rules
