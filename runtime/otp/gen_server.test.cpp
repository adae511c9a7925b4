#include "runtime/otp/gen_server.hpp"

#include <stdexcept>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/registry.hpp"
#include "runtime/otp/reports.test.hpp"

namespace moirai::rules {
namespace {

using gen_server::Answer;
using gen_server::Next;
using gen_server::NextOr;
using gen_server::noreply;
using gen_server::stop;

const Term boom = Term::atom("boom");

// Plays `body(Self&)` in a root that traps exits, in every order, and demands that it comes to its end.
template <class Body>
void played(Body body, std::uint64_t schedules = 100) {
  in_every_order(
      [&](Trial& trial) {
        trial.run([&](Self& self) {
          self.trap_exit(true);
          body(self);
        });
        EXPECT_EQ(trial.finished, 1);
      },
      schedules);
}

// What a call came to: its reply, or the reason without what was called.
template <class F>
std::string outcome(F f) {
  const auto caught = catch_exit(f);
  return caught ? std::to_string(*caught) : caught.reason()[0].to_string();
}

// ---- what a callback may say

struct Say {
  using Reply = int;
  int how;
};
struct Tell {
  int how;
};
enum How { answers, answers_twice, answers_later, stops, stops_with_reply, exits, throws, throws_stop, hangs, stops_normally };

struct Sayer {
  using Accepts = Messages<Say, Tell, Note1, Exit>;
  Got* got;
  Sayer(Self& self, Got* where, bool traps = false) : got(where) { self.trap_exit(traps); }
  Answer<Say> on(Self& self, const Say& m, const From<Say>& from) {
    switch (m.how) {
      case answers: return gen_server::reply(42);
      case answers_twice: gen_server::reply(self, from, 41); return gen_server::reply(42);
      case answers_later: self.send_after(1s, self.pid(), Note1{static_cast<int>(late.size())}), late.push_back(from); return noreply();
      case stops: return stop(boom);
      case stops_with_reply: return stop(boom, 43);
      case exits: self.exit(boom);
      case throws: throw std::runtime_error("boom");
      case throws_stop: throw stop(boom);
      case hangs: self.sleep(1h); return gen_server::reply(44);
      case stops_normally: return stop(reason::normal());
    }
    return noreply();
  }
  Next on(Self& self, const Tell& m) {
    got->push_back("tell " + std::to_string(m.how));
    if (m.how == stops) return stop(boom);
    if (m.how == exits) self.exit(boom);
    if (m.how == stops_normally) return stop(reason::normal());
    return noreply();
  }
  void on(Self& self, const Note1& m) { gen_server::reply(self, late[static_cast<std::size_t>(m.number)], 45); }
  void on(Self&, const Exit& m) { got->push_back(text(m)); }
  void terminate(Self& self, const Term& reason) {
    self.sleep(1s);
    got->push_back("terminate " + root_of(reason));
  }
  std::vector<From<Say>> late;
};

Pid sayer(Self& self, Got& got, bool traps = false) { return gen_server::start_link<Sayer>(self, {.name = "sayer"}, &got, traps).pid; }

TEST(GenServer, WhatTheCallerSeesOfEachOutcome) {  // R-GS-4, R-GS-2, gen_server_SUITE:call
  struct Row {
    How how;
    const char *caller, *death;
    Got got;
  };
  const Row rows[] = {
      {answers, "42", "lives", {}},
      {answers_twice, "41", "lives", {}},
      {answers_later, "45", "lives", {}},
      {stops, "boom", "boom", {"terminate boom"}},
      {stops_with_reply, "43", "boom", {"terminate boom"}},
      {exits, "boom", "boom", {"terminate boom"}},
      {throws, "{error,runtime_error,\"boom\"}", "{error,runtime_error,\"boom\"}", {"terminate error"}},
      {throws_stop, "boom", "boom", {"terminate boom"}},
      {hangs, "timeout", "lives", {}},
      {stops_normally, "normal", "normal", {"terminate normal"}},
  };
  for (const Row& row : rows)
    in_every_order(
        [&](Trial& trial) {
          SCOPED_TRACE(row.how);
          Got got;
          trial.run([&](Self& self) {
            self.trap_exit(true);
            const Pid pid = sayer(self, got);
            EXPECT_EQ(outcome([&] { return gen_server::call(self, pid, Say{row.how}); }), row.caller);
            self.sleep(1ms);
            EXPECT_EQ(got, row.got);
            EXPECT_EQ(trial.deaths.of(pid), row.death);
          });
          EXPECT_EQ(trial.finished, 1);
        },
        50);
}

TEST(GenServer, AStopWithReplyTerminatesFirst) {  // R-GS-4
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got);
    const Ref monitor = self.monitor(pid);
    EXPECT_EQ(gen_server::call(self, pid, Say{stops_with_reply}), 43);
    EXPECT_EQ(self.now(), Time(1s));  // as long as terminate takes
    EXPECT_EQ(got, Got{"terminate boom"});
    EXPECT_TRUE(self.take<Down>().reason.is_atom("boom"));
    EXPECT_FALSE(self.demonitor(monitor));
  });
}

