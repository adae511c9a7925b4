#include "runtime/otp/gen_statem.hpp"

#include <stdexcept>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/tree_run.test.hpp"

namespace moirai::rules {
namespace {

using namespace gen_statem;

// ---- the README's example

struct Unlock {
  using Reply = bool;
  int code;
};
struct Push {};
struct Relock {};

struct Door {
  struct Locked {
    int wrong = 0;
  };
  struct Open {};
  using States = gen_statem::States<Locked, Open>;
  using Events = gen_statem::Events<Unlock, Push, StateTimeout<Relock>>;
  using Transition = gen_statem::Transition<Door>;

  int code;
  int visitors = 0;

  Transition on(Self&, Locked& locked, const Unlock& m, const From<Unlock>& from) {
    if (m.code == code) return next_state(Open{}, reply(from, true));
    if (++locked.wrong < 3) return keep_state(reply(from, false));
    return stop(Term::atom("burglar"), reply(from, false));
  }
  bool on(Self&, Open&, const Unlock&) { return true; }
  Transition on(Self&, Locked&, const Push&) { return keep_state(postpone); }
  void on(Self&, Open&, const Push&) { ++visitors; }
  Entered<Door> enter(Self&, Open&) { return keep_state(state_timeout(10s, Relock{})); }
  Transition on(Self&, Open&, const StateTimeout<Relock>&) { return next_state(Locked{}); }
};

// ---- end of the README's example

void print(std::string& out, const Door::Locked& locked) { out += "Locked{" + std::to_string(locked.wrong) + "}"; }
void print(std::string& out, const Door& door) { out += std::to_string(door.visitors) + " visitors"; }

TEST(GenStatem, ADoor) {
  in_every_order([](Trial& trial) {
    trial.run([&](Self& self) {
      const StartResult door = gen_statem::start<Door>(self, {.name = "door"}, 1234);
      self.send("door", Push{});
      EXPECT_FALSE(gen_statem::call(self, "door", Unlock{1}));
      EXPECT_EQ(sys::get_state(self, "door"), "{Locked{1},0 visitors}");
      EXPECT_TRUE(gen_statem::call(self, "door", Unlock{1234}));
      EXPECT_EQ(sys::get_state(self, "door"), "{Open,1 visitors}");
      self.sleep(11s);
      EXPECT_EQ(sys::get_state(self, "door"), "{Locked{0},1 visitors}");
      for (int i = 0; i < 3; ++i) EXPECT_FALSE(gen_statem::call(self, "door", Unlock{i}));
      self.sleep(1s);
      EXPECT_EQ(trial.deaths.of(door.pid), "burglar");
    });
  });
}

// ---- starting

struct Choosing {  // does in init what it was told to
  struct First {};
  struct Second {
    int number;
  };
  using States = gen_statem::States<First, Second>;
  struct Get {
    using Reply = int;
  };
  struct Fail {
    using Reply = int;
  };
  using Events = gen_statem::Events<Get, Fail, StateTimeout<Relock>, Internal<Push>, Exit>;
  std::string how;
  int events = 0;

