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
// Under simple_one_for_one all children are processes of one template, started by start_child and stopped all at once:
//
//   supervisor({.name = "connections", .strategy = Strategy::simple_one_for_one}, {worker_with<Socket>("connection", serve)})
//   start_child_with(self, "connections", Socket{7});
//
// Messages that it does not know, calls included, never harm it. What one may ask of it stands in supervisor_api.hpp.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/child_spec.hpp"
#include "runtime/otp/intensity.hpp"
#include "runtime/otp/supervisor_api.hpp"
#include "runtime/otp/supervisor_mutant.hpp"
#include "runtime/otp/supervisor_notes.hpp"

namespace moirai {

struct SupervisorOptions {
  std::string name{};  // its id under its parent, the root of the paths below it; not empty
  Strategy strategy = Strategy::one_for_one;
  Intensity intensity{};
  AutoShutdown auto_shutdown = AutoShutdown::never;
  Restart restart = Restart::permanent;              // by its own parent
  Shutdown shutdown = Shutdown::infinity();          // by its own parent
  bool registered = false;                           // registered under its name, before its first child starts
  bool significant = false;                          // to its own parent
  std::optional<Backoff> backoff{};                  // of its own restarts, by its own parent
  SupervisorMutant mutant = SupervisorMutant::none;  // only tests set it
};

// What only a DynamicSupervisor has (dynamic_supervisor.hpp).
struct DynamicFlags {
  std::optional<std::int64_t> max_children{};
  std::optional<Term> extra_argument{};
};

// What a supervisor process is given: shared by all its incarnations.
struct SupervisorSpec {
  // In place of `children`: who they are is decided when the supervisor starts, inside its process. Nothing: it declines to start, as
  // init does with `ignore` (R-SUP-7); exits like an init that fails.
  using Init = std::function<std::optional<std::vector<ChildSpec>>(Self&)>;
  SupervisorOptions options;
  std::vector<ChildSpec> children{};  // in start order; under simple_one_for_one the one template, of which none is started
  Init init{};
  std::optional<DynamicFlags> dynamic{};  // something: a DynamicSupervisor, whose strategy is one_for_one and which begins without children
};
// As the SupervisorStarted that describes it.
void fold(Digest& digest, const SupervisorSpec& spec);
void print(std::string& out, const SupervisorSpec& spec);
SupervisorStarted config_of(const SupervisorSpec& spec);

// A supervisor as a child of another one, or the root of a tree. Nothing is checked here: a spec with an error makes the process
// exit with {supervisor_data,Error} or {start_spec,Error} when it starts (R-SUP-2, R-SUP-4). See find_error.
ChildSpec supervisor(SupervisorOptions options, std::vector<ChildSpec> children);

namespace detail {
ChildSpec supervisor_of(SupervisorSpec spec);
}
// The same with `init(self)` in place of the list. Requires: init is const-callable; it is called anew by each incarnation.
template <class Init>
requires std::is_invocable_r_v < std::optional<std::vector<ChildSpec>>,
const Init&, Self& > ChildSpec supervisor(SupervisorOptions options, Init init) {
  return detail::supervisor_of({std::move(options), {}, [init = std::move(init)](Self& self) { return init(self); }});
}

// The exit reason that this supervisor would refuse to start with, not looking into its children's subtrees; nothing if it is sound.
// {supervisor_data,{invalid_intensity,I}}, {supervisor_data,{invalid_period,P}} (P in seconds, or {N,nanosecond} if they are not
// whole), {start_spec,{duplicate_child_name,Id}}, {bad_start_spec,[Id]} of a simple_one_for_one supervisor without exactly one spec or
// a DynamicSupervisor with any, ...
std::optional<Term> find_error(const SupervisorSpec& spec);

// The supervisor process itself.
Program supervisor_program(std::shared_ptr<const SupervisorSpec> spec);

// Gives a running supervisor a new spec, as an upgrade does (R-SUP-52). Flags take effect, what has been counted towards the limit stays.
// A child in both specs keeps its process and takes the new spec, a new one is added without being started, one that the new spec does
// not name is kept behind the others. Of the options only strategy, intensity and auto_shutdown are looked at; the rest is its parent's.
// With an init that declines nothing changes. Errors, after which nothing has changed: as find_error without the outer tag, and
// {bad_combination,[{strategy,Old},{strategy,New}]} for a change to or from simple_one_for_one, or to or from a DynamicSupervisor, whose
// strategy is here called `dynamic`.
ChildResult change_code(Self& self, const ServerRef& supervisor, const SupervisorSpec& spec);

struct ChangeCode {
  static constexpr std::string_view fields[] = {"spec"};
  using Reply = ChildResult;
  SupervisorSpec spec;
};

}  // namespace moirai
