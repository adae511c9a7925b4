#include "scenarios/bank/bank.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "scenarios/rehearsal.test.hpp"

namespace bank {
namespace {

// A ledger that keeps its books in its head, and `fee` cents of each credit.
void careless_ledger(Self& self, Cents fee) {
  std::map<int, Cents> accounts;
  std::map<Number, Transfer> under_way;
  Number next = 1;
  self.note(Opened{0});  // what is on the accounts is counted from zero: Debit may go below it
  while (true)
    self.receive(
        [&](const Debit& debit) -> std::optional<Number> {
          accounts[debit.transfer.from] -= debit.transfer.cents;
          under_way.emplace(next, debit.transfer);
          return next++;
        },
        [&](const Credit& credit) {
          const auto found = under_way.find(credit.number);
          if (found == under_way.end()) return;
          accounts[found->second.to] += found->second.cents - fee;
          under_way.erase(found);
        },
        [&](const Unfinished&) { return std::vector<Number>{}; },  // what a teller has left behind stays where it is
        [&](const Audit&) {
          Sums sums{0, 0};
          for (const auto& [account, cents] : accounts) sums.on_accounts += cents;
          for (const auto& [number, transfer] : under_way) sums.under_way += transfer.cents;
          return sums;
        });
}

std::function<ChildSpec(const Args&)> bank_with_careless_ledger(Cents fee) {
  return [fee](const Args&) {
    return bank(Terms{}, worker("ledger", [fee](Self& self) { careless_ledger(self, fee); }, {.registered = true}));
  };
}

TEST(Bank, ScenariosAreClean) {
  for (const std::string file : {"bank_teller_crashes.toml", "bank_front_killed.toml", "bank_ledger_crash.toml", "bank_partition.toml"})
    EXPECT_EQ(Rehearsal(file).first_failure(20), "") << file;
}

TEST(Bank, MoneyMovesAndFaultsStrike) {
  Rehearsal rehearsal("bank_ledger_crash.toml");
  const Finding finding = rehearsal.run(1);
  EXPECT_GT(finding.laws[0].evaluations, 30u) << "two audits a second";
  EXPECT_EQ(finding.faults[0].fired, 4u);
  EXPECT_GT(finding.counters.restarts, 4u);
  EXPECT_GT(finding.counters.received, 2'000u);
}

TEST(Bank, TheLawFindsACentThatLeaks) {
  Rehearsal rehearsal("bank_teller_crashes.toml");
  rehearsal.no_faults = true;
  rehearsal.system.root = bank_with_careless_ledger(1);
  EXPECT_EQ(rehearsal.violations(5, "money_conserved"), 5);
  rehearsal.system.root = bank_with_careless_ledger(0);
  EXPECT_EQ(rehearsal.first_failure(5), "") << "without crashes it is good enough";
}

TEST(Bank, TheLawFindsMoneyThatNeverArrives) {
  Rehearsal rehearsal("bank_teller_crashes.toml");
  rehearsal.system.root = bank_with_careless_ledger(0);
  const Finding finding = rehearsal.run(1);
  EXPECT_EQ(finding.property, "money_conserved");
  EXPECT_NE(finding.sentence.find("still under way"), std::string::npos) << finding.sentence;
}

TEST(Bank, TwoWritersAreFoundAndOneIsNot) {
  Rehearsal two("known_bad/bank_two_writers.toml");
  EXPECT_GT(two.violations(50, "money_conserved"), 0);
  two.no_faults = true;
  EXPECT_EQ(two.first_failure(50), "");
  EXPECT_EQ(Rehearsal("known_bad/bank_two_writers_fixed.toml").first_failure(50), "");
}

}  // namespace
}  // namespace bank
