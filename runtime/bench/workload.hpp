// A program whose cost is measured, and how it is run: as a supervision tree, in the steps that `moirai run` takes without faults, so that
// both give the same digest. Through the public API alone. Which ones there are: workloads.hpp.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/supervisor.hpp"
#include "runtime/otp/supervisor_api.hpp"
#include "runtime/system.hpp"

namespace moirai::bench {

enum class Form : std::uint8_t { process, handler };

struct Workload {
  enum class Measure : std::uint8_t {
    run,      // the whole run
    marked,   // what lies between the notes Begin and End
    waiting,  // that too, and how much memory is held at the note Idle
  };
  std::string name;          // "W1"; the benchmarks are W1/process/fifo, W1/handler/random, ...
  std::string variant;       // behind the scheduler: W9/process/fifo/200000; empty: none
  std::uint64_t operations;  // of one run, when nobody says otherwise
  std::function<ChildSpec(Form, std::uint64_t operations)> tree;
  Measure measure = Measure::run;
  std::vector<Form> forms = {Form::process, Form::handler};  // that it is measured in
  bool full = false;                                         // only under MOIRAI_FULL: needs many gigabytes

  std::string path(Form form, Scheduler scheduler) const {
    return name + (form == Form::process ? "/process" : "/handler") + (scheduler == Scheduler::fifo ? "/fifo" : "/random") +
           (variant.empty() ? "" : "/" + variant);
  }
};

// Notes of programs that need time to set up.
struct Idle {};   // all processes are there and wait
struct Begin {};  // what is measured begins here,
struct End {};    // and ends here

// The instants of the phases of a run, as chaos/run.hpp has them: long enough for every program.
inline constexpr Duration warmup = 1s, chaos = 10'000'000s, settle = 1s;

inline Settings settings_for(Scheduler scheduler, std::uint64_t seed = 1) {
  Settings settings;
  settings.seed = seed;
  settings.scheduler = scheduler;
  settings.limits.steps = settings.limits.stall_steps = std::uint64_t{1} << 62;
  return settings;
}

// One run. The three outside events are those of a scenario (chaos/run.hpp), to whom they make a run with no faults.
inline RunEnd play(World& world, const Settings& settings, const ChildSpec& tree, Observer* observer = nullptr) {
  world.reset(settings);
  if (observer) world.observe(*observer);
  Control& control = world.control();
  const Time begin = Time{} + warmup, heal = begin + chaos, over = heal + settle;
  control.post({"phase:chaos", begin, begin, [](Control&) {}});
  control.post({"phase:heal", heal, heal, [](Control&) {}});
  control.post({"phase:over", over, over, [](Control& at) { at.stop("over"); }});
  start_tree(world, tree);
  return world.run();
}

// The root of every program. A worker of it that has done its part returns and is not started again.
inline constexpr std::string_view root_name = "bench";
inline constexpr ChildOptions once = {.restart = Restart::temporary};
inline constexpr ChildOptions named = {.restart = Restart::temporary, .registered = true};

inline ChildSpec root(std::vector<ChildSpec> children) {
  return supervisor({.name = std::string(root_name), .registered = true}, std::move(children));
}

// A handler that does its work in one go: it begins when all of the tree is there. `Work` is a const-callable void(Self&).
struct Go {};
template <class Work>
struct AtOnce {
  static constexpr std::string_view name = "at_once";
  using Accepts = Messages<Go>;
  AtOnce(Self& self, Work given) : work(std::move(given)) { self.send(self.pid(), Go{}); }
  void on(Self& self, const Go&) { work(self); }
  Work work;
};

// A worker that does `work` once, in either form.
template <class Work>
ChildSpec worker_of(Form form, std::string id, Work work, ChildOptions options = once) {
  if (form == Form::process) return worker(std::move(id), std::move(work), options);
  return worker<AtOnce<Work>>(std::move(id), options, std::move(work));
}

}  // namespace moirai::bench
