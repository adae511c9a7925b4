// The commands that look and do not run: check, plan, list, version. And fresh-run, which does one run for somebody else.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "chaos/mistake.hpp"
#include "chaos/plan.hpp"
#include "chaos/scenario_print.hpp"
#include "chaos/scenario_toml.hpp"
#include "properties/campaign_repeat.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"
#include "scenarios/suite/commands.hpp"
#include "scenarios/suite/selection.hpp"
#include "scenarios/suite/suite_report.hpp"

namespace moirai {
namespace {

constexpr int bad_scenario = 65, nothing_selected = 4;

void print_mistakes(const Mistakes& mistakes) { fmt::print(stderr, "{}{}\n", render(mistakes), counted(mistakes.size(), "mistake")); }

void list_arguments(const std::vector<ArgDeclaration>& arguments) {
  for (const ArgDeclaration& argument : arguments)
    fmt::print("    {} = {}   {}; {}\n", argument.name, to_text(argument.fallback), name_of(kind_of(argument.fallback)), argument.doc);
}

void list_systems(const Catalogue& catalogue) {
  fmt::print("systems\n");
  for (const SystemDeclaration& system : catalogue.systems) {
    fmt::print("  {}   {}\n", system.name, system.doc);
    list_arguments(system.args);
  }
}

void list_laws(const Catalogue& catalogue) {
  fmt::print("laws\n");
  for (const LawDeclaration& law : catalogue.laws) {
    fmt::print("  {}   {}\n", law.name, law.doc);
    list_arguments(law.args);
  }
}

void list_faults() {
  fmt::print("faults\n");
  for (const FaultKindDoc& fault : fault_kind_docs()) {
    fmt::print("  {}   {}\n", name_of(fault.kind), fault.doc);
    for (const KeyDoc& key : scenario_keys()) {
      if (key.table != "fault" || std::find(key.kinds.begin(), key.kinds.end(), fault.kind) == key.kinds.end()) continue;
      fmt::print("    {} ({}){}   {}\n", key.key, key.type, key.fallback.empty() ? "" : " = " + key.fallback, key.doc);
    }
  }
}

int list_scenarios(const Suite& suite, std::vector<std::string> paths) {
  if (paths.empty()) paths.push_back("scenarios");
  const Selection selection = select(paths, suite.catalogue);
  fmt::print("scenarios\n");
  for (const Scenario& scenario : selection.scenarios)
    fmt::print("  {}   {}   {}\n", one_line(scenario.name), one_line(scenario.file), one_line(scenario.title));
  for (const Scenario& scenario : selection.skipped)
    fmt::print("  {}   {}   skipped: {}\n", one_line(scenario.name), one_line(scenario.file), one_line(scenario.skip));
  if (selection.mistakes.empty()) return 0;
  print_mistakes(selection.mistakes);
  return bad_scenario;
}

}  // namespace

int check_command(const Suite& suite, const CheckArguments& arguments) {
  const Selection selection = select(arguments.paths, suite.catalogue);
  for (const Scenario& scenario : selection.scenarios)
    fmt::print("ok  {}  {}  hash={}\n", one_line(scenario.file), one_line(scenario.name), hex16(scenario.content_hash));
  for (const Scenario& scenario : selection.skipped)
    fmt::print("ok  {}  {}  skipped: {}\n", one_line(scenario.file), one_line(scenario.name), one_line(scenario.skip));
  if (!selection.mistakes.empty()) {
    std::fflush(stdout);
    print_mistakes(selection.mistakes);
    return bad_scenario;
  }
  if (!selection.scenarios.empty() || !selection.skipped.empty()) return 0;
  fmt::print(stderr, "no *.toml there: nothing to check\n");
  return nothing_selected;
}

int plan_command(const Suite& suite, const PlanArguments& arguments) {
  const Result<Scenario> scenario = read_scenario(arguments.file, suite.catalogue);
  if (!scenario) {
    print_mistakes(scenario.mistakes());
    return bad_scenario;
  }
  const FaultPlan plan = resolve(*scenario, arguments.seed);
  fmt::print("{}\n# fault plan of seed {}, scenario hash {}\n{}", describe(*scenario), seed_text(arguments.seed),
             hex16(scenario->content_hash), to_string(plan));
  for (const LeftOut& left_out : plan.left_out)
    fmt::print("# {}: {} left out because the one before was still open, {} because of its cooldown\n", left_out.name, left_out.overlap,
               left_out.cooldown);
  return 0;
}

int list_command(const Suite& suite, const ListArguments& arguments) {
  if (arguments.what == "scenarios") return list_scenarios(suite, arguments.paths);
  if (arguments.what.empty() || arguments.what == "systems") list_systems(suite.catalogue);
  if (arguments.what.empty() || arguments.what == "laws") list_laws(suite.catalogue);
  if (arguments.what.empty() || arguments.what == "faults") list_faults();
  return 0;
}

int version_command(const Suite&) {
  fmt::print("{}", summary_heading(build_report()));
  return 0;
}

int fresh_command(const Suite& suite, const FreshArguments& arguments) {
  const Result<Scenario> scenario = read_scenario(arguments.file, suite.catalogue);
  if (!scenario) {
    print_mistakes(scenario.mistakes());
    return bad_scenario;
  }
  const Trial trial{&*scenario, suite.catalogue.find_system(scenario->system), &suite.laws, arguments.no_faults};
  return print_fresh(trial, arguments.seed, arguments.trace);
}

}  // namespace moirai
