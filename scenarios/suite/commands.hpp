// What the commands do. Each prints to standard output and standard error, and returns the exit code (suite.hpp).
#pragma once
#include <string>

#include "chaos/catalogue.hpp"
#include "properties/law.hpp"
#include "scenarios/suite/command_line.hpp"

namespace moirai {

struct Suite {  // what this program knows; does not change while a command runs
  std::string program;
  Catalogue catalogue;
  LawCatalogue laws;
};

int run_command(const Suite& suite, const RunArguments& arguments);
int replay_command(const Suite& suite, const ReplayArguments& arguments);
int check_command(const Suite& suite, const CheckArguments& arguments);
int plan_command(const Suite& suite, const PlanArguments& arguments);
int list_command(const Suite& suite, const ListArguments& arguments);
int version_command(const Suite& suite);
int fresh_command(const Suite& suite, const FreshArguments& arguments);

}  // namespace moirai
