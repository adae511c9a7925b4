// What the benchmarks run: the same few programs in both process forms, through the public API alone, with the digest on.
#pragma once
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "runtime/kernel/self.hpp"

namespace moirai::bench {

enum class Form { process, handler };

inline Settings endless(Scheduler scheduler) {
  Settings settings;
  settings.scheduler = scheduler;
  settings.limits.steps = settings.limits.stall_steps = std::uint64_t{1} << 62;
  return settings;
}

// One benchmark per form and scheduler: <name>/process/fifo, <name>/handler/random, ...; `run(form, scheduler)` does `operations` of them.
template <class Run>
void register_all(const std::string& name, std::int64_t operations, Run run) {
  for (const Form form : {Form::process, Form::handler})
    for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random}) {
      const std::string full =
          name + (form == Form::process ? "/process" : "/handler") + (scheduler == Scheduler::fifo ? "/fifo" : "/random");
      benchmark::RegisterBenchmark(full.c_str(), [=](benchmark::State& state) {
        for (auto _ : state) run(form, scheduler, state);
        state.counters["ns_per_operation"] = benchmark::Counter(static_cast<double>(state.iterations() * operations) / 1e9,
                                                                benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
      });
    }
}

}  // namespace moirai::bench
