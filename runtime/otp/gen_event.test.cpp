#include "runtime/otp/gen_event.hpp"

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/tree_run.test.hpp"

namespace moirai::rules {
namespace {

using namespace gen_event;

// ---- the README's example

struct Crashed {
  std::string who;
};
struct Count {
  using Reply = int;
};

struct Alarm {
  using Accepts = Messages<Crashed, Count>;
  int limit;
  int crashes = 0;

  Next on(Self& self, const Crashed& m) {
    self.log(m.who + " has crashed");
    return ++crashes < limit ? keep_handler() : remove_handler();
  }
  int on(Self&, const Count&) { return crashes; }
};

// ---- end of the README's example

TEST(GenEvent, AnAlarm) {
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      gen_event::start_link(self, {.name = "alarms"});
      EXPECT_TRUE(gen_event::add_sup_handler(self, "alarms", Handler::of<Alarm>(2)));
      gen_event::notify(self, "alarms", Crashed{"ledger"});
      EXPECT_EQ(*gen_event::call(self, "alarms", handler_id<Alarm>(), Count{}), 1);
      gen_event::sync_notify(self, "alarms", Crashed{"teller"});
      EXPECT_EQ(self.take<HandlerExit>().reason, reason::normal());
      EXPECT_FALSE(gen_event::call(self, "alarms", handler_id<Alarm>(), Count{}));
      EXPECT_TRUE(gen_event::which_handlers(self, "alarms").empty());
    });
  });
}

TEST(GenEvent, StartsUnderANameOrNone) {  // R-GE-1, gen_event_SUITE:start
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const StartResult named = gen_event::start_link(self, {.name = "events"});
      EXPECT_EQ(self.whereis("events"), named.pid);
      EXPECT_EQ(gen_event::start(self, {.name = "events"}),
                StartResult::error(Term::tuple({Term::atom("already_started"), Term::pid(named.pid)})));
      EXPECT_TRUE(gen_event::start(self));
      const auto monitored = gen_event::start_monitor(self);
      self.exit(monitored.first.pid, reason::kill());
      EXPECT_EQ(self.take<Down>().monitor, monitored.second);
      EXPECT_EQ(sys::get_state(self, "events"), "[]");
    });
  });
}

// The reason with which `code` exits, or "nothing".
template <class F>
std::string exit_of(const F& code) {
  const auto caught = catch_exit(code);
  return caught ? "nothing" : caught.reason().to_string();
}

TEST(GenEvent, WithoutAManagerOnlyNotifyReturns) {  // R-GE-1, R-GE-4
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const HandlerId id = handler_id<Alarm>();
      const Handler alarm = Handler::of<Alarm>(1);
      gen_event::notify(self, "events", Crashed{});
      EXPECT_EQ(exit_of([&] { gen_event::sync_notify(self, "events", Crashed{}); }), "noproc");
      EXPECT_EQ(exit_of([&] { gen_event::add_handler(self, "events", alarm); }), "noproc");
      EXPECT_EQ(exit_of([&] { gen_event::delete_handler(self, "events", id); }), "noproc");
      EXPECT_EQ(exit_of([&] { gen_event::swap_handler(self, "events", id, Term{}, alarm); }), "noproc");
      EXPECT_EQ(exit_of([&] { gen_event::which_handlers(self, "events"); }), "noproc");
      EXPECT_EQ(exit_of([&] { gen_event::call(self, "events", id, Count{}); }), "{noproc,{gen_event,call,[events,'Alarm','Count']}}");
      EXPECT_EQ(
          exit_of([&] { gen_event::call(self, "events", id.module == "Alarm" ? handler_id<Alarm>(Term::atom("x")) : id, Count{}, 1s); }),
          "{noproc,{gen_event,call,[events,{'Alarm',x},'Count',1000]}}");
    });
  });
}

TEST(GenEvent, IsStoppedByOthers) {  // R-GE-3, R-GE-4, gen_event_SUITE:stop
  in_every_order([](Trial& trial) {
    trial.run([](Self& self) {
      const Pid manager = gen_event::start(self, {.name = "events"}).pid;
      EXPECT_TRUE(gen_event::add_sup_handler(self, "events", Handler::of<Alarm>(1)));
      gen_event::stop(self, "events", Term::atom("enough"));  // it is unlinked from who supervises its handlers: this one lives
      EXPECT_FALSE(self.is_alive(manager));
      EXPECT_EQ(self.take<HandlerExit>().reason, reason::shutdown());
    });
  });
}

TEST(GenEvent, RunsUnderASupervisor) {  // R-GE-1
  using namespace otp_test;
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor({.name = "root"}, {gen_event::child("events", {.registered = true}), gen_event::child("nameless")}));
    run.ask(1s, [](Self& self) {
      gen_event::add_handler(self, "events", Handler::of<Alarm>(1));
      return Term::integer(static_cast<std::int64_t>(gen_event::which_handlers(self, "events").size()));
    });
    run.crash(2s, "events");
    run.ask(3s, [](Self& self) { return Term::integer(static_cast<std::int64_t>(gen_event::which_handlers(self, "events").size())); });
    EXPECT_EQ(run.journal(), (Journal{"+events", "+nameless", "?1", "-events boom", "!child_terminated events boom", "+events", "?0",
                                      "-nameless shutdown", "-events shutdown", "-root shutdown"}));
  });
}

}  // namespace
}  // namespace moirai::rules
