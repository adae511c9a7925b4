#include "scenarios/bank/bank.hpp"

#include <fmt/format.h>

#include <map>

#include "scenarios/journal/journal.hpp"

namespace bank {
namespace {

struct Entry {
  static constexpr std::string_view fields[] = {"number", "transfer", "arrived"};
  Number number;
  Transfer transfer;
  bool arrived;  // false: debited, true: credited
};
using Journal = journal::Journal<Entry>;
using Open = journal::Open<Entry>;
using Append = journal::Append<Entry>;

struct Books {
  std::vector<Cents> accounts;
  std::map<Number, Transfer> under_way{};
  Number next = 1;

  Cents& account(int number) { return accounts[static_cast<std::size_t>(number)]; }
  void enter(const Entry& entry) {
    if (entry.arrived) {
      account(entry.transfer.to) += entry.transfer.cents;
      under_way.erase(entry.number);
    } else {
      account(entry.transfer.from) -= entry.transfer.cents;
      under_way.emplace(entry.number, entry.transfer);
      next = entry.number + 1;
    }
  }
  Sums sums() const {
    Sums sums{0, 0};
    for (const Cents cents : accounts) sums.on_accounts += cents;
    for (const auto& [number, transfer] : under_way) sums.under_way += transfer.cents;
    return sums;
  }
  std::vector<Number> of(const std::string& teller) const {
    std::vector<Number> numbers;
    for (const auto& [number, transfer] : under_way)
      if (transfer.teller == teller) numbers.push_back(number);
    return numbers;
  }
};

struct Tick {};

struct Auditor {
  using Accepts = Messages<Tick>;

  explicit Auditor(Self& self) { self.send(self.pid(), Tick{}); }

  void on(Self& self, const Tick&) {
    const Sums sums = self.call("ledger", Audit{});
    self.note(Audited{sums.on_accounts, sums.under_way});
    self.send_after(500ms, self.pid(), Tick{});
  }
};

}  // namespace

// Everything is written down before it is said: whoever gets a reply can rely on it, and an entry without a reply does no harm.
void ledger(Self& self, const Terms& terms) {
  Books books{std::vector<Cents>(static_cast<std::size_t>(terms.accounts), terms.deposit)};
  self.note(Opened{books.sums().on_accounts});
  for (const Entry& entry : self.call("journal", Open{}).entries) books.enter(entry);

  const auto book = [&](const Entry& entry) {
    if (!self.call("journal", Append{entry})) self.exit(Term::atom("superseded"));
    books.enter(entry);
  };
  while (true)
    self.receive(
        [&](const Debit& debit) -> std::optional<Number> {
          if (books.account(debit.transfer.from) < debit.transfer.cents) return std::nullopt;
          const Number number = books.next;
          book({number, debit.transfer, false});
          return number;
        },
        [&](const Credit& credit) {
          const auto found = books.under_way.find(credit.number);
          if (found != books.under_way.end()) book({credit.number, found->second, true});
        },
        [&](const Unfinished& question) { return books.of(question.teller); },  //
        [&](const Audit&) { return books.sums(); });
}

// When anything goes wrong a teller crashes. It begins every round, and so each of its lives, with what is still under way.
void teller(Self& self, const Terms& terms) {
  const std::string me = self.label();
  while (true) {
    for (const Number number : self.call("ledger", Unfinished{me})) self.call("ledger", Credit{number});
    if (self.now() >= Time{terms.closing}) return;

    self.sleep(self.random(50, 150) * 1ms);
    const auto from = static_cast<int>(self.random(0, terms.accounts - 1));
    const auto distance = static_cast<int>(self.random(1, terms.accounts - 1));
    const Cents cents = self.random(1, 2'000);
    const auto number = self.call("ledger", Debit{{me, from, (from + distance) % terms.accounts, cents}});
    if (number) self.call("ledger", Credit{*number});
  }
}

ChildSpec bank(const Terms& terms, ChildSpec ledger) {
  std::vector<ChildSpec> tellers;
  for (int i = 1; i <= terms.tellers; ++i)
    tellers.push_back(worker(fmt::format("teller-{}", i), [=](Self& self) { teller(self, terms); }, {.restart = Restart::transient}));

  // A ledger that crashes takes the tellers with it who are just calling it, and each of them counts: hence twenty.
  const Intensity patient{.restarts = 20, .within = 1s};
  return supervisor({.name = "bank", .strategy = Strategy::rest_for_one, .intensity = patient},
                    {worker<Journal>("journal", {.registered = true}, terms.one_writer),  //
                     std::move(ledger),                                                   //
                     supervisor({.name = "front", .intensity = patient}, std::move(tellers)), worker<Auditor>("auditor")});
}

MOIRAI_SYSTEM(bank, "tellers move money through a ledger, in two steps", {"tellers", std::int64_t{3}, "how many tellers"},
              {"accounts", std::int64_t{4}, "how many accounts, at least 2"},
              {"deposit", std::int64_t{10'000}, "cents on each at the beginning"},
              {"closing", Duration{15s}, "when tellers go home, counted from the start of the run"},
              {"one_writer", true, "the journal refuses what a dead ledger had sent"}) {
  const Terms terms{static_cast<int>(args.integer("tellers")), static_cast<int>(args.integer("accounts")), args.integer("deposit"),
                    args.duration("closing"), args.boolean("one_writer")};
  return bank(terms, worker("ledger", [=](Self& self) { ledger(self, terms); }, {.registered = true}));
}

struct Money {
  Cents paid_in = 0;
  Audited last{};
};
MOIRAI_LAW(money_conserved, "every audit finds what was paid in, and after closing no cent is under way") {
  return fold_over(Money{},  //
                   on<Opened>([](Money& money, const Opened& note) { money.paid_in = note.cents; }),
                   on<Audited>([](Money& money, const Audited& note) -> Judgement {
                     money.last = note;
                     const Cents found = note.on_accounts + note.under_way;
                     if (found == money.paid_in) return held();
                     return broken(fmt::format("{} cents were paid in and the audit finds {}", money.paid_in, found));
                   }),
                   at_end([](Money& money) -> Judgement {
                     if (money.last.under_way == 0) return held();
                     return broken(fmt::format("the bank has closed and {} cents are still under way", money.last.under_way));
                   }));
}

}  // namespace bank
