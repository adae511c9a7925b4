#include "reports/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/text.hpp"

namespace moirai {
namespace {

constexpr std::size_t most_stories = 3;

using VerdictCounts = std::array<std::uint64_t, run_verdict_count>;

// `195 pass, 5 fail`: verdicts that occurred.
std::string by_verdict_text(const VerdictCounts& counts) {
  std::string out;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", counts[i], word(static_cast<RunVerdict>(i)));
  }
  return out.empty() ? "none ran" : out;
}

std::string seeds_text(const ScenarioReport& scenario) {
  if (scenario.seeds_run == scenario.seeds_asked) return counted(scenario.seeds_run, "seed");
  return fmt::format("{} of {}", scenario.seeds_run, counted(scenario.seeds_asked, "seed"));
}

std::string status(ScenarioVerdict verdict, Colour colour) {
  std::string_view text = "ok", code = "32";
  switch (verdict) {
    case ScenarioVerdict::as_expected: break;
    case ScenarioVerdict::unexpected: text = "FAILED", code = "1;31"; break;
    case ScenarioVerdict::inconclusive: text = "INCONCLUSIVE", code = "1;33"; break;
    case ScenarioVerdict::nondeterministic: text = "NONDETERMINISTIC", code = "1;31"; break;
  }
  const std::string padded = fmt::format("{:<6}", text);
  return colour == Colour::always ? fmt::format("\x1b[{}m{}\x1b[0m", code, padded) : padded;
}

// failures / runs in 1/1000, one decimal, rounded half up, in integers. Requires: runs > 0.
std::string per_thousand(std::uint64_t failures, std::uint64_t runs) {
  const std::uint64_t tenths = (failures * 20'000 + runs) / (2 * runs);
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

std::uint64_t skipped(const FaultReport& fault) {
  std::uint64_t sum = 0;
  for (const SkippedFault& reason : fault.skipped) sum += reason.count;
  return sum;
}

std::string work_text(const ScenarioReport& scenario) {
  std::uint64_t evaluations = 0, injected = 0, left_out = 0;
  for (const LawReport& law : scenario.laws) evaluations += law.evaluations;
  for (const FaultReport& fault : scenario.faults) injected += fault.injected, left_out += skipped(fault);
  std::string out = fmt::format("{} evaluated {}", counted(scenario.laws.size(), "law"), counted(evaluations, "time"));
  out += fmt::format("  {} fired {}", counted(scenario.faults.size(), "fault"), counted(injected, "time"));
  if (left_out > 0) out += fmt::format(" ({} skipped)", left_out);
  out += fmt::format("  {}", counted(scenario.restarts, "restart"));
  if (scenario.giveups > 0) out += fmt::format("  {}", counted(scenario.giveups, "giveup"));
  if (scenario.determinism_checks > 0) {
    out += fmt::format("  determinism {}/{}", scenario.determinism_checks - scenario.determinism_mismatches, scenario.determinism_checks);
  }
  return out;
}

std::string found_text(const ScenarioReport& scenario) {
  const std::uint64_t found = scenario.runs_that(RunVerdict::fail);
  const auto first =
      std::find_if(scenario.runs.begin(), scenario.runs.end(), [](const RunReport& run) { return run.verdict == RunVerdict::fail; });
  if (first == scenario.runs.end() || scenario.seeds_run == 0) return "";
  return fmt::format("  {} as expected in {} ({} per 1000), first {} {}", scenario.expected == "give-up" ? "the root gave up" : "bug found",
                     counted(found, "seed"), per_thousand(found, scenario.seeds_run), seed_text(first->seed), one_line(first->law));
}

using Row = std::vector<std::string>;

// Columns separated by two blanks; the first `names` are aligned left, the others, being figures, right.
std::string table(const std::vector<Row>& rows, std::size_t names) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string_view gap = i == 0 ? "" : "  ";
      line += i < names ? fmt::format("{}{:<{}}", gap, row[i], widths[i]) : fmt::format("{}{:>{}}", gap, row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string law_table(const SuiteReport& suite) {
  std::vector<Row> rows{{"scenario", "property", "evaluated", "runs violated", "runs inconclusive"}};
  for (const ScenarioReport& scenario : suite.scenarios) {
    for (const LawReport& law : scenario.laws) {
      rows.push_back({one_line(scenario.name), one_line(law.name), law.never_evaluated() ? "NEVER" : fmt::format("{}", law.evaluations),
                      fmt::format("{}", law.violated), fmt::format("{}", law.inconclusive)});
    }
  }
  return rows.size() == 1 ? "" : "\n" + table(rows, 2);
}

std::string fault_table(const SuiteReport& suite) {
  std::vector<Row> rows{{"scenario", "fault", "kind", "fired", "skipped", "open for"}};
  for (const ScenarioReport& scenario : suite.scenarios) {
    for (const FaultReport& fault : scenario.faults) {
      rows.push_back({one_line(scenario.name), one_line(fault.name), one_line(fault.kind),
                      fault.never_fired() ? "NEVER" : fmt::format("{}", fault.injected), fmt::format("{}", skipped(fault)),
                      seconds_text(fault.active)});
    }
  }
  return rows.size() == 1 ? "" : "\n" + table(rows, 3);
}

}  // namespace

std::string summary_heading(const BuildReport& build) {
  std::string out = fmt::format("moirai {}", one_line(build.version));
  if (!build.revision.empty()) out += fmt::format("  build {}", one_line(build.revision));
  if (!build.compiler.empty()) out += fmt::format("  {}", one_line(build.compiler));
  return out + "\n";
}

std::string scenario_line(const ScenarioReport& scenario, Colour colour) {
  std::string out = fmt::format("{} {}  {}", status(scenario.verdict, colour), one_line(scenario.name), seeds_text(scenario));
  if (scenario.verdict != ScenarioVerdict::as_expected) return out + fmt::format(": {}\n", by_verdict_text(scenario.by_verdict));
  out += "  " + work_text(scenario);
  if (scenario.expected != "pass") out += found_text(scenario);
  return out + "\n";
}

std::string scenario_details(const ScenarioReport& scenario, Colour colour) {
  if (scenario.verdict == ScenarioVerdict::as_expected) return "";
  std::string out;
  if (!scenario.sentence.empty()) out += fmt::format("  {}\n", one_line(scenario.sentence));
  for (const std::string& problem : scenario.problems) {
    if (problem != scenario.sentence) out += fmt::format("  {}\n", one_line(problem));
  }
  for (const LawReport& law : scenario.laws) {
    if (!law.problem.empty() && law.problem != scenario.sentence) {
      out += fmt::format("  property {}: {}\n", one_line(law.name), one_line(law.problem));
    }
  }
  const std::vector<const RunReport*> kinds = distinct_failures(scenario);
  for (std::size_t i = 0; i < std::min(most_stories, kinds.size()); ++i) out += failure_text(scenario, *kinds[i], colour);
  if (kinds.size() > most_stories) out += fmt::format("  and {} of failure\n", counted(kinds.size() - most_stories, "further kind"));
  return out;
}

std::string closing_line(const SuiteReport& suite, Colour colour) {
  std::array<std::uint64_t, 4> verdicts{};
  VerdictCounts runs{};
  std::uint64_t seeds = 0;
  for (const ScenarioReport& scenario : suite.scenarios) {
    ++verdicts[static_cast<std::size_t>(scenario.verdict)];
    seeds += scenario.seeds_run;
    for (std::size_t i = 0; i < runs.size(); ++i) runs[i] += scenario.by_verdict[i];
  }
  std::string out = counted(suite.scenarios.size(), "scenario");
  std::string_view before = ": ";
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i] == 0) continue;
    out += fmt::format("{}{} {}", before, verdicts[i], word(static_cast<ScenarioVerdict>(i)));
    before = ", ";
  }
  out += fmt::format(".  {}: {}.", counted(seeds, "seed"), by_verdict_text(runs));
  if (suite.interrupted) out += "  Interrupted: not all seeds asked for were run.";
  const bool good = verdicts[0] == suite.scenarios.size() && !suite.interrupted;
  return (colour == Colour::always ? fmt::format("\x1b[{}m{}\x1b[0m", good ? "32" : "1;31", out) : out) + "\n";
}

std::string summary_text(const SuiteReport& suite) {
  std::string out = summary_heading(suite.build);
  for (const ScenarioReport& scenario : suite.scenarios) {
    out += scenario_line(scenario);
    out += scenario_details(scenario);
  }
  out += law_table(suite);
  out += fault_table(suite);
  return out + "\n" + closing_line(suite);
}

}  // namespace moirai
