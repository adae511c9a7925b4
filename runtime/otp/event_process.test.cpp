#include "runtime/otp/event_process.hpp"

#include <stdexcept>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/gen_event.hpp"

namespace moirai::rules {
namespace {

using namespace gen_event;

const Term boom = Term::atom("boom");
const Term one = Term::integer(1), two = Term::integer(2);

struct Event {
  int number = 0;
};
struct Strange {};
struct Query {
  using Reply = int;
  int number = 0;
};
struct Touch {
  using Reply = void;
};

std::string text(const Leaving& m) {
  const char* names[] = {"deleted", "swapped", "removed", "failed", "orphaned", "stopped"};
  return std::string(names[static_cast<std::size_t>(m.why)]) + " " + m.argument.to_string();
}

// Writes down what happens to it, behind its name, and does what an event's number says.
struct Scribe {
  using Accepts = Messages<Event, Exit, Query, Touch>;
  std::string name;
  Got* got;

  void write(const std::string& what) const { got->push_back(name + ": " + what); }
  Next on(Self& self, const Event& m) {
    write("event " + std::to_string(m.number));
    return act(self, m.number);
  }
  void on(Self&, const Exit& m) { write("EXIT " + m.reason.to_string()); }
  Answer<int> on(Self& self, const Query& m) { return {m.number + 100, act(self, m.number)}; }
  void on(Self&, const Touch&) { write("touched"); }
  void inherit(Self& self, const Term& result) {
    write("inherits " + result.to_string());
    if (name == "heir that fails") self.exit(boom);
  }
  Term terminate(Self& self, const Leaving& why) {
    write(text(why));
    if (name == "bad end") self.exit(boom);
    return Term::tuple({Term::atom("left"), why.argument});
  }
  Next act(Self& self, int number) const {
    switch (number) {
      case 1: return remove_handler();
      case 2: self.exit(boom);
      case 3: throw std::runtime_error("boom");
      case 4: return swap_handler(one, Handler::of<Scribe>(std::string("heir"), got));
      case 5: return swap_handler(one, Handler::of<Scribe>(std::string("heir that fails"), got));
      case 6: self.sleep(1s); return keep_handler();
      default: return keep_handler();
    }
  }
};
struct Unborn {
  using Accepts = Messages<Event>;
  explicit Unborn(Self& self, bool throws) {
    if (throws) throw std::runtime_error("boom");
    self.exit(boom);
  }
  void on(Self&, const Event&) {}
};
struct Plain {  // with nothing that is optional
  using Accepts = Messages<Event>;
  int events = 0;
  void on(Self&, const Event&) { ++events; }
};
struct Fragile {
  using Accepts = Messages<Event>;
  void on(Self& self, const Event&) { self.exit(boom); }
};

class Failures : public Observer {
 public:
  explicit Failures(World& world) { world.observe(*this); }
  EventMask wants() const override { return {EventKind::note}; }
  void saw(const moirai::Event& event) override {
    if (const auto* m = event.as<HandlerReport>())
      reports.push_back(reflect::to_text(m->handler) + " " + m->last_message + " " + root_of(m->reason[1]));
  }
  Got reports;
};

// A manager, and what its handlers wrote.
struct Stand {
  Self& self;
  Got& got;
  Pid manager;
  Stand(Self& s, Got& g) : self(s), got(g) {
    got.clear();
    self.trap_exit(true);
    manager = gen_event::start_link(self).pid;
  }
  Handler scribe(const std::string& name) const { return Handler::of<Scribe>(name, &got).with_id(Term::atom(name)); }
  HandlerId id(const std::string& name) const { return handler_id<Scribe>(Term::atom(name)); }
  void add(const std::string& name) const { EXPECT_TRUE(add_handler(self, manager, scribe(name))); }
  Got taken() const { return std::exchange(got, {}); }
  std::vector<std::string> handlers() const {
    std::vector<std::string> all;
    for (const HandlerId& h : which_handlers(self, manager)) all.push_back(h.to_term().to_string());
    return all;
  }
};

template <class Play>
void on_a_stand(Play play, std::uint64_t schedules = 100) {
  in_every_order(
      [&](Trial& trial) {
        Got got;
        Failures failures(trial.world);
        trial.run([&](Self& self) { play(Stand(self, got), failures.reports); });
      },
      schedules);
}

TEST(EventProcess, EventsGoToTheNewestHandlerFirst) {  // R-GE-1, gen_event_SUITE:add_handler, notify, sync_notify, info
  on_a_stand([](const Stand& s, const Got&) {
    s.add("a");
    s.add("b");
    EXPECT_TRUE(s.self.world().trapping(s.manager));
    notify(s.self, s.manager, Event{7});
    sync_notify(s.self, s.manager, Event{8});
    EXPECT_EQ(s.taken(), (Got{"b: event 7", "a: event 7", "b: event 8", "a: event 8"}));
    sync_notify(s.self, s.manager, Strange{});  // nobody accepts it
    s.self.send(s.manager, Event{9});           // handle_info
    EXPECT_EQ(s.handlers(), (Got{"{'Scribe',b}", "{'Scribe',a}"}));
    EXPECT_EQ(s.taken(), (Got{"b: event 9", "a: event 9"}));
  });
}

TEST(EventProcess, HandlersRunOneAfterTheOther) {  // R-GE-1
  on_a_stand([](const Stand& s, const Got&) {
    s.add("a");
    s.add("b");
    notify(s.self, s.manager, Event{6});
    notify(s.self, s.manager, Event{7});
    s.self.sleep(500ms);
    EXPECT_EQ(s.taken(), Got{"b: event 6"});
    s.self.sleep(1s);
    EXPECT_EQ(s.taken(), Got{"a: event 6"});
    s.self.sleep(1s);
    EXPECT_EQ(s.taken(), (Got{"b: event 7", "a: event 7"}));
  });
}

TEST(EventProcess, OneIdMayBeInstalledTwice) {  // R-GE-1
  on_a_stand([](const Stand& s, const Got&) {
    s.add("a");
    s.add("a");
    sync_notify(s.self, s.manager, Event{7});
    EXPECT_EQ(s.taken(), (Got{"a: event 7", "a: event 7"}));
    EXPECT_TRUE(delete_handler(s.self, s.manager, s.id("a")));
    EXPECT_EQ(s.handlers(), Got{"{'Scribe',a}"});
  });
}

TEST(EventProcess, AHandlerThatFailsIsRemovedAndNobodyElseNotices) {  // R-GE-2
  for (const int how : {2, 3})
    on_a_stand(
        [how](const Stand& s, const Got& reports) {
          s.add("a");
          EXPECT_TRUE(add_handler(s.self, s.manager, Handler::of<Plain>()));
          s.add("b");
          s.got.clear();
          EXPECT_FALSE(gen_event::call(s.self, s.manager, s.id("b"), Query{how}));
          const std::string reason = how == 2 ? "boom" : "{error,runtime_error,\"boom\"}";
          EXPECT_EQ(s.taken(), Got{"b: failed {'EXIT'," + reason + "}"});
          sync_notify(s.self, s.manager, Event{how});
          EXPECT_EQ(s.taken(), (Got{"a: event " + std::to_string(how), "a: failed {'EXIT'," + reason + "}"}));
          EXPECT_EQ(s.handlers(), Got{"'Plain'"});
          const std::string root = how == 2 ? "boom" : "error";
          EXPECT_EQ(reports, (Got{"{'Scribe',b} Query{" + std::to_string(how) + "} " + root,
                                  "{'Scribe',a} Event{" + std::to_string(how) + "} " + root}));
        },
        50);
}

TEST(EventProcess, AFailureInTheMiddleStopsNoEvent) {  // R-GE-2
  on_a_stand([](const Stand& s, const Got&) {
    s.add("a");
    EXPECT_TRUE(add_handler(s.self, s.manager, Handler::of<Fragile>()));
    s.add("b");
    sync_notify(s.self, s.manager, Event{7});
    EXPECT_EQ(s.taken(), (Got{"b: event 7", "a: event 7"}));
    EXPECT_EQ(s.handlers(), (Got{"{'Scribe',b}", "{'Scribe',a}"}));
  });
}

TEST(EventProcess, AHandlerMayRemoveItself) {  // R-GE-2
  on_a_stand([](const Stand& s, const Got& reports) {
    s.add("a");
    s.add("b");
    EXPECT_EQ(*gen_event::call(s.self, s.manager, s.id("b"), Query{1}), 101);
    EXPECT_EQ(s.taken(), Got{"b: removed normal"});
    sync_notify(s.self, s.manager, Event{1});
    EXPECT_EQ(s.taken(), (Got{"a: event 1", "a: removed normal"}));
    EXPECT_EQ(s.handlers(), Got{});
    EXPECT_EQ(reports, Got{});
  });
}

// ---- supervised handlers

// The next HandlerExit that the caller gets.
std::string told(Self& self) {
  std::string text = "nothing";
  self.receive([&](const HandlerExit& m) { text = m.handler.to_term().to_string() + " " + m.reason.to_string(); }, after(1s, [] {}));
  return text;
}

TEST(EventProcess, WhoSupervisesAHandlerIsToldThatItIsGone) {  // R-GE-3, gen_event_SUITE:add_sup_handler
  on_a_stand([](const Stand& s, const Got&) {
    const auto add = [&] { EXPECT_TRUE(add_sup_handler(s.self, s.manager, s.scribe("a"))); };
    add();
    EXPECT_TRUE(delete_handler(s.self, s.manager, s.id("a")));
    EXPECT_EQ(told(s.self), "{'Scribe',a} normal");
    add();
    notify(s.self, s.manager, Event{1});
    EXPECT_EQ(told(s.self), "{'Scribe',a} normal");
    add();
    notify(s.self, s.manager, Event{2});
    EXPECT_EQ(told(s.self), "{'Scribe',a} {'EXIT',boom}");
    add();
    EXPECT_TRUE(swap_handler(s.self, s.manager, s.id("a"), one, s.scribe("b")));
    EXPECT_EQ(told(s.self), "{'Scribe',a} {swapped,{'Scribe',b}," + s.self.pid().to_string() + "}");
    sys::terminate(s.self, s.manager, reason::normal());
    EXPECT_EQ(told(s.self), "{'Scribe',b} shutdown");
    EXPECT_EQ(told(s.self), "nothing");
  });
}

TEST(EventProcess, AHandlerGoesWithWhoSupervisesIt) {  // R-GE-3
  on_a_stand([](const Stand& s, const Got& reports) {
    const Pid owner = s.self.spawn([&s](Self& self) {
      add_sup_handler(self, s.manager, s.scribe("a"));
      self.take<Event>();
      self.exit(boom);
    });
    s.self.sleep(1s);
    s.add("b");
    s.self.send(owner, Event{});
    s.self.sleep(1s);
    EXPECT_EQ(s.taken(), (Got{"a: orphaned boom", "b: EXIT boom"}));
    EXPECT_EQ(s.handlers(), Got{"{'Scribe',b}"});
    EXPECT_EQ(reports, Got{});
  });
}

TEST(EventProcess, OfTheDeadNoHandlerIsKept) {  // R-GE-3: they may have ended before the manager could link them
  on_a_stand([](const Stand& s, const Got&) {
    sys::suspend(s.self, s.manager);
    const Pid owner = s.self.spawn([&s](Self& self) { add_sup_handler(self, s.manager, s.scribe("a")); });
    s.self.sleep(1s);
    s.self.exit(owner, reason::kill());
    s.self.sleep(1s);
    sys::resume(s.self, s.manager);
    s.self.sleep(1s);
    EXPECT_EQ(s.handlers(), Got{});
    EXPECT_EQ(s.taken(), Got{"a: orphaned noproc"});
  });
}

// ---- calls, deletion, stopping

TEST(EventProcess, OneHandlerIsAsked) {  // R-GE-4, gen_event_SUITE:call
  on_a_stand([](const Stand& s, const Got&) {
    s.add("a");
    s.add("b");
    EXPECT_EQ(*gen_event::call(s.self, s.manager, s.id("a"), Query{7}), 107);
    EXPECT_TRUE(gen_event::call(s.self, s.manager, s.id("a"), Touch{}));
    EXPECT_EQ(s.taken(), Got{"a: touched"});
    EXPECT_EQ(gen_event::call(s.self, s.manager, s.id("c"), Query{7}).reason(), Term::atom("bad_module"));
    EXPECT_EQ(gen_event::call(s.self, s.manager, s.id("a"), Query{2}).reason().to_string(), "{'EXIT',boom}");
    EXPECT_EQ(s.handlers(), Got{"{'Scribe',b}"});
  });
}

TEST(EventProcess, ARequestThatAHandlerDoesNotKnowIsRefused) {  // R-GE-4; OTP's handler ends with function_clause
  on_a_stand([](const Stand& s, const Got&) {
    EXPECT_TRUE(add_handler(s.self, s.manager, Handler::of<Plain>()));
    EXPECT_EQ(gen_event::call(s.self, s.manager, handler_id<Plain>(), Query{7}).reason().to_string(), "{unknown_call,'Query'}");
    EXPECT_EQ(s.handlers(), Got{"'Plain'"});
  });
}

TEST(EventProcess, DeleteReturnsWhatTerminateReturned) {  // R-GE-4, gen_event_SUITE:delete_handler
  on_a_stand([](const Stand& s, const Got&) {
    s.add("a");
    s.add("bad end");
    EXPECT_TRUE(add_handler(s.self, s.manager, Handler::of<Plain>()));
    EXPECT_EQ(delete_handler(s.self, s.manager, s.id("a"), one)->to_string(), "{left,1}");
    EXPECT_EQ(delete_handler(s.self, s.manager, s.id("a"), one).reason(), Term::atom("module_not_found"));
    EXPECT_EQ(delete_handler(s.self, s.manager, s.id("bad end"), one).reason().to_string(), "{'EXIT',boom}");
    EXPECT_EQ(*delete_handler(s.self, s.manager, handler_id<Plain>()), Term::atom("ok"));
    EXPECT_EQ(s.handlers(), Got{});
    EXPECT_EQ(s.taken(), (Got{"a: deleted 1", "bad end: deleted 1"}));
  });
}

TEST(EventProcess, AHandlerThatCannotBeMadeIsNotAdded) {  // R-GE-4
  on_a_stand([](const Stand& s, const Got&) {
    EXPECT_EQ(add_handler(s.self, s.manager, Handler::of<Unborn>(false)).reason().to_string(), "{'EXIT',boom}");
    EXPECT_EQ(root_of(add_handler(s.self, s.manager, Handler::of<Unborn>(true)).reason()[1]), "error");
    EXPECT_EQ(s.handlers(), Got{});
  });
}

TEST(EventProcess, ItStopsItsHandlersInTheirOrder) {  // R-GE-4
  in_every_order([](Trial& trial) {
    for (const bool parent : {false, true}) {
      Got got;
      Pid manager;
      trial.world.reset(Settings{.seed = trial.seed});
      trial.world.observe(trial.deaths);
      trial.run([&](Self& self) {
        const Stand s(self, got);
        manager = s.manager;
        s.add("a");
        s.add("bad end");
        s.add("b");
        parent ? self.exit(manager, boom) : sys::terminate(self, manager, Term::atom("enough"));
        self.take<Exit>();
      });
      EXPECT_EQ(got, (Got{"b: stopped normal", "bad end: stopped normal", "a: stopped normal"}));
      EXPECT_EQ(trial.deaths.of(manager), parent ? "boom" : "enough");
    }
  });
}

TEST(EventProcess, TheManagersEndIsNotThatOfWhoSupervisesAHandler) {  // R-GE-3, R-GE-4: it is unlinked before the manager ends
  in_every_order([](Trial& trial) {
    Pid owner;
    trial.run([&](Self& self) {
      Got got;
      const Stand s(self, got);
      owner = self.spawn([&s](Self& o) {
        add_sup_handler(o, s.manager, s.scribe("a"));
        o.sleep(1h);
      });
      self.sleep(1s);
      sys::terminate(self, s.manager, boom);
      self.sleep(1s);
      EXPECT_TRUE(self.is_alive(owner));
    });
  });
}

// ---- swapping

TEST(EventProcess, TheNewHandlerInheritsTheResultOfTheOld) {  // R-GE-5, gen_event_SUITE:swap_handler
  on_a_stand([](const Stand& s, const Got&) {
    s.add("a");
    s.add("b");
    EXPECT_TRUE(swap_handler(s.self, s.manager, s.id("a"), two, s.scribe("c")));
    EXPECT_EQ(s.taken(), (Got{"a: swapped 2", "c: inherits {left,2}"}));
    EXPECT_EQ(s.handlers(), (Got{"{'Scribe',c}", "{'Scribe',b}"}));  // it is the newest now
    EXPECT_TRUE(swap_handler(s.self, s.manager, s.id("nobody"), two, s.scribe("d")));
    EXPECT_EQ(s.taken(), Got{"d: inherits error"});
    EXPECT_EQ(s.handlers().front(), "{'Scribe',d}");
    EXPECT_EQ(swap_handler(s.self, s.manager, s.id("d"), two, s.scribe("heir that fails")).reason().to_string(), "{'EXIT',boom}");
    EXPECT_EQ(s.handlers(), (Got{"{'Scribe',c}", "{'Scribe',b}"}));
  });
}

TEST(EventProcess, SwapSupTakesTheHandlerOver) {  // R-GE-3, R-GE-5, gen_event_SUITE:swap_sup_handler
  on_a_stand([](const Stand& s, const Got&) {
    EXPECT_TRUE(add_sup_handler(s.self, s.manager, s.scribe("a")));
    const Pid other = s.self.spawn([&s](Self& self) {
      EXPECT_TRUE(swap_sup_handler(self, s.manager, s.id("a"), one, s.scribe("b")));
      self.take<Event>();
    });
    EXPECT_EQ(told(s.self), "{'Scribe',a} {swapped,{'Scribe',b}," + other.to_string() + "}");
    s.self.send(other, Event{});
    s.self.sleep(1s);
    EXPECT_EQ(s.handlers(), Got{});
    EXPECT_EQ(s.taken(), (Got{"a: swapped 1", "b: inherits {left,1}", "b: orphaned normal"}));
  });
}

TEST(EventProcess, AHandlerMaySwapItself) {  // R-GE-5
  on_a_stand([](const Stand& s, const Got& reports) {
    s.add("old");
    EXPECT_TRUE(add_sup_handler(s.self, s.manager, s.scribe("a")));
    s.add("new");
    EXPECT_EQ(*gen_event::call(s.self, s.manager, s.id("a"), Query{4}), 104);
    EXPECT_EQ(s.taken(), (Got{"a: swapped 1", "heir: inherits {left,1}"}));
    EXPECT_EQ(told(s.self), "{'Scribe',a} {swapped,'Scribe'," + s.self.pid().to_string() + "}");
    EXPECT_EQ(s.handlers(), (Got{"{'Scribe',new}", "'Scribe'", "{'Scribe',old}"}));  // in its place
    EXPECT_EQ(*gen_event::call(s.self, s.manager, handler_id<Scribe>(), Query{5}), 105);
    EXPECT_EQ(told(s.self), "'Scribe' {swapped,'Scribe'," + s.self.pid().to_string() + "}");
    EXPECT_EQ(told(s.self), "'Scribe' {'EXIT',boom}");
    EXPECT_EQ(s.handlers(), (Got{"{'Scribe',new}", "{'Scribe',old}"}));
    EXPECT_EQ(reports, Got{"'Scribe' Query{5} boom"});
  });
}

}  // namespace
}  // namespace moirai::rules
