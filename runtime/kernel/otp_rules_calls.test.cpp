// Calls as the kernel makes them (R-GS-2, R-GS-3 and section E: a junk call harms nobody), for both forms of the server.
#include <set>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/rules.test.hpp"

namespace moirai::rules {
namespace {

struct Late {
  using Reply = int;
  Duration wait{};
};
struct Die {
  using Reply = int;
  std::string reason;
};
struct Refused {
  using Reply = void;
  std::string why;
};
struct Unknown {
  using Reply = int;
  int number = 0;
};

struct Answerer {
  using Accepts = Messages<Ask, Late, Die, Refused, Note1>;
  int notes = 0;
  int on(Self&, const Ask& m) { return m.number + notes; }
  int on(Self& self, const Late& m) {
    self.sleep(m.wait);
    return 0;
  }
  int on(Self& self, const Die& m) { self.exit(Term::atom(m.reason)); }
  void on(Self& self, const Refused& m, const From<Refused>& from) { self.refuse(from, Term::atom(m.why)); }
  void on(Self&, const Note1& m) { notes += m.number; }
};
void answerer(Self& self) {
  int notes = 0;
  for (;;)
    self.receive([&](const Ask& m) { return m.number + notes; },
                 [&](const Late& m) {
                   self.sleep(m.wait);
                   return 0;
                 },
                 [&](const Die& m) -> int { self.exit(Term::atom(m.reason)); },
                 [&](const Refused& m, const From<Refused>& from) { self.refuse(from, Term::atom(m.why)); },
                 [&](const Note1& m) { notes += m.number; });
}
Program server(Form form) { return form == Form::function ? Program(answerer) : handler<Answerer>(); }

// What a call exits with, its server written S.
template <class Call>
std::string failure(Self& self, Pid server, Call call) {
  const auto result = catch_exit([&] { return call(self); });
  EXPECT_FALSE(result);
  if (result) return "a reply";
  std::string text = result.reason().to_string();
  const std::string pid = server.to_string();
  for (std::size_t at; (at = text.find(pid)) != std::string::npos;) text.replace(at, pid.size(), "S");
  return text;
}

// R-GS-2: the exit of a call says why, whom by pid or name, what, and the timeout if one was given.
TEST(OtpCalls, ExitsAsGenServerCall) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          trial.run([&](Self& self) {
            const auto fresh = [&] {
              const Pid pid = self.spawn(server(form));
              self.register_name("server", pid);
              return pid;
            };
            Pid s = fresh();
            const auto why = [&](auto call) { return failure(self, s, call); };
            EXPECT_EQ(self.call("server", Ask{1}), 1);
            EXPECT_EQ(why([&](Self& me) { return me.call(s, Late{50ms}, 5ms); }), "{timeout,{gen_server,call,[S,'Late',5]}}");
            EXPECT_EQ(why([&](Self& me) { return me.call("server", Late{50ms}, 5ms); }), "{timeout,{gen_server,call,[server,'Late',5]}}");
            EXPECT_EQ(why([&](Self& me) { return me.call(s, Late{6s}); }), "{timeout,{gen_server,call,[S,'Late']}}");
            EXPECT_EQ(self.call(s, Late{6s}, Duration::max()), 0);
            EXPECT_EQ(why([&](Self& me) { return me.call(s, Die{"boom"}); }), "{boom,{gen_server,call,[S,'Die']}}");
            EXPECT_EQ(why([&](Self& me) { return me.call(s, Ask{}); }), "{noproc,{gen_server,call,[S,'Ask']}}");
            EXPECT_EQ(why([&](Self& me) { return me.call("server", Ask{}, 1s); }), "{noproc,{gen_server,call,[server,'Ask',1000]}}");
            s = fresh();
            EXPECT_EQ(why([&](Self& me) { return me.call("server", Die{"normal"}, Duration::max()); }),
                      "{normal,{gen_server,call,[server,'Die',infinity]}}");
            s = self.pid();
            self.register_name("me");
            EXPECT_EQ(why([&](Self& me) { return me.call(s, Ask{}); }), "{calling_self,{gen_server,call,[S,'Ask']}}");
            EXPECT_EQ(why([&](Self& me) { return me.call("me", Ask{}); }), "{calling_self,{gen_server,call,[me,'Ask']}}");
          });
          EXPECT_EQ(trial.finished, 1);
        },
        20);
}

// R-GS-2: killed in the middle of a call.
TEST(OtpCalls, ServerIsKilledMeanwhile) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          trial.run([&](Self& self) {
            const Pid s = self.spawn(server(form));
            self.spawn([s](Self& other) {
              other.sleep(1ms);
              other.exit(s, reason::kill());
            });
            EXPECT_EQ(failure(self, s, [&](Self& me) { return me.call(s, Late{1s}); }), "{killed,{gen_server,call,[S,'Late']}}");
          });
          EXPECT_EQ(trial.finished, 1);
        },
        30);
}

