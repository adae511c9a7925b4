// From findings to the report that all writers read. Keeps the tallies; knows no process, file or clock.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "chaos/scenario.hpp"
#include "properties/campaign_finding.hpp"
#include "properties/campaign_tally.hpp"
#include "reports/report.hpp"

namespace moirai {

struct ReplayLine {     // the line that reproduces a run, when pasted into a shell in the same folder
  std::string program;  // as it was called
  bool no_faults = false;

  std::string of(const Scenario& scenario, const Finding& finding) const;
};

BuildReport build_report();

RunReport report_run(const Scenario& scenario, const Finding& finding, const ReplayLine& replay);

class SuiteBook {
 public:
  explicit SuiteBook(ReplayLine replay);

  // The scenario's place in the book is the number of those opened before. It outlives the book.
  void open(const Scenario& scenario, std::uint64_t seeds_asked);
  // Requires: in seed order. Returns the run as reported, until the next call.
  const RunReport& add(std::size_t place, const Finding& finding);
  // All that is known about a scenario, judged as if no further run came. Called before anyone reads its report.
  const ScenarioReport& close(std::size_t place);

  SuiteReport& report() { return report_; }
  const SuiteReport& report() const { return report_; }

 private:
  struct Page {
    const Scenario* scenario;
    ScenarioTally tally;
    std::size_t recoveries = 0;  // of the tally that are in the report
  };
  ReplayLine replay_;
  std::vector<Page> pages_;
  SuiteReport report_;
};

// 0 | 3 | 1 | 2, of several scenarios' the first in the order 3, 1, 2.
int exit_code(const SuiteReport& report);

}  // namespace moirai
