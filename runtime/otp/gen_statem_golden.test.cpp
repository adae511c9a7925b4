// Plays the programs of gen_statem_golden.txt and compares with what OTP's gen_statem did. The format stands in gen_statem_golden.erl.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/otp/gen_statem.hpp"

namespace moirai::gen_statem {
namespace {

using namespace std::chrono_literals;

struct Number {  // what a timeout or an internal event carries
  std::int64_t n;
};
struct Cast {
  std::int64_t n;
};
struct Info {
  std::int64_t n;
};
struct Ask {
  using Reply = std::int64_t;
  std::int64_t n;
};

struct Run {
  Term program;
  std::vector<std::string> log;
  int handled = 0;

  const Term& init() const { return program[2]; }
  // The actions of the state's enter handler.
  Term enter(std::string_view state) const {
    for (std::size_t i = 0; i < program[3].size(); ++i)
      if (program[3][i][0].is_atom(state)) return program[3][i][1];
    return Term::list({});
  }
  // {State,Kind,N,Next,Actions}
  const Term* rule(std::string_view state, std::string_view kind, std::int64_t n) const {
    for (std::size_t i = 0; i < program[4].size(); ++i) {
      const Term& rule = program[4][i];
      if (rule[0].is_atom(state) && rule[1].is_atom(kind) && rule[2].integer_value() == n) return &rule;
    }
    return nullptr;
  }
};

// The machine that does what a program's rules say.
struct Machine {
  struct S0 {
    static constexpr std::string_view name = "s0";
  };
  struct S1 {
    static constexpr std::string_view name = "s1";
  };
  struct S2 {
    static constexpr std::string_view name = "s2";
  };
  using States = gen_statem::States<S0, S1, S2>;
  using Events = gen_statem::Events<Cast, Info, Ask, Internal<Number>, StateTimeout<Number>, EventTimeout<Number>, NamedTimeout<Number>>;
  using Transition = gen_statem::Transition<Machine>;

  Run* run;

  Initial<Machine> init(Self&) {
    Initial<Machine> initial = next_state(S0{});
    add_all(initial, run->init());
    return initial;
  }
  template <class S, class P>
  Entered<Machine> enter(Self&, S&, const P&) {
    run->log.push_back("{enter," + std::string(S::name) + "," + std::string(P::name) + "}");
    Entered<Machine> entered = keep_state();
    add_all(entered, run->enter(S::name));
    return entered;
  }
  template <class S>
  Transition on(Self&, S&, const Ask& m, const From<Ask>& from) {
    return follow<S>("call", m.n, from);
  }
  template <class S>
  Transition on(Self&, S&, const Cast& m) {
    return follow<S>("cast", m.n);
  }
  template <class S>
  Transition on(Self&, S&, const Info& m) {
    return follow<S>("info", m.n);
  }
  template <class S>
  Transition on(Self&, S&, const Internal<Number>& m) {
    return follow<S>("internal", m.message.n);
  }
  template <class S>
  Transition on(Self&, S&, const StateTimeout<Number>& m) {
    return follow<S>("state", m.message.n);
  }
  template <class S>
  Transition on(Self&, S&, const EventTimeout<Number>& m) {
    return follow<S>("event", m.message.n);
  }
  template <class S>
  Transition on(Self&, S&, const NamedTimeout<Number>& m) {
    return follow<S>(m.name.text(), m.message.n);
  }
  template <class S>
  void terminate(Self&, S&, const Term& reason) {
    run->log.push_back("{terminate," + std::string(S::name) + "," + reason.to_string() + "}");
  }

