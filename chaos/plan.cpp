#include "chaos/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chaos/clock_text.hpp"
#include "chaos/exponential.hpp"
#include "runtime/kernel/check.hpp"
#include "runtime/kernel/random.hpp"

namespace moirai {

namespace {

std::string key_of(std::string_view name, std::uint64_t kth) { return fmt::format("{}#{}", name, kth); }

// The starts that a trigger asks for, one after the other, counted from the start of chaos.
class Starts {
 public:
  Starts(const FaultSpec& fault, std::uint64_t seed) : trigger_(fault.trigger), draws_(stream_key(seed, "fault", fault.name)) {}

  // nullopt: none before `end`.
  std::optional<Duration> next(Duration end) {
    if (const AtTimes* at = std::get_if<AtTimes>(&trigger_)) {
      if (asked_ == at->times.size()) return std::nullopt;
      last_ = at->times[asked_++];
    } else {
      const Rate* rate = std::get_if<Rate>(&trigger_);
      const Duration gap = rate ? draw_gap(*rate, draws_) : std::get<EveryPeriod>(trigger_).period;
      if (gap >= end - last_) return std::nullopt;
      last_ += gap;
    }
    return last_ < end ? std::optional<Duration>(last_) : std::nullopt;
  }

 private:
  const Trigger& trigger_;
  Random draws_;
  std::size_t asked_ = 0;
  Duration last_{};
};

FaultEffect resolve_effect(const FaultSpec& fault, Random& draws) {
  switch (fault.kind) {
    case FaultKind::crash: return resolve_crash(fault);
    case FaultKind::exit_signal: return resolve_exit_signal(fault);
    case FaultKind::delay: return resolve_delay(fault, draws);
    case FaultKind::partition: return resolve_partition(fault, draws);
  }
  MOIRAI_CHECK(false, "a fault has one of the known kinds");
}

// When it will have been undone, never past heal; a crash-like one does not stay open.
Time end_of(const PlannedFault& fault, Time heal) {
  const auto close = [&](const std::optional<Duration>& lasts) { return lasts ? std::min(after(fault.due, *lasts), heal) : heal; };
  if (const DelayFault* delay = std::get_if<DelayFault>(&fault.effect)) return close(delay->lasts);
  if (const PartitionFault* partition = std::get_if<PartitionFault>(&fault.effect)) return close(partition->lasts);
  return fault.due;
}

void resolve_fault(const Scenario& scenario, const FaultSpec& fault, std::uint64_t seed, FaultPlan& plan) {
  const Time chaos{scenario.phases.warmup};
  const Time heal = chaos + scenario.phases.chaos;
  const std::uint64_t most = std::min(fault.max.value_or(most_firings), most_firings);
  Starts starts(fault, seed);
  LeftOut left_out{fault.name};
  Time closed = chaos;  // of the firing before
  Time ready = chaos;   // cooled down
  for (std::uint64_t planned = 0; planned < most;) {
    const std::optional<Duration> start = starts.next(scenario.phases.chaos);
    if (!start) break;
    const Time due = chaos + *start;
    if (due < closed || due < ready) {
      ++(due < closed ? left_out.overlap : left_out.cooldown);
      continue;
    }
    PlannedFault item;
    item.name = fault.name;
    item.kth = ++planned;
    item.due = due;
    item.until = crash_like(fault.kind) ? std::min(after(due, fault.window), heal - Duration(1)) : due;
    Random draws(mix(stream_key(seed, "fault", item.key()), 1));  // what is drawn when it fires has the stream of the plain key
    item.effect = resolve_effect(fault, draws);
    closed = end_of(item, heal);
    ready = after(closed, fault.cooldown);
    plan.faults.push_back(std::move(item));
  }
  if (left_out.overlap != 0 || left_out.cooldown != 0) plan.left_out.push_back(std::move(left_out));
}

}  // namespace

std::string PlannedFault::key() const { return key_of(name, kth); }

FaultPlan resolve(const Scenario& scenario, std::uint64_t seed) {
  FaultPlan plan;
  plan.seed = seed;
  for (const FaultSpec& fault : scenario.faults) resolve_fault(scenario, fault, seed, plan);
  std::stable_sort(plan.faults.begin(), plan.faults.end(), [](const PlannedFault& a, const PlannedFault& b) { return a.due < b.due; });
  return plan;
}

std::string explain(const PlannedFault& fault) {
  return std::visit([](const auto& effect) { return explain(effect); }, fault.effect);
}

std::string to_string(const FaultPlan& plan) {
  std::vector<std::string> times;
  std::size_t time_width = 0, key_width = 0;
  for (const PlannedFault& fault : plan.faults) {
    std::string time = clock_text(fault.due);
    if (fault.until != fault.due) time += ".." + clock_text(fault.until);
    time_width = std::max(time_width, time.size());
    key_width = std::max(key_width, fault.key().size());
    times.push_back(std::move(time));
  }
  std::string text;
  for (std::size_t i = 0; i < plan.faults.size(); ++i)
    text += fmt::format("{:<{}}  {:<{}}  {}\n", times[i], time_width, plan.faults[i].key(), key_width, explain(plan.faults[i]));
  for (const LeftOut& left : plan.left_out) {
    text += fmt::format("left out of {}:", left.name);
    if (left.overlap != 0) text += fmt::format(" {} while it was still open", left.overlap);
    if (left.cooldown != 0) text += fmt::format("{} {} while it cooled down", left.overlap != 0 ? "," : "", left.cooldown);
    text += '\n';
  }
  return text;
}

}  // namespace moirai
