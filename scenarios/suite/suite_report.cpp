#include "scenarios/suite/suite_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reports/text.hpp"
#include "runtime/build_info.hpp"

namespace moirai {
namespace {

RunVerdict verdict_of(Finding::State state) {
  switch (state) {
    case Finding::State::pass: return RunVerdict::pass;
    case Finding::State::fail: return RunVerdict::fail;
    case Finding::State::inconclusive: return RunVerdict::inconclusive;
    case Finding::State::invalid: return RunVerdict::invalid;
    case Finding::State::crashed: return RunVerdict::crashed;
    case Finding::State::nondeterministic: return RunVerdict::nondeterministic;
  }
  return RunVerdict::fail;
}

ScenarioVerdict verdict_of(Judged judged) {
  switch (judged) {
    case Judged::as_expected: return ScenarioVerdict::as_expected;
    case Judged::unexpected: return ScenarioVerdict::unexpected;
    case Judged::inconclusive: return ScenarioVerdict::inconclusive;
    case Judged::nondeterministic: return ScenarioVerdict::nondeterministic;
  }
  return ScenarioVerdict::unexpected;
}

FailureStory story_of(const Tail& tail) {
  FailureStory story;
  for (const FaultRecord& fault : tail.faults)
    story.open_faults.push_back({fault.name, std::string(name_of(fault.kind)), fault.detail, fault.opened.value_or(Time{}), fault.closed});
  std::stable_sort(story.open_faults.begin(), story.open_faults.end(),
                   [](const OpenFault& a, const OpenFault& b) { return a.begin < b.begin; });
  for (const TailEvent& event : tail.events) story.events.push_back({event.at, event.process, event.text});
  story.events_omitted = tail.omitted;
  if (!tail.remark.empty()) story.remarks.push_back(tail.remark);
  return story;
}

std::vector<SkippedFault> skips_of(const FaultFinding& sum) {
  std::vector<SkippedFault> skips;
  for (const auto& [reason, count] : {std::pair("no_target", sum.no_target), std::pair("not_reached", sum.not_reached),
                                      std::pair("overlap", sum.overlap), std::pair("cooldown", sum.cooldown)})
    if (count > 0) skips.push_back({reason, count});
  return skips;
}

}  // namespace

std::string ReplayLine::of(const Scenario& scenario, const Finding& finding) const {
  std::string line = fmt::format("{} replay {} --seed {}", shell_word(program), shell_word(scenario.file), seed_text(finding.seed));
  if (no_faults) line += " --no-faults";
  if (finding.state != Finding::State::crashed) line += " --expect-digest " + hex16(finding.digest);
  line += " --scenario-hash " + hex16(scenario.content_hash);
  const BuildReport build = build_report();
  if (!build.revision.empty()) line += " --build " + shell_word(build.revision);
  return line;
}

BuildReport build_report() {
  const BuildInfo& info = build_info();
  return {std::string(info.version), info.revision == "unknown" ? std::string() : std::string(info.revision), std::string(info.compiler)};
}

RunReport report_run(const Scenario& scenario, const Finding& finding, const ReplayLine& replay) {
  RunReport run;
  run.seed = finding.seed;
  run.verdict = verdict_of(finding.state);
  run.digest = finding.digest;
  run.steps = finding.steps;
  run.virtual_time = finding.virtual_time;
  if (finding.state == Finding::State::pass) return run;
  run.sentence = finding.sentence;
  run.law = finding.property;
  run.signature = finding.signature;
  run.reproduce = replay.of(scenario, finding);
  if (finding.tail) run.story = story_of(*finding.tail);
  return run;
}

SuiteBook::SuiteBook(ReplayLine replay) : replay_(std::move(replay)) { report_.build = build_report(); }

void SuiteBook::open(const Scenario& scenario, std::uint64_t seeds_asked) {
  pages_.push_back({&scenario, ScenarioTally(scenario, seeds_asked, replay_.no_faults)});
  ScenarioReport report;
  report.name = scenario.name;
  report.title = scenario.title;
  report.file = scenario.file;
  report.scenario_hash = scenario.content_hash;
  report.expected = replay_.no_faults ? "pass" : std::string(name_of(scenario.expect.outcome));
  report.seeds_asked = seeds_asked;
  for (const PropertySpec& property : scenario.properties) {
    LawReport law;
    law.name = property.name;
    law.law = property.law;
    report.laws.push_back(std::move(law));
  }
  for (const FaultSpec& fault : scenario.faults) {
    FaultReport of_fault;
    of_fault.name = fault.name;
    of_fault.kind = std::string(name_of(fault.kind));
    report.faults.push_back(std::move(of_fault));
  }
  report_.scenarios.push_back(std::move(report));
}

const RunReport& SuiteBook::add(std::size_t place, const Finding& finding) {
  Page& page = pages_[place];
  page.tally.add(*page.scenario, finding);
  ScenarioReport& report = report_.scenarios[place];
  report.add(report_run(*page.scenario, finding, replay_));
  report.wall.seed.add(finding.wall);
  return report.runs.back();
}

const ScenarioReport& SuiteBook::close(std::size_t place) {
  Page& page = pages_[place];
  const ScenarioTally& tally = page.tally;
  ScenarioReport& report = report_.scenarios[place];
  const ScenarioJudgement judgement = judge(*page.scenario, tally);
  report.verdict = verdict_of(judgement.judged);
  report.sentence = judgement.sentence;
  report.problems = judgement.problems;
  for (std::size_t i = 0; i < report.laws.size(); ++i) {
    LawReport& law = report.laws[i];
    law.evaluations = tally.laws[i].evaluations;
    law.violated = tally.laws[i].violated;
    law.inconclusive = tally.laws[i].inconclusive;
    law.first_violating_seed = tally.laws[i].first_violating_seed;
    law.problem = judgement.law_problems[i];
  }
  for (std::size_t i = 0; i < report.faults.size(); ++i) {
    report.faults[i].injected = tally.faults[i].sum.fired;
    report.faults[i].skipped = skips_of(tally.faults[i].sum);
    report.faults[i].active = tally.faults[i].sum.active;
  }
  const RunCounters& counters = tally.counters;
  report.messages.delivered = counters.received;
  report.messages.dead_letter = counters.dropped;
  report.messages.unreceived = counters.sent - std::min(counters.sent, counters.received + counters.dropped);
  report.restarts = counters.restarts;
  report.giveups = counters.giveups;
  for (; page.recoveries < tally.recoveries.size(); ++page.recoveries) report.recovery.add(tally.recoveries[page.recoveries]);
  report.determinism_checks = tally.verified;
  report.determinism_mismatches = tally.differed;
  return report;
}

int exit_code(const SuiteReport& report) {
  const auto any = [&](ScenarioVerdict verdict) {
    return std::any_of(report.scenarios.begin(), report.scenarios.end(),
                       [&](const ScenarioReport& scenario) { return scenario.verdict == verdict; });
  };
  if (any(ScenarioVerdict::nondeterministic)) return 3;
  if (any(ScenarioVerdict::unexpected)) return 1;
  if (any(ScenarioVerdict::inconclusive)) return 2;
  return 0;
}

}  // namespace moirai
