// One law over one run of a bare world, for the laws' own tests: what happens when is said in the test, and a bug may be planted between the
// world and the law by changing the events that the law is shown.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "properties/law.hpp"
#include "runtime/kernel/self.hpp"
#include "runtime/otp/supervisor.hpp"
#include "runtime/system.hpp"

namespace moirai::law_test {

using namespace std::chrono_literals;

inline Term atom(std::string_view text) { return Term::atom(text); }

class LawRun : public Observer {
 public:
  // Shows the law an event, or something else in its place: show(event) may be called never, once or often.
  using Show = std::function<void(const Event&)>;
  using Tamper = std::function<void(const Event&, const Show&)>;

  explicit LawRun(std::unique_ptr<Law> law, const Settings& settings = {}) : world(settings), law_(std::move(law)) {
    law_->configure({"law"});
  }

  LawRun& may_give_up() {
    law_->configure({"law", true});
    return *this;
  }
  LawRun& phases(Duration chaos, Duration heal, Duration over) {
    times_ = {Time{} + chaos, Time{} + heal, Time{} + over};
    return *this;
  }
  LawRun& tamper(Tamper tamper) {
    tamper_ = std::move(tamper);
    return *this;
  }
  LawRun& tree(const ChildSpec& root) {
    root_ = [&, root] { start_tree(world, root); };
    return *this;
  }
  LawRun& process(std::string label, Program program) {
    root_ = [this, label = std::move(label), program = std::move(program)] { world.start(label, program); };
    return *this;
  }
  LawRun& at(Duration when, std::function<void(Control&)> action) {
    actions_.push_back({"test", Time{} + when, Time{} + when, std::move(action)});
    return *this;
  }
  LawRun& crash(Duration when, std::string path, Term reason = atom("boom")) {
    return at(when, [this, path = std::move(path), reason](Control& control) { control.crash(latest_[path], reason); });
  }
  LawRun& exit_signal(Duration when, std::string path, Term reason, std::string from = {}) {
    return at(when, [this, path = std::move(path), from = std::move(from), reason](Control& control) {
      control.exit_signal(from.empty() ? Pid{} : latest_[from], latest_[path], reason);
    });
  }
  // The whole run; ended by the outside at `over` if phases were given.
  const Verdict& run() {
    law_->begin(world, world.control(), times_);
    world.observe(*this);
    root_();
    if (times_.over > Time{}) {
      at(times_.chaos - Time{}, [this](Control& control) { law_->phase(Phase::chaos, control.now()); });
      at(times_.heal - Time{}, [this](Control& control) { law_->phase(Phase::settle, control.now()); });
      at(times_.over - Time{}, [](Control& control) { control.stop(std::string(settle_over)); });
    }
    for (Outside& action : actions_) world.control().post(std::move(action));
    end = world.run();
    law_->finish(end);
    return law_->verdict();
  }

  EventMask wants() const override { return law_->wants() | EventMask{EventKind::spawn}; }
  void saw(const Event& event) override {
    if (event.kind == EventKind::spawn) latest_[world.path(event.subject)] = event.subject;
    if (!law_->wants().has(event.kind)) return;
    const Show show = [this](const Event& shown) { law_->saw(shown); };
    if (tamper_)
      tamper_(event, show);
    else
      show(event);
  }

  const Law& law() const { return *law_; }
  Pid latest(const std::string& path) { return latest_[path]; }

  World world;
  RunEnd end{};

 private:
  std::unique_ptr<Law> law_;
  PhaseTimes times_{};
  Tamper tamper_;
  std::function<void()> root_;
  std::vector<Outside> actions_;
  std::map<std::string, Pid> latest_;
};

template <class L, class... Args>
LawRun law_run(Args&&... args) {
  return LawRun(std::make_unique<L>(std::forward<Args>(args)...));
}

inline Settings random_schedule(std::uint64_t seed) {
  Settings settings;
  settings.seed = seed;
  settings.scheduler = Scheduler::random;
  return settings;
}

inline void idle(Self& self) {
  for (;;) self.receive([](const Message&) {});
}

inline void stubborn(Self& self) {
  self.trap_exit(true);
  for (;;) self.receive([](const Message&) {});
}

// Workers a, b, c under "root".
inline ChildSpec three(Strategy strategy, Intensity intensity, SupervisorMutant mutant = SupervisorMutant::none) {
  SupervisorOptions options;
  options.name = "root";
  options.strategy = strategy;
  options.intensity = intensity;
  options.mutant = mutant;
  return supervisor(std::move(options), {worker("a", idle), worker("b", idle), worker("c", idle)});
}

// A supervisor written by hand, to be wrong in ways in which ours is not: says what it is, then does what `body` does.
inline Program rogue(SupervisorStarted said, std::function<void(Self&)> body) {
  return Program([said, body](Self& self) {
    self.trap_exit(true);
    self.note(said);
    body(self);
  });
}

inline SupervisorStarted claims(Strategy strategy, std::int64_t intensity, std::vector<ChildConfig> children) {
  return {"root", strategy, intensity, 5, std::move(children)};
}

}  // namespace moirai::law_test
