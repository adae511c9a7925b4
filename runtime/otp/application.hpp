// OTP's applications: what a system is made of, as data, and the functions that start and stop it while it runs (R-APP-1 to R-APP-5).
// An application has a name, the applications that it needs, and a start function, which starts its supervision tree. A release is the
// applications of a system; start_release (runtime/system.hpp) runs it.
//
//   Application store() { return {.name = "store", .start = tree(supervisor({.name = "store_sup"}, {worker("disk", disk)}))}; }
//   Application shop() { return {.name = "shop", .applications = {"store"}, .start = tree(supervisor({.name = "shop_sup"}, {...}))}; }
//
//   start_release(world, {.name = "node", .applications = {{shop()}, {store(), ApplicationType::temporary}}});
//   application::stop(self, "shop");
//
// Each running application has two processes of its own above its tree: the application master, which is the group leader of all that the
// application starts, and under it the one in which the start function runs and whose exit is the end of the application.
// Of the application's own processes none outlives it: what is not in the tree is killed (R-APP-4).
//
// The node stops when an application ends that the system cannot be without (R-APP-2), or when a permanent or transient one fails to
// start: then all applications are stopped, the last started first, NodeStopped is noted, and the process application_controller ends
// with {application_terminated,Name,Reason} or {application_start_failure,Name,Reason}. What belongs to no application is left alone.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/child_spec.hpp"
#include "runtime/otp/proc_lib.hpp"

namespace moirai {

// What the end of an application, or its failure to start, means for the node (R-APP-2).
enum class ApplicationType : std::uint8_t {
  permanent,  // the node stops
  transient,  // the node stops, unless the end was `normal`; as a supervisor ends with `shutdown`, this is almost as permanent
  temporary,  // it is reported
};
std::string_view to_string(ApplicationType type);

// One step of a start in several steps (R-APP-5).
struct StartPhase {
  std::string name;
  std::function<std::optional<Term>(Self&)> run{};  // returns why it failed
};

struct Application {
  std::string name;
  std::vector<std::string> applications{};           // must have been started before
  std::vector<std::string> included_applications{};  // part of this one: its tree starts theirs, its start phases are theirs too
  // Starts the top supervisor, linked, and returns it; info is the application's state, for prep_stop and stop. Empty: a library.
  std::function<StartResult(Self&)> start{};
  // After the start, phase by phase; in each phase this application, then those that it includes, top-down and left to right, as far as
  // they name the phase. Included ones name no other phases than those of the application that includes them.
  std::optional<std::vector<StartPhase>> start_phases{};
  std::function<Term(Self&, const Term& state)> prep_stop{};  // before the tree is stopped; returns the state for stop
  std::function<void(Self&, const Term& state)> stop{};       // after that
};
// By its name and what it says of others: functions are no part of a message's contents.
void fold(Digest& digest, const Application& application);
void print(std::string& out, const Application& application);

// A start function that starts this tree. Requires: root was made by supervisor().
std::function<StartResult(Self&)> tree(ChildSpec root);

struct ReleaseApplication {
  Application application;
  std::optional<ApplicationType> type = ApplicationType::permanent;  // nothing: it is loaded, and started by whoever asks for it
};

// Started in the order of dependencies, else in the given one. Applications that others include are not started on their own.
struct Release {
  std::string name;  // the root of the paths
  std::vector<ReleaseApplication> applications;
};

// Why this release cannot be started: {undefined_applications,[Name]}, {duplicate_application,Name}, {circular_dependencies,[Name]},
// {undefined_start_phase,Name,Phase}; nothing if it is sound.
std::optional<Term> find_error(const Release& release);
// The names in the order in which they are started. Requires: no error.
std::vector<std::string> boot_order(const Release& release);

// What start, stop and load return.
struct ApplicationResult {
  static constexpr std::string_view fields[] = {"error"};
  std::optional<Term> error{};
  explicit operator bool() const { return !error; }
  bool operator==(const ApplicationResult&) const = default;
  Term to_term() const;  // ok, {error,Error}
};

// {ok,Started} or {error,{Name,Error}}.
struct EnsuredApplications {
  std::vector<std::string> started{};  // in the order in which they were
  std::optional<Term> error{};
  explicit operator bool() const { return !error; }
  bool operator==(const EnsuredApplications&) const = default;
  Term to_term() const;
};

// All exit {noproc,...} when no release runs, and wait as long as the application controller is stopping something.
namespace application {

// Errors: {not_loaded,Name}; {already_started,Name}; {not_started,Needed}: that one comes first; {Reason,{Name,start,[normal,[]]}} when
// the start function failed (R-APP-3). Somebody else may be starting it at this moment: then both get the same answer.
ApplicationResult start(Self& self, std::string_view name, ApplicationType type = ApplicationType::temporary);
// What it needs first, and what those need. If one fails, those that were started for this are stopped again.
EnsuredApplications ensure_all_started(Self& self, std::string_view name, ApplicationType type = ApplicationType::temporary);
// Stops it, whatever its type: the node does not stop for this (R-APP-2). Error: {not_started,Name}.
ApplicationResult stop(Self& self, std::string_view name);
// Makes an application known that was not in the release. Errors: {already_loaded,Name}, {not_loaded,Included}.
ApplicationResult load(Self& self, const Application& application);
// Errors: {running,Name}, {not_loaded,Name}.
ApplicationResult unload(Self& self, std::string_view name);
// Those that run, the last started first.
std::vector<std::string> which_applications(Self& self);
// What it needs; nothing: it is not loaded.
std::optional<std::vector<std::string>> dependencies(Self& self, std::string_view name);

}  // namespace application

// ---- notes, of the application controller

struct ApplicationStarted {
  static constexpr std::string_view fields[] = {"name", "type"};
  std::string name;
  ApplicationType type = ApplicationType::temporary;
};
// It has ended, was stopped (`exited` is then the atom stopped) or failed to start.
struct ApplicationExited {
  static constexpr std::string_view fields[] = {"name", "exited", "type"};
  std::string name;
  Term exited;
  ApplicationType type = ApplicationType::temporary;
};
// All applications have been stopped, and that is the end.
struct NodeStopped {
  static constexpr std::string_view fields[] = {"reason"};
  Term reason;
};

}  // namespace moirai
