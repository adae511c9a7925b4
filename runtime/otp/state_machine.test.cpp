#include "runtime/otp/state_machine.hpp"

#include <stdexcept>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/gen_statem.hpp"

namespace moirai::rules {
namespace {

using namespace gen_statem;

struct Go {};
struct Stay {};
struct Poke {
  int number = 0;
};
struct Due {
  int number = 0;
};
struct Get {
  using Reply = int;
};
struct Wait {
  using Reply = int;
};
struct Void {
  using Reply = void;
};

template <class M>
Pid started(Self& self, Got& got) {
  return gen_statem::start_link<M>(self, {}, &got).pid;
}

// ---- events

struct Kinds {
  struct Only {};
  using States = gen_statem::States<Only>;
  using Events =
      gen_statem::Events<Poke, Get, Wait, Void, Exit, Down, Internal<Poke>, StateTimeout<Due>, EventTimeout<Due>, NamedTimeout<Due>>;
  using Transition = gen_statem::Transition<Kinds>;
  Got* got;

  Transition on(Self&, Only&, const Poke& m) {
    got->push_back("cast " + std::to_string(m.number));
    return keep_state(next_event(Internal<Poke>{{m.number}}), state_timeout(1s, Due{1}), timeout("n")(2s, Due{2}),
                      event_timeout(500ms, Due{0}));
  }
  int on(Self&, Only&, const Get&) { return 7; }
  Transition on(Self&, Only&, const Wait&, const From<Wait>& from) { return keep_state(reply(from, 8)); }
  void on(Self&, Only&, const Void&) { got->push_back("void"); }
  void on(Self&, Only&, const Exit& m) { got->push_back("EXIT " + m.reason.to_string()); }
  void on(Self&, Only&, const Down& m) { got->push_back("DOWN " + m.reason.to_string()); }
  void on(Self&, Only&, const Internal<Poke>& m) { got->push_back("internal " + std::to_string(m.message.number)); }
  void on(Self&, Only&, const StateTimeout<Due>& m) { got->push_back("state_timeout " + std::to_string(m.message.number)); }
  void on(Self&, Only&, const EventTimeout<Due>& m) { got->push_back("timeout " + std::to_string(m.message.number)); }
  void on(Self&, Only&, const NamedTimeout<Due>& m) { got->push_back(m.name.to_string() + " " + std::to_string(m.message.number)); }
  Initial<Kinds> init(Self& self) {
    self.trap_exit(true);
    return next_state(Only{});
  }
};

TEST(StateMachine, EveryKindOfEventHasItsHandler) {  // R-SM-1
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = started<Kinds>(self, got);
      self.send(pid, Poke{3});
      self.sleep(3s);
      EXPECT_EQ(gen_statem::call(self, pid, Get{}), 7);
      EXPECT_EQ(gen_statem::call(self, pid, Wait{}), 8);
      gen_statem::call(self, pid, Void{});
      const Pid stranger = self.spawn([pid](Self& s) { s.exit(pid, Term::atom("hello")); });
      while (self.is_alive(stranger)) self.yield();
      self.sleep(1ms);
    });
    EXPECT_EQ(got, (Got{"cast 3", "internal 3", "state_timeout 1", "n 2", "void", "EXIT hello"}));
  });
}

struct Forwarding {  // answers the first Wait when it is told to Go
  struct Only {};
  using States = gen_statem::States<Only>;
  using Events = gen_statem::Events<Wait, Go, Get>;
  std::optional<From<Wait>> waiting{};
  void on(Self&, const Wait&, const From<Wait>& from) { waiting = from; }
  gen_statem::Transition<Forwarding> on(Self&, const Go&) { return keep_state(reply(*waiting, 5)); }
  gen_statem::Transition<Forwarding> on(Self&, const Get&, const From<Get>& from) { return keep_state(reply(from, 1), reply(*waiting, 2)); }
};

