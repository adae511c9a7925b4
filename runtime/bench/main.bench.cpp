// What Moirai costs: build/release/bin/runtime_bench [--benchmark_filter=W1 ...]. One benchmark per cost, actor form and schedule, the digest
// always on: W1/process/fifo, W1/handler/random, ... (workloads.hpp); K1/... for whole runs of the smallest system (smallest.hpp), of which
// K1/runs is the one with processes under the random schedule; limit/jump for one bare context switch, the yardstick of the machine.
//
// Time is per operation, in ns: an iteration is an operation. The counter bytes_per_process is measured in a process of its own.
// MOIRAI_FULL=1 adds what needs many gigabytes. Times are noisy on a shared machine; instruction counts are not: ci/bench-instructions.
//
//   runtime_bench once W1/handler/fifo      one run, measured by itself (once.hpp)
#include <benchmark/benchmark.h>

#include <boost/context/detail/fcontext.hpp>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "runtime/bench/marks.hpp"
#include "runtime/bench/once.hpp"
#include "runtime/bench/smallest.hpp"

namespace moirai::bench {
namespace {

// A fresh world for each run; its making and the tree's are not measured.
void measure_workload(benchmark::State& state, const Chosen& chosen) {
  const Workload& workload = chosen.workload;
  const bool marked = workload.measure != Workload::Measure::run;
  Marks marks([] {}, [&] { state.ResumeTiming(); }, [&] { state.PauseTiming(); });
  World world;
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(workload.operations))) {
    state.PauseTiming();
    {
      const ChildSpec tree = workload.tree(chosen.form, workload.operations);
      if (!marked) state.ResumeTiming();
      play(world, settings_for(chosen.scheduler), tree, marked ? &marks : nullptr);
      if (!marked) state.PauseTiming();
    }
    state.ResumeTiming();
  }
  if (workload.measure == Workload::Measure::waiting) state.counters["bytes_per_process"] = bytes_per_process(chosen);
}

void measure_smallest_runs(benchmark::State& state, Form form, Scheduler scheduler) {
  World world;
  const Program program = smallest(form);
  Settings settings;
  settings.scheduler = scheduler;
  settings.seed = 0;
  for (auto _ : state) {
    ++settings.seed;
    world.reset(settings);
    world.start("a", program);
    benchmark::DoNotOptimize(world.run().digest);
  }
  state.counters["runs_per_second"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

// There and back are two.
void measure_jump(benchmark::State& state) {
  namespace context = boost::context::detail;
  const auto stack = std::make_unique<char[]>(64 * 1024);
  context::fcontext_t other = context::make_fcontext(stack.get() + 64 * 1024, 64 * 1024, [](context::transfer_t t) {
    for (;;) t = context::jump_fcontext(t.fctx, nullptr);
  });
  while (state.KeepRunningBatch(2)) other = context::jump_fcontext(other, nullptr).fctx;
}

void register_all() {
  const bool full = std::getenv("MOIRAI_FULL") != nullptr;
  benchmark::RegisterBenchmark("limit/jump", measure_jump);
  benchmark::RegisterBenchmark("K1/runs", [](benchmark::State& state) { measure_smallest_runs(state, Form::process, Scheduler::random); });
  for (const Form form : {Form::process, Form::handler})
    for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random})
      benchmark::RegisterBenchmark(Workload{"K1", {}, {}, {}}.path(form, scheduler).c_str(),
                                   [=](benchmark::State& state) { measure_smallest_runs(state, form, scheduler); });
  for (const Chosen& chosen : choices())
    if (full || !chosen.workload.full)
      benchmark::RegisterBenchmark(chosen.path().c_str(), [chosen](benchmark::State& state) { measure_workload(state, chosen); });
}

}  // namespace
}  // namespace moirai::bench

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "once") == 0) return moirai::bench::once_command(argc - 2, argv + 2);
  moirai::bench::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
