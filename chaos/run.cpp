#include "chaos/run.hpp"

#include <vector>

#include "chaos/injector.hpp"
#include "runtime/otp/supervisor_notes.hpp"
#include "runtime/system.hpp"

namespace moirai {

namespace {

class Tally final : public Observer {
 public:
  Tally(const World& world, RunCounters& counters) : world_(world), counters_(counters) {}

  EventMask wants() const override { return {EventKind::spawn, EventKind::exit, EventKind::note}; }
  void saw(const Event& event) override {
    switch (event.kind) {
      case EventKind::spawn: ++counters_.spawns; break;
      case EventKind::exit:
        ++counters_.exits;
        if (event.subject == root_) root_alive_ = false;
        break;
      case EventKind::note: read(event); break;
      default: break;
    }
  }
  void watch(Pid root) {
    root_ = root;
    root_alive_ = true;
  }
  bool root_alive() const { return root_alive_; }

 private:
  void read(const Event& event) {
    if (const ChildStarted* started = event.as<ChildStarted>()) {
      if (world_.ordinal(started->pid) > 1) ++counters_.restarts;
    } else if (const SupervisorReport* report = event.as<SupervisorReport>()) {
      if (report->context == ReportContext::shutdown) ++counters_.giveups;
    }
  }

  const World& world_;
  RunCounters& counters_;
  Pid root_;
  bool root_alive_ = false;
};

Settings settings_of(const Scenario& scenario, std::uint64_t seed, const RunOptions& options) {
  Settings settings;
  settings.seed = seed;
  settings.scheduler =
      options.strategy.value_or(scenario.schedule.strategy) == ScheduleStrategy::fifo ? Scheduler::fifo : Scheduler::random;
  settings.limits.virtual_time = scenario.limits.virtual_time;  // never less than the phases
  settings.limits.steps = scenario.limits.steps;
  settings.limits.stall_steps = scenario.limits.stall;
  return settings;
}

}  // namespace

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::warmup: return "warmup";
    case Phase::chaos: return "chaos";
    case Phase::settle: return "settle";
  }
  return "";
}

PhaseTimes phase_times(const Phases& phases) {
  PhaseTimes times;
  times.chaos = Time{} + phases.warmup;
  times.heal = times.chaos + phases.chaos;
  times.over = times.heal + phases.settle;
  return times;
}

template <class Watcher>
static Run execute_watched(World& world, const Scenario& scenario, const SystemDeclaration& system, const FaultPlan& plan,
                           std::uint64_t seed, std::span<Watcher* const> watchers, std::span<RunListener* const> listeners,
                           const RunOptions& options) {
  const PhaseTimes times = phase_times(scenario.phases);
  const FaultPlan no_plan;
  Run run;
  run.seed = seed;

  world.reset(settings_of(scenario, seed, options));
  Control& control = world.control();
  for (RunListener* listener : listeners) listener->begin(world, control, times);

  // First of all observers: when a law sees a birth, the open faults know of it.
  Injector injector(options.no_faults ? no_plan : plan, run.faults);
  Tally tally(world, run.counters);
  world.observe(injector);
  world.observe(tally);
  for (Watcher* watcher : watchers) world.observe(*watcher);

  const auto enter = [&](Phase phase, Time now) {
    run.reached = phase;
    for (RunListener* listener : listeners) listener->phase(phase, now);
  };
  control.post({"phase:chaos", times.chaos, times.chaos, [&](Control& at) { enter(Phase::chaos, at.now()); }});
  control.post({"phase:heal", times.heal, times.heal, [&](Control& at) {
                  injector.heal(at);
                  enter(Phase::settle, at.now());
                }});
  control.post({"phase:over", times.over, times.over, [](Control& at) { at.stop(std::string(settle_over)); }});
  injector.begin(control, times.heal);
  tally.watch(start_tree(world, system.root(scenario.args)));

  enter(Phase::warmup, Time{});
  run.end = world.run();
  for (RunListener* listener : listeners) listener->finish(run.end);

  control.set_wire(nullptr);  // the injector's tables go with it
  run.digest = run.end.digest;
  run.steps = run.end.steps;
  run.virtual_time = run.end.at.time_since_epoch();
  static_cast<MessageCounts&>(run.counters) = world.messages();
  run.root_alive = tally.root_alive();
  run.complete = run.end.why == RunEnd::Why::stopped && run.end.detail == settle_over;
  return run;
}

Run execute(World& world, const Scenario& scenario, const SystemDeclaration& system, const FaultPlan& plan, std::uint64_t seed,
            std::span<Observer* const> observers, const RunOptions& options) {
  std::vector<RunListener*> listeners;
  for (Observer* observer : observers)
    if (RunListener* listener = dynamic_cast<RunListener*>(observer)) listeners.push_back(listener);
  return execute_watched(world, scenario, system, plan, seed, observers, std::span<RunListener* const>(listeners), options);
}

Run execute(World& world, const Scenario& scenario, const SystemDeclaration& system, const FaultPlan& plan, std::uint64_t seed,
            std::span<RunListener* const> listeners, const RunOptions& options) {
  return execute_watched(world, scenario, system, plan, seed, listeners, listeners, options);
}

Run execute(const Scenario& scenario, const SystemDeclaration& system, const FaultPlan& plan, std::uint64_t seed,
            std::span<Observer* const> observers, const RunOptions& options) {
  World world{Settings{}};
  return execute(world, scenario, system, plan, seed, observers, options);
}

}  // namespace moirai
