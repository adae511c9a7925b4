#include "properties/campaign_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "chaos/plan.hpp"
#include "properties/supervision.hpp"
#include "runtime/kernel/check.hpp"

namespace moirai {
namespace {

using Laws = std::vector<std::unique_ptr<Law>>;  // in the order of the scenario's properties

Laws make_laws(const Trial& trial) {
  Laws laws;
  const auto supervisions = std::make_shared<SupervisionView>();
  for (const PropertySpec& property : trial.scenario->properties) {
    const LawEntry* entry = trial.laws->find(property.law);
    MOIRAI_CHECK(entry, "the scenario was read against the laws that it is run with");
    laws.push_back(entry->make(property.args));
    laws.back()->configure(
        {.law = property.law, .root_may_give_up = trial.scenario->expect.outcome == Outcome::give_up, .supervisions = supervisions});
  }
  return laws;
}

std::vector<FaultFinding> count_faults(const Scenario& scenario, const FaultPlan& plan, const Run& run) {
  std::vector<FaultFinding> counts;
  for (const FaultSpec& fault : scenario.faults) {
    FaultFinding count;
    count.fired = run.faults.fired(fault.name);
    count.no_target = run.faults.skipped(fault.name, SkipReason::no_target);
    count.not_reached = run.faults.skipped(fault.name, SkipReason::not_reached);
    count.active = run.faults.active(fault.name, run.end.at);
    for (const LeftOut& left_out : plan.left_out)
      if (left_out.name == fault.name) {
        count.overlap += left_out.overlap;
        count.cooldown += left_out.cooldown;
      }
    counts.push_back(count);
  }
  return counts;
}

std::vector<std::string> paths(const World& world, const std::vector<Pid>& pids) {
  std::vector<std::string> result;
  for (const Pid pid : pids)
    if (pid) result.push_back(world.full_path(pid));
  return result;
}

// Of the violated laws, the one that saw it first; among equals the first in the file.
const Law* first_violated(const Laws& laws, std::size_t& index) {
  const Law* first = nullptr;
  for (std::size_t i = 0; i < laws.size(); ++i)
    if (laws[i]->verdict().violated() && (!first || laws[i]->verdict().step < first->verdict().step)) {
      first = laws[i].get();
      index = i;
    }
  return first;
}

const Law* first_in_state(const Laws& laws, Verdict::State state, std::size_t& index) {
  for (std::size_t i = 0; i < laws.size(); ++i)
    if (laws[i]->verdict().state == state) {
      index = i;
      return laws[i].get();
    }
  return nullptr;
}

// The words of a run that no law speaks of.
void judge_end(Finding& finding, const Scenario& scenario, const Run& run) {
  const auto where = [&] { return fmt::format("{}, at {} after {} steps", name_of(run.reached), to_text(run.virtual_time), run.steps); };
  const auto say = [&](Finding::State state, std::string signature, std::string sentence) {
    finding.state = state;
    finding.signature = std::move(signature);
    finding.sentence = std::move(sentence);
  };
  switch (run.end.why) {
    case RunEnd::Why::stall:
      return say(
          Finding::State::fail, "stall",
          fmt::format("the system stalled in {}: {} steps and time stood still ({})", where(), scenario.limits.stall, run.end.detail));
    case RunEnd::Why::swallowed_exit:
      return say(Finding::State::fail, "swallowed exit", fmt::format("a process swallows its own end in {}: {}", where(), run.end.detail));
    case RunEnd::Why::steps:
      return say(Finding::State::inconclusive, "steps",
                 fmt::format("the limit of {} steps was spent in {}", scenario.limits.steps, where()));
    case RunEnd::Why::virtual_time:
      if (!run.complete)
        return say(Finding::State::inconclusive, "virtual time",
                   fmt::format("the limit of {} of virtual time was spent in {}", to_text(scenario.limits.virtual_time), where()));
      break;
    case RunEnd::Why::quiescent:
    case RunEnd::Why::stopped: break;
  }
  if (finding.root_ended && scenario.expect.outcome != Outcome::give_up)
    return say(Finding::State::fail, "root ended", "the root supervisor was gone at the end of the run, and [expect] does not allow it");
  if (!run.complete) say(Finding::State::inconclusive, "stopped", fmt::format("the run was stopped in {}: {}", where(), run.end.detail));
}

}  // namespace

void EventStream::saw(const Event& event) {
  if (!wanted_ || wanted_(event, *world_)) tell_(trace_event(event, *world_));
}

TrialRun run_trial(World& world, const Trial& trial, std::uint64_t seed, RunListener* witness) {
  const Scenario& scenario = *trial.scenario;
  const FaultPlan plan = resolve(scenario, seed);
  const Laws laws = make_laws(trial);
  std::vector<RunListener*> listeners;
  if (witness) listeners.push_back(witness);  // before the laws: the event that a law stops the run at is in the trace
  for (const auto& law : laws) listeners.push_back(law.get());
  Run run = execute(world, scenario, *trial.system, plan, seed, std::span<RunListener* const>(listeners),
                    {.strategy = {}, .no_faults = trial.no_faults});

  TrialRun result;
  Finding& finding = result.finding;
  finding.seed = seed;
  finding.digest = run.digest;
  finding.steps = run.steps;
  finding.virtual_time = run.virtual_time;
  finding.counters = run.counters;
  finding.root_ended = !run.root_alive;
  finding.faults = count_faults(scenario, plan, run);
  for (const auto& law : laws) {
    finding.laws.push_back({law->verdict().state, law->evaluations()});
    if (!finding.recovery) finding.recovery = law->recovery();
  }
  result.failed_at = run.end.at;
  result.faults = std::move(run.faults);

  std::size_t index = 0;
  if (const Law* law = first_violated(laws, index)) {
    const Verdict& verdict = law->verdict();
    finding.state = Finding::State::fail;
    finding.property = scenario.properties[index].name;
    finding.sentence = verdict.sentence;
    finding.signature = verdict.signature;
    result.involved = paths(world, verdict.involved);
    result.failed_at = verdict.at;
    return result;
  }
  judge_end(finding, scenario, run);
  if (finding.state == Finding::State::fail) return result;
  for (const auto& [verdict, state] : {std::pair(Verdict::State::invalid_setup, Finding::State::invalid),
                                       std::pair(Verdict::State::inconclusive, Finding::State::inconclusive)})
    if (const Law* law = first_in_state(laws, verdict, index)) {
      finding.state = state;
      finding.property = scenario.properties[index].name;
      if (finding.sentence.empty() || state == Finding::State::invalid) finding.sentence = law->verdict().sentence;
      finding.signature = law->verdict().signature.empty() ? fmt::format("{} {}", scenario.properties[index].law, name_of(verdict))
                                                           : law->verdict().signature;
      result.involved = paths(world, law->verdict().involved);
      break;
    }
  return result;
}

Tail tell(World& world, const Trial& trial, const TrialRun& failed) {
  Trace trace;
  const TrialRun again = run_trial(world, trial, failed.finding.seed, &trace);
  Tail tail;
  for (const FaultRecord* record : failed.faults.around(failed.failed_at, tail_faults_before)) tail.faults.push_back(*record);
  for (const TraceEvent& event : trace.last_events(failed.involved, tail_length, &tail.omitted))
    tail.events.push_back({event.at, event.process, event.text});
  if (again.finding.digest != failed.finding.digest)
    tail.remark = fmt::format("run again for these events, the seed gave another run: digest {:016x} instead of {:016x}",
                              again.finding.digest, failed.finding.digest);
  return tail;
}

std::vector<std::string> trace_lines(World& world, const Trial& trial, std::uint64_t seed) {
  Trace trace({.first_step = 0, .most = traced_events_max});
  run_trial(world, trial, seed, &trace);
  std::vector<std::string> lines;
  trace.each([&](const TraceEvent& event) { lines.push_back(to_text(event)); });
  return lines;
}

}  // namespace moirai