TEST(GenServer, AKilledServersCallerExitsWithKilled) {  // R-GS-4
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got);
    self.spawn([pid](Self& s) {
      s.sleep(1s);
      s.exit(pid, reason::kill());
    });
    EXPECT_EQ(outcome([&] { return gen_server::call(self, pid, Say{hangs}); }), "killed");
    EXPECT_EQ(got, Got{});
  });
}

TEST(GenServer, CallsFailInWordsOfOtp) {  // R-GS-2, gen_server_SUITE:calling_self
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got);
    const auto failure = [&](auto f) {
      const auto caught = catch_exit(f);
      return caught ? "no failure" : caught.reason().to_string();
    };
    EXPECT_EQ(failure([&] { gen_server::call(self, "sayer", Say{hangs}, 2s); }), "{timeout,{gen_server,call,[sayer,'Say',2000]}}");
    EXPECT_EQ(failure([&] { gen_server::call(self, "nobody", Say{answers}); }), "{noproc,{gen_server,call,[nobody,'Say']}}");
    EXPECT_EQ(failure([&] { gen_server::call(self, self.pid(), Say{answers}); }),
              "{calling_self,{gen_server,call,[" + self.pid().to_string() + ",'Say']}}");
    self.exit(pid, reason::kill());
    self.take<Exit>();
    EXPECT_EQ(failure([&] { gen_server::call(self, pid, Say{answers}); }), "{noproc,{gen_server,call,[" + pid.to_string() + ",'Say']}}");
  });
}

TEST(GenServer, LateAndSecondRepliesAreDropped) {  // R-GS-3, gen_server_SUITE:call
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got);
    EXPECT_EQ(outcome([&] { return gen_server::call(self, pid, Say{answers_later}, 500ms); }), "timeout");
    self.sleep(5s);
    EXPECT_EQ(gen_server::call(self, pid, Say{answers_twice}), 41);
    self.sleep(1s);
    EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
    EXPECT_EQ(gen_server::call(self, pid, Say{answers}), 42);
  });
}

TEST(GenServer, CastAndReplyNeverFail) {  // R-GS-5, gen_server_SUITE:cast, gen_server_SUITE:cast_fast
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got);
    gen_server::cast(self, "nobody", Tell{answers});
    gen_server::cast(self, "nobody", Say{answers});
    gen_server::cast(self, "sayer", Tell{answers});
    gen_server::cast(self, pid, Tell{answers});
    gen_server::cast(self, pid, Say{answers});  // its reply goes nowhere
    EXPECT_EQ(gen_server::call(self, pid, Say{answers}), 42);
    EXPECT_EQ(got, (Got{"tell 0", "tell 0"}));
    self.exit(pid, reason::kill());
    self.take<Exit>();
    gen_server::cast(self, pid, Tell{answers});
    gen_server::reply(self, From<Say>{pid, Ref{}}, 1);
    gen_server::reply(self, From<Say>{pid, self.monitor(pid)}, 1);
  });
}

