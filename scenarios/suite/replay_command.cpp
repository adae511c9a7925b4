// moirai replay: one run again, reported as it is, whatever [expect] says.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include "chaos/mistake.hpp"
#include "chaos/scenario_toml.hpp"
#include "chaos/trace.hpp"
#include "properties/campaign.hpp"
#include "properties/campaign_workers.hpp"
#include "reports/failure.hpp"
#include "reports/text.hpp"
#include "scenarios/suite/commands.hpp"
#include "scenarios/suite/interrupt.hpp"
#include "scenarios/suite/suite_report.hpp"

namespace moirai {
namespace {

// Every event as it happens, so that what a crash cuts off is the end and not the whole.
void print_trace(const Trial& trial, std::uint64_t seed, const InterruptScope& interrupt) {
  std::fflush(stdout);
  const int out = ::dup(STDOUT_FILENO);  // a worker's own standard output is where actors print
  WorkerPool pool;
  pool.pieces = 1;
  pool.work = [&](std::uint64_t) {
    std::FILE* file = ::fdopen(out, "w");
    std::setvbuf(file, nullptr, _IOLBF, 1 << 16);
    EventStream events([file](const TraceEvent& event) { fmt::print(file, "{}\n", to_text(event)); });
    World world;
    run_trial(world, trial, seed, &events);
    std::fflush(file);
    return std::string();
  };
  pool.done = [](std::uint64_t, const WorkerReply&) { return true; };
  pool.tick = [&](std::uint64_t) { return interrupt.signal() == 0; };
  pool.patience = [&](std::uint64_t) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::min<Duration>(trial.scenario->limits.wall_time, std::chrono::hours(1))) +
           std::chrono::seconds(1);
  };
  run_pool(pool);
  ::close(out);
}

// What is not as it was when the seed was recorded.
std::vector<std::string> differences(const ReplayArguments& arguments, const Scenario& scenario, const Finding& finding) {
  std::vector<std::string> notes;
  const std::string build = build_report().revision;
  if (!arguments.build.empty() && arguments.build != build)
    notes.push_back(fmt::format("the seed was recorded with build {}, this is build {}: it may do something else here", arguments.build,
                                build.empty() ? "unknown" : build));
  if (arguments.scenario_hash && *arguments.scenario_hash != scenario.content_hash)
    notes.push_back(fmt::format("the scenario was edited since the seed was recorded: its hash was {} and is {}",
                                hex16(*arguments.scenario_hash), hex16(scenario.content_hash)));
  if (arguments.digest && *arguments.digest != finding.digest) {
    notes.push_back(fmt::format("the digest is {} where {} was expected: this is not the run that was recorded", hex16(finding.digest),
                                hex16(*arguments.digest)));
    if (notes.size() == 1 && arguments.scenario_hash && !arguments.build.empty())
      notes.push_back("build and scenario are those of the seed: something that is no part of them decides the run");
  }
  return notes;
}

int code_of(const Finding& finding) {
  switch (finding.state) {
    case Finding::State::pass: return 0;
    case Finding::State::fail:
    case Finding::State::crashed: return 1;
    case Finding::State::inconclusive:
    case Finding::State::invalid: return 2;
    case Finding::State::nondeterministic: return 3;
  }
  return 70;
}

}  // namespace

int replay_command(const Suite& suite, const ReplayArguments& arguments) {
  const Result<Scenario> scenario = read_scenario(arguments.file, suite.catalogue);
  if (!scenario) {
    fmt::print(stderr, "{}", render(scenario.mistakes()));
    return 65;
  }
  const InterruptScope interrupt;
  const Trial trial{&*scenario, suite.catalogue.find_system(scenario->system), &suite.laws, arguments.no_faults};
  if (arguments.trace) print_trace(trial, arguments.seed, interrupt);

  Campaign campaign;
  campaign.parts.push_back({trial, arguments.seed, 1});
  Finding finding;
  campaign.found = [&](std::size_t, Finding one) { finding = std::move(one); };
  campaign.tick = [&](std::uint64_t) { return interrupt.signal() == 0; };
  if (run_campaign(campaign) != 1) return interrupt.exit_code();

  const ReplayLine replay{suite.program, arguments.no_faults};
  ScenarioReport report;
  report.name = scenario->name;
  report.file = scenario->file;
  RunReport run = report_run(*scenario, finding, replay);
  if (finding.state == Finding::State::pass) run.sentence.clear();
  report.add(run);
  fmt::print("{}  seed={}  {}  digest={}  steps={}  time={}\n", one_line(scenario->name), seed_text(run.seed), word(run.verdict),
             hex16(run.digest), run.steps, seconds_text(run.virtual_time));
  const bool is_terminal = ::isatty(STDOUT_FILENO) != 0;
  if (finding.state != Finding::State::pass) fmt::print("{}", failure_text(report, run, is_terminal ? Colour::always : Colour::never));
  for (const std::string& note : differences(arguments, *scenario, finding)) fmt::print("note: {}\n", one_line(note));
  std::fflush(stdout);
  if (arguments.digest && finding.state != Finding::State::crashed && *arguments.digest != finding.digest) return 3;
  return code_of(finding);
}

}  // namespace moirai
