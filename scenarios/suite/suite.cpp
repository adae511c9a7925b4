#include "scenarios/suite/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "properties/builtin_laws.hpp"
#include "scenarios/suite/command_line.hpp"
#include "scenarios/suite/commands.hpp"

namespace moirai {
namespace {

constexpr int internal_error = 70;

// Filled before main by the registrations of other files, so it must not be a global of its own.
std::vector<SystemDeclaration>& registered_systems() {
  static std::vector<SystemDeclaration> systems;
  return systems;
}

struct Execute {
  const Suite& suite;
  int operator()(const RunArguments& arguments) const { return run_command(suite, arguments); }
  int operator()(const ReplayArguments& arguments) const { return replay_command(suite, arguments); }
  int operator()(const CheckArguments& arguments) const { return check_command(suite, arguments); }
  int operator()(const PlanArguments& arguments) const { return plan_command(suite, arguments); }
  int operator()(const ListArguments& arguments) const { return list_command(suite, arguments); }
  int operator()(const VersionArguments&) const { return version_command(suite); }
  int operator()(const FreshArguments& arguments) const { return fresh_command(suite, arguments); }
};

}  // namespace

void register_system(SystemDeclaration system) {
  std::vector<SystemDeclaration>& systems = registered_systems();
  const auto place = std::lower_bound(systems.begin(), systems.end(), system,
                                      [](const SystemDeclaration& a, const SystemDeclaration& b) { return a.name < b.name; });
  if (place != systems.end() && place->name == system.name) {
    fmt::print(stderr, "two systems of this program are called \"{}\"\n", system.name);
    std::abort();
  }
  systems.insert(place, std::move(system));
}

LawCatalogue suite_program_laws() {
  LawCatalogue laws = builtin_laws();
  laws.add(suite_laws());
  return laws;
}

Catalogue suite_catalogue() {
  Catalogue catalogue;
  catalogue.systems = registered_systems();
  catalogue.laws = suite_program_laws().declarations();
  return catalogue;
}

int suite_main(int argc, char** argv) {
  try {
    const CommandLine line = read_command_line(argc, argv);
    if (!line.arguments) {
      fmt::print(line.exit_code == 0 ? stdout : stderr, "{}", line.message);
      return line.exit_code;
    }
    const Suite suite{line.program, suite_catalogue(), suite_program_laws()};
    return std::visit(Execute{suite}, *line.arguments);
  } catch (const std::system_error& error) {
    // Whoever read our output has gone (`| head`): that is their decision, no error of ours. What SIGPIPE would have given.
    if (error.code() == std::errc::broken_pipe) return 128 + SIGPIPE;
    fmt::print(stderr, "internal error: {}\n", error.what());
    return internal_error;
  } catch (const std::exception& error) {
    fmt::print(stderr, "internal error: {}\n", error.what());
    return internal_error;
  }
}

}  // namespace moirai
