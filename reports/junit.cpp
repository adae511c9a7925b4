#include "reports/junit.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "reports/failure.hpp"
#include "reports/text.hpp"

namespace moirai {
namespace {

constexpr std::size_t most_seeds = 20;

struct Case {
  std::string name;
  std::string tag;  // "failure", "error"; empty: passed
  std::string type, message, text;
};

std::string attribute(std::string_view text) { return xml(one_line(text), true); }

// `name`, or with a number behind it if it was taken.
std::string unique(std::set<std::string>& taken, const std::string& name) {
  std::string candidate = name;
  for (int n = 2; !taken.insert(candidate).second; ++n) candidate = fmt::format("{} ({})", name, n);
  return candidate;
}

const RunReport* first_violation(const ScenarioReport& scenario, const LawReport& law) {
  for (const RunReport& run : scenario.runs) {
    if (run.verdict != RunVerdict::pass && run.law == law.name) return &run;
  }
  return nullptr;
}

Case law_case(const ScenarioReport& scenario, const LawReport& law) {
  Case result{law.name, "", "", "", ""};
  const bool unwanted = law.violated > 0 && scenario.expected == "pass";
  if (law.problem.empty() && !unwanted) return result;
  result.tag = "failure";
  result.type = law.law;
  result.message = law.problem;
  if (!law.problem.empty()) result.text = one_line(law.problem) + "\n";
  if (law.violated == 0) return result;
  if (const RunReport* run = first_violation(scenario, law)) {
    result.message = fmt::format("seed {}: {}", seed_text(run->seed), run->sentence);
    result.text += failure_text(scenario, *run);
  } else if (law.first_violating_seed) {  // in its run another law was violated before
    result.message = fmt::format("seed {}: {} violated", seed_text(*law.first_violating_seed), law.name);
  }
  return result;
}

// Everything that no law answers for. `told`: the properties whose cases have failed already.
Case scenario_case(const ScenarioReport& scenario, const std::set<std::string>& told) {
  Case result{"as expected", "", "", "", ""};
  const bool unsaid = scenario.verdict != ScenarioVerdict::as_expected && (told.empty() || scenario.verdict != ScenarioVerdict::unexpected);
  if (scenario.problems.empty() && !unsaid) return result;
  const bool crashed = scenario.runs_that(RunVerdict::crashed) > 0;
  const bool broken = crashed || scenario.verdict == ScenarioVerdict::nondeterministic || scenario.verdict == ScenarioVerdict::inconclusive;
  result.tag = broken ? "error" : "failure";
  result.type = crashed ? word(RunVerdict::crashed) : word(scenario.verdict);
  result.message = scenario.problems.empty() ? scenario.sentence : scenario.problems.front();
  for (const std::string& problem : scenario.problems) result.text += one_line(problem) + "\n";
  for (const RunReport* run : distinct_failures(scenario)) {
    if (told.contains(run->law)) continue;
    result.text += failure_text(scenario, *run);
    if (crashed && run->verdict == RunVerdict::crashed) result.message = fmt::format("seed {}: {}", seed_text(run->seed), run->sentence);
  }
  return result;
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", attribute(name), attribute(value));
}

std::string properties(const ScenarioReport& scenario) {
  std::string out = "    <properties>\n";
  out += property("title", scenario.title);
  out += property("file", scenario.file);
  out += property("scenario_hash", hex16(scenario.scenario_hash));
  out += property("expected", scenario.expected);
  out += property("verdict", word(scenario.verdict));
  out += property("seeds_asked", fmt::format("{}", scenario.seeds_asked));
  out += property("seeds_run", fmt::format("{}", scenario.seeds_run));
  for (std::size_t i = 0; i < run_verdict_count; ++i) {
    out += property(fmt::format("runs.{}", word(static_cast<RunVerdict>(i))), fmt::format("{}", scenario.by_verdict[i]));
  }
  std::string seeds;
  std::size_t listed = 0;
  for (const RunReport& run : scenario.runs) {
    if (run.verdict == RunVerdict::pass || listed == most_seeds) continue;
    seeds += (listed++ == 0 ? "" : " ") + seed_text(run.seed);
  }
  out += property("failing_seeds", seeds);
  for (const LawReport& law : scenario.laws) out += property("evaluations." + law.name, fmt::format("{}", law.evaluations));
  for (const FaultReport& fault : scenario.faults) out += property("injected." + fault.name, fmt::format("{}", fault.injected));
  return out + "    </properties>\n";
}

struct Tally {
  std::size_t tests = 0, failures = 0, errors = 0;
  std::string attributes() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\"", tests, failures, errors);
  }
};

std::string suite_element(const ScenarioReport& scenario, const std::string& name, Tally& total) {
  std::vector<Case> cases;
  std::set<std::string> told;
  for (const LawReport& law : scenario.laws) {
    cases.push_back(law_case(scenario, law));
    if (!cases.back().tag.empty()) told.insert(law.name);
  }
  cases.push_back(scenario_case(scenario, told));

  Tally tally;
  std::set<std::string> taken;
  std::string body;
  for (const Case& c : cases) {
    ++tally.tests;
    if (c.tag == "failure") ++tally.failures;
    if (c.tag == "error") ++tally.errors;
    body += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\"", xml(name, true),
                        xml(unique(taken, one_line(c.name)), true), attribute(scenario.file));
    if (c.tag.empty()) {
      body += "/>\n";
      continue;
    }
    body += fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n", c.tag, attribute(c.type),
                        attribute(c.message), xml(c.text));
  }
  total.tests += tally.tests;
  total.failures += tally.failures;
  total.errors += tally.errors;
  return fmt::format("  <testsuite name=\"{}\" {}>\n{}{}  </testsuite>\n", xml(name, true), tally.attributes(), properties(scenario), body);
}

}  // namespace

std::string junit_xml(const SuiteReport& suite) {
  Tally total;
  std::set<std::string> taken;
  std::string body;
  for (const ScenarioReport& scenario : suite.scenarios) body += suite_element(scenario, unique(taken, one_line(scenario.name)), total);
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"moirai\" {}>\n{}</testsuites>\n", total.attributes(),
                     body);
}

}  // namespace moirai
