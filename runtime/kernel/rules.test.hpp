// What the tests of the OTP rules share: a scenario is played under fifo and under many random schedules; deaths are written down.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai::rules {

using namespace std::chrono_literals;

struct Note1 {  // three plain messages
  int number = 0;
};
struct Other {
  int number = 0;
};
struct Ask {
  using Reply = int;
  int number = 0;
};

// The atom at the root: of {badarg, ...} and {error, Type, What} too.
inline std::string root_of(const Term& reason) {
  return (reason.is_tuple() || reason.is_list()) && reason.size() > 0 ? root_of(reason[0]) : std::string(reason.text());
}

// Who died of what.
class Deaths : public Observer {
 public:
  EventMask wants() const override { return {EventKind::exit, EventKind::spawn}; }
  void saw(const Event& event) override {
    if (event.kind == EventKind::exit) reasons_[event.subject] = event.reason->to_string(), order_.push_back(event.subject);
  }
  std::string of(Pid pid) const {
    const auto found = reasons_.find(pid);
    return found == reasons_.end() ? "lives" : found->second;
  }
  const std::vector<Pid>& order() const { return order_; }

 private:
  std::map<Pid, std::string> reasons_;
  std::vector<Pid> order_;
};

// The two forms of one process (K-40).
enum class Form { function, handler };
inline constexpr Form forms[] = {Form::function, Form::handler};
inline std::string to_string(Form form) { return form == Form::function ? "function" : "handler"; }

// Runs a body in one turn of a handler, and ends as a function does.
struct Begin {};
struct InOneTurn {
  using Accepts = Messages<Begin>;
  std::function<void(Self&)> body;
  InOneTurn(Self& self, const std::function<void(Self&)>& b) : body(b) { self.send(self.pid(), Begin{}); }
  void on(Self& self, const Begin&) {
    body(self);
    self.exit(reason::normal());
  }
};

// One schedule of a scenario. `root` is started from outside, as a process of this form; `finish` says that it came to its end.
struct Trial {
  World& world = one_world();
  Deaths deaths;
  std::uint64_t seed;
  Form form;
  int finished = 0;
  Trial(std::uint64_t s, Scheduler scheduler, Form f = Form::function) : seed(s), form(f) {
    world.reset(Settings{.seed = s, .scheduler = scheduler});
    world.observe(deaths);
  }
  ~Trial() { world.reset(Settings{}); }  // it must not observe any more, and what it started may refer to the test's locals
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  static World& one_world() {  // kept: its stacks are what costs
    static World world;
    return world;
  }

  template <class Body>
  Pid run(Body body) {
    const auto whole = [this, body](Self& self) {
      body(self);
      ++finished;
    };
    const Pid root = world.start("root", form == Form::function ? Program(whole) : handler<InOneTurn>(std::function<void(Self&)>(whole)));
    world.run();
    return root;
  }
};

// Plays `scenario(Trial&)` under fifo and `schedules` random schedules, its root now a function process, now a handler. Returns nothing;
// the scenario asserts.
template <class Scenario>
void in_every_order(Scenario scenario, std::uint64_t schedules = 200) {
  for (const Form form : forms) {
    SCOPED_TRACE("fifo, root is a " + to_string(form));
    Trial trial(1, Scheduler::fifo, form);
    scenario(trial);
  }
  for (std::uint64_t seed = 1; seed <= schedules && !testing::Test::HasFailure(); ++seed) {
    const Form form = forms[seed % 2];
    SCOPED_TRACE("random, seed " + std::to_string(seed) + ", root is a " + to_string(form));
    Trial trial(seed, Scheduler::random, form);
    scenario(trial);
  }
}

using Got = std::vector<std::string>;

inline std::string text(const Note1& m) { return "note " + std::to_string(m.number); }
inline std::string text(const Other& m) { return "other " + std::to_string(m.number); }
inline std::string text(const Exit& m) { return "EXIT " + m.reason.to_string(); }
inline std::string text(const Down& m) { return "DOWN " + m.reason.to_string(); }

struct ListenerHandler {
  using Accepts = Messages<Note1, Other, Exit, Down>;
  Got* got;
  ListenerHandler(Self& self, bool traps, Got* where) : got(where) { self.trap_exit(traps); }
  template <class M>
  void on(Self&, const M& m) {
    got->push_back(text(m));
  }
};

// For rules about who receives: may trap, waits for ever and writes down what it takes.
inline Program listener(Form form, bool traps, Got& got) {
  Got* const where = &got;
  if (form == Form::handler) return handler<ListenerHandler>(traps, where);
  return [traps, where](Self& self) {
    self.trap_exit(traps);
    const auto write = [&](const auto& m) { where->push_back(text(m)); };
    for (;;)
      self.receive([&](const Note1& m) { write(m); }, [&](const Other& m) { write(m); }, [&](const Exit& m) { write(m); },
                   [&](const Down& m) { write(m); });
  };
}

// Takes everything that is in the mailbox or becomes ready while it polls.
inline Got drain(Self& self) {
  Got got;
  const auto write = [&](const auto& m) { got.push_back(text(m)); };
  for (bool more = true; more;)
    self.receive([&](const Note1& m) { write(m); }, [&](const Other& m) { write(m); }, [&](const Exit& m) { write(m); },
                 [&](const Down& m) { write(m); }, after(0ms, [&] { more = false; }));
  return got;
}

// Ends when told to, by returning (normal), by exit/1 or by an exception.
inline void quiet(Self& self) { self.sleep(1h); }

}  // namespace moirai::rules
