// From paths on the command line to scenarios: all files are read before anything runs, and all their mistakes are kept.
#pragma once
#include <string>
#include <vector>

#include "chaos/catalogue.hpp"
#include "chaos/scenario.hpp"

namespace moirai {

// The files that the paths mean, in the order of the paths; a folder stands for every *.toml below it, sorted by path. A file is taken once.
// Folders whose name begins with a dot are left out. A path that does not exist is kept: reading it will say so.
std::vector<std::string> scenario_files(const std::vector<std::string>& paths);

struct Selection {
  std::vector<Scenario> scenarios;  // those to run, in the order of their files
  std::vector<Scenario> skipped;    // those that say `skip`
  Mistakes mistakes;                // of all files; also two files with one scenario name
};
Selection select(const std::vector<std::string>& paths, const Catalogue& catalogue);

}  // namespace moirai
