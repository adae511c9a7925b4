// Plays a program of random_program.test.hpp on a real world, with real processes of both forms, and keeps the journal that
// NaiveWorld keeps.
#pragma once
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/kernel/random_program.test.hpp"
#include "runtime/kernel/self.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai::oracle {

struct Tag {
  int number;
};
using TimedTag = TimedOut<Tag>;

// Plays a program on a real world and keeps the journal that NaiveWorld keeps.
class Stage : public Observer {
 public:
  enum class Journal { kept, none };  // kept: as an observer
  Stage(World& world, const Play& play, Journal journal = Journal::kept)
      : world_(world), play_(play), kept_(journal), latest_(play.scripts.size()) {
    if (kept_ == Journal::kept) world.observe(*this);
  }

  RunEnd run() {
    latest_[0] = world_.start("role0", act(0));
    for (std::size_t k = 0; k < play_.outside.size(); ++k) {
      const Intervention i = play_.outside[k];
      world_.control().post({"intervention#" + std::to_string(k), Time{} + std::chrono::milliseconds(i.due),
                             Time{} + std::chrono::milliseconds(i.until), [this, i, k](Control& control) { intervene(control, i, k); }});
    }
    return world_.run();
  }
  const std::vector<std::string>& journal() const { return journal_; }

 private:
  struct Actor {  // what a process knows: where it is in its script, and its refs
    int role;
    std::size_t pc = 0;
    std::vector<Ref> monitors{}, timers{};
  };
  struct Handler {
    using Accepts = Messages<Tag, TimedTag, Exit, Down, IdleTimeout>;
    Handler(Self& self, Stage* stage, int role) : stage_(stage), actor_{role} { stage_->turn(self, actor_); }
    void on(Self& self, const Tag& m) { stage_->took(self, m), stage_->turn(self, actor_); }
    void on(Self& self, const TimedTag& m) { stage_->took(self, actor_, m), stage_->turn(self, actor_); }
    void on(Self& self, const Exit& m) { stage_->took(self, m), stage_->turn(self, actor_); }
    void on(Self& self, const Down& m) { stage_->took(self, actor_, m), stage_->turn(self, actor_); }
    void on(Self& self, const IdleTimeout&) { stage_->say(stage_->name_of(self.pid()) + " after"), stage_->turn(self, actor_); }

   private:
    Stage* stage_;
    Actor actor_;
  };

  void intervene(Control& control, const Intervention& i, std::size_t k) {
    say("outside " + std::to_string(k));
    const Pid to = latest_[static_cast<std::size_t>(i.role)];
    const Term why = Term::atom(reasons[static_cast<std::size_t>(i.reason)]);
    if (!to) return;
    if (i.crash)
      control.crash(to, why);
    else
      control.exit_signal(i.from == i.role ? Pid{} : latest_[static_cast<std::size_t>(i.from)], to, why);
  }

  Program act(int role) {
    Stage* const stage = this;
    if (script(role).handler) return handler<Handler>(stage, role);
    return [stage, role](Self& self) {
      Actor actor{role};
      stage->turn(self, actor);
    };
  }
  const Script& script(int role) const { return play_.scripts[static_cast<std::size_t>(role)]; }

  EventMask wants() const override {
    return {EventKind::spawn, EventKind::exit, EventKind::receive, EventKind::signal_receive, EventKind::signal_drop};
  }
  void saw(const Event& event) override {
    switch (event.kind) {
      case EventKind::spawn: {
        const int number = static_cast<int>(numbers_.size()) + 1;
        numbers_[event.subject] = number;
        say(name_of(event.other) + " spawns " + name_of(event.subject));
        break;
      }
      case EventKind::exit: say(name_of(event.subject) + " dies " + root_of(*event.reason)); break;
      case EventKind::receive:
        if (event.as<Exit>() || event.as<Down>()) break;  // the signal that became this message has its own event
        if (event.as<Tag>())
          received(event, "message " + std::to_string(event.as<Tag>()->number));
        else if (event.as<TimedTag>())
          received(event, "message " + std::to_string(event.as<TimedTag>()->message.number));
        else
          received(event, "info_reply");
        break;
      case EventKind::signal_drop:  // received without effect, unless it had nobody to be received by
        if (!world_.alive(event.subject) || event.text == "the receiver is dead") break;
        [[fallthrough]];
      case EventKind::signal_receive: received(event, std::string(to_string(event.signal))); break;
      default: break;
    }
  }
  void received(const Event& event, const std::string& what) { say(name_of(event.subject) + " < " + what); }

