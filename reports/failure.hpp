// One failing run for the person who has to understand it: what went wrong, which faults were open, what the processes involved did last,
// and the one line that shows it again.
//
//   FAIL bank/teller-crash  seed 0x83  property money-conserved
//     the ledger holds 980 cents where 1000 were deposited
//     faults open
//       cut (partition)  bank/ledger | bank/teller-1   since 28.900s
//     faults before
//       teller-crash (crash)  bank/teller-1   at 27.450s
//     last events (2 shown, 18 earlier ones left out)
//       29.871s  bank/teller-1#2  sends Withdraw{cents=20} to bank/ledger
//       31.204s  bank/ledger      receives Withdraw{cents=20} from bank/teller-1#2
//     same failure in 4 other seeds: 0x9a 0xb1 0xb7 0xc4
//     note: the scenario was edited since this seed was recorded
//     reproduce   moirai replay scenarios/bank.toml --seed 0x83 --expect-digest 9f3c51e07a2b4d18
#pragma once
#include <string>

#include "reports/report.hpp"

namespace moirai {

enum class Colour : bool { never, always };  // whether this is a terminal is the caller's to know

// Lines as above, each ended by a line feed. Parts that have nothing to say are left out, except that no open fault is said to be none.
// Texts of actors are made harmless (text.hpp: one_line). A run that passed gives `PASS` and its digest.
std::string failure_text(const ScenarioReport& scenario, const RunReport& run, Colour colour = Colour::never);

}  // namespace moirai
