// One scenario: which system, what goes wrong in it and when, what must stay true. Plain values, no behaviour; made by
// chaos/scenario_toml.hpp, resolved against a seed into a fault plan. Everything left out of a file has its default here already.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chaos/catalogue.hpp"
#include "chaos/quantity.hpp"
#include "chaos/selector.hpp"
#include "runtime/kernel/result.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

enum class ScheduleStrategy : std::uint8_t { fifo, random };
constexpr std::string_view name_of(ScheduleStrategy strategy) { return strategy == ScheduleStrategy::fifo ? "fifo" : "random"; }
struct ScheduleSpec {
  ScheduleStrategy strategy = ScheduleStrategy::random;
  bool operator==(const ScheduleSpec&) const = default;
};

// A run is warmup, then chaos, then heal (an instant: every open fault is undone, in reverse order), then settle.
struct Phases {
  Duration warmup = std::chrono::seconds(1);   // faults never start here
  Duration chaos = std::chrono::seconds(10);   // all times of faults count from its start
  Duration settle = std::chrono::seconds(10);  // recovery is judged here
  Duration total() const { return warmup + chaos + settle; }
  bool operator==(const Phases&) const = default;
};

struct ScenarioLimits {
  Duration virtual_time = Phases{}.total();       // default: the length of the phases, and never less
  std::uint64_t steps = 2'000'000;                // of one run
  Duration wall_time = std::chrono::seconds(30);  // real time of one run; the watchdog's, never part of a decision
  std::uint64_t stall = 100'000;                  // steps in a row without an advance of virtual time
  bool operator==(const ScenarioLimits&) const = default;
};

struct Seeds {
  std::uint64_t base = 1;     // the first seed
  std::uint64_t count = 100;  // at least 1; the seeds are base, base + 1, ...
  bool operator==(const Seeds&) const = default;
};

enum class Outcome : std::uint8_t { pass, find_bug, give_up };
constexpr std::string_view name_of(Outcome outcome) {  // as in a file
  constexpr std::string_view names[] = {"pass", "find-bug", "give-up"};
  return names[static_cast<std::size_t>(outcome)];
}
struct Expect {
  Outcome outcome = Outcome::pass;
  std::string property;      // find_bug: the name of the property that must be violated; empty otherwise
  std::uint64_t within = 0;  // find_bug: by how many seeds it must have been found, 1..seeds.count; 0 otherwise
  bool operator==(const Expect&) const = default;
};

enum class FaultKind : std::uint8_t { crash, exit_signal, delay, partition };
inline constexpr FaultKind fault_kinds[] = {FaultKind::crash, FaultKind::exit_signal, FaultKind::delay, FaultKind::partition};
constexpr std::string_view name_of(FaultKind kind) {
  constexpr std::string_view names[] = {"crash", "exit_signal", "delay", "partition"};
  return names[static_cast<std::size_t>(kind)];
}
constexpr bool crash_like(FaultKind kind) { return kind == FaultKind::crash || kind == FaultKind::exit_signal; }

// When a fault starts. Times count from the start of chaos; no fault starts before or after chaos.
struct AtTimes {
  std::vector<Duration> times;  // ascending, not empty, each < phases.chaos
  bool operator==(const AtTimes&) const = default;
};
struct EveryPeriod {
  Duration period{};  // > 0; fires first after one period, < phases.chaos
  bool operator==(const EveryPeriod&) const = default;
};
using Trigger = std::variant<AtTimes, EveryPeriod, Rate>;  // Rate: Poisson in virtual time

struct FaultSpec {
  std::string name;  // unique in the scenario; default: the kind
  FaultKind kind = FaultKind::crash;
  Place place;  // of its [[fault]]

  Trigger trigger;
  std::optional<std::uint64_t> max;   // fires at most so often in one run; nullopt: no bound
  Duration cooldown{};                // from the end of one firing to the earliest start of the next
  std::optional<DurationSpec> lasts;  // key `for`: delay and partition only; nullopt: until heal

  Selector target;                                  // crash, exit_signal: who
  Selector from;                                    // exit_signal: who the signal says it is from; empty: from nobody who lives
  std::string reason;                               // crash, exit_signal: a term in Erlang syntax, checked
  Duration window = std::chrono::milliseconds(20);  // crash, exit_signal: may be late by that much; 0 otherwise
  std::optional<std::uint32_t> after_operations;    // crash: at the target's n-th operation from then, n >= 1

  std::vector<LinkSelector> links;           // delay: which signals, not empty
  DurationSpec delay;                        // delay: by how much, drawn per signal
  std::vector<std::vector<Selector>> sides;  // partition: two or more, no path is on two of them

  bool operator==(const FaultSpec&) const = default;
};

struct PropertySpec {
  std::string law;   // a law of the catalogue
  std::string name;  // unique in the scenario; default: the law's name
  Args args;
  Place place;  // of its [[property]]
  bool operator==(const PropertySpec&) const = default;
};

struct Scenario {
  std::string file;  // as given by whoever asked for it
  std::string name, title, doc, owner;
  std::vector<std::string> tags;
  std::string skip;    // why it is not run; empty: it is
  std::string system;  // a system of the catalogue
  Args args;
  ScheduleSpec schedule;
  Phases phases;
  ScenarioLimits limits;
  Seeds seeds;
  Expect expect;
  std::vector<FaultSpec> faults;         // in file order
  std::vector<PropertySpec> properties;  // in file order
  std::uint64_t content_hash =
      0;  // of everything above that can change a run or its judgement; not of file, places, title, doc, tags, owner, skip

  bool operator==(const Scenario&) const = default;
};

}  // namespace moirai
