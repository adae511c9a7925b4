// A supervisor, as data and as a process. Users write a tree with supervisor() and worker(); start_tree (runtime/system.hpp) runs it.
//
//   ChildSpec bank() {
//     return supervisor({.name = "bank", .strategy = Strategy::rest_for_one, .intensity = {.restarts = 3, .within = 5s}},
//                       {worker("ledger", ledger), worker("teller-1", teller, {.restart = Restart::transient})});
//   }
//
// A supervisor is a handler process that traps exits. It starts its children in order, each after the one before is ready, restarts
// those that end as their specs and its strategy say, and gives up with reason `shutdown` when more restarts are due than its intensity
// allows. Only its parent (or kill) can stop it; every stop goes through the children in reverse start order, one at a time.
// Messages that it does not know, calls included, never harm it. What one may ask of it stands in supervisor_api.hpp.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/child_spec.hpp"
#include "runtime/otp/supervisor_api.hpp"
#include "runtime/otp/supervisor_mutant.hpp"
#include "runtime/otp/supervisor_notes.hpp"

namespace moirai {

// The limit: at most `restarts` restarts in any `within`, measured in floored seconds of virtual time, boundary included
// (R-SUP-16, R-SUP-17). The next one makes the supervisor give up.
struct Intensity {
  int restarts = 1;                           // >= 0
  Duration within = std::chrono::seconds(5);  // whole seconds, > 0
};

struct SupervisorOptions {
  std::string name{};  // its id under its parent, the root of the paths below it; not empty
  Strategy strategy = Strategy::one_for_one;
  Intensity intensity{};
  AutoShutdown auto_shutdown = AutoShutdown::never;
  Restart restart = Restart::permanent;              // by its own parent
  Shutdown shutdown = Shutdown::infinity();          // by its own parent
  bool registered = false;                           // registered under its name, before its first child starts
  bool significant = false;                          // to its own parent
  SupervisorMutant mutant = SupervisorMutant::none;  // only tests set it
};

// What a supervisor process is given: shared by all its incarnations.
struct SupervisorSpec {
  SupervisorOptions options;
  std::vector<ChildSpec> children;  // in start order
};

// A supervisor as a child of another one, or the root of a tree. Nothing is checked here: a spec with an error makes the process
// exit with {supervisor_data,Error} or {start_spec,Error} when it starts (R-SUP-2, R-SUP-4). See find_error.
ChildSpec supervisor(SupervisorOptions options, std::vector<ChildSpec> children);

// The exit reason that this supervisor would refuse to start with, not looking into its children's subtrees; nothing if it is sound.
// {supervisor_data,{invalid_intensity,I}}, {supervisor_data,{invalid_period,P}} (P in seconds, or {N,nanosecond} if they are not
// whole), {start_spec,{duplicate_child_name,Id}}, ...
std::optional<Term> find_error(const SupervisorSpec& spec);

// The supervisor process itself.
Program supervisor_program(std::shared_ptr<const SupervisorSpec> spec);

}  // namespace moirai