TEST(GenServer, TerminateRunsHoweverItStops) {  // R-GS-8, R-GS-7
  for (const bool traps : {false, true})
    for (const How how : {stops, exits, stops_normally})
      played(
          [&](Self& self) {
            Got got;
            const Pid pid = sayer(self, got, traps);
            gen_server::cast(self, pid, Tell{how});
            const std::string reason = how == stops_normally ? "normal" : "boom";
            EXPECT_EQ(self.take<Exit>().reason.to_string(), reason);
            EXPECT_EQ(got, (Got{"tell " + std::to_string(how), "terminate " + reason}));
          },
          50);
}

TEST(GenServer, WithoutTrappingAnExitSignalEndsItAtOnce) {  // R-GS-7, R-GS-6
  for (const bool traps : {false, true})
    played(
        [&](Self& self) {
          Got got;
          const Pid pid = sayer(self, got, traps);
          self.exit(pid, boom);
          EXPECT_EQ(self.take<Exit>().reason.to_string(), "boom");
          EXPECT_EQ(self.now(), traps ? Time(1s) : Time(0s));
          EXPECT_EQ(got, traps ? Got{"terminate boom"} : Got{});
        },
        50);
}

TEST(GenServer, ExitsOfOthersAreInfos) {  // R-GS-6
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got, true);
    self.spawn([pid](Self& s) {
      s.link(pid);
      s.exit(boom);
    });
    self.sleep(1s);
    EXPECT_EQ(gen_server::call(self, pid, Say{answers}), 42);
    EXPECT_EQ(got, Got{"EXIT boom"});
    gen_server::stop(self, pid);
  });
}

// ---- init

struct Refuser {
  using Accepts = Messages<Ask>;
  int on(Self&, const Ask& m) { return m.number; }
  int how;
  static gen_server::Init<Refuser> init(Self& self, int how, Got* got) {
    self.sleep(1s);
    got->push_back("init");
    if (how == stops) return stop(boom);
    if (how == stops_normally) return gen_server::ignore();
    if (how == exits) self.exit(boom);
    if (how == throws) throw std::runtime_error("boom");
    if (how == throws_stop) throw stop(boom);
    return gen_server::ok(Refuser{how});
  }
  void terminate(Self&, const Term&) { ADD_FAILURE() << "terminate after a failed init"; }
};

TEST(GenServer, InitSaysHowItWent) {  // R-GS-1, gen_server_SUITE:start
  struct Row {
    How how;
    std::string result;
  };
  for (const Row& row : {Row{answers, "ok"}, Row{stops, "boom"}, Row{stops_normally, "ignore"}, Row{exits, "boom"},
                         Row{throws, "{error,runtime_error,\"boom\"}"}, Row{throws_stop, "boom"}})
    in_every_order(
        [&](Trial& trial) {
          SCOPED_TRACE(row.how);
          rules::Reports reports(trial.world);
          trial.run([&](Self& self) {
            self.trap_exit(true);
            for (const bool linked : {true, false}) {
              Got got;
              const gen_server::Options options{.name = "refuser"};
              const int how = row.how;
              const StartResult result =
                  linked ? gen_server::start_link<Refuser>(self, options, how, &got) : gen_server::start<Refuser>(self, options, how, &got);
              EXPECT_EQ(result.kind == StartResult::Kind::ok       ? "ok"
                        : result.kind == StartResult::Kind::ignore ? "ignore"
                                                                   : result.reason.to_string(),
                        row.result);
              EXPECT_EQ(got, Got{"init"});
              EXPECT_EQ(self.whereis("refuser").has_value(), row.how == answers);
              EXPECT_EQ(drain(self), Got{});
              if (result) self.exit(result.pid, reason::kill());
              self.sleep(1s);
              drain(self);
            }
          });
          EXPECT_EQ(trial.finished, 1);
          EXPECT_TRUE(reports.terminates.empty());
          EXPECT_EQ(reports.crashes.size(), row.result == "ok" || row.result == "ignore" ? 0u : 2u);
        },
        20);
}

