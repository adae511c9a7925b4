#include "scenarios/suite/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "chaos/scenario_toml.hpp"

namespace moirai {
namespace {

namespace fs = std::filesystem;

void find_below(const fs::path& folder, std::vector<std::string>& files) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) entries.push_back(it->path());
  std::sort(entries.begin(), entries.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  for (const fs::path& entry : entries) {
    if (fs::is_directory(entry, error)) {
      if (!entry.filename().native().starts_with('.')) find_below(entry, files);
    } else if (entry.extension() == ".toml") {
      files.push_back(entry.string());
    }
  }
}

}  // namespace

std::vector<std::string> scenario_files(const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error))
      find_below(path, found);
    else
      found.push_back(path);
  }
  std::vector<std::string> files;
  std::set<std::string> known;
  for (std::string& file : found) {
    std::error_code error;
    const fs::path same = fs::weakly_canonical(file, error);
    if (known.insert(error ? file : same.string()).second) files.push_back(std::move(file));
  }
  return files;
}

Selection select(const std::vector<std::string>& paths, const Catalogue& catalogue) {
  Selection selection;
  std::map<std::string, std::string> file_of;  // by scenario name
  for (const std::string& file : scenario_files(paths)) {
    Result<Scenario> scenario = read_scenario(file, catalogue);
    if (!scenario) {
      selection.mistakes.insert(selection.mistakes.end(), scenario.mistakes().begin(), scenario.mistakes().end());
      continue;
    }
    const auto [other, is_new] = file_of.emplace(scenario->name, file);
    if (!is_new)
      selection.mistakes.push_back({{file, 0, 0},
                                    fmt::format("the scenario name \"{}\" is taken by {}", scenario->name, other->second),
                                    "give every scenario a name of its own"});
    (scenario->skip.empty() ? selection.scenarios : selection.skipped).push_back(std::move(*scenario));
  }
  return selection;
}

}  // namespace moirai
