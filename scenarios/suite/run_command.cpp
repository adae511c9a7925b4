// moirai run: read everything, run everything, judge, report.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "chaos/mistake.hpp"
#include "properties/campaign.hpp"
#include "reports/files.hpp"
#include "reports/jsonl.hpp"
#include "reports/junit.hpp"
#include "reports/prometheus.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"
#include "scenarios/suite/commands.hpp"
#include "scenarios/suite/interrupt.hpp"
#include "scenarios/suite/progress.hpp"
#include "scenarios/suite/selection.hpp"
#include "scenarios/suite/suite_report.hpp"

namespace moirai {
namespace {

Colour colour_of(std::FILE* file) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool plain = (no_colour && *no_colour) || (terminal && std::string_view(terminal) == "dumb");
  return !plain && ::isatty(::fileno(file)) ? Colour::always : Colour::never;
}

SeedRange seeds_of(const RunArguments& arguments, const Scenario& scenario) {
  if (arguments.range) return *arguments.range;
  return {scenario.seeds.base, arguments.count.value_or(scenario.seeds.count)};
}

FreshCommand fresh_command_of(const RunArguments& arguments) {
  return [no_faults = arguments.no_faults](const Trial& trial, std::uint64_t seed, bool trace) {
    std::vector<std::string> command{"/proc/self/exe", "fresh-run", trial.scenario->file, "--seed", seed_text(seed)};
    if (no_faults) command.push_back("--no-faults");
    if (trace) command.push_back("--trace");
    return command;
  };
}

std::string run_line(const ScenarioReport& scenario, const RunReport& run) {
  std::string line = fmt::format("{}  seed={}  {}  digest={}  steps={}  time={}", one_line(scenario.name), seed_text(run.seed),
                                 word(run.verdict), hex16(run.digest), run.steps, seconds_text(run.virtual_time));
  if (!run.law.empty()) line += "  property=" + one_line(run.law);
  if (!run.sentence.empty()) line += "  " + one_line(run.sentence);
  return line;
}

class RunProgram {
 public:
  RunProgram(const Suite& suite, const RunArguments& arguments, const Selection& selection)
      : arguments_(arguments), selection_(selection), book_({suite.program, arguments.no_faults}), colour_(colour_of(stdout)) {
    for (const Scenario& scenario : selection.scenarios) {
      const SeedRange seeds = seeds_of(arguments, scenario);
      book_.open(scenario, seeds.count);
      campaign_.parts.push_back(
          {{&scenario, suite.catalogue.find_system(scenario.system), &suite.laws, arguments.no_faults}, seeds.first, seeds.count});
      total_ += seeds.count;
    }
    campaign_.jobs = arguments.jobs;
    campaign_.verify = arguments.verify;
    campaign_.fresh = fresh_command_of(arguments);
  }

  int run() {
    if (!arguments_.listen.empty() && !start_server()) return 64;
    fmt::print("{}", summary_heading(book_.report().build));
    for (const Scenario& scenario : selection_.skipped) fmt::print("skipped  {}: {}\n", one_line(scenario.name), one_line(scenario.skip));
    std::fflush(stdout);

    const InterruptScope interrupt;
    Progress progress(total_);
    progress_ = &progress;
    campaign_.found = [this](std::size_t part, const Finding& finding) { found(part, finding); };
    campaign_.tick = [&](std::uint64_t runs) {
      tick(runs);
      return interrupt.signal() == 0;
    };
    const std::uint64_t runs = run_campaign(campaign_);
    book_.report().interrupted = runs < total_;
    while (current_ < campaign_.parts.size()) finish_part();
    fmt::print("{}", closing_line(book_.report(), colour_));
    std::fflush(stdout);
    if (server_) server_->update(book_.report());
    const int of_files = write_reports();
    if (interrupt.signal() != 0) {
      fmt::print(stderr, "interrupted after {} of {} runs{}\n", runs, total_, arguments_.out.empty() ? "" : "; the reports are written");
      return interrupt.exit_code();
    }
    return of_files != 0 ? of_files : exit_code(book_.report());
  }

 private:
  bool start_server() {
    Result<std::unique_ptr<MetricsServer>> server = MetricsServer::listen(arguments_.listen);
    if (!server) {
      fmt::print(stderr, "{}", render(server.mistakes()));
      return false;
    }
    server_ = std::move(*server);
    server_->update(book_.report());
    fmt::print(stderr, "metrics at {}\n", server_->url());
    std::fflush(stderr);
    return true;
  }

  void found(std::size_t part, const Finding& finding) {
    while (current_ < part) finish_part();
    const RunReport& run = book_.add(part, finding);
    if (!arguments_.quiet) fmt::print("{}\n", run_line(book_.report().scenarios[part], run));
    if (book_.report().scenarios[part].seeds_run == campaign_.parts[part].seeds) finish_part();
  }

  // The scenario that is being run is over, or will not be run any further.
  void finish_part() {
    const ScenarioReport& scenario = book_.close(current_);
    WallFigures& wall = book_.report().scenarios[current_].wall;
    const double seconds = progress_->lap();
    if (seconds > 0 && scenario.seeds_run > 0) wall.seeds_per_second = static_cast<double>(scenario.seeds_run) / seconds;
    wall.last_run = Progress::unix_time();
    if (scenario.verdict == ScenarioVerdict::as_expected) wall.last_success = wall.last_run;
    ++current_;
    fmt::print("{}{}", scenario_line(scenario, colour_), scenario_details(scenario, colour_));
    std::fflush(stdout);
  }

  void tick(std::uint64_t runs) {
    std::fflush(stdout);
    progress_->beat(runs, current_ < campaign_.parts.size() ? one_line(campaign_.parts[current_].trial.scenario->name) : "the end");
    if (server_ && progress_->metrics_are_due()) {
      for (std::size_t part = 0; part < campaign_.parts.size(); ++part) book_.close(part);
      server_->update(book_.report());
    }
  }

  int write_reports() {
    if (arguments_.out.empty()) return 0;
    const SuiteReport& report = book_.report();
    const auto written = write_files(arguments_.out, {{"summary.txt", summary_text(report)},
                                                      {"junit.xml", junit_xml(report)},
                                                      {"results.jsonl", results_jsonl(report)},
                                                      {"metrics.prom", prometheus_text(report)}});
    if (written) return 0;
    fmt::print(stderr, "{}", render(written.mistakes()));
    return 70;
  }

  const RunArguments& arguments_;
  const Selection& selection_;
  SuiteBook book_;
  Colour colour_;
  Campaign campaign_;
  std::uint64_t total_ = 0;
  std::size_t current_ = 0;  // the part whose findings come now
  std::unique_ptr<MetricsServer> server_;
  Progress* progress_ = nullptr;  // while campaign_ runs
};

}  // namespace

int run_command(const Suite& suite, const RunArguments& arguments) {
  const Selection selection = select(arguments.paths, suite.catalogue);
  if (!selection.mistakes.empty()) {
    fmt::print(stderr, "{}{}: nothing was run\n", render(selection.mistakes), counted(selection.mistakes.size(), "mistake"));
    return 65;
  }
  if (selection.scenarios.empty()) {
    fmt::print(stderr, "no scenario to run\n");
    return 4;
  }
  return RunProgram(suite, arguments, selection).run();
}

}  // namespace moirai