  Choosing(Self& self, const std::string& h) : how(h) { self.trap_exit(true); }
  Initial<Choosing> init(Self& self) {
    if (how == "ignore") return ignore();
    if (how == "stop") return stop(Term::atom("refused"));
    if (how == "exit") self.exit(Term::atom("oops"));
    if (how == "throw") throw std::runtime_error("boom");
    if (how == "slow") self.sleep(5s);
    return next_state(Second{7}, next_event(Internal<Push>{}), state_timeout(0s, Relock{}));
  }
  void enter(Self& self, Second&) {
    if (how == "slow to enter") self.sleep(5s);
  }
  void on(Self&, const Internal<Push>&) { events = events * 10 + 1; }
  void on(Self&, const StateTimeout<Relock>&) { events = events * 10 + 2; }
  void on(Self&, const Exit&) { events = events * 10 + 3; }
  int on(Self&, Second& second, const Get&) { return second.number * 1000 + events; }
  int on(Self&, First&, const Get&) { return 0; }
  int on(Self& self, const Fail&) { self.exit(Term::atom("failed")); }
};

StartResult choosing(Self& self, const std::string& how, Duration timeout = Duration::max()) {
  return gen_statem::start_link<Choosing>(self, {.name = "choosing", .timeout = timeout}, how);
}

TEST(GenStatem, InitChoosesTheFirstStateAndItsActions) {  // R-SM-2, gen_statem_SUITE:start1..6
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const StartResult result = choosing(self, "");
      EXPECT_EQ(self.whereis("choosing"), result.pid);
      EXPECT_EQ(gen_statem::call(self, "choosing", Choosing::Get{}), 7012);
      EXPECT_EQ(choosing(self, ""), StartResult::error(Term::tuple({Term::atom("already_started"), Term::pid(result.pid)})));
      const auto second = gen_statem::start_monitor<Choosing>(self, {}, std::string());
      self.exit(second.first.pid, reason::kill());
      EXPECT_EQ(self.take<Down>().monitor, second.second);
    });
  });
}

TEST(GenStatem, InitMayFailOrDecline) {  // R-SM-7, gen_statem_SUITE:start7..12
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.trap_exit(true);
      EXPECT_EQ(choosing(self, "ignore"), StartResult::ignore());
      EXPECT_EQ(choosing(self, "stop"), StartResult::error(Term::atom("refused")));
      EXPECT_EQ(choosing(self, "exit"), StartResult::error(Term::atom("oops")));
      EXPECT_EQ(root_of(choosing(self, "throw").reason), "error");
      EXPECT_EQ(choosing(self, "slow", 1s), StartResult::error(reason::timeout()));
      EXPECT_EQ(drain(self), Got{});
      EXPECT_FALSE(self.whereis("choosing"));
    });
  });
}

TEST(GenStatem, TheStartDoesNotWaitForTheFirstEnter) {  // R-SM-2
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      EXPECT_TRUE(choosing(self, "slow to enter"));
      EXPECT_EQ(self.now(), Time(0s));
      EXPECT_EQ(gen_statem::call(self, "choosing", Choosing::Get{}), 7012);
      EXPECT_EQ(self.now(), Time(5s));
    });
  });
}

TEST(GenStatem, ItRunsUnderASupervisor) {
  using namespace otp_test;
  on_every_schedule([](const Settings& settings) {
    const ChildSpec choosing = worker<Choosing>("choosing", {.registered = true}, std::string());
    EXPECT_EQ(choosing.modules, std::vector<std::string>{"Choosing"});
    TreeRun run(settings, supervisor({.name = "root"}, {choosing, worker<Door>("door", {}, 1234),
                                                        worker<Choosing>("idle", {.restart = Restart::temporary}, std::string("ignore"))}));
    run.crash(1s, "choosing");
    run.ask(2s, [](Self& self) { return Term::integer(gen_statem::call(self, "choosing", Choosing::Get{})); });
    run.ask(3s, [&run](Self& self) { return Term::atom(gen_statem::call(self, run.latest("door"), Unlock{1234}) ? "open" : "locked"); });
    EXPECT_EQ(run.journal(), (Journal{"+choosing", "+door", "-idle normal", "-choosing boom", "!child_terminated choosing boom",
                                      "+choosing", "?7012", "?open", "-door shutdown", "-choosing shutdown", "-root shutdown"}));
  });
}

// ---- calls, casts, ends

// The reason with which a call of `request` exits, or "answered".
template <class M>
std::string failure(Self& self, const ServerRef& server, const M& request, Duration timeout = Duration::max()) {
  const auto result = catch_exit([&] { return gen_statem::call(self, server, request, timeout); });
  return result ? "answered" : result.reason().to_string();
}

