#include "properties/tree_sketch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "properties/builtin_laws.hpp"
#include "runtime/kernel/catch_exit.hpp"

namespace moirai {
namespace {

constexpr Duration warmup = std::chrono::milliseconds(100);
constexpr Duration settle = std::chrono::seconds(10);

struct Tick {
  std::uint64_t number = 0;
};

void quiet(Self& self) {
  for (;;) self.receive([](const Message&) {});
}

void busy(Self& self) {
  for (std::uint64_t number = 0;; ++number) {
    self.sleep(3ms);
    self.send(self.pid(), Tick{number});
    self.take<Tick>();
    self.send(self.world().parent(self.pid()), Tick{number});
  }
}

void slow(Self& self) {
  self.trap_exit(true);
  const Exit told = self.take<Exit>();
  self.sleep(30ms);
  self.exit(told.reason);
}

void deaf(Self& self) {
  self.trap_exit(true);
  for (;;) self.take<Exit>();
}

struct Handler {
  using Accepts = Messages<Tick>;
  void on(Self&, const Tick&) {}
};

struct Brittle {
  using Accepts = Messages<Tick>;
  explicit Brittle(Self& self) {
    if (self.now() > Time{} + warmup && self.random(3) == 0) self.exit(Term::atom("brittle"));
  }
  void on(Self&, const Tick&) {}
};

struct Hanging {
  using Accepts = Messages<Tick>;
  explicit Hanging(Self& self) {
    if (self.now() > Time{} + warmup && self.random(3) == 0) self.sleep(700ms);
  }
  void on(Self&, const Tick&) {}
};

struct Question {
  using Reply = std::uint64_t;
  std::uint64_t number = 0;
};

void asking(Self& self) {
  const Pid server = self.spawn_link("server", [](Self& answering) {
    for (;;)
      answering.receive([&](const Question& question, const From<Question>& from) {
        answering.sleep(std::chrono::milliseconds(answering.random(8)));
        answering.reply(from, question.number);
      });
  });
  for (std::uint64_t number = 0;; ++number) {
    self.sleep(50ms);
    if (!catch_exit([&] { return self.call(server, Question{number}, 6ms); })) self.send(self.pid(), Tick{number});
    self.receive([](const Tick&) {}, after(0ms, [] {}));
  }
}

std::string child_name(std::size_t place) { return std::string(1, static_cast<char>('a' + place)); }

ChildSpec spec_of(const TreeSketch& tree, std::string name, Restart restart, SupervisorMutant mutant);

ChildSpec spec_of(const ChildSketch& child, std::string name, SupervisorMutant mutant) {
  const ChildOptions options{child.restart, Shutdown::after(50ms), false};
  switch (child.kind) {
    case ChildSketch::Kind::quiet: return worker(std::move(name), quiet, options);
    case ChildSketch::Kind::busy: return worker(std::move(name), busy, options);
    case ChildSketch::Kind::handler: return worker<Handler>(std::move(name), options);
    case ChildSketch::Kind::slow: return worker(std::move(name), slow, options);
    case ChildSketch::Kind::deaf: return worker(std::move(name), deaf, options);
    case ChildSketch::Kind::brittle: return worker<Brittle>(std::move(name), options);
    case ChildSketch::Kind::hanging: return worker<Hanging>(std::move(name), options);
    case ChildSketch::Kind::asking: return worker(std::move(name), asking, options);
    case ChildSketch::Kind::supervisor: break;
  }
  return spec_of(child.below.front(), std::move(name), child.restart, mutant);
}

ChildSpec spec_of(const TreeSketch& tree, std::string name, Restart restart, SupervisorMutant mutant) {
  std::vector<ChildSpec> children;
  for (std::size_t place = 0; place < tree.children.size(); ++place)
    children.push_back(spec_of(tree.children[place], child_name(place), mutant));
  SupervisorOptions options;
  options.name = std::move(name);
  options.strategy = tree.strategy;
  options.intensity = {tree.restarts, std::chrono::seconds(tree.within_s)};
  options.restart = restart;
  options.mutant = mutant;
  return supervisor(std::move(options), std::move(children));
}

void list_processes(const TreeSketch& tree, const std::string& path, std::vector<std::string>& paths) {
  paths.push_back(path);
  for (std::size_t place = 0; place < tree.children.size(); ++place) {
    const ChildSketch& child = tree.children[place];
    const std::string below = path + "/" + child_name(place);
    if (child.kind == ChildSketch::Kind::supervisor)
      list_processes(child.below.front(), below, paths);
    else
      paths.push_back(below);
  }
}

std::string_view word(CrashSketch::Reason reason) {
  constexpr std::string_view words[] = {"boom", "kill", "normal", "shutdown"};
  return words[static_cast<std::size_t>(reason)];
}

std::string_view word(ChildSketch::Kind kind) {
  constexpr std::string_view words[] = {"quiet", "busy", "handler", "slow", "deaf", "brittle", "hanging", "asking", "supervisor"};
  return words[static_cast<std::size_t>(kind)];
}

void print(const TreeSketch& tree, const std::string& indent, std::string& out) {
  out += fmt::format("{}, {} in {} s\n", to_string(tree.strategy), tree.restarts, tree.within_s);
  for (std::size_t place = 0; place < tree.children.size(); ++place) {
    const ChildSketch& child = tree.children[place];
    out += fmt::format("{}{}: {} {}", indent, child_name(place), to_string(child.restart), word(child.kind));
    if (child.kind == ChildSketch::Kind::supervisor) {
      out += ", ";
      print(child.below.front(), indent + "  ", out);
    } else {
      out += '\n';
    }
  }
}

}  // namespace

ChildSpec to_spec(const TreeSketch& tree, SupervisorMutant mutant) { return spec_of(tree, "root", Restart::permanent, mutant); }

std::vector<std::string> processes_of(const TreeSketch& tree) {
  std::vector<std::string> paths;
  list_processes(tree, "root", paths);
  return paths;
}

FaultPlan to_plan(const TreeSketch& tree, const std::vector<CrashSketch>& crashes, std::uint64_t seed) {
  const std::vector<std::string> paths = processes_of(tree);
  FaultPlan plan;
  plan.seed = seed;
  if (paths.size() < 2) return plan;
  for (std::size_t i = 0; i < crashes.size(); ++i) {
    const CrashSketch& crash = crashes[i];
    CrashFault effect;
    effect.target.pattern = paths[1 + crash.victim % (paths.size() - 1)];
    effect.reason = word(crash.reason);
    if (crash.after_operations > 0) effect.after_operations = static_cast<std::uint32_t>(crash.after_operations);
    const Time due = Time{} + warmup + std::chrono::milliseconds(crash.at_ms);
    plan.faults.push_back({"crash", i + 1, due, due, std::move(effect)});
  }
  std::stable_sort(plan.faults.begin(), plan.faults.end(), [](const PlannedFault& a, const PlannedFault& b) { return a.due < b.due; });
  return plan;
}

SketchRun run_sketch(const TreeSketch& tree, const std::vector<CrashSketch>& crashes, const SketchSettings& settings) {
  return run_sketch(tree, to_plan(tree, crashes, settings.seed), settings);
}

SketchRun run_sketch(const TreeSketch& tree, const FaultPlan& plan, const SketchSettings& settings) {
  Scenario scenario;
  scenario.name = "sketch";
  scenario.schedule.strategy = settings.schedule;
  scenario.phases = {warmup, sketch_chaos, settle};
  scenario.limits.virtual_time = scenario.phases.total();
  SystemDeclaration system{"sketch", "", {}, [&](const Args&) { return to_spec(tree, settings.mutant); }};

  const LawCatalogue catalogue = builtin_laws();
  std::vector<std::unique_ptr<Law>> laws;
  std::vector<Observer*> observers;
  for (const LawEntry& entry : catalogue.entries()) {
    laws.push_back(entry.make(Args(entry.declaration.args)));
    laws.back()->configure({entry.declaration.name, true});
    observers.push_back(laws.back().get());
  }
  SketchRun result;
  result.run = execute(scenario, system, plan, settings.seed, observers);
  for (std::size_t i = 0; i < laws.size(); ++i)
    result.laws.push_back({catalogue.entries()[i].declaration.name, laws[i]->verdict(), laws[i]->evaluations()});
  return result;
}

const LawOutcome* SketchRun::broken() const {
  const LawOutcome* first = nullptr;
  for (const LawOutcome& law : laws)
    if (law.verdict.violated() && (!first || law.verdict.step < first->verdict.step)) first = &law;
  return first;
}

std::string to_string(const TreeSketch& tree) {
  std::string out = "root: ";
  print(tree, "  ", out);
  return out;
}

std::string to_string(const CrashSketch& crash) {
  std::string out = fmt::format("at {} ms crash process {} with {}", crash.at_ms, crash.victim, word(crash.reason));
  if (crash.after_operations > 0) out += fmt::format(" at its {}. operation from then", crash.after_operations);
  return out;
}

}  // namespace moirai