TEST(GenServer, InitMayTakeTooLong) {  // R-PL-1, gen_server_SUITE:start
  played([](Self& self) {
    Got got;
    EXPECT_EQ(gen_server::start_link<Refuser>(self, {.name = "refuser", .timeout = 500ms}, int{answers}, &got),
              StartResult::error(reason::timeout()));
    EXPECT_FALSE(self.whereis("refuser"));
    EXPECT_EQ(drain(self), Got{});
  });
}

TEST(GenServer, StartMonitorWatches) {  // R-PL-1, gen_server_SUITE:start
  played([](Self& self) {
    Got got;
    const auto [result, monitor] = gen_server::start_monitor<Refuser>(self, {}, int{answers}, &got);
    EXPECT_TRUE(result);
    self.exit(result.pid, boom);
    const Down down = self.take<Down>();
    EXPECT_EQ(down.monitor, monitor);
    EXPECT_TRUE(down.reason.is_atom("boom"));
  });
}

// ---- timeouts

struct Timer {
  using Accepts = Messages<Note1, Ask, IdleTimeout>;
  Got* got;
  Timer(Self&, Got* where) : got(where) {}
  Next on(Self& self, const Note1& m) {
    got->push_back(text(m));
    if (m.number == 0) return noreply().timeout(0s);
    if (m.number == 2) return noreply().hibernate();
    self.note(m);
    return noreply().timeout(2s);
  }
  Answer<Ask> on(Self&, const Ask& m) { return gen_server::reply(m.number).timeout(3s); }
  void on(Self& self, const IdleTimeout&) { got->push_back("timeout " + std::to_string(nanoseconds(self.now()) / 1'000'000'000)); }
  friend void print(std::string& out, const Timer&) { out += "a timer"; }
};

Pid timer(Self& self, Got& got) { return gen_server::start_link<Timer>(self, {.name = "timer"}, &got).pid; }

TEST(GenServer, ATimeoutComesWhenNothingElseDoes) {  // R-GS-9, gen_server_SUITE:call, gen_server_SUITE:info
  played([](Self& self) {
    Got got;
    const Pid pid = timer(self, got);
    gen_server::cast(self, pid, Note1{1});
    self.sleep(10s);
    EXPECT_EQ(got, (Got{"note 1", "timeout 2"}));  // once
    EXPECT_EQ(gen_server::call(self, pid, Ask{7}), 7);
    self.sleep(10s);
    EXPECT_EQ(got, (Got{"note 1", "timeout 2", "timeout 13"}));
  });
}

TEST(GenServer, AnyMessageCancelsTheTimeout) {  // R-GS-9
  struct Junk {};
  for (const int which : {0, 1, 2})
    played(
        [&](Self& self) {
          Got got;
          const Pid pid = timer(self, got);
          gen_server::cast(self, pid, Note1{1});
          self.sleep(1s);
          if (which == 0) gen_server::cast(self, pid, Note1{2});
          if (which == 1) self.send(pid, Junk{});
          if (which == 2) self.send(pid, IdleTimeout{}), self.sleep(1ms), got.pop_back();  // one that somebody else sent
          self.sleep(10s);
          EXPECT_EQ(got, which == 0 ? (Got{"note 1", "note 2"}) : Got{"note 1"});
        },
        50);
}

TEST(GenServer, ASystemMessageBeginsTheTimeoutAnew) {  // R-GS-9
  played([](Self& self) {
    Got got;
    const Pid pid = timer(self, got);
    gen_server::cast(self, pid, Note1{1});
    self.sleep(1s);
    EXPECT_EQ(sys::get_state(self, pid), "a timer");
    self.sleep(10s);
    EXPECT_EQ(got, (Got{"note 1", "timeout 3"}));
    sys::get_state(self, pid);  // nothing is left of it
    self.sleep(10s);
    EXPECT_EQ(got.size(), 2u);
    gen_server::cast(self, pid, Note1{1});
    self.sleep(1s);
    sys::suspend(self, pid);
    self.sleep(10s);
    sys::resume(self, pid);
    self.sleep(10s);
    EXPECT_EQ(got, (Got{"note 1", "timeout 3", "note 1", "timeout 34"}));
  });
}

TEST(GenServer, ATimeoutOfZeroLosesAgainstWhatHasCome) {  // R-GS-9
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = timer(self, got);
      sys::suspend(self, pid);
      gen_server::cast(self, pid, Note1{0});
      gen_server::cast(self, pid, Note1{2});
      self.sleep(1s);
      sys::resume(self, pid);
      self.sleep(1s);
      EXPECT_EQ(got, (Got{"note 0", "note 2"}));
      gen_server::cast(self, pid, Note1{0});
      self.sleep(1s);
      EXPECT_EQ(got, (Got{"note 0", "note 2", "note 0", "timeout 2"}));
    });
    EXPECT_EQ(trial.finished, 1);
  });
}