TEST(GenStatem, AFailedCallTellsWhatWasCalled) {  // R-SM-8, gen_statem_SUITE:call
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      self.trap_exit(true);
      EXPECT_EQ(failure(self, "choosing", Choosing::Get{}), "{noproc,{gen_statem,call,[choosing,'Get',infinity]}}");
      const Pid pid = choosing(self, "slow to enter").pid;
      EXPECT_EQ(failure(self, "choosing", Choosing::Get{}, 1s), "{timeout,{gen_statem,call,[choosing,'Get',1000]}}");
      EXPECT_EQ(failure(self, pid, Choosing::Fail{}), "{failed,{gen_statem,call,[" + pid.to_string() + ",'Fail',infinity]}}");
      EXPECT_EQ(failure(self, pid, Choosing::Get{}), "{noproc,{gen_statem,call,[" + pid.to_string() + ",'Get',infinity]}}");
      EXPECT_EQ(failure(self, self.pid(), Choosing::Get{}),
                "{calling_self,{gen_statem,call,[" + self.pid().to_string() + ",'Get',infinity]}}");
      EXPECT_EQ(drain(self), Got{"EXIT failed"});
    });
  });
}

TEST(GenStatem, CastsNeverFail) {  // R-SM-1
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const Pid dead = self.spawn([](Self&) {});
      self.sleep(1s);
      gen_statem::cast(self, "nobody", Push{});
      gen_statem::cast(self, "nobody", Choosing::Get{});
      gen_statem::cast(self, dead, Push{});
      choosing(self, "");
      gen_statem::cast(self, "choosing", Choosing::Get{});
      EXPECT_EQ(gen_statem::call(self, "choosing", Choosing::Get{}), 7012);
    });
  });
}

TEST(GenStatem, TheParentsExitEndsItAndThatOfOthersIsAnEvent) {  // R-SM-8
  in_every_order([](Trial& trial) {
    Pid pid;
    trial.run([&](Self& self) {
      self.trap_exit(true);
      pid = choosing(self, "").pid;
      const Pid stranger = self.spawn([pid](Self& s) { s.exit(pid, Term::atom("hello")); });
      while (self.is_alive(stranger)) self.yield();
      self.sleep(1ms);
      EXPECT_EQ(gen_statem::call(self, pid, Choosing::Get{}), 7123);
      self.exit(pid, Term::atom("leave"));
      self.take<Exit>();
    });
    EXPECT_EQ(trial.deaths.of(pid), "leave");
  });
}

TEST(GenStatem, IsStoppedByOthers) {  // R-SM-8, gen_statem_SUITE:stop1..10
  in_every_order([](Trial& trial) {
    trial.run([&](Self& self) {
      self.trap_exit(true);
      const auto failed = [&](const auto& code) { return catch_exit(code).reason().to_string(); };
      const Pid first = choosing(self, "").pid;
      gen_statem::stop(self, "choosing");
      EXPECT_EQ(trial.deaths.of(first), "normal");
      EXPECT_FALSE(self.whereis("choosing"));
      const Pid second = choosing(self, "").pid;
      gen_statem::stop(self, second, Term::atom("enough"), 1s);
      EXPECT_EQ(trial.deaths.of(second), "enough");
      EXPECT_EQ(failed([&] { gen_statem::stop(self, second); }), "noproc");
      const Pid third = choosing(self, "slow to enter").pid;
      EXPECT_EQ(failed([&] { gen_statem::stop(self, third, reason::normal(), 1s); }), "timeout");
      self.sleep(10s);
      EXPECT_EQ(trial.deaths.of(third), "normal");  // it has stopped all the same
    });
  });
}

TEST(GenStatem, JunkDoesNotHarmIt) {  // R-SM-1; OTP's machine ends with function_clause
  struct Junk {
    int number;
  };
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const Pid pid = choosing(self, "").pid;
      self.send(pid, Junk{1});
      EXPECT_EQ(failure(self, pid, Unlock{1}), "{{unknown_call,'Unlock'},{gen_statem,call,[" + pid.to_string() + ",'Unlock',infinity]}}");
      EXPECT_EQ(gen_statem::call(self, pid, Choosing::Get{}), 7012);
    });
  });
}

}  // namespace
}  // namespace moirai::rules