TEST(StateMachine, ACallMayBeAnsweredLater) {  // R-SM-1, R-SM-2
  in_every_order([](Trial& trial) {
    int answer = 0;
    trial.run([&](Self& self) {
      const Pid pid = gen_statem::start_link<Forwarding>(self, {}).pid;
      self.spawn([&](Self& s) { answer = gen_statem::call(s, pid, Wait{}); });
      self.sleep(1s);
      EXPECT_EQ(answer, 0);
      self.send(pid, Go{});
      self.sleep(1s);
      EXPECT_EQ(answer, 5);
      self.cast(pid, Wait{});  // nobody waits for this reply
      self.send(pid, Go{});
      EXPECT_EQ(gen_statem::call(self, pid, Get{}), 1);
    });
  });
}

// ---- transitions

struct Lamp {
  struct Off {};
  struct On {
    int brightness = 1;
  };
  using States = gen_statem::States<Off, On>;
  using Events = gen_statem::Events<Go, Stay, Poke, Get, StateTimeout<Due>, Internal<Poke>>;
  using Transition = gen_statem::Transition<Lamp>;
  Got* got;

  void enter(Self&, Off&) { got->push_back("enter Off"); }
  Entered<Lamp> enter(Self&, On& on, const Off&) {
    got->push_back("enter On from Off");
    ++on.brightness;
    return keep_state(state_timeout(5s, Due{}));
  }
  Entered<Lamp> enter(Self&, On& on, const On&) {
    got->push_back("enter On again");
    if (++on.brightness < 5) return repeat_state();
    return keep_state();
  }
  Transition on(Self&, Off&, const Go&) { return next_state(On{}); }
  Transition on(Self&, On&, const Go&) { return repeat_state(); }
  Transition on(Self&, On&, const Stay&) { return next_state(On{10}); }
  void on(Self&, const Stay&) { got->push_back("stay"); }
  Transition on(Self&, Off&, const Poke&) { return keep_state(postpone); }
  void on(Self&, On&, const Poke& m) { got->push_back("poke " + std::to_string(m.number)); }
  int on(Self&, On& on, const Get&) { return on.brightness; }
  Transition on(Self&, Off&, const Get&) { return keep_state(postpone); }
  Transition on(Self&, On&, const StateTimeout<Due>&) { return next_state(Off{}, next_event(Internal<Poke>{{9}})); }
  void on(Self&, const Internal<Poke>&) { got->push_back("internal"); }
};

TEST(StateMachine, StatesAreEnteredAtTheStartAndWhenTheyChange) {  // R-SM-2, R-SM-3, gen_statem_SUITE:state_enter
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = started<Lamp>(self, got);
      self.send(pid, Stay{});
      self.send(pid, Go{});
      EXPECT_EQ(gen_statem::call(self, pid, Get{}), 2);
      self.send(pid, Go{});
      EXPECT_EQ(gen_statem::call(self, pid, Get{}), 5);
      self.send(pid, Stay{});
      EXPECT_EQ(gen_statem::call(self, pid, Get{}), 10);  // the same state with other data
    });
    EXPECT_EQ(got, (Got{"enter Off", "stay", "enter On from Off", "enter On again", "enter On again", "enter On again", "enter Off",
                        "internal"}));
  });
}

TEST(StateMachine, PostponedEventsWaitForAnotherState) {  // R-SM-2, R-SM-3, gen_statem_SUITE:event_order
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = started<Lamp>(self, got);
      int brightness = 0;
      self.spawn([&](Self& s) { brightness = gen_statem::call(s, pid, Get{}); });
      for (int i = 1; i <= 3; ++i) self.send(pid, Poke{i});
      self.sleep(1s);
      EXPECT_EQ(brightness, 0);
      self.send(pid, Stay{});
      self.send(pid, Go{});
      self.send(pid, Poke{4});
      self.sleep(1s);
      EXPECT_EQ(brightness, 2);
    });
    EXPECT_EQ(got, (Got{"enter Off", "stay", "enter On from Off", "poke 1", "poke 2", "poke 3", "poke 4", "enter Off", "internal"}));
  });
}

