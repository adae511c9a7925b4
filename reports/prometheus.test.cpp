#include "reports/prometheus.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "reports/files.hpp"
#include "reports/samples.test.hpp"

namespace moirai {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// GET over a plain socket; empty if there is no answer.
std::string get(int port, const std::string& path) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const timeval patience{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
    if (::send(socket, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size())) {
      char block[4096];
      for (ssize_t n = 0; (n = ::recv(socket, block, sizeof block, 0)) > 0;) answer.append(block, static_cast<std::size_t>(n));
    }
  }
  ::close(socket);
  return answer;
}

void expect_promtool_accepts(const std::string& page) {
  if (!have_program("promtool")) return;
  const TemporaryFolder folder;
  const auto written = write_file(folder.path(), "metrics.prom", page);
  ASSERT_TRUE(written.ok());
  const Ended ended = run_command("promtool check metrics < " + written.value());
  EXPECT_EQ(ended.exit_code, 0) << ended.output << page;
  EXPECT_EQ(ended.output, "");
}

TEST(Prometheus, Golden) { expect_golden("metrics.prom", prometheus_text(sample_suite())); }

TEST(Prometheus, FamiliesAndSeriesAreSorted) {
  std::vector<std::string> families;
  for (const std::string& line : lines_of(prometheus_text(sample_suite()))) {
    if (line.starts_with("# TYPE ")) families.push_back(line.substr(7, line.find(' ', 7) - 7));
  }
  EXPECT_EQ(families.size(), 21u);
  EXPECT_TRUE(std::is_sorted(families.begin(), families.end()));
  SuiteReport turned = sample_suite();
  std::reverse(turned.scenarios.begin(), turned.scenarios.end());
  EXPECT_EQ(prometheus_text(turned), prometheus_text(sample_suite()));
}

TEST(Prometheus, PromtoolAcceptsThePage) { expect_promtool_accepts(prometheus_text(sample_suite())); }

TEST(Prometheus, PromtoolAcceptsAnEmptySuite) { expect_promtool_accepts(prometheus_text({})); }

TEST(Prometheus, PromtoolAcceptsHostileTexts) {
  for (const std::string& text : hostile_texts()) expect_promtool_accepts(prometheus_text(hostile_suite(text)));
}

TEST(Prometheus, NoSeriesIsThereTwice) {
  for (const std::string& text : hostile_texts()) {
    std::set<std::string> seen;
    for (const std::string& line : lines_of(prometheus_text(hostile_suite(text)))) {
      const std::string series = line.starts_with("#") ? line : line.substr(0, line.rfind(' '));
      EXPECT_TRUE(seen.insert(series).second) << line;
    }
  }
}

TEST(Prometheus, WhatIsUnknownIsAbsent) {
  SuiteReport suite = sample_suite();
  suite.scenarios = {suite.scenarios[3]};  // no seed run, no wall figures
  const std::string page = prometheus_text(suite);
  EXPECT_EQ(page.find("moirai_seeds_per_second"), std::string::npos);
  EXPECT_EQ(page.find("moirai_last_success_timestamp_seconds"), std::string::npos);
  EXPECT_EQ(page.find("moirai_seed_wall_seconds"), std::string::npos);
  EXPECT_NE(page.find("moirai_seeds_total{scenario=\"kv/short\",verdict=\"pass\"} 0\n"), std::string::npos);
}

TEST(Prometheus, RecoveryBucketsAreCumulativeAndInSeconds) {
  const std::string page = prometheus_text(sample_suite());
  EXPECT_NE(page.find("moirai_recovery_virtual_seconds_bucket{scenario=\"bank/teller-crash\",le=\"0.01\"} 1\n"), std::string::npos);
  EXPECT_NE(page.find("moirai_recovery_virtual_seconds_bucket{scenario=\"bank/teller-crash\",le=\"0.05\"} 2\n"), std::string::npos);
  EXPECT_NE(page.find("moirai_recovery_virtual_seconds_bucket{scenario=\"bank/teller-crash\",le=\"60\"} 2\n"), std::string::npos);
  EXPECT_NE(page.find("moirai_recovery_virtual_seconds_bucket{scenario=\"bank/teller-crash\",le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_NE(page.find("moirai_recovery_virtual_seconds_sum{scenario=\"bank/teller-crash\"} 61.021\n"), std::string::npos);
}

TEST(MetricsServer, ServesTheLatestUpdateOnAPortOfTheSystemsChoice) {
  auto server = MetricsServer::listen("127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.mistakes().front().message;
  const int port = (*server)->port();
  ASSERT_GT(port, 0);
  EXPECT_EQ((*server)->url(), "http://127.0.0.1:" + std::to_string(port) + "/metrics");
  EXPECT_TRUE(get(port, "/metrics").starts_with("HTTP/1.1 200"));  // before any update: no series of ours
  EXPECT_EQ(get(port, "/metrics").find("moirai_"), std::string::npos);

  SuiteReport suite = sample_suite();
  (*server)->update(suite);
  const std::string page = prometheus_text(suite);
  std::string answer = get(port, "/metrics");
  EXPECT_NE(answer.find(page), std::string::npos);
  expect_promtool_accepts(answer.substr(answer.find("\r\n\r\n") + 4));

  suite.scenarios[0].restarts += 100;
  (*server)->update(suite);
  answer = get(port, "/metrics");
  EXPECT_NE(answer.find("moirai_process_restarts_total{scenario=\"bank/teller-crash\"} 141\n"), std::string::npos);
}

TEST(MetricsServer, APortInUseIsAMistake) {
  const auto first = MetricsServer::listen("0");
  ASSERT_TRUE(first.ok());
  const auto second = MetricsServer::listen("127.0.0.1:" + std::to_string(first.value()->port()));
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.mistakes().front().message.find("cannot listen on 127.0.0.1:"), std::string::npos);
}

TEST(MetricsServer, ItEndsWithItsObject) {
  int port = 0;
  {
    const auto server = MetricsServer::listen(":0");
    ASSERT_TRUE(server.ok());
    port = server.value()->port();
  }
  EXPECT_EQ(get(port, "/metrics"), "");
}

TEST(MetricsServer, WhatIsNoAddressIsAMistakeBeforeAnythingListens) {
  for (const char* where : {"", ":", "localhost", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:8080s", "1,2",
                            "127.0.0.1:0,0", "::1:0", "[::1:0", "a b:0", "127.0.0.1:99999999999"}) {
    const auto server = MetricsServer::listen(where);
    ASSERT_FALSE(server.ok()) << where;
    EXPECT_NE(server.mistakes().front().message.find("is no ADDRESS:PORT"), std::string::npos) << where;
  }
}

}  // namespace
}  // namespace moirai