TEST(GenServer, AHibernatingServerWakesForEverything) {  // R-GS-11, gen_server_SUITE:hibernate
  played([](Self& self) {
    Got got;
    const Pid pid = timer(self, got);
    gen_server::cast(self, pid, Note1{2});
    self.sleep(1s);
    gen_server::cast(self, pid, Note1{2});
    EXPECT_EQ(sys::get_state(self, pid), "a timer");
    EXPECT_EQ(gen_server::call(self, pid, Ask{7}), 7);
    EXPECT_EQ(got, (Got{"note 2", "note 2"}));
    gen_server::cast(self, pid, Note1{2});
    self.sleep(1s);
    self.exit(pid, boom);
    EXPECT_TRUE(self.take<Exit>().reason.is_atom("boom"));
  });
}

// ---- continue

struct Step {
  int left;
};
struct Finish {};

struct Stepper {
  using Accepts = Messages<Note1, Ask, Tell>;
  Got* got;
  static gen_server::Init<Stepper, Step> init(Self&, Got* where, int steps) {
    if (steps == 0) return gen_server::ok(Stepper{where});
    return gen_server::ok(Stepper{where}).continue_with(Step{steps});
  }
  NextOr<Step, Finish> on(Self&, const Note1& m) {
    got->push_back(text(m));
    if (m.number == 0) return noreply();
    return noreply().continue_with(Step{m.number});
  }
  Answer<Ask, Step> on(Self&, const Ask& m) { return gen_server::reply(m.number).continue_with(Step{m.number}); }
  void on(Self&, const Tell&) { got->push_back("tell"); }
  NextOr<Step, Finish> on_continue(Self& self, const Step& step) {
    got->push_back("step " + std::to_string(step.left));
    self.yield();  // others may send meanwhile
    if (step.left == 13) return stop(boom);
    if (step.left == 14) self.exit(boom);
    if (step.left > 1) return noreply().continue_with(Step{step.left - 1});
    return noreply().continue_with(Finish{});
  }
  void on_continue(Self&, const Finish&) { got->push_back("finish"); }
  void terminate(Self&, const Term& reason) { got->push_back("terminate " + reason.to_string()); }
};

TEST(GenServer, ContinueComesBeforeWhatWaits) {  // R-GS-10, gen_server_SUITE:continue
  played([](Self& self) {
    Got got;
    const Pid pid = gen_server::start_link<Stepper>(self, {}, &got, 0).pid;
    gen_server::cast(self, pid, Note1{2});
    gen_server::cast(self, pid, Tell{});
    self.sleep(1s);
    EXPECT_EQ(got, (Got{"note 2", "step 2", "step 1", "finish", "tell"}));
    got.clear();
    EXPECT_EQ(gen_server::call(self, pid, Ask{1}), 1);  // the reply is sent first
    gen_server::cast(self, pid, Tell{});
    self.sleep(1s);
    EXPECT_EQ(got, (Got{"step 1", "finish", "tell"}));
  });
}

struct Sleeper {
  using Accepts = Messages<Note1>;
  Got* got;
  static gen_server::Init<Sleeper, Step> init(Self& self, Got* where) {
    self.send(self.pid(), Note1{1});
    return gen_server::ok(Sleeper{where}).continue_with(Step{});
  }
  void on(Self&, const Note1& m) { got->push_back(text(m)); }
  void on_continue(Self& self, const Step&) {
    self.sleep(5s);
    got->push_back("continued");
  }
};

