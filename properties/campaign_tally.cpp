#include "properties/campaign_tally.hpp"

#include <fmt/format.h>

namespace moirai {
namespace {

std::string runs_text(std::uint64_t count) { return count == 1 ? "1 run" : fmt::format("{} runs", count); }
std::string seeds_text(std::uint64_t count) { return count == 1 ? "1 seed" : fmt::format("{} seeds", count); }

void add_up(FaultFinding& sum, const FaultFinding& one) {
  sum.fired += one.fired;
  sum.no_target += one.no_target;
  sum.not_reached += one.not_reached;
  sum.overlap += one.overlap;
  sum.cooldown += one.cooldown;
  sum.active += one.active;
}

void add_up(RunCounters& sum, const RunCounters& one) {
  sum.sent += one.sent;
  sum.received += one.received;
  sum.dropped += one.dropped;
  sum.spawns += one.spawns;
  sum.exits += one.exits;
  sum.restarts += one.restarts;
  sum.giveups += one.giveups;
}

Outcome expected(const Scenario& scenario, const ScenarioTally& tally) { return tally.no_faults ? Outcome::pass : scenario.expect.outcome; }

// Why a fault that was to fire did not, from what its firings met.
std::string why_never(const FaultFinding& sum) {
  if (sum.no_target > 0) return fmt::format(": nobody alive matched its target, {} times", sum.no_target);
  if (sum.not_reached > 0) return fmt::format(": its target never came to that operation, {} times", sum.not_reached);
  return ": its time never came";
}

std::string unexpected_text(const ScenarioTally& tally) {
  return fmt::format("{} of {} failed; the first, seed {:#x}: {}", tally.unexpected_failures, runs_text(tally.run),
                     *tally.first_unexpected_seed, tally.first_unexpected);
}

}  // namespace

std::string_view name_of(Judged judged) {
  constexpr std::string_view names[] = {"as expected", "unexpected", "inconclusive", "nondeterministic"};
  return names[static_cast<std::size_t>(judged)];
}

ScenarioTally::ScenarioTally(const Scenario& scenario, std::uint64_t seeds_asked, bool without_faults)
    : asked(seeds_asked), no_faults(without_faults), laws(scenario.properties.size()), faults(scenario.faults.size()) {}

bool ScenarioTally::add(const Scenario& scenario, const Finding& finding) {
  ++run;
  ++by_state[static_cast<std::size_t>(finding.state)];
  for (std::size_t i = 0; i < finding.laws.size() && i < laws.size(); ++i) {
    laws[i].evaluations += finding.laws[i].evaluations;
    if (finding.laws[i].state == Verdict::State::violated) {
      ++laws[i].violated;
      if (!laws[i].first_violating_seed) laws[i].first_violating_seed = finding.seed;
    }
    if (finding.laws[i].state == Verdict::State::inconclusive) ++laws[i].inconclusive;
  }
  for (std::size_t i = 0; i < finding.faults.size() && i < faults.size(); ++i) add_up(faults[i].sum, finding.faults[i]);
  steps += finding.steps;
  virtual_time += finding.virtual_time;
  add_up(counters, finding.counters);
  if (finding.recovery) recoveries.push_back(*finding.recovery);
  if (finding.verified) ++verified;
  if (finding.state == Finding::State::nondeterministic) ++differed;
  if (finding.root_ended) ++roots_ended;

  if (finding.state != Finding::State::fail && finding.state != Finding::State::crashed) return false;
  if (expected(scenario, *this) == Outcome::find_bug && finding.state == Finding::State::fail &&
      finding.property == scenario.expect.property) {
    if (!found_at) found_at = run;
    return false;
  }
  ++unexpected_failures;
  if (!first_unexpected_seed) {
    first_unexpected_seed = finding.seed;
    first_unexpected = finding.sentence;
  }
  return true;
}

ScenarioJudgement judge(const Scenario& scenario, const ScenarioTally& tally) {
  ScenarioJudgement judgement;
  judgement.law_problems.resize(scenario.properties.size());
  const Outcome wanted = expected(scenario, tally);
  const bool enough = tally.run >= scenario.seeds.count;  // the file's own number
  std::string why_inconclusive;
  const auto unexpected = [&](std::string sentence) {
    if (judgement.judged == Judged::as_expected) judgement.sentence = sentence;
    judgement.judged = Judged::unexpected;
    judgement.problems.push_back(std::move(sentence));
  };

  if (tally.unexpected_failures > 0) {
    judgement.judged = Judged::unexpected;
    judgement.sentence = unexpected_text(tally);
  }
  for (std::size_t i = 0; i < tally.laws.size(); ++i) {
    const PropertySpec& property = scenario.properties[i];
    const LawTally& law = tally.laws[i];
    const bool asked_for = wanted == Outcome::find_bug && property.name == scenario.expect.property;
    if (law.violated > 0 && !asked_for)
      judgement.law_problems[i] = fmt::format("violated in {}, first by seed {:#x}", runs_text(law.violated), *law.first_violating_seed);
    else if (law.evaluations == 0 && enough && !tally.no_faults &&
             tally.run > tally.by_state[static_cast<std::size_t>(Finding::State::crashed)]) {
      judgement.law_problems[i] = fmt::format("never evaluated in {}: nothing it judges ever happened", runs_text(tally.run));
      if (judgement.judged == Judged::as_expected) judgement.sentence = fmt::format("property {} was never evaluated", property.name);
      judgement.judged = Judged::unexpected;
    }
  }
  if (enough && !tally.no_faults)
    for (std::size_t i = 0; i < tally.faults.size(); ++i)
      if (tally.faults[i].sum.fired == 0)
        unexpected(
            fmt::format("fault {} never fired in {}{}", scenario.faults[i].name, runs_text(tally.run), why_never(tally.faults[i].sum)));

  if (wanted == Outcome::find_bug) {
    if (tally.found_at && *tally.found_at > scenario.expect.within)
      unexpected(fmt::format("the bug was found, but only by the {}th seed; the file allows {}", *tally.found_at,
                             seeds_text(scenario.expect.within)));
    else if (!tally.found_at && tally.run >= scenario.expect.within)
      unexpected(fmt::format("no violation of {} was found in {}", scenario.expect.property, seeds_text(tally.run)));
    else if (!tally.found_at)
      why_inconclusive = fmt::format("no violation of {} in {}; the file allows {} to find it", scenario.expect.property,
                                     seeds_text(tally.run), seeds_text(scenario.expect.within));
  }
  if (wanted == Outcome::give_up && tally.roots_ended == 0) {
    if (enough)
      unexpected(fmt::format("the root never gave up in {}", seeds_text(tally.run)));
    else
      why_inconclusive =
          fmt::format("the root did not give up in {}; the file asks for {}", seeds_text(tally.run), seeds_text(scenario.seeds.count));
  }

  const std::uint64_t untold = tally.by_state[static_cast<std::size_t>(Finding::State::inconclusive)];
  const std::uint64_t invalid = tally.by_state[static_cast<std::size_t>(Finding::State::invalid)];
  if (tally.run < tally.asked)
    why_inconclusive = fmt::format("{} of {} were run", tally.run, seeds_text(tally.asked));
  else if (untold > 0)
    why_inconclusive = fmt::format("{} of {} could not tell", untold, runs_text(tally.run));
  else if (invalid > 0)
    why_inconclusive =
        fmt::format("in {} of {} what a law takes for granted was missing before chaos began", invalid, runs_text(tally.run));
  if (!why_inconclusive.empty() && judgement.judged == Judged::as_expected) {
    judgement.judged = Judged::inconclusive;
    judgement.sentence = why_inconclusive;
  }
  if (tally.differed > 0) {
    judgement.judged = Judged::nondeterministic;
    judgement.sentence = fmt::format("{} of {} did not repeat: the same seed gave another run", tally.differed, runs_text(tally.run));
  }
  return judgement;
}

}  // namespace moirai