  // {badarg, ...} and {error, Type, What} as their first atom: the naive kernel has atoms only.
  static std::string root_of(const Term& reason) { return reason.is_tuple() ? root_of(reason[0]) : std::string(reason.text()); }
  std::string name_of(Pid pid) const {
    const auto found = numbers_.find(pid);
    return "p" + std::to_string(found == numbers_.end() ? 0 : found->second);
  }
  static std::string index_of(const std::vector<Ref>& refs, Ref ref) {
    for (std::size_t i = 0; i < refs.size(); ++i)
      if (refs[i] == ref) return "#" + std::to_string(i);
    return "#?";
  }
  void say(std::string line) {
    if (kept_ == Journal::kept) journal_.push_back(std::to_string(nanoseconds(world_.now()) / 1'000'000) + " " + std::move(line));
  }

  void took(Self& self, const Tag& m) { say(name_of(self.pid()) + " takes " + std::to_string(m.number)); }
  void took(Self& self, const Actor& actor, const TimedTag& m) {
    say(name_of(self.pid()) + " takes timer " + index_of(actor.timers, m.timer) + " " + std::to_string(m.message.number));
  }
  void took(Self& self, const Exit& m) { say(name_of(self.pid()) + " takes EXIT " + name_of(m.from) + " " + root_of(m.reason)); }
  void took(Self& self, const Actor& actor, const Down& m) {
    say(name_of(self.pid()) + " takes DOWN " + index_of(actor.monitors, m.monitor) + " " + name_of(m.pid) + " " + m.name + " " +
        root_of(m.reason));
  }

  void turn(Self& self, Actor& actor) {
    const Script& mine = script(actor.role);
    while (actor.pc < mine.code.size()) {
      const Instruction& i = mine.code[actor.pc++];
      if (i.op == Op::end_turn) {
        if (i.a >= 0) self.idle_timeout(std::chrono::milliseconds(i.a));
        return;
      }
      execute(self, actor, i);
    }
  }

  void receive(Self& self, Actor& actor, int pattern, int timeout) {
    const auto on_tag = [&](const Tag& m) { took(self, m); };
    const auto on_timed = [&](const TimedTag& m) { took(self, actor, m); };
    const auto on_exit = [&](const Exit& m) { took(self, m); };
    const auto on_down = [&](const Down& m) { took(self, actor, m); };
    const auto on_even = when([](const Tag& m) { return m.number % 2 == 0; }, on_tag);
    const auto wait = [&](const auto&... branches) {
      if (timeout < 0)
        self.receive(branches...);
      else
        self.receive(branches..., after(std::chrono::milliseconds(timeout), [&] { say(name_of(self.pid()) + " after"); }));
    };
    switch (pattern) {
      case any: return wait(on_tag, on_timed, on_exit, on_down);
      case tags: return wait(on_tag);
      case even_tags: return wait(on_even);
      case exits: return wait(on_exit);
      case downs: return wait(on_down);
      default: return wait(on_even, on_down);
    }
  }

