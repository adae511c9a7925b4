#include "properties/campaign_finding.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

Finding full() {
  Finding finding;
  finding.seed = 0x83;
  finding.state = Finding::State::fail;
  finding.digest = 0x9f3c51e07a2b4d18;
  finding.steps = 18'332;
  finding.virtual_time = std::chrono::seconds(31);
  finding.laws = {{Verdict::State::held, 7}, {Verdict::State::violated, 1}};
  finding.faults = {{3, 1, 2, 4, 5, std::chrono::milliseconds(250)}};
  finding.counters.sent = 12;
  finding.counters.giveups = 1;
  finding.recovery = std::chrono::milliseconds(40);
  finding.root_ended = true;
  finding.verified = true;
  finding.difference = "one | other";
  finding.sentence = std::string("any bytes: \0 \xff\n", 15);
  finding.property = "money";
  finding.signature = "money_conserved audit";
  FaultRecord record;
  record.name = "cut";
  record.kth = 2;
  record.kind = FaultKind::partition;
  record.fate = FaultFate::fired;
  record.targets = {"bank#1/ledger#1", ""};
  record.detail = "bank/ledger | bank/teller-1";
  record.opened = Time(std::chrono::seconds(2));
  finding.tail = Tail{{record}, {{Time(std::chrono::seconds(1)), "bank#1", "starts"}}, 9, "a remark"};
  return finding;
}

TEST(CampaignFinding, ComesBackFromItsBytes) {
  const Finding sent = full();
  const Finding got = decode(encode(sent));
  EXPECT_EQ(got.seed, sent.seed);
  EXPECT_EQ(got.state, sent.state);
  EXPECT_EQ(got.digest, sent.digest);
  EXPECT_EQ(got.steps, sent.steps);
  EXPECT_EQ(got.virtual_time, sent.virtual_time);
  ASSERT_EQ(got.laws.size(), 2u);
  EXPECT_EQ(got.laws[1].state, Verdict::State::violated);
  EXPECT_EQ(got.laws[0].evaluations, 7u);
  ASSERT_EQ(got.faults.size(), 1u);
  EXPECT_EQ(got.faults[0].cooldown, 5u);
  EXPECT_EQ(got.faults[0].active, std::chrono::milliseconds(250));
  EXPECT_EQ(got.counters, sent.counters);
  EXPECT_EQ(got.recovery, sent.recovery);
  EXPECT_TRUE(got.root_ended);
  EXPECT_TRUE(got.verified);
  EXPECT_EQ(got.difference, sent.difference);
  EXPECT_EQ(got.sentence, sent.sentence);
  EXPECT_EQ(got.property, sent.property);
  EXPECT_EQ(got.signature, sent.signature);
  ASSERT_TRUE(got.tail);
  EXPECT_EQ(got.tail->faults, sent.tail->faults);
  ASSERT_EQ(got.tail->events.size(), 1u);
  EXPECT_EQ(got.tail->events[0].text, "starts");
  EXPECT_EQ(got.tail->omitted, 9u);
  EXPECT_EQ(got.tail->remark, "a remark");
}

TEST(CampaignFinding, EmptyOptionalsStayEmpty) {
  const Finding got = decode(encode(Finding{}));
  EXPECT_FALSE(got.tail);
  EXPECT_FALSE(got.recovery);
  EXPECT_TRUE(got.laws.empty());
}

TEST(CampaignFindingDeathTest, CutBytesAreRefused) {
  const std::string bytes = encode(full());
  EXPECT_DEATH(decode(std::string_view(bytes).substr(0, bytes.size() - 1)), "whole");
}

TEST(CampaignFinding, EveryStateHasItsName) {
  EXPECT_EQ(name_of(Finding::State::pass), "pass");
  EXPECT_EQ(name_of(Finding::State::nondeterministic), "nondeterministic");
}

}  // namespace
}  // namespace moirai
