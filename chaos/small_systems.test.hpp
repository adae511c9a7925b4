// Small systems and scenarios that the tests of this layer break.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "chaos/plan.hpp"
#include "chaos/run.hpp"
#include "runtime/kernel/self.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai::small {

struct Number {
  static constexpr std::string_view fields[] = {"value"};
  std::int64_t value;
};
struct Got {
  static constexpr std::string_view fields[] = {"value"};
  std::int64_t value;
};

// ---- a bank: each teller moves a cent out of the ledger and back again every 10 ms; in between the money is nowhere
struct Debit {
  using Reply = bool;
  static constexpr std::string_view fields[] = {"cents"};
  std::int64_t cents;
};
struct Credit {
  using Reply = bool;
  static constexpr std::string_view fields[] = {"cents"};
  std::int64_t cents;
};

inline void ledger(Self& self) {
  std::int64_t cents = 1'000;
  for (;;) {
    self.receive(
        [&](const Debit& m) {
          cents -= m.cents;
          self.note(Got{cents});
          return true;
        },
        [&](const Credit& m) {
          cents += m.cents;
          self.note(Got{cents});
          return true;
        });
  }
}
inline void teller(Self& self) {
  for (;;) {
    self.sleep(10ms);
    self.call("ledger", Debit{1});
    self.call("ledger", Credit{1});
  }
}
inline ChildSpec bank(const Args&) {
  return supervisor({.name = "bank", .strategy = Strategy::one_for_one, .intensity = {.restarts = 100, .within = 1s}},
                    {worker("ledger", ledger, {.registered = true}), worker("teller-1", teller), worker("teller-2", teller)});
}

// ---- a pipe: the source sends 1, 2, 3 ... to the sink, one each millisecond; the sink notes each
inline void source(Self& self) {
  for (std::int64_t next = 1;; ++next) {
    self.send("sink", Number{next});
    self.sleep(1ms);
  }
}
inline void sink(Self& self) {
  for (;;) self.receive([&](const Number& m) { self.note(Got{m.value}); });
}
inline ChildSpec pipe(const Args&) {
  return supervisor({.name = "pipe", .intensity = {.restarts = 100, .within = 1s}},
                    {worker("sink", sink, {.registered = true}), worker("source", source)});
}

inline SystemDeclaration system(std::string name, ChildSpec (*root)(const Args&)) { return {std::move(name), "", {}, root}; }

// 100 ms of warmup, a second of chaos, half a second of settling.
inline Scenario scenario(ScheduleStrategy strategy = ScheduleStrategy::random) {
  Scenario value;
  value.schedule.strategy = strategy;
  value.phases = {100ms, 1s, 500ms};
  value.limits.virtual_time = value.phases.total();
  return value;
}

inline PlannedFault item(std::string name, Duration since_chaos, FaultEffect effect, Duration window = Duration::zero()) {
  PlannedFault fault;
  fault.name = std::move(name);
  fault.due = Time{100ms} + since_chaos;
  fault.until = fault.due + window;
  fault.effect = std::move(effect);
  return fault;
}
inline FaultPlan plan(std::vector<PlannedFault> faults, std::uint64_t seed = 1) {
  FaultPlan value;
  value.seed = seed;
  value.faults = std::move(faults);
  return value;
}
inline Selector all(std::string pattern) { return {std::move(pattern), false}; }
inline Selector one(std::string pattern) { return {std::move(pattern), true}; }

// ---- what a test wants to know of a run
class Watch final : public RunListener {
 public:
  struct Seen {
    Time at{};
    std::string path;  // full
    std::int64_t value = 0;
    std::string text;
  };
  std::vector<Seen> got;       // Got notes
  std::vector<Seen> exits;     // text: the reason
  std::vector<Seen> notes;     // every note, printed
  std::vector<Seen> phases;    // text: name of the phase
  std::vector<Seen> outsides;  // text: the key
  int begun = 0, finished = 0;

  void begin(World& world, Control&, const PhaseTimes&) override {
    *this = Watch{};
    world_ = &world;
    begun = 1;
  }
  EventMask wants() const override { return {EventKind::exit, EventKind::note, EventKind::outside}; }
  void saw(const Event& event) override {
    const std::string path = world_->full_path(event.subject);
    if (event.kind == EventKind::exit) exits.push_back({event.at, path, static_cast<std::int64_t>(event.cause), event.reason->to_string()});
    if (event.kind == EventKind::outside) outsides.push_back({event.at, path, 0, std::string(event.text)});
    if (event.kind != EventKind::note) return;
    if (const Got* note = event.as<Got>()) got.push_back({event.at, path, note->value, {}});
    notes.push_back({event.at, path, 0, event.message->to_string()});
  }
  void phase(Phase phase, Time now) override { phases.push_back({now, {}, 0, std::string(name_of(phase))}); }
  void finish(const RunEnd&) override { finished = 1; }

 private:
  const World* world_ = nullptr;
};

// Runs and watches.
struct Tried {
  Run run;
  Watch watch;
};
inline Tried attempt(ChildSpec (*root)(const Args&), const FaultPlan& faults, std::uint64_t seed = 1,
                     ScheduleStrategy strategy = ScheduleStrategy::random) {
  Tried tried;
  Observer* const observers[] = {&tried.watch};
  tried.run = execute(scenario(strategy), system("small", root), faults, seed, observers);
  return tried;
}

}  // namespace moirai::small