TEST(StateMachine, TheStateTimeoutOutlivesEventsButNotTheState) {  // R-SM-2, R-SM-3, gen_statem_SUITE:state_timeout
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = started<Lamp>(self, got);
      self.send(pid, Go{});
      self.sleep(4s);
      self.send(pid, Stay{});  // the same state: the timeout goes on
      self.send(pid, Go{});    // repeated: too
      self.sleep(999ms);
      EXPECT_EQ(got.back(), "enter On again");
      self.sleep(2ms);
      EXPECT_EQ(got.back(), "internal");
      self.send(pid, Go{});
      self.sleep(1s);
      EXPECT_EQ(got.back(), "enter On from Off");
    });
  });
}

// ---- timeouts

struct Timers {
  struct Only {};
  using States = gen_statem::States<Only>;
  struct Set {
    Duration wait;
  };
  struct SetAt {
    Time at;
  };
  struct Update {};
  struct Cancel {};
  struct Both {
    Duration wait;
  };
  using Events = gen_statem::Events<Set, SetAt, Update, Cancel, Both, Poke, Internal<Poke>, EventTimeout<Due>, NamedTimeout<Due>>;
  using Transition = gen_statem::Transition<Timers>;
  Got* got;

  Transition on(Self&, const Set& m) { return keep_state(timeout("n")(m.wait, Due{1})); }
  Transition on(Self&, const SetAt& m) { return keep_state(timeout("n")(m.at, Due{1})); }
  Transition on(Self&, const Update&) { return keep_state(update(timeout("n"), Due{2})); }
  Transition on(Self&, const Cancel&) { return keep_state(cancel(timeout("n"))); }
  Transition on(Self&, const Both& m) {
    return keep_state(event_timeout(0s, Due{0}), timeout("n")(0s, Due{1}), timeout("n")(m.wait, Due{3}), next_event(Internal<Poke>{}));
  }
  void on(Self&, const Poke&) { got->push_back("poke"); }
  void on(Self&, const Internal<Poke>&) { got->push_back("internal"); }
  void on(Self& self, const EventTimeout<Due>& m) { write(self, "timeout", m.message); }
  void on(Self& self, const NamedTimeout<Due>& m) { write(self, m.name.to_string(), m.message); }
  void write(Self& self, const std::string& what, const Due& due) {
    got->push_back(what + " " + std::to_string(due.number) + " at " + std::to_string(self.now().time_since_epoch() / 1ms));
  }
};

// What the machine did when all these were sent, one a second.
template <class... M>
Got timers(Trial& trial, const M&... messages) {
  Got got;
  trial.run([&](Self& self) {
    const Pid pid = started<Timers>(self, got);
    ((self.send(pid, messages), self.sleep(1s)), ...);
    self.sleep(1h);
  });
  return got;
}

TEST(StateMachine, TimeoutsAreSetUpdatedAndCancelled) {  // R-SM-4, gen_statem_SUITE:timeout_cancel_and_update, generic_timers
  in_every_order(
      [](Trial& t) {
        using T = Timers;
        EXPECT_EQ(timers(t, T::Set{5s}, T::Set{10s}), Got{"n 1 at 11000"});
        t.world.reset(Settings{.seed = t.seed});
        EXPECT_EQ(timers(t, T::Set{5s}, T::Update{}), Got{"n 2 at 5000"});
        t.world.reset(Settings{.seed = t.seed});
        EXPECT_EQ(timers(t, T::Update{}), Got{"n 2 at 0"});
        t.world.reset(Settings{.seed = t.seed});
        EXPECT_EQ(timers(t, T::Set{5s}, T::Cancel{}, T::Cancel{}), Got{});
        t.world.reset(Settings{.seed = t.seed});
        EXPECT_EQ(timers(t, T::Set{5s}, T::Set{Duration::max()}), Got{});
        t.world.reset(Settings{.seed = t.seed});
        EXPECT_EQ(timers(t, T::SetAt{Time(7s)}, T::Update{}), Got{"n 2 at 7000"});
        t.world.reset(Settings{.seed = t.seed});
        EXPECT_EQ(timers(t, Poke{}, T::SetAt{Time(500ms)}), (Got{"poke", "n 1 at 1000"}));  // past
      },
      50);
}