// A handler that gets a call it does not know refuses it at once, by pid and by name, and lives on; a cast or message is dropped.
TEST(OtpCalls, JunkIsRefused) {
  struct Drops : Observer {
    int count = 0;
    EventMask wants() const override { return {EventKind::drop}; }
    void saw(const Event& event) override { count += event.text == "unexpected"; }
  };
  for (const bool seen : {false, true})
    in_every_order(
        [seen](Trial& trial) {
          Drops drops;
          if (seen) trial.world.observe(drops);
          trial.run([&](Self& self) {
            const Pid s = self.spawn(server(Form::handler));
            self.register_name("server", s);
            EXPECT_EQ(failure(self, s, [&](Self& me) { return me.call(s, Unknown{}); }),
                      "{{unknown_call,'Unknown'},{gen_server,call,[S,'Unknown']}}");
            EXPECT_EQ(failure(self, s, [&](Self& me) { return me.call("server", Unknown{}, 1s); }),
                      "{{unknown_call,'Unknown'},{gen_server,call,[server,'Unknown',1000]}}");
            EXPECT_EQ(self.now(), Time{}) << "no timeout was waited for";
            self.cast(s, Unknown{});
            self.send(s, Other{});
            self.send(s, Note1{7});
            EXPECT_EQ(self.call(s, Ask{1}), 8);
            EXPECT_EQ(drain(self), Got{});
            EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
            EXPECT_TRUE(self.world().monitors_of(self.pid()).empty());
          });
          EXPECT_EQ(trial.finished, 1);
          if (seen) { EXPECT_EQ(drops.count, 4); }
        },
        30);
}

// A refusal ends the call as its server says; one that comes too late, or for a cast, reaches nobody.
TEST(OtpCalls, Refusals) {
  for (const Form form : forms)
    in_every_order(
        [form](Trial& trial) {
          trial.run([&](Self& self) {
            const Pid s = self.spawn(server(form));
            EXPECT_EQ(failure(self, s, [&](Self& me) { me.call(s, Refused{"busy"}); }), "{busy,{gen_server,call,[S,'Refused']}}");
            self.cast(s, Refused{"busy"});
            self.cast(s, Late{10ms});
            EXPECT_EQ(failure(self, s, [&](Self& me) { me.call(s, Refused{"busy"}, 5ms); }), "{timeout,{gen_server,call,[S,'Refused',5]}}");
            self.sleep(20ms);
            EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
            EXPECT_EQ(self.call(s, Ask{3}), 3);
          });
          EXPECT_EQ(trial.finished, 1);
        },
        30);
}

// R-GS-3: a reply that was received before the timeout was noticed is taken; either may win, and nothing is left behind.
TEST(OtpCalls, ReplyAgainstTimeout) {
  std::set<std::string> seen;
  for (const Form form : forms)
    in_every_order([&](Trial& trial) {
      trial.run([&](Self& self) {
        const Pid s = self.spawn(server(form));
        const auto result = catch_exit([&] { return self.call(s, Late{5ms}, 5ms); });
        seen.insert(result ? "reply" : "timeout");
        self.sleep(1ms);
        EXPECT_EQ(self.world().mailbox_size(self.pid()), 0u);
      });
      EXPECT_EQ(trial.finished, 1);
    });
  EXPECT_EQ(seen.size(), 2u);
}

// A behaviour writes its own failures.
TEST(OtpCalls, AnotherBehavioursFailure) {
  in_every_order(
      [](Trial& trial) {
        trial.run([](Self& self) {
          const auto failed = [](Term why) { return Term::tuple({std::move(why), Term::atom("gen_statem")}); };
          const Pid s = self.spawn(server(Form::handler));
          EXPECT_EQ(self.call_as(s, Ask{4}, 1s, failed), 4);
          EXPECT_EQ(failure(self, s, [&](Self& me) { return me.call_as(s, Late{1s}, 5ms, failed); }), "{timeout,gen_statem}");
          EXPECT_EQ(failure(self, s, [&](Self& me) { return me.call_as("nobody", Ask{}, 5ms, failed); }), "{noproc,gen_statem}");
          EXPECT_EQ(failure(self, s, [&](Self& me) { return me.call_as(me.pid(), Ask{}, 5ms, failed); }), "{calling_self,gen_statem}");
        });
        EXPECT_EQ(trial.finished, 1);
      },
      10);
}

}  // namespace
}  // namespace moirai::rules
