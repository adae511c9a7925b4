// One firing of a fault, while it is applied or undone: what it may touch and how it finds out whom it means.
// Made by the injector, used by the files of this folder.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chaos/fault_log.hpp"
#include "chaos/selector.hpp"
#include "chaos/wire_table.hpp"
#include "runtime/kernel/outside.hpp"
#include "runtime/kernel/random.hpp"

namespace moirai {

struct Target {
  Pid pid;
  std::string path;  // full: "bank#1/teller-1#2"
};

struct Injection {
  Control& control;
  WireTable& wire;
  FaultRecord& record;
  Random draws;                // hash(seed, "fault", "cut#2"): who of many; another stream than that of the wire's delays
  std::vector<Pid> armed;      // out: whose operations are being counted from now on
  std::optional<RuleId> rule;  // out of apply, in to undo: what was put into the wire

  // The living processes that match, by full path; one of them if the selector says so. Empty: nobody.
  std::vector<Target> find(const Selector& selector);
  // The same selector, or the path of the one that was drawn, so that its restarts are meant too; nullopt: nobody alive matches.
  std::optional<Selector> narrow(const Selector& selector);
  // Writes who was hit into the record, in path order and each once.
  void hit(const std::vector<Target>& targets);
};

}  // namespace moirai
