#include "scenarios/suite/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>
#include <string_view>
#include <thread>

namespace moirai {
namespace {

constexpr std::uint64_t seeds_max = 1'000'000'000;  // of one scenario in one call; more is a slip of the hand

[[noreturn]] void refuse(const std::string& option, const std::string& why) { throw CLI::ValidationError(option, why); }

std::uint64_t seed_of(const std::string& option, const std::string& text) {
  const auto seed = parse_seed(text);
  if (!seed) refuse(option, fmt::format("a seed is a 64-bit number, decimal or 0x..., not \"{}\"", text));
  return *seed;
}

SeedRange range_of(const std::string& option, const std::string& text) {
  const std::size_t dots = text.find("..");
  const std::uint64_t first = seed_of(option, text.substr(0, dots));
  const std::uint64_t last = seed_of(option, text.substr(dots + 2));
  if (last < first) refuse(option, fmt::format("the range {} is empty: the first seed is written first", text));
  if (last - first >= seeds_max) refuse(option, fmt::format("the range {} has more than {} seeds", text, seeds_max));
  return {first, last - first + 1};
}

void read_seeds(const std::string& text, RunArguments& to) {
  if (text.find("..") != std::string::npos) {
    to.range = range_of("--seeds", text);
    return;
  }
  const std::uint64_t count = seed_of("--seeds", text);
  if (count == 0 || count > seeds_max) refuse("--seeds", fmt::format("between 1 and {} seeds, not {}", seeds_max, text));
  to.count = count;
}

std::uint64_t hex_of(const std::string& option, const std::string& text) {
  std::string_view digits = text;
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.empty() || digits.size() > 16 || error != std::errc() || end != digits.data() + digits.size())
    refuse(option, fmt::format("16 hexadecimal digits, not \"{}\"", text));
  return value;
}

Ratio share_of(const std::string& option, const std::string& text) {
  const auto share = parse_ratio(text);
  if (!share) refuse(option, fmt::format("a share is written 5% or 1/20, not \"{}\"", text));
  return *share;
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  line.program = argv[0];
  CLI::App app("Chaos testing of supervised actor systems: every run can be seen again from its seed.");
  app.name(line.program);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  app.footer(
      "Exit codes: 0 all as expected, 1 a law violated, a crash or an expected bug not found, 2 inconclusive,\n"
      "3 nondeterminism, 4 nothing selected, 64 usage, 65 bad scenario file, 70 internal error, 130/143 interrupted.");

  RunArguments run;
  std::string seed, seeds, verify, digest, hash;
  run.jobs = std::clamp(std::thread::hardware_concurrency(), 1u, 256u);
  CLI::App* run_app = app.add_subcommand("run", "run scenarios over seeds and judge them by their [expect]");
  run_app->add_option("PATHS", run.paths, "scenario files, and folders that are searched for *.toml")->required();
  CLI::Option* one_seed = run_app->add_option("--seed", seed, "exactly this seed, decimal or 0x...");
  run_app->add_option("--seeds", seeds, "N: so many, from the scenario's base; A..B: these, both included")->excludes(one_seed);
  run_app->add_option("--jobs", run.jobs, "worker processes; the output does not depend on it")
      ->check(CLI::Range(1u, 256u))
      ->capture_default_str();
  run_app->add_option("--out", run.out, "folder for summary.txt, junit.xml, results.jsonl and metrics.prom");
  run_app->add_option("--listen", run.listen, "ADDR:PORT to serve the metrics at while running; port 0: any free one");
  run_app->add_option("--verify-determinism", verify, "share of the seeds, such as 5%, that is run again, here and in a fresh process");
  run_app->add_flag("--no-faults", run.no_faults, "the same runs without any fault; every one has to pass");
  run_app->add_flag("--quiet", run.quiet, "a line per scenario, none per run");

  ReplayArguments replay;
  CLI::App* replay_app = app.add_subcommand("replay", "run one seed again and report the run itself");
  replay_app->add_option("FILE", replay.file, "scenario file")->required();
  replay_app->add_option("--seed", seed, "decimal or 0x...")->required();
  replay_app->add_option("--expect-digest", digest, "what the run's digest was; exit 3 if it is another one now");
  replay_app->add_option("--scenario-hash", hash, "of the scenario when the seed was recorded");
  replay_app->add_option("--build", replay.build, "that the seed was recorded with");
  replay_app->add_flag("--trace", replay.trace, "print every event");
  replay_app->add_flag("--no-faults", replay.no_faults, "as it was run");

  CheckArguments check;
  CLI::App* check_app = app.add_subcommand("check", "read scenario files and show every mistake; runs nothing");
  check_app->add_option("FILES", check.paths, "scenario files or folders")->required();

  PlanArguments plan;
  CLI::App* plan_app = app.add_subcommand("plan", "print the scenario with all its defaults, and the faults that a seed makes of it");
  plan_app->add_option("FILE", plan.file, "scenario file")->required();
  plan_app->add_option("--seed", seed, "decimal or 0x...")->required();

  ListArguments list;
  CLI::App* list_app = app.add_subcommand("list", "what a scenario file may name");
  list_app->add_option("WHAT", list.what, "systems, laws, faults or scenarios")
      ->check(CLI::IsMember({"systems", "laws", "faults", "scenarios"}));
  list_app->add_option("PATHS", list.paths, "where scenarios are looked for; the folder scenarios, if not said");

  CLI::App* version_app = app.add_subcommand("version", "version, revision and compiler of this build");

  FreshArguments fresh;
  CLI::App* fresh_app = app.add_subcommand("fresh-run", "")->group("");
  fresh_app->add_option("FILE", fresh.file)->required();
  fresh_app->add_option("--seed", seed)->required();
  fresh_app->add_flag("--trace", fresh.trace);
  fresh_app->add_flag("--no-faults", fresh.no_faults);

  try {
    const std::string first = argc > 1 ? argv[1] : "";
    const auto has_that_name = [&](const CLI::App* command) { return command->get_name() == first; };
    if (!first.empty() && first[0] != '-' && app.get_subcommands(has_that_name).empty())
      throw CLI::ValidationError("unknown command \"" + first + "\": run, replay, check, plan, list or version");
    app.parse(argc, argv);
    if (*run_app) {
      if (!seed.empty()) run.range = SeedRange{seed_of("--seed", seed), 1};
      if (!seeds.empty()) read_seeds(seeds, run);
      if (!verify.empty()) run.verify = share_of("--verify-determinism", verify);
      line.arguments = run;
    } else if (*replay_app) {
      replay.seed = seed_of("--seed", seed);
      if (!digest.empty()) replay.digest = hex_of("--expect-digest", digest);
      if (!hash.empty()) replay.scenario_hash = hex_of("--scenario-hash", hash);
      line.arguments = replay;
    } else if (*check_app) {
      line.arguments = check;
    } else if (*plan_app) {
      plan.seed = seed_of("--seed", seed);
      line.arguments = plan;
    } else if (*list_app) {
      line.arguments = list;
    } else if (*version_app) {
      line.arguments = VersionArguments{};
    } else if (*fresh_app) {
      fresh.seed = seed_of("--seed", seed);
      line.arguments = fresh;
    }
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    const int code = app.exit(error, out, err);
    line.exit_code = code == 0 ? 0 : 64;
    line.message = code == 0 ? out.str() : err.str();
  }
  return line;
}

}  // namespace moirai
