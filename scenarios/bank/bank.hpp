// A bank: tellers move money from account to account through one ledger, in two steps. Between the debit and the credit the money is
// under way: on no account, and still on the books.
//
//   bank (rest_for_one)
//     journal          keeps what has been booked; no scenario harms it
//     ledger           the balances, made anew from the journal whenever it starts
//     front (one_for_one)
//       teller-1, ...  transfer money until the bank closes
//     auditor          adds everything up, twice a second
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "scenarios/suite/suite.hpp"

namespace bank {

using namespace moirai;

using Cents = std::int64_t;
using Number = std::int64_t;  // of a transfer

struct Transfer {
  static constexpr std::string_view fields[] = {"teller", "from", "to", "cents"};
  std::string teller;
  int from, to;  // accounts, from 0
  Cents cents;
};

// ---- what the ledger answers

struct Debit {  // takes the money out of `from`; no number: there is too little in it
  using Reply = std::optional<Number>;
  static constexpr std::string_view fields[] = {"transfer"};
  Transfer transfer;
};
struct Credit {  // puts it into `to`; once, however often it is asked
  using Reply = void;
  static constexpr std::string_view fields[] = {"number"};
  Number number;
};
struct Unfinished {  // the transfers of this teller that are under way
  using Reply = std::vector<Number>;
  static constexpr std::string_view fields[] = {"teller"};
  std::string teller;
};
struct Sums {
  static constexpr std::string_view fields[] = {"on_accounts", "under_way"};
  Cents on_accounts, under_way;
};
struct Audit {
  using Reply = Sums;
};

// ---- what is noted for the law

struct Opened {  // by the ledger, whenever it starts: what was paid in before the first transfer
  static constexpr std::string_view fields[] = {"cents"};
  Cents cents;
};
struct Audited {  // by the auditor
  static constexpr std::string_view fields[] = {"on_accounts", "under_way"};
  Cents on_accounts, under_way;
};

// ---- who is there

struct Terms {  // the system's arguments
  int tellers = 3, accounts = 4;
  Cents deposit = 10'000;  // on each account at the beginning
  Duration closing = 15s;  // nobody begins a transfer after this time of the run
  bool one_writer = true;  // see scenarios/journal/journal.hpp
};

void ledger(Self& self, const Terms& terms);
void teller(Self& self, const Terms& terms);

// The tree above with the ledger given, so that a test can bring a worse one.
ChildSpec bank(const Terms& terms, ChildSpec ledger);

}  // namespace bank
