// All programs whose cost is measured, by the names of their benchmarks. W9/... is the worker that is killed while it waits; W9-returns and
// W9-throws are the other two. A number behind the scheduler is the size: how many processes, timers or restarts, or how long the backlog.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bench/workload.hpp"

namespace moirai::bench {

std::vector<Workload> workloads();

// One of them in one form under one schedule, as its benchmark is called.
struct Chosen {
  Workload workload;
  Form form;
  Scheduler scheduler;
  std::string path() const { return workload.path(form, scheduler); }
};

std::vector<Chosen> choices();                        // all of them
std::optional<Chosen> choose(std::string_view path);  // nullopt: there is none of this name

}  // namespace moirai::bench