TEST(StateMachine, AZeroTimeoutThatIsReplacedIsDeliveredAsATimeout) {  // R-SM-4, R-SM-5, R-SM-6
  in_every_order([](Trial& trial) {
    // the inserted event ends the event timeout; of the two named ones the last counts
    EXPECT_EQ(timers(trial, Timers::Both{5s}), (Got{"internal", "n 3 at 5000"}));
  });
}

struct Eager {  // every event sets a timeout of zero
  struct Only {};
  using States = gen_statem::States<Only>;
  using Events = gen_statem::Events<Poke, EventTimeout<Due>>;
  Got* got;
  gen_statem::Transition<Eager> on(Self&, const Poke& m) {
    got->push_back("poke " + std::to_string(m.number));
    return keep_state(event_timeout(0s, Due{}));
  }
  void on(Self&, const EventTimeout<Due>&) { got->push_back("timeout"); }
};

TEST(StateMachine, AnEventTimeoutOfZeroComesBeforeTheMailbox) {  // R-SM-5
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = started<Eager>(self, got);
      sys::suspend(self, pid);
      self.send(pid, Poke{1});
      self.send(pid, Poke{2});
      sys::resume(self, pid);
      self.sleep(1s);
    });
    EXPECT_EQ(got, (Got{"poke 1", "timeout", "poke 2", "timeout"}));
  });
}

struct Patient {  // one event may wait a second for the next
  struct Only {};
  using States = gen_statem::States<Only>;
  using Events = gen_statem::Events<Poke, EventTimeout<Due>>;
  Got* got;
  gen_statem::Transition<Patient> on(Self&, const Poke& m) {
    got->push_back("poke " + std::to_string(m.number));
    return keep_state(event_timeout(1s, Due{m.number}));
  }
  void on(Self&, const EventTimeout<Due>& m) { got->push_back("timeout " + std::to_string(m.message.number)); }
};

TEST(StateMachine, ATimerThatGoesOffTooLateIsNoEvent) {  // R-SM-2: at the same instant either may come first, but never both
  int pokes_first = 0;
  in_every_order([&](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = started<Patient>(self, got);
      self.send(pid, Poke{1});
      self.sleep(1s);
      self.send(pid, Poke{2});
      self.sleep(1h);
    });
    const bool poke_first = got == Got{"poke 1", "poke 2", "timeout 2"};
    pokes_first += poke_first;
    if (!poke_first) { EXPECT_EQ(got, (Got{"poke 1", "timeout 1", "poke 2", "timeout 2"})); }
  });
  EXPECT_GT(pokes_first, 0);
  EXPECT_LT(pokes_first, 201);
}

// ---- ends

struct Ending {
  struct Calm {};
  struct Upset {};
  using States = gen_statem::States<Calm, Upset>;
  struct Quit {
    using Reply = int;
  };
  using Events = gen_statem::Events<Poke, Go, Stay, Get, Quit, NamedTimeout<Due>>;
  using Transition = gen_statem::Transition<Ending>;
  Got* got;
  int mood = 0;