TEST(GenServer, ContinueAfterInitComesFirstAndAfterTheAcknowledgement) {  // R-GS-10, gen_server_SUITE:continue
  played([](Self& self) {
    Got got;
    EXPECT_TRUE(gen_server::start_link<Sleeper>(self, {}, &got));
    EXPECT_EQ(self.now(), Time(0s));
    self.sleep(10s);
    EXPECT_EQ(got, (Got{"continued", "note 1"}));
  });
}

TEST(GenServer, AServerMayStopWhileItContinues) {  // R-GS-10, R-GS-8
  for (const int how : {13, 14})
    played(
        [&](Self& self) {
          Got got;
          const StartResult started = gen_server::start_link<Stepper>(self, {}, &got, how);
          EXPECT_TRUE(started);  // it had been started
          EXPECT_TRUE(self.take<Exit>().reason.is_atom("boom"));
          EXPECT_EQ(got, (Got{"step " + std::to_string(how), "terminate boom"}));
        },
        50);
}

struct Counter {
  using Accepts = Messages<Ask>;
  int count = 0;
  Answer<Ask, Step> on(Self&, const Ask& m) { return gen_server::reply(count).continue_with(Step{m.number}); }
  NextOr<Step> on_continue(Self&, const Step& step) {
    ++count;
    if (step.left == 0) return noreply();
    return noreply().continue_with(Step{step.left - 1});
  }
};

TEST(GenServer, AnEndlessChainOfContinuesNeedsNoStack) {  // R-GS-10
  played(
      [](Self& self) {
        const Pid pid = gen_server::start_link<Counter>(self, {}).pid;
        gen_server::call(self, pid, Ask{100'000});
        EXPECT_EQ(gen_server::call(self, pid, Ask{0}), 100'001);
      },
      1);
}

// ---- what it does not know, and reports

TEST(GenServer, JunkIsRefusedOrNoted) {  // R-GS-12, gen_server_SUITE:undef_handle_info
  struct Junk {
    int number;
  };
  struct JunkCall {
    using Reply = int;
  };
  in_every_order([](Trial& trial) {
    rules::Reports reports(trial.world);
    Got got;
    trial.run([&](Self& self) {
      self.trap_exit(true);
      const Pid pid = sayer(self, got);
      self.send(pid, Junk{1});
      gen_server::cast(self, pid, Junk{2});
      gen_server::cast(self, pid, JunkCall{});
      EXPECT_EQ(outcome([&] { return gen_server::call(self, pid, JunkCall{}); }), "{unknown_call,'JunkCall'}");
      EXPECT_EQ(gen_server::call(self, pid, Say{answers}), 42);
    });
    EXPECT_EQ(trial.finished, 1);
    Got noted;
    for (const auto& m : reports.unexpected) noted.push_back(m.message);
    EXPECT_EQ(noted, (Got{"Junk{1}", "Junk{2}", "JunkCall", "JunkCall"}));
  });
}

TEST(GenServer, AnAbnormalEndIsReported) {  // R-GS-15, R-SUP-51, gen_server_SUITE:crash
  for (const How how : {stops, stops_with_reply, exits, throws})
    in_every_order(
        [&](Trial& trial) {
          rules::Reports reports(trial.world);
          Got got;
          const Pid root = trial.run([&](Self& self) {
            self.trap_exit(true);
            const Pid pid = sayer(self, got);
            catch_exit([&] { return gen_server::call(self, pid, Say{how}); });
            self.take<Exit>();
          });
          ASSERT_EQ(reports.terminates.size(), 1u);
          EXPECT_EQ(reports.terminates[0].behaviour, "gen_server");
          EXPECT_EQ(reports.terminates[0].registered_name, "sayer");
          EXPECT_EQ(reports.terminates[0].last_message, "Say{" + std::to_string(how) + "}");
          EXPECT_EQ(reports.terminates[0].state, "Sayer");
          EXPECT_EQ(reports.terminates[0].client, root);
          ASSERT_EQ(reports.crashes.size(), 1u);
          EXPECT_EQ(reports.crashes[0].initial_call, "Sayer");
        },
        30);
}

TEST(GenServer, AnExpectedEndIsNotReported) {  // R-GS-15, gen_server_SUITE:crash
  for (const Term& why : {reason::normal(), reason::shutdown(), Term::tuple({reason::shutdown(), boom})})
    in_every_order(
        [&](Trial& trial) {
          rules::Reports reports(trial.world);
          Got got;
          trial.run([&](Self& self) {
            self.trap_exit(true);
            gen_server::stop(self, sayer(self, got), why);
            EXPECT_EQ(self.take<Exit>().reason, why);
          });
          EXPECT_EQ(trial.finished, 1);
          EXPECT_TRUE(reports.terminates.empty());
          EXPECT_TRUE(reports.crashes.empty());
        },
        20);
}

// ---- stop

TEST(GenServer, StopReturnsWhenItHasEnded) {  // R-PL-5, gen_server_SUITE:stop1, gen_server_SUITE:stop2, gen_server_SUITE:stop3
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got);
    gen_server::stop(self, "sayer");
    EXPECT_EQ(self.now(), Time(1s));
    EXPECT_FALSE(self.is_alive(pid));
    EXPECT_EQ(got, Got{"terminate normal"});
    EXPECT_EQ(drain(self), Got{"EXIT normal"});
    gen_server::stop(self, sayer(self, got), boom);
    EXPECT_EQ(drain(self), Got{"EXIT boom"});
  });
}

