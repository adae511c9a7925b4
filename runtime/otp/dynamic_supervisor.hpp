// Elixir's DynamicSupervisor: a supervisor that begins without children; they are started when somebody asks, each with a spec of its own,
// and nothing ties them together.
//
//   ChildSpec shop() { return supervisor({.name = "shop"}, {dynamic_supervisor({.name = "carts", .registered = true})}); }
//   const StartChildResult cart = start_child(self, "carts", worker<Cart>("cart", {.restart = Restart::transient}));
//   terminate_child(self, "carts", cart.pid);
//
// A child is its process: the id in its spec names it in paths and reports, need not be unique, and finds nothing. It is forgotten with
// its process, unless it is restarted, as its spec says; then it is forgotten under the old pid and known under the new one. When the
// supervisor ends it stops all children at once, each within its own time. What it answers: supervisor_api.hpp. It never restarts anybody
// because of somebody else (one_for_one), and no child of it can be significant.
//
// Where Elixir differs: what is wrong with a spec is found by the supervisor, not by the caller; ids are needed, for paths, and the lack of
// an id or a start function is {error,missing_id} or {error,missing_start}; restart_child and delete_child are {error,not_found}, and
// get_childspec answers; a call that it does not know is refused and harms nobody.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "runtime/otp/supervisor.hpp"

namespace moirai {

struct DynamicSupervisorOptions {
  std::string name{};  // its id under its parent, the root of the paths below it; not empty
  Intensity intensity = {.restarts = 3, .within = std::chrono::seconds(5)};
  std::optional<std::int64_t> max_children{};  // >= 0; start_child beyond is {error,max_children}. Children being restarted count
  std::optional<Term> extra_argument{};        // what every child is started with (argument::encode): then they are all worker_with<...>
  Restart restart = Restart::permanent;        // by its own parent
  Shutdown shutdown = Shutdown::infinity();    // by its own parent
  bool registered = false;                     // under its name
  bool significant = false;                    // to its own parent
  std::optional<Backoff> backoff{};            // of its own restarts, by its own parent
};

// As a child of another supervisor, or the root of a tree. A mistake in the options makes the process exit with
// {supervisor_data,{invalid_max_children,N}}, {supervisor_data,{invalid_intensity,I}} or {supervisor_data,{invalid_period,P}}.
ChildSpec dynamic_supervisor(DynamicSupervisorOptions options);

// The same for change_code: flags take effect, the children stay, also those that are too many now. Its strategy stays one_for_one and its
// auto_shutdown never: anything else is {error,{invalid_strategy,S}} or {error,{invalid_auto_shutdown,A}}.
SupervisorSpec dynamic_spec(DynamicSupervisorOptions options);

}  // namespace moirai
