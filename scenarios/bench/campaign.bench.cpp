// What whole runs cost, with all that a campaign does for a seed but the worker process: build/release/bin/scenarios_bench.
//   K2/execute   the smallest system (runtime/bench/smallest.hpp): its tree is made, its run counted
//   K2/runs      the same with fault plan, all built-in laws, and verdict
//   K2/bank      bank_partition.toml; the counter virtual_s_per_s tells how much faster than time it is
//   trace/process/fifo/...   a million events: W1 with as many messages as that takes, as a campaign runs it, and `traced`
// Time is per run; in trace/... per event.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "chaos/mistake.hpp"
#include "chaos/scenario_toml.hpp"
#include "chaos/trace.hpp"
#include "properties/builtin_laws.hpp"
#include "properties/campaign_run.hpp"
#include "scenarios/suite/suite.hpp"

namespace moirai::bench {
namespace {

struct Subject {
  Scenario scenario;
  SystemDeclaration system;
};

Subject subject_of(const Result<Scenario>& read, const Catalogue& catalogue) {
  if (!read) {
    std::fputs(render(read.mistakes()).c_str(), stderr);
    std::exit(65);
  }
  return {*read, *catalogue.find_system((*read).system)};
}

Subject smallest_with_all_laws() {
  std::string text = "format = 1\n[scenario]\nname = \"smallest\"\n[system]\napp = \"smallest\"\n";
  const LawCatalogue laws = builtin_laws();
  for (const LawEntry& entry : laws.entries()) text += "[[property]]\nlaw = \"" + entry.declaration.name + "\"\n";
  const Catalogue catalogue = suite_catalogue();
  return subject_of(parse_scenario(text, "smallest.toml", catalogue), catalogue);
}

Subject of_file(const std::string& file) {
  const Catalogue catalogue = suite_catalogue();
  return subject_of(read_scenario(file, catalogue), catalogue);
}

void measure_execute(benchmark::State& state) {
  const Subject subject = smallest_with_all_laws();
  const FaultPlan nothing;
  World world;
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(execute(world, subject.scenario, subject.system, nothing, ++seed).digest);
  state.counters["runs_per_second"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void measure_runs(benchmark::State& state, const Subject& subject) {
  const LawCatalogue laws = suite_program_laws();
  const Trial trial{&subject.scenario, &subject.system, &laws, false};
  World world;
  std::uint64_t seed = 0;
  double virtual_seconds = 0;
  for (auto _ : state) {
    const Finding finding = run_trial(world, trial, ++seed).finding;
    virtual_seconds += std::chrono::duration<double>(finding.virtual_time).count();
    if (finding.state != Finding::State::pass) return state.SkipWithError(finding.sentence.c_str());
  }
  state.counters["runs_per_second"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["virtual_s_per_s"] = benchmark::Counter(virtual_seconds, benchmark::Counter::kIsRate);
}

void measure_trace(benchmark::State& state, const std::string& form, const std::string& schedule, bool traced) {
  constexpr std::uint64_t events = 1'000'000;  // a message is two, sent and received
  const Catalogue catalogue = suite_catalogue();
  const std::string text =
      "format = 1\n[scenario]\nname = \"trace\"\n[system]\napp = \"benchmark\"\nargs = { operations = " + std::to_string(events / 2) +
      ", form = \"" + form + "\" }\n[schedule]\nstrategy = \"" + schedule +
      "\"\n[limits]\nsteps = 100000000\nstall = 100000000\n[[property]]\nlaw = \"message_order\"\n";
  const Subject subject = subject_of(parse_scenario(text, "trace.toml", catalogue), catalogue);
  const FaultPlan nothing;
  World world;
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(events))) {
    Trace trace({.first_step = 0, .most = 2 * events});
    Observer* const observers[] = {&trace};
    execute(world, subject.scenario, subject.system, nothing, 1, std::span(observers, traced ? 1 : 0));
    if (traced && trace.size() < events) return state.SkipWithError("too few events");
    state.PauseTiming();  // forgetting is not measured
    trace = Trace();
    state.ResumeTiming();
  }
}

}  // namespace
}  // namespace moirai::bench

int main(int argc, char** argv) {
  using namespace moirai::bench;
  const Subject smallest = smallest_with_all_laws(), bank = of_file("scenarios/bank_partition.toml");
  benchmark::RegisterBenchmark("K2/execute", measure_execute);
  benchmark::RegisterBenchmark("K2/runs", [&](benchmark::State& state) { measure_runs(state, smallest); });
  benchmark::RegisterBenchmark("K2/bank", [&](benchmark::State& state) { measure_runs(state, bank); });
  for (const std::string form : {"process", "handler"})
    for (const std::string schedule : {"fifo", "random"})
      for (const bool traced : {false, true})
        benchmark::RegisterBenchmark(("trace/" + form + "/" + schedule + (traced ? "/traced" : "/untraced")).c_str(),
                                     [=](benchmark::State& state) { measure_trace(state, form, schedule, traced); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
