#include "runtime/bench/workloads.hpp"

#include <utility>

#include "runtime/bench/calls.hpp"
#include "runtime/bench/fan_in.hpp"
#include "runtime/bench/idle.hpp"
#include "runtime/bench/ping_pong.hpp"
#include "runtime/bench/restarts.hpp"
#include "runtime/bench/ring.hpp"
#include "runtime/bench/short_lives.hpp"
#include "runtime/bench/skynet.hpp"
#include "runtime/bench/timers.hpp"

namespace moirai::bench {

std::vector<Workload> workloads() {
  using Measure = Workload::Measure;
  const auto call = [](Form form, std::uint64_t n) { return calls(form, n, 5s); };
  const auto call_for_ever = [](Form form, std::uint64_t n) { return calls(form, n, Duration::max()); };
  std::vector<Workload> all = {
      {"W1", "", 1'000'000, ping_pong},
      {"W2", "", 5'000'000, ring},
      {"W3", "", 1'000'000, fan_in},
      {"W4", "", 200'000, short_lives},
      {"W5", "", 100'000, idle, Measure::waiting, {Form::process}},
      {"W5", "", 1'000'000, idle, Measure::waiting, {Form::handler}},
      {"W5-listed", "", 100'000, idle_listed, Measure::waiting, {Form::process}},
      {"W5-listed", "", 1'000'000, idle_listed, Measure::waiting, {Form::handler}},
      {"W6", "", 1'000'000, skynet},
      {"W7", "", 100'000, call},
      {"W7r", "", 100'000, call_for_ever},
      {"W8", "", 1'000'000, sleeps},
      {"W8t", "", 1'000'000, timers},
      {"W10", "", 100, [](Form form, std::uint64_t n) { return selective_receives(form, n, 10'000); }, Measure::marked},
      {"W10r", "", 50'000, [](Form form, std::uint64_t n) { return calls_past_backlog(form, n, 10'000); }, Measure::marked},
  };
  for (const auto& [name, way] : {std::pair("W9", Way::killed), std::pair("W9-returns", Way::returns), std::pair("W9-throws", Way::throws)})
    for (const std::uint64_t size : {2'000u, 200'000u})
      all.push_back({name, size == 2'000 ? "" : std::to_string(size), size,
                     [way = way](Form form, std::uint64_t n) { return restarts(form, n, way); }});
  // How costs grow.
  for (const std::uint64_t size : {1'000u, 10'000u, 100'000u, 1'000'000u, 2'000'000u}) {
    const std::string variant = std::to_string(size);
    if (size != 100'000) all.push_back({"W5", variant, size, idle, Measure::waiting, {Form::process}, size >= 1'000'000});
    if (size != 1'000'000) all.push_back({"W5", variant, size, idle, Measure::waiting, {Form::handler}, size > 1'000'000});
    if (size < 1'000'000) all.push_back({"W8t", variant, size, timers});
    if (size < 10'000)
      all.push_back(
          {"W10r", variant, 50'000, [size](Form form, std::uint64_t n) { return calls_past_backlog(form, n, size); }, Measure::marked});
  }
  return all;
}

std::vector<Chosen> choices() {
  std::vector<Chosen> all;
  for (const Workload& workload : workloads())
    for (const Form form : workload.forms)
      for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random}) all.push_back({workload, form, scheduler});
  return all;
}

std::optional<Chosen> choose(std::string_view path) {
  for (Chosen& chosen : choices())
    if (chosen.path() == path) return std::move(chosen);
  return std::nullopt;
}

}  // namespace moirai::bench
