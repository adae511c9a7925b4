// The campaign for a person: one line for a scenario that is as expected, the whole story for one that is not.
#pragma once
#include <string>

#include "reports/failure.hpp"
#include "reports/report.hpp"

namespace moirai {

// `moirai 0.1.0  build 4be1d72-clean  gcc 12.2.0`, with a line feed.
std::string summary_heading(const BuildReport&);

// One line, with a line feed. As expected: runs, how often laws were evaluated and faults fired. Not as expected: the verdict and the runs
// by verdict.
std::string scenario_line(const ScenarioReport&, Colour = Colour::never);

// What is to be said below scenario_line(): nothing if as expected; else why not, each thing on a line, and the failure text of the first
// run of each kind of failure (three at most).
std::string scenario_details(const ScenarioReport&, Colour = Colour::never);

// The last line: scenarios by verdict and runs by verdict.
std::string closing_line(const SuiteReport&, Colour = Colour::never);

// summary.txt: all of the above, and before the closing line two tables with the count of every law and every fault.
std::string summary_text(const SuiteReport&);

}  // namespace moirai