struct Stubborn {
  using Accepts = Messages<>;
  void terminate(Self& self, const Term&) { self.exit(Term::atom("other")); }
};
struct NoServer {
  using Accepts = Messages<>;
};

TEST(GenServer, StopExitsWithWhatElseItEndedWith) {  // R-PL-5, gen_server_SUITE:stop4..10
  played([](Self& self) {
    const auto stopping = [&](const ServerRef& server, Duration timeout = Duration::max()) {
      return catch_exit([&] { gen_server::stop(self, server, boom, timeout); }).reason().to_string();
    };
    EXPECT_EQ(stopping(gen_server::start_link<Stubborn>(self, {}).pid), "other");
    EXPECT_EQ(stopping("nobody"), "noproc");
    EXPECT_EQ(stopping(self.pid()), "calling_self");
    const Pid function = self.spawn(quiet);
    EXPECT_EQ(stopping(function, 1s), "timeout");
    self.exit(function, reason::kill());
    EXPECT_EQ(stopping(function), "noproc");
    EXPECT_EQ(stopping(self.spawn(handler<NoServer>())), "{unknown_call,'Terminate'}");
  });
}

// Found by the comparison with OTP: `normal` is what the second one wants, too, but the server has not ended for its sake.
TEST(GenServer, StopOfAServerThatEndsBeforeItHears) {  // R-PL-5
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got);
    gen_server::cast(self, pid, Say{stops_normally});
    const auto caught = catch_exit([&] { gen_server::stop(self, pid); });
    EXPECT_EQ(caught.reason().to_string(), "{normal,{sys,terminate,[" + pid.to_string() + "]}}");
  });
}

TEST(GenServer, AStopThatTimesOutIsNotForgotten) {  // R-PL-5
  played([](Self& self) {
    Got got;
    const Pid pid = sayer(self, got);
    gen_server::cast(self, pid, Say{hangs});
    const auto caught = catch_exit([&] { gen_server::stop(self, pid, boom, 1s); });
    EXPECT_EQ(caught.reason().to_string(), "timeout");
    EXPECT_EQ(self.now(), Time(1s));
    EXPECT_EQ(self.take<Exit>().reason.to_string(), "boom");
    EXPECT_EQ(self.now(), Time(1h + 1s));
    EXPECT_EQ(drain(self), Got{});
  });
}

// ---- forms

