// Metrics of a campaign: the textfile metrics.prom (for node_exporter's textfile collector) and the same page over HTTP while it runs.
// With prometheus.cpp the only files that know prometheus-cpp.
//
// Labels: scenario, property, fault (its name) and kind (of fault); never a seed, a process or a revision, so that the number of series is
// that of the scenario files. Virtual time has the word virtual in its name; all else that is measured in seconds is wall-clock time.
// A series that nothing can be said about yet (seeds per second, time of the last success) is absent rather than 0.
//
// moirai_build_info                           gauge = 1  version, revision, compiler
// moirai_seeds_total                          counter    scenario, verdict: pass fail inconclusive invalid crashed nondeterministic
// moirai_failed_signatures                    gauge      scenario                    kinds of failure in this campaign
// moirai_determinism_checks_total             counter    scenario                    runs executed again to compare
// moirai_nondeterminism_total                 counter    scenario                    of those, how many differed
// moirai_property_evaluations_total           counter    scenario, property
// moirai_property_violated_seeds_total        counter    scenario, property
// moirai_property_vacuous                     gauge 0/1  scenario, property          never evaluated
// moirai_faults_injected_total                counter    scenario, fault, kind
// moirai_faults_skipped_total                 counter    scenario, fault, kind, reason
// moirai_fault_active_virtual_seconds_total   counter    scenario, fault, kind
// moirai_recovery_virtual_seconds             histogram  scenario                    heal to recovered
// moirai_process_restarts_total               counter    scenario
// moirai_supervisor_giveups_total             counter    scenario
// moirai_messages_total                       counter    scenario, fate: delivered dropped duplicated dead_letter unreceived
// moirai_steps_total                          counter    scenario
// moirai_virtual_seconds_total                counter    scenario
// moirai_seed_wall_seconds                    histogram  scenario                    cost of one run
// moirai_seeds_per_second                     gauge      scenario
// moirai_last_run_timestamp_seconds           gauge      scenario
// moirai_last_success_timestamp_seconds       gauge      scenario
#pragma once
#include <memory>
#include <string>

#include "reports/report.hpp"
#include "runtime/kernel/result.hpp"

namespace moirai {

// The page in the Prometheus text format 0.0.4. Families by name, series by labels: equal reports give equal pages.
// Label values are valid UTF-8 whatever the report holds. Should two scenarios have one name, counters are added and the larger gauge shown.
std::string prometheus_text(const SuiteReport&);

// Serves the page at http://ADDRESS:PORT/metrics from threads of its own until destroyed. Every scrape sees one whole update().
class MetricsServer {
 public:
  // `where`: "ADDRESS:PORT", ":PORT" or "PORT"; without an address 127.0.0.1; an IPv6 address in brackets; port 0 lets the system choose.
  // Mistakes: not of that form, or the address cannot be listened on (in use, not ours, no permission).
  static Result<std::unique_ptr<MetricsServer>> listen(const std::string& where);

  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  int port() const;         // the real one, 1..65535
  std::string url() const;  // "http://127.0.0.1:43211/metrics"

  // Shows this report from the next scrape on. Any thread. Costs no more than the page: the report is not kept.
  void update(const SuiteReport&);

 private:
  struct Content;
  explicit MetricsServer(std::unique_ptr<Content>);
  std::unique_ptr<Content> content_;
};

}  // namespace moirai
