#include "chaos/fault_log.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

using namespace std::chrono_literals;

FaultRecord record(std::string name, std::uint64_t kth, std::optional<Duration> opened, std::optional<Duration> closed,
                   FaultFate fate = FaultFate::fired) {
  FaultRecord value;
  value.name = std::move(name);
  value.kth = kth;
  value.kind = FaultKind::partition;
  value.fate = fate;
  if (opened) value.opened = Time{*opened};
  if (closed) value.closed = Time{*closed};
  return value;
}

FaultLog sample() {
  FaultLog log;
  log.records = {record("cut", 1, 5s, 6s), record("mud", 1, 2s, std::nullopt), record("cut", 2, 7s, std::nullopt),
                 record("cut", 3, std::nullopt, std::nullopt, FaultFate::skipped),
                 record("cut", 4, std::nullopt, std::nullopt, FaultFate::waiting)};
  log.records[3].skip = SkipReason::no_target;
  return log;
}

TEST(FaultLog, CountsByName) {
  const FaultLog log = sample();
  EXPECT_EQ(log.fired("cut"), 2u);
  EXPECT_EQ(log.fired("mud"), 1u);
  EXPECT_EQ(log.skipped("cut", SkipReason::no_target), 1u);
  EXPECT_EQ(log.skipped("cut", SkipReason::not_reached), 0u);
  EXPECT_EQ(log.active("cut", Time{10s}), 1s + 3s);
}

TEST(FaultLog, NamesWhatWasOpenAtAMoment) {
  const FaultLog log = sample();
  const auto names = [&](Time now, Duration recently) {
    std::vector<std::string> found;
    for (const FaultRecord* open : log.around(now, recently)) found.push_back(open->name + std::to_string(open->kth));
    return found;
  };
  EXPECT_EQ(names(Time{1s}, 0s), (std::vector<std::string>{}));
  EXPECT_EQ(names(Time{5500ms}, 0s), (std::vector<std::string>{"mud1", "cut1"}));
  EXPECT_EQ(names(Time{6500ms}, 0s), (std::vector<std::string>{"mud1"}));
  EXPECT_EQ(names(Time{6500ms}, 1s), (std::vector<std::string>{"mud1", "cut1"}));
  EXPECT_EQ(names(Time{8s}, 0s), (std::vector<std::string>{"mud1", "cut2"}));
}

TEST(FaultLog, PrintsALineARecord) {
  FaultLog log = sample();
  log.records[0].detail = "bank/ledger | bank/teller-1";
  log.records[0].targets = {"bank#1/ledger#1", "bank#1/teller-1#2"};
  EXPECT_EQ(to_string(log),
            "cut#1 partition: fired at 5s until 6s, bank/ledger | bank/teller-1 [bank#1/ledger#1, bank#1/teller-1#2]\n"
            "mud#1 partition: fired at 2s\n"
            "cut#2 partition: fired at 7s\n"
            "cut#3 partition: skipped (no_target)\n"
            "cut#4 partition: waiting\n");
}

}  // namespace
}  // namespace moirai