  void execute(Self& self, Actor& actor, const Instruction& i) {
    const auto role = [&](int r) -> Pid& { return latest_[static_cast<std::size_t>(r)]; };
    const auto name = "n" + std::to_string(i.a);
    const auto milliseconds = std::chrono::milliseconds(i.c);
    const std::string me = name_of(self.pid());
    switch (i.op) {
      case Op::spawn:
        if (spawned_ == Play::spawns_max) break;
        ++spawned_;
        if (i.b == 0) role(i.a) = self.spawn(act(i.a));
        if (i.b == 1) role(i.a) = self.spawn_link(act(i.a));
        if (i.b == 2) {
          const auto [child, ref] = self.spawn_monitor(act(i.a));
          role(i.a) = child;
          actor.monitors.push_back(ref);
        }
        break;
      case Op::send:
        if (role(i.a)) self.send(role(i.a), Tag{i.b});
        break;
      case Op::burst:
        for (int k = 0; k < i.b && role(i.a); ++k) self.send(role(i.a), Tag{100});
        break;
      case Op::send_name: self.send(name, Tag{i.b}); break;
      case Op::link:
        if (role(i.a)) self.link(role(i.a));
        break;
      case Op::unlink:
        if (role(i.a)) self.unlink(role(i.a));
        break;
      case Op::monitor:
        if (role(i.a)) actor.monitors.push_back(self.monitor(role(i.a)));
        break;
      case Op::monitor_name: actor.monitors.push_back(self.monitor(name)); break;
      case Op::demonitor:
        if (const auto k = static_cast<std::size_t>(i.a); k < actor.monitors.size())
          say(me + (self.demonitor(actor.monitors[actor.monitors.size() - 1 - k], i.b != 0) ? " demonitors" : " had no monitor"));
        break;
      case Op::trap: say(me + (self.trap_exit(i.a != 0) ? " trapped" : " did not trap")); break;
      case Op::exit_to:
        if (role(i.a)) self.exit(role(i.a), Term::atom(reasons[static_cast<std::size_t>(i.b)]));
        break;
      case Op::exit: self.exit(Term::atom(reasons[static_cast<std::size_t>(i.a)]));
      case Op::crash: throw std::runtime_error("planted");
      case Op::poll: return receive(self, actor, i.a, 0);
      case Op::receive: return receive(self, actor, i.a, i.b);
      case Op::sleep: self.sleep(std::chrono::milliseconds(i.a)); break;
      case Op::end_turn: break;
      case Op::send_after:
        if (role(i.a)) actor.timers.push_back(self.send_after(milliseconds, role(i.a), Tag{i.b}));
        break;
      case Op::start_timer:
        if (role(i.a)) actor.timers.push_back(self.start_timer(milliseconds, role(i.a), Tag{i.b}));
        break;
      case Op::send_later: actor.timers.push_back(self.send_after(milliseconds, name, Tag{i.b})); break;
      case Op::cancel:
      case Op::read:
        if (const auto k = static_cast<std::size_t>(i.a); k < actor.timers.size()) {
          const Ref timer = actor.timers[actor.timers.size() - 1 - k];
          const auto left = i.op == Op::cancel ? self.cancel_timer(timer) : self.read_timer(timer);
          say(me + (left ? " left " + std::to_string(nanoseconds(*left) / 1'000'000) : " no timer"));
        }
        break;
      case Op::enroll:
        if (i.b < 0) {
          self.register_name(name);
          say(me + " registers " + me);
        } else if (const Pid who = role(i.b)) {
          self.register_name(name, who);
          say(me + " registers " + name_of(who));
        }
        break;
      case Op::strike:
        self.unregister_name(name);
        say(me + " unregisters");
        break;
      case Op::whereis: {
        const auto found = self.whereis(name);
        say(me + " finds " + name_of(found ? *found : Pid{}));
        break;
      }
      case Op::yield: self.yield(); break;
      case Op::is_alive:
        if (role(i.a)) say(me + (self.is_alive(role(i.a)) ? " alive" : " not alive"));
        break;
    }
  }

  World& world_;
  const Play& play_;
  const Journal kept_;
  std::map<Pid, int> numbers_;
  std::vector<Pid> latest_;
  std::vector<std::string> journal_;
  int spawned_ = 0;
};

}  // namespace moirai::oracle