  Transition on(Self& self, Calm&, const Poke& m) {
    mood = m.number;
    if (m.number == 1) self.exit(Term::atom("boom"));
    if (m.number == 2) throw std::runtime_error("boom");
    if (m.number == 3) return keep_state(timeout("n")(-1ms, Due{}), postpone);
    return stop(Term::atom("bye"));
  }
  Transition on(Self&, Calm&, const Quit&, const From<Quit>& from) { return stop(reason::normal(), reply(from, 3)); }
  Entered<Ending> enter(Self&, Upset&) { return stop(Term::atom("upset")); }
  Transition on(Self&, Calm&, const Go&) { return next_state(Upset{}); }
  int on(Self&, Upset&, const Get&) { return 1; }
  void on(Self&, Upset&, const Stay&) {}
  void on(Self&, Upset&, const NamedTimeout<Due>&) {}
  template <class S>
  void terminate(Self& self, S&, const Term& reason) {
    got->push_back("terminate " + std::string(reflect::name_of<S>()) + " " + root_of(reason));
    if (mood == 4) self.sleep(1s);
  }
};

// What became of a machine that was sent `message`.
template <class M>
std::pair<Got, std::string> ending(Trial& trial, const M& message) {
  Got got;
  Pid pid;
  trial.run([&](Self& self) {
    self.trap_exit(true);
    pid = started<Ending>(self, got);
    if constexpr (Request<M>)
      self.cast(pid, message);
    else
      self.send(pid, message);
    self.take<Exit>();
  });
  return {got, trial.deaths.of(pid)};
}

using End = std::pair<Got, std::string>;

TEST(StateMachine, AnExitOrExceptionEndsItAfterTerminate) {  // R-SM-7, gen_statem_SUITE:abnormal1, abnormal2
  in_every_order([](Trial& t) { EXPECT_EQ(ending(t, Poke{1}), (End{{"terminate Calm boom"}, "boom"})); }, 50);
  in_every_order([](Trial& t) { EXPECT_EQ(ending(t, Poke{2}), (End{{"terminate Calm error"}, "{error,runtime_error,\"boom\"}"})); }, 50);
  in_every_order([](Trial& t) { EXPECT_EQ(ending(t, Poke{4}), (End{{"terminate Calm bye"}, "bye"})); }, 50);
  in_every_order([](Trial& t) { EXPECT_EQ(ending(t, Go{}), (End{{"terminate Upset upset"}, "upset"})); }, 50);
}

TEST(StateMachine, AnActionThatMakesNoSenseEndsIt) {  // R-SM-7
  in_every_order([](Trial& t) { EXPECT_EQ(ending(t, Poke{3}).second, "{bad_action_from_state_function,{{timeout,n},-1}}"); });
}

TEST(StateMachine, AnEventWithoutAHandlerInThisStateEndsIt) {  // R-SM-7, gen_statem_SUITE:undef (function_clause)
  in_every_order([](Trial& t) { EXPECT_EQ(ending(t, Stay{}).second, "{function_clause,[{'Ending',on,['Calm',info,'Stay']}]}"); }, 20);
  in_every_order([](Trial& t) { EXPECT_EQ(ending(t, Get{}).second, "{function_clause,[{'Ending',on,['Calm',call,'Get']}]}"); }, 20);
}

TEST(StateMachine, StopSendsItsRepliesBeforeTerminate) {  // R-SM-7
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      self.trap_exit(true);
      const Pid pid = started<Ending>(self, got);
      EXPECT_EQ(gen_statem::call(self, pid, Ending::Quit{}), 3);
      EXPECT_EQ(self.take<Exit>().reason, reason::normal());
    });
    EXPECT_EQ(got, Got{"terminate Calm normal"});
  });
  struct Slow {  // the reply is there while terminate goes on
    struct Only {};
    using States = gen_statem::States<Only>;
    using Events = gen_statem::Events<Wait>;
    gen_statem::Transition<Slow> on(Self&, const Wait&, const From<Wait>& from) { return stop(reason::normal(), reply(from, 3)); }
    void terminate(Self& self, const Term&) { self.sleep(5s); }
  };
  in_every_order([](Trial& trial) {
    trial.run([&](Self& self) {
      const Pid pid = gen_statem::start<Slow>(self, {}).pid;
      EXPECT_EQ(gen_statem::call(self, pid, Wait{}), 3);
      EXPECT_EQ(self.now(), Time(0s));
      EXPECT_TRUE(self.is_alive(pid));
      self.sleep(6s);
      EXPECT_FALSE(self.is_alive(pid));
    });
  });
}