 private:
  template <class S>
  Transition follow(std::string_view kind, std::int64_t n, std::optional<From<Ask>> from = std::nullopt) {
    run->log.push_back("{on," + std::string(S::name) + "," + std::string(kind) + "," + std::to_string(n) + "}");
    const Term* rule = run->rule(S::name, kind, n);
    if (++run->handled > 60 || !rule) return keep_state();
    Transition transition = outcome((*rule)[3], n);
    add_all(transition, (*rule)[4], from);
    return transition;
  }
  static Transition outcome(const Term& next, std::int64_t n) {
    if (next.is_atom("keep")) return keep_state();
    if (next.is_atom("repeat")) return repeat_state();
    if (next.is_atom("stop")) return stop(Term::tuple({reason::shutdown(), Term::integer(n)}));
    if (next.is_atom("s0")) return next_state(S0{});
    if (next.is_atom("s1")) return next_state(S1{});
    return next_state(S2{});
  }
  template <class Outcome>
  static void add_all(Outcome& outcome, const Term& actions, const std::optional<From<Ask>>& from = std::nullopt) {
    for (std::size_t i = 0; i < actions.size(); ++i) add(outcome, actions[i], from);
  }
  template <class Outcome>
  static void add(Outcome& outcome, const Term& action, const std::optional<From<Ask>>& from) {
    constexpr bool enters = std::is_same_v<Outcome, Entered<Machine>>;
    const std::string_view what = action.is_atom() ? action.text() : action[0].text();
    if (what == "hibernate") {
      outcome += hibernate;
    } else if (what == "set" || what == "update" || what == "cancel") {
      timeout_action(outcome, action);
    } else if constexpr (!enters) {
      if (what == "insert") insert(outcome, action[1].text(), action[2].integer_value(), from);
      if constexpr (std::is_same_v<Outcome, Transition>) {
        if (what == "postpone") outcome += postpone;
        if (what == "reply" && from) outcome += reply(*from, action[1].integer_value());
      }
    }
  }
  template <class Outcome>
  static void timeout_action(Outcome& outcome, const Term& action) {
    const std::string_view key = action[1].text();
    if (key == "state")
      timeout_action(outcome, action, state_timeout);
    else if (key == "event")
      timeout_action(outcome, action, event_timeout);
    else
      timeout_action(outcome, action, timeout(key));
  }
  template <class Outcome, class Key>
  static void timeout_action(Outcome& outcome, const Term& action, const Key& key) {
    if (action[0].is_atom("cancel"))
      outcome += cancel(key);
    else if (action[0].is_atom("update"))
      outcome += update(key, Number{action[2].integer_value()});
    else
      outcome += key(std::chrono::milliseconds(action[2].integer_value()), Number{action[3].integer_value()});
  }
  template <class Outcome>
  static void insert(Outcome& outcome, std::string_view kind, std::int64_t n, const std::optional<From<Ask>>& from) {
    if (kind == "cast")
      outcome += next_event(Cast{n});
    else if (kind == "info")
      outcome += next_event(Info{n});
    else if (kind == "internal")
      outcome += next_event(Internal<Number>{{n}});
    else if (kind == "state")
      outcome += next_event(StateTimeout<Number>{{n}});
    else if (kind == "event")
      outcome += next_event(EventTimeout<Number>{{n}});
    else if (kind != "call")
      outcome += next_event(NamedTimeout<Number>{Term::atom(kind), {n}});
    else if (from)
      outcome += next_event(Ask{n}, *from);
  }
};

// The process that plays the script. After each step it waits until the machine has nothing more to do.
class Script {
 public:
  explicit Script(Run& run) : run_(run) {}

  void play(Self& self) {
    machine_ = gen_statem::start<Machine>(self, {}, &run_).pid;
    settle(self);
    for (std::size_t i = 0; i < run_.program[5].size(); ++i) step(self, run_.program[5][i]);
    settle(self);
    self.exit(machine_, reason::kill());
    for (const auto& [nth, reply] : replies_) run_.log.push_back("{reply," + std::to_string(nth) + "," + std::to_string(reply) + "}");
  }

 private:
  void settle(Self& self) {
    if (!suspended_) catch_exit([&] { sys::get_state(self, machine_); });
  }
  void step(Self& self, const Term& step) {
    if (step.is_atom("suspend") || step.is_atom("resume")) {
      suspended_ = step.is_atom("suspend");
      catch_exit([&] { suspended_ ? sys::suspend(self, machine_) : sys::resume(self, machine_); });
    } else if (step[0].is_atom("wait")) {
      self.sleep(std::chrono::milliseconds(step[1].integer_value()));
    } else if (step[0].is_atom("cast")) {
      self.send(machine_, Cast{step[1].integer_value()});
    } else if (step[0].is_atom("info")) {
      self.send(machine_, Info{step[1].integer_value()});
    } else {
      ask(self, step[1].integer_value());
    }
    settle(self);
  }
  void ask(Self& self, std::int64_t n) {
    self.spawn("caller", [this, nth = ++calls_, n](Self& caller) {
      const std::int64_t reply = gen_statem::call(caller, machine_, Ask{n});
      replies_[nth] = reply;
    });
    self.yield();  // under fifo the caller goes first
  }

  Run& run_;
  Pid machine_;
  bool suspended_ = false;
  int calls_ = 0;
  std::map<int, std::int64_t> replies_;
};

std::string played(World& world, const Term& program) {
  Run run{program, {}};
  Script script(run);
  world.reset(Settings{});
  world.start("script", [&](Self& self) { script.play(self); });
  world.run();
  std::string log = "{log," + program[1].to_string() + ",[";
  for (const std::string& entry : run.log) log += (log.ends_with('[') ? "" : ",") + entry;
  return log + "]}.";
}

// R-SM-1, R-SM-2, R-SM-3, R-SM-4, R-SM-5, R-SM-6 (mended), R-SM-7; gen_statem_SUITE:event_order, state_enter, generic_timers, hibernate
TEST(GenStatemGolden, ProgramsGoAsInOtp) {
  std::ifstream file("runtime/otp/gen_statem_golden.txt");
  World world;
  int programs = 0, different = 0;
  for (std::string program, log; std::getline(file, program);) {
    if (program.starts_with('%')) continue;
    ASSERT_TRUE(std::getline(file, log));
    program.pop_back();
    std::string why;
    const auto term = parse_term(program, &why);
    ASSERT_TRUE(term) << why;
    const std::string ours = played(world, *term);
    ++programs;
    if (ours == log) continue;
    if (++different <= 3) ADD_FAILURE() << program << "\nOTP:  " << log << "\nours: " << ours;
  }
  EXPECT_EQ(programs, 300);
  EXPECT_EQ(different, 0);
}

}  // namespace
}  // namespace moirai::gen_statem