struct Plain {
  using Accepts = Messages<Ask>;
  int on(Self&, const Ask& m) { return m.number + 1; }
};

TEST(GenServer, APlainHandlerIsOne) {
  played([](Self& self) {
    const Pid pid = gen_server::start_link<Plain>(self, {.name = "plain"}).pid;
    EXPECT_EQ(gen_server::call(self, "plain", Ask{1}), 2);
    EXPECT_EQ(sys::get_state(self, pid), "Plain");
    gen_server::stop(self, pid);
  });
}

TEST(GenServer, ItsNameMayBeARegistrys) {  // R-PL-3, R-GS-5, gen_server_SUITE:start
  played([](Self& self) {
    const Registry<std::string, int> registry("registry", {});
    ASSERT_TRUE(registry.child().start->start(self, "registry"));
    const gen_server::Options options{.name = registry.via("plain")};
    const StartResult started = gen_server::start_link<Plain>(self, options);
    EXPECT_EQ(gen_server::call(self, registry.via("plain"), Ask{1}), 2);
    const StartResult taken = StartResult::error(Term::tuple({Term::atom("already_started"), Term::pid(started.pid)}));
    EXPECT_EQ(gen_server::start_link<Plain>(self, options), taken);
    EXPECT_EQ(gen_server::start<Plain>(self, options), taken);
    gen_server::stop(self, registry.via("plain"));
    gen_server::cast(self, registry.via("plain"), Ask{1});
    EXPECT_TRUE(gen_server::start_link<Plain>(self, options));
  });
}

TEST(GenServer, ManyMessagesInTheMailboxDoNotSlowACall) {  // gen_server_SUITE:call_with_huge_message_queue
  played(
      [](Self& self) {
        const Pid pid = gen_server::start_link<Plain>(self, {}).pid;
        for (int i = 0; i < 50'000; ++i) self.send(self.pid(), Other{i});
        self.receive(after(0ms, [] {}));
        for (int i = 0; i < 1'000; ++i) EXPECT_EQ(gen_server::call(self, pid, Ask{i}), i + 1);
      },
      1);
}

// Combinations that mean nothing do not compile.
template <class From, class To>
inline constexpr bool becomes = std::is_convertible_v<From, To>;
using Replied = decltype(gen_server::reply(1));
using Unreplied = decltype(noreply());
using Timed = decltype(noreply().timeout(1s));
using Continued = decltype(noreply().continue_with(Step{}));
static_assert(becomes<Replied, Answer<Ask>> && !becomes<Replied, Next>);
static_assert(!becomes<decltype(gen_server::reply(Step{})), Answer<Ask>>);
static_assert(becomes<Unreplied, Answer<Ask>> && becomes<Unreplied, Next>);
static_assert(becomes<Timed, Next> && becomes<Timed, Answer<Ask>>);
static_assert(becomes<Continued, NextOr<Step>> && !becomes<Continued, Next> && !becomes<Continued, NextOr<Finish>>);
static_assert(becomes<decltype(gen_server::reply(1).continue_with(Step{})), Answer<Ask, Step>> &&
              !becomes<decltype(gen_server::reply(1).continue_with(Step{})), Answer<Ask>>);
static_assert(becomes<decltype(stop(boom)), Next> && becomes<decltype(stop(boom)), Answer<Ask>>);
static_assert(becomes<decltype(stop(boom, 1)), Answer<Ask>> && !becomes<decltype(stop(boom, 1)), Next>);
static_assert(!becomes<decltype(gen_server::ignore()), Next> && becomes<decltype(gen_server::ignore()), gen_server::Init<Plain>>);
template <class T>
concept HasTimeout = requires(T t) {
  t.timeout(1s);
};
static_assert(HasTimeout<Unreplied> && HasTimeout<Replied> && !HasTimeout<Timed> && !HasTimeout<Continued> &&
              !HasTimeout<decltype(stop(boom))>);
// An idle server is its state and its parent.
static_assert(sizeof(gen::Process<gen_server::Callbacks<Plain>>) <= sizeof(Pid) + 8);

}  // namespace
}  // namespace moirai::rules