// ---- suspension, hibernation, endless queues

TEST(StateMachine, WhatIsPostponedSurvivesASuspension) {  // R-SM-8
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = started<Lamp>(self, got);
      self.send(pid, Poke{1});
      sys::suspend(self, pid);
      self.send(pid, Poke{2});
      self.sleep(1s);
      sys::resume(self, pid);
      self.send(pid, Go{});
      self.sleep(1s);
      EXPECT_EQ(got, (Got{"enter Off", "enter On from Off", "poke 1", "poke 2"}));
      sys::suspend(self, pid);
      self.sleep(10s);  // a timer goes off meanwhile
      EXPECT_EQ(got.size(), 4u);
      sys::resume(self, pid);
      self.sleep(1s);
      EXPECT_EQ(got.back(), "internal");
    });
  });
}

struct Sleepy {
  struct Only {};
  using States = gen_statem::States<Only>;
  using Events = gen_statem::Events<Poke, Internal<Poke>, EventTimeout<Due>>;
  using Transition = gen_statem::Transition<Sleepy>;
  Got* got;
  Transition on(Self&, const Poke& m) { return keep_state(hibernate, next_event(Internal<Poke>{{m.number}})); }
  Transition on(Self&, const Internal<Poke>& m) {
    got->push_back("internal " + std::to_string(m.message.number));
    return keep_state(hibernate, event_timeout(1s, Due{}));
  }
  Transition on(Self&, const EventTimeout<Due>&) {
    got->push_back("timeout");
    return keep_state(hibernate);
  }
};

TEST(StateMachine, HibernationCannotBeSeen) {  // R-SM-8, gen_statem_SUITE:hibernate
  in_every_order([](Trial& trial) {
    Got got;
    trial.run([&](Self& self) {
      const Pid pid = started<Sleepy>(self, got);
      self.send(pid, Poke{1});
      self.sleep(2s);
      self.send(pid, Poke{2});
      self.sleep(2s);
    });
    EXPECT_EQ(got, (Got{"internal 1", "timeout", "internal 2", "timeout"}));
  });
}

struct Endless {
  struct Only {};
  using States = gen_statem::States<Only>;
  using Events = gen_statem::Events<Internal<Poke>>;
  Got* got;
  Initial<Endless> init(Self&) { return next_state(Only{}, next_event(Internal<Poke>{})); }
  gen_statem::Transition<Endless> on(Self&, const Internal<Poke>&) { return keep_state(next_event(Internal<Poke>{})); }
};

TEST(StateMachine, AQueueThatNeverEndsLetsOthersLiveAndIsAStall) {  // R-SM-2: the queue comes before the mailbox, not before everybody
  for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random}) {
    World world(Settings{.scheduler = scheduler, .limits = {.stall_steps = 1'000}});
    Got got;
    bool lives = false, killed = false;
    world.start("root", [&](Self& self) {
      const Pid pid = gen_statem::start<Endless>(self, {}, &got).pid;
      for (int i = 0; i < 10; ++i) self.yield();
      lives = true;
      self.exit(pid, reason::kill());
      killed = !self.is_alive(pid);
      gen_statem::start<Endless>(self, {}, &got);
    });
    EXPECT_EQ(world.run().why, RunEnd::Why::stall);
    EXPECT_TRUE(lives);
    EXPECT_TRUE(killed);
  }
}

}  // namespace
}  // namespace moirai::rules
