#include "reports/prometheus.hpp"

#include <fmt/format.h>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <limits>
#include <locale>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/text.hpp"

namespace moirai {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// The page as values, sorted: prometheus-cpp's own registry keeps its series in hash order and never forgets one.
class Page {
 public:
  void count(const std::string& name, const Labels& labels, double more) {
    series(name, MetricType::Counter, labels).counter.value += more;
  }
  void count(const std::string& name, const Labels& labels, std::uint64_t more) { count(name, labels, static_cast<double>(more)); }

  void show(const std::string& name, const Labels& labels, double value) {
    double& shown = series(name, MetricType::Gauge, labels).gauge.value;
    shown = std::max(shown, value);
  }

  void histogram(const std::string& name, const Labels& labels, const DurationHistogram& durations) {
    ClientMetric::Histogram& to = series(name, MetricType::Histogram, labels).histogram;
    to.bucket.resize(durations.counts.size());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < durations.counts.size(); ++i) {
      sum += durations.counts[i];
      to.bucket[i].cumulative_count += sum;
      to.bucket[i].upper_bound = i < durations.bounds.size() ? seconds(durations.bounds[i]) : std::numeric_limits<double>::infinity();
    }
    to.sample_count += sum;
    to.sample_sum += seconds(durations.sum);
  }

  std::vector<MetricFamily> families() const;

  static double seconds(Duration d) { return static_cast<double>(nanoseconds(d)) / 1e9; }

 private:
  struct Family {
    MetricType type = MetricType::Untyped;
    std::map<Labels, ClientMetric> series;
  };

  ClientMetric& series(const std::string& name, MetricType type, const Labels& labels) {
    Family& family = families_[name];
    family.type = type;
    ClientMetric& metric = family.series[labels];
    metric.label = labels;
    return metric;
  }

  std::map<std::string, Family> families_;
};

// HELP by family. prometheus-cpp 1.0.1 writes it unescaped, so these are single lines without a backslash.
std::string help_of(const std::string& name) {
  static const std::map<std::string, std::string> helps{
      {"moirai_build_info", "The build that wrote this page."},
      {"moirai_determinism_checks_total", "Runs executed again to compare their digests."},
      {"moirai_failed_signatures", "Distinct kinds of failure in this campaign."},
      {"moirai_fault_active_virtual_seconds_total", "Virtual time for which a fault was open."},
      {"moirai_faults_injected_total", "Faults injected."},
      {"moirai_faults_skipped_total", "Faults that were due and not injected."},
      {"moirai_last_run_timestamp_seconds", "Unix time of the last campaign."},
      {"moirai_last_success_timestamp_seconds", "Unix time of the last campaign in which the scenario was as expected."},
      {"moirai_messages_total", "Messages by their fate."},
      {"moirai_nondeterminism_total", "Runs that differed when they were executed again."},
      {"moirai_process_restarts_total", "Children restarted by supervisors."},
      {"moirai_property_evaluations_total", "How often a property was evaluated."},
      {"moirai_property_vacuous", "1 if the property was never evaluated in this campaign, else 0."},
      {"moirai_property_violated_seeds_total", "Seeds in which a property was violated."},
      {"moirai_recovery_virtual_seconds", "Virtual time from heal to recovered."},
      {"moirai_seed_wall_seconds", "Wall-clock time spent on one seed."},
      {"moirai_seeds_per_second", "Seeds finished per wall-clock second."},
      {"moirai_seeds_total", "Seeds finished, by verdict."},
      {"moirai_steps_total", "Scheduling steps executed."},
      {"moirai_supervisor_giveups_total", "Supervisors whose restart intensity was exceeded."},
      {"moirai_virtual_seconds_total", "Virtual time simulated."},
  };
  return helps.at(name);
}

std::vector<MetricFamily> Page::families() const {
  std::vector<MetricFamily> out;
  for (const auto& [name, family] : families_) {
    MetricFamily& to = out.emplace_back();
    to.name = name;
    to.help = help_of(name);
    to.type = family.type;
    for (const auto& entry : family.series) to.metric.push_back(entry.second);
  }
  return out;
}

Labels labels(std::vector<std::pair<std::string, std::string_view>> pairs) {
  Labels out;
  for (const auto& [name, value] : pairs) out.push_back({name, valid_utf8(value)});
  return out;
}

void put_laws(Page& page, const ScenarioReport& scenario) {
  for (const LawReport& law : scenario.laws) {
    const Labels of = labels({{"scenario", scenario.name}, {"property", law.name}});
    page.count("moirai_property_evaluations_total", of, law.evaluations);
    page.count("moirai_property_violated_seeds_total", of, law.violated);
    if (scenario.seeds_run > 0) page.show("moirai_property_vacuous", of, law.never_evaluated() ? 1 : 0);
  }
}

void put_faults(Page& page, const ScenarioReport& scenario) {
  for (const FaultReport& fault : scenario.faults) {
    const Labels of = labels({{"scenario", scenario.name}, {"fault", fault.name}, {"kind", fault.kind}});
    page.count("moirai_faults_injected_total", of, fault.injected);
    page.count("moirai_fault_active_virtual_seconds_total", of, Page::seconds(fault.active));
    for (const SkippedFault& skipped : fault.skipped) {
      Labels why = of;
      why.push_back({"reason", valid_utf8(skipped.reason)});
      page.count("moirai_faults_skipped_total", why, skipped.count);
    }
  }
}

