// What became of each item of a fault plan: the part of a run that reports, failure stories and "a fault that never fired" are made of.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/scenario.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

// waiting: its time had not come when the run ended. armed: `after_operations` is counting. skipped: it had no effect, see skip.
// fired: it had one (a partition that held nothing back has still fired: it stood).
enum class FaultFate : std::uint8_t { waiting, armed, fired, skipped };
enum class SkipReason : std::uint8_t {
  none,
  no_target,    // nobody alive matched when it fired
  not_reached,  // heal, or the death of the target by something else, came before its n-th operation
};
std::string_view name_of(FaultFate fate);
std::string_view name_of(SkipReason reason);  // "no_target": also a label value of metrics

struct FaultRecord {
  std::string name;       // of the scenario's fault
  std::uint64_t kth = 0;  // as in the plan
  FaultKind kind = FaultKind::crash;
  FaultFate fate = FaultFate::waiting;
  SkipReason skip = SkipReason::none;  // none unless skipped
  std::vector<std::string> targets;    // full paths "bank#1/teller-1#2", in path order; partition: those of all sides at its opening
  std::string detail;                  // for people: `bank/ledger | bank/teller-1 bank/teller-2`
  std::optional<Time> opened;          // when it was applied or armed
  std::optional<Time> closed;          // when it was undone or had struck; crash-like without after_operations: == opened
  bool open() const { return opened && !closed; }
  bool operator==(const FaultRecord&) const = default;
};

struct FaultLog {
  std::vector<FaultRecord> records;  // in plan order

  // Of the scenario's fault of this name.
  std::uint64_t fired(std::string_view name) const;
  std::uint64_t skipped(std::string_view name, SkipReason reason) const;
  Duration active(std::string_view name, Time end) const;  // virtual time it was open, summed; `end`: of the run
  // Those open at `now`, by opening, and those that struck or were undone within `recently` before it.
  std::vector<const FaultRecord*> around(Time now, Duration recently = Duration::zero()) const;

  bool operator==(const FaultLog&) const = default;
};

std::string to_string(const FaultLog& log);  // one line per record, for `replay`

}  // namespace moirai