void put_messages(Page& page, const ScenarioReport& scenario) {
  const MessageFates& m = scenario.messages;
  const std::pair<const char*, std::uint64_t> fates[] = {{"delivered", m.delivered},
                                                         {"dropped", m.dropped},
                                                         {"duplicated", m.duplicated},
                                                         {"dead_letter", m.dead_letter},
                                                         {"unreceived", m.unreceived}};
  for (const auto& [fate, count] : fates) {
    page.count("moirai_messages_total", labels({{"scenario", scenario.name}, {"fate", fate}}), count);
  }
}

void put_wall(Page& page, const ScenarioReport& scenario) {
  const Labels of = labels({{"scenario", scenario.name}});
  const WallFigures& wall = scenario.wall;
  if (wall.seed.count() > 0) page.histogram("moirai_seed_wall_seconds", of, wall.seed);
  if (wall.seeds_per_second > 0) page.show("moirai_seeds_per_second", of, wall.seeds_per_second);
  if (wall.last_run > 0) page.show("moirai_last_run_timestamp_seconds", of, static_cast<double>(wall.last_run));
  if (wall.last_success > 0) page.show("moirai_last_success_timestamp_seconds", of, static_cast<double>(wall.last_success));
}

void put(Page& page, const ScenarioReport& scenario) {
  const Labels of = labels({{"scenario", scenario.name}});
  for (std::size_t i = 0; i < run_verdict_count; ++i) {
    page.count("moirai_seeds_total", labels({{"scenario", scenario.name}, {"verdict", word(static_cast<RunVerdict>(i))}}),
               scenario.by_verdict[i]);
  }
  page.show("moirai_failed_signatures", of, static_cast<double>(distinct_failures(scenario).size()));
  page.count("moirai_determinism_checks_total", of, scenario.determinism_checks);
  page.count("moirai_nondeterminism_total", of, scenario.determinism_mismatches);
  page.histogram("moirai_recovery_virtual_seconds", of, scenario.recovery);
  page.count("moirai_process_restarts_total", of, scenario.restarts);
  page.count("moirai_supervisor_giveups_total", of, scenario.giveups);
  page.count("moirai_steps_total", of, scenario.steps);
  page.count("moirai_virtual_seconds_total", of, Page::seconds(scenario.virtual_time));
  put_laws(page, scenario);
  put_faults(page, scenario);
  put_messages(page, scenario);
  put_wall(page, scenario);
}

std::vector<MetricFamily> families_of(const SuiteReport& suite) {
  Page page;
  page.show("moirai_build_info",
            labels({{"version", suite.build.version}, {"revision", suite.build.revision}, {"compiler", suite.build.compiler}}), 1);
  for (const ScenarioReport& scenario : suite.scenarios) put(page, scenario);
  return page.families();
}

// The latest page; scrapes come from the server's threads.
class Snapshot : public prometheus::Collectable {
 public:
  std::vector<MetricFamily> Collect() const override {
    const std::lock_guard<std::mutex> guard(mutex_);
    return families_;
  }
  void replace(std::vector<MetricFamily> families) {
    const std::lock_guard<std::mutex> guard(mutex_);
    families_.swap(families);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<MetricFamily> families_;
};

struct Address {
  std::string host;  // IPv6 with its brackets
  int port = 0;
};

// The characters are checked because the server takes lists ("80,443s") and port suffixes that mean TLS or redirection.
std::optional<Address> parse_address(std::string_view where) {
  const std::size_t colon = where.rfind(':');
  std::string_view host = colon == std::string_view::npos ? std::string_view() : where.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? where : where.substr(colon + 1);
  Address address;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || port.front() == '-' || error != std::errc() || end != port.data() + port.size() || address.port > 65535) {
    return std::nullopt;
  }
  if (host.empty()) host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string_view inner = bracketed ? host.substr(1, host.size() - 2) : host;
  const std::string_view allowed =
      bracketed ? "0123456789abcdefABCDEF:." : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  if (inner.find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
  address.host = std::string(host);
  return address;
}

}  // namespace

std::string prometheus_text(const SuiteReport& suite) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  prometheus::TextSerializer().Serialize(out, families_of(suite));
  return out.str();
}

struct MetricsServer::Content {
  std::string host;
  int port = 0;
  std::shared_ptr<Snapshot> snapshot = std::make_shared<Snapshot>();
  std::unique_ptr<prometheus::Exposer> exposer;  // last, so that its threads end before what they read
};

Result<std::unique_ptr<MetricsServer>> MetricsServer::listen(const std::string& where) {
  const std::optional<Address> address = parse_address(where);
  if (!address)
    return Mistake{{"--listen", 0, 0},
                   fmt::format("\"{}\" is no ADDRESS:PORT", one_line(where)),
                   "write 127.0.0.1:9464, or 127.0.0.1:0 for any free port"};
  auto content = std::make_unique<Content>();
  content->host = address->host;
  try {
    content->exposer = std::make_unique<prometheus::Exposer>(fmt::format("{}:{}", address->host, address->port));
    content->exposer->RegisterCollectable(content->snapshot);
    const std::vector<int> ports = content->exposer->GetListeningPorts();
    content->port = ports.empty() ? 0 : ports.front();
  } catch (const std::exception&) { content->port = 0; }
  if (content->port == 0) {
    return Mistake{{"--listen", 0, 0},
                   fmt::format("cannot listen on {}:{}", address->host, address->port),
                   "is the port in use? port 0 takes any free one"};
  }
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(content)));
}

MetricsServer::MetricsServer(std::unique_ptr<Content> content) : content_(std::move(content)) {}
MetricsServer::~MetricsServer() = default;

int MetricsServer::port() const { return content_->port; }
std::string MetricsServer::url() const { return fmt::format("http://{}:{}/metrics", content_->host, content_->port); }
void MetricsServer::update(const SuiteReport& suite) { content_->snapshot->replace(families_of(suite)); }

}  // namespace moirai
