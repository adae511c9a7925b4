// A child of a supervisor, as data: what it is called, how it is started, when it is restarted, how it is stopped (R-SUP-3).
// Written by users, read by supervisors. Immutable and shared: nothing runs until a system starts the tree, and a spec may be used
// in many trees and many worlds at once.
//
//   worker("ledger", ledger)                                               // void ledger(Self&), or a const-callable lambda
//   worker<Ledger>("ledger-2", {.registered = true}, Cents{100})           // a handler process, with constructor arguments
//   worker<Door>("door", {.registered = true}, 1234)                       // a gen_statem, likewise
//   worker("teller", teller, {.restart = Restart::transient, .shutdown = Shutdown::after(1s)})
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/backoff.hpp"
#include "runtime/otp/child_start.hpp"
#include "runtime/otp/gen_server.hpp"

namespace moirai {

namespace gen_statem {
template <class Machine, class... Args>
Program named_machine(gen::Name name, Args... args);  // gen_statem.hpp, which whoever has a machine includes
}

// When a child that ended by itself is started again (R-SUP-13). A "normal" end is normal, shutdown or {shutdown,_}.
enum class Restart : std::uint8_t {
  permanent,  // always
  transient,  // unless its end was normal; then the spec stays, without a process
  temporary,  // never; the spec is forgotten
};

enum class ChildType : std::uint8_t { worker, supervisor };

// How long a child may take to stop (R-SUP-34).
struct Shutdown {
  enum class Kind : std::uint8_t {
    brutal_kill,  // exit(kill) at once
    timeout,      // exit(shutdown), and exit(kill) after `limit` of virtual time
    infinity,     // exit(shutdown), then wait as long as it takes
  };
  Kind kind = Kind::timeout;
  Duration limit = std::chrono::seconds(5);  // >= 0; zero unless kind == timeout

  static constexpr Shutdown brutal_kill() { return {Kind::brutal_kill, Duration::zero()}; }
  static constexpr Shutdown after(Duration limit) { return {Kind::timeout, limit}; }
  static constexpr Shutdown infinity() { return {Kind::infinity, Duration::zero()}; }
  bool operator==(const Shutdown&) const = default;
};
// As to_string says it, in notes.
void fold(Digest& digest, const Shutdown& shutdown);
void print(std::string& out, const Shutdown& shutdown);

struct SupervisorSpec;  // supervisor.hpp

struct ChildSpec {
  std::string id;  // unique among its siblings, not empty; also the label in the child's path
  Restart restart = Restart::permanent;
  Shutdown shutdown{};
  ChildType type = ChildType::worker;
  std::shared_ptr<const ChildStart> start{};
  std::shared_ptr<const SupervisorSpec> subtree{};  // what a supervisor supervises; empty iff type is worker
  bool significant = false;                         // its end may end the supervisor (R-SUP-42); never of a permanent child
  std::vector<std::string> modules{};               // for people: what it runs
  std::optional<Backoff> backoff{};                 // nothing: restarts are not delayed, as in OTP
  bool operator==(const ChildSpec&) const = default;
};
// As the ChildConfig that describes it: a start function is code, and no part of a message's contents.
void fold(Digest& digest, const ChildSpec& spec);
void print(std::string& out, const ChildSpec& spec);

// What a spec says, without its start function: in notes, and as the answer to get_childspec.
struct ChildConfig {
  static constexpr std::string_view fields[] = {"id", "restart", "shutdown", "type", "significant"};
  std::string id;
  Restart restart = Restart::permanent;
  Shutdown shutdown{};
  ChildType type = ChildType::worker;
  bool significant = false;
  bool operator==(const ChildConfig&) const = default;
};
ChildConfig config_of(const ChildSpec& spec);

// What a user may say about a worker.
struct ChildOptions {
  Restart restart = Restart::permanent;
  Shutdown shutdown = Shutdown::after(std::chrono::seconds(5));
  bool registered = false;  // the child is registered under its id before its body or constructor runs; a failed start if the name is taken
  bool significant = false;            // transient or temporary, under a supervisor that shuts down by itself (R-SUP-42)
  std::vector<std::string> modules{};  // default: the handler's type; "function" for all others
  std::optional<Backoff> backoff{};    // restarts are delayed (backoff.hpp)
};

// When a supervisor shuts down by itself because a significant child has ended by itself and is not restarted (R-SUP-42).
enum class AutoShutdown : std::uint8_t {
  never,
  any_significant,  // with the first
  all_significant,  // with the last: no significant child is left that runs or is being restarted
};

// What is wrong with a spec, in OTP's words: missing_id, missing_start, {invalid_shutdown,Ms}, {bad_combination,...}, ...; nothing if
// it is sound (R-SUP-4). Without `auto_shutdown` it is not asked whether the supervisor lets a child be significant.
std::optional<Term> find_error(const ChildSpec& spec, std::optional<AutoShutdown> auto_shutdown = std::nullopt);
// The same of all of them, and {duplicate_child_name,Id}. Mirrors supervisor:check_childspecs/1,2 (R-SUP-6); pure.
std::optional<Term> check_childspecs(const std::vector<ChildSpec>& specs, std::optional<AutoShutdown> auto_shutdown = std::nullopt);

std::string_view to_string(Restart restart);
std::string_view to_string(ChildType type);
std::string_view to_string(AutoShutdown auto_shutdown);
std::string to_string(Shutdown shutdown);  // "brutal_kill", "5s", "infinity"

namespace detail {
ChildSpec worker_spec(std::string id, std::shared_ptr<const ChildStart> start, const ChildOptions& options,
                      std::string_view module = "function");
// `value` in `unit` if it is whole, else {N,nanosecond}: how durations stand in errors.
Term whole(Duration value, Duration unit);
}  // namespace detail

// A function process: `body` is called as body(self) with a fresh stack in each incarnation. It counts as started when it exists
// (with its name, if registered), and leaves a crash report if it ends abnormally. Requires: body is const-callable; its captures are
// shared by all incarnations.
template <class Body>
requires std::is_invocable_v<const Body&, Self&> ChildSpec worker(std::string id, Body body, ChildOptions options = {}) {
  using Answer = ProgramStart::Answer;
  if (!options.registered) {
    auto start = std::make_shared<ProgramStart>(Program(reporting(std::move(body))), Answer::none);
    return detail::worker_spec(std::move(id), std::move(start), options);
  }
  auto named = [name = id, body = std::move(body)](Self& self) {
    proc_lib::register_name(self, name);
    proc_lib::init_ack(self);
    body(self);
  };
  auto start = std::make_shared<ProgramStart>(Program(reporting(std::move(named))), Answer::acknowledged);
  return detail::worker_spec(std::move(id), std::move(start), options);
}

// A gen_server, or a plain handler, which is one (gen_server.hpp), or a gen_statem: initialised with `args` in each incarnation, and the
// supervisor waits for that. It fails to start by exiting or throwing there, and declines with proc_lib::init_ignore(self).
// An event manager: gen_event::child.
template <class Server, class... Args>
ChildSpec worker(std::string id, ChildOptions options = {}, Args... args) {
  const auto program_of = [&](gen::Name name) {
    if constexpr (requires { typename Server::States; })
      return gen_statem::named_machine<Server>(std::move(name), std::move(args)...);
    else
      return gen_server::named_server<Server>(std::move(name), std::move(args)...);
  };
  auto program = program_of(options.registered ? id : std::string());
  auto start = std::make_shared<ProgramStart>(std::move(program), ProgramStart::Answer::acknowledged);
  return detail::worker_spec(std::move(id), std::move(start), options, reflect::name_of<Server>());
}

// A child with a start function of its own, `StartResult start(Self& supervisor) const`, which runs in the supervisor's process and
// must link what it starts (supervisor.spawn_link). `registered` is not looked at: naming is the start function's business.
template <class Start>
requires(std::is_invocable_r_v<StartResult, const Start&, Self&> ||
         std::is_invocable_r_v<StartResult, const Start&, Self&, const Term&>) ChildSpec
    worker_started_by(std::string id, Start start, ChildOptions options = {}) {
  return detail::worker_spec(std::move(id), std::make_shared<FunctionStart<Start>>(std::move(start)), options);
}

// ---- templates: the one spec of a simple_one_for_one supervisor, whose children differ by an argument (start_child_with). They are not
// registered.

// body(self, argument), otherwise as worker().
template <class Argument, class Body>
requires std::is_invocable_v<const Body&, Self&, const Argument&> ChildSpec worker_with(std::string id, Body body,
                                                                                        ChildOptions options = {}) {
  auto program = [body = std::move(body)](Self& self) { body(self, start_argument<Argument>(self)); };
  auto start = std::make_shared<ProgramStart>(Program(std::move(program)), ProgramStart::Answer::none, &argument::is<Argument>);
  return detail::worker_spec(std::move(id), std::move(start), options);
}

// Handler{argument} or Handler(self, argument), otherwise as worker().
template <class Argument, class Handler>
ChildSpec worker_with(std::string id, ChildOptions options = {}) {
  static_assert(!std::is_final_v<Handler>, "a handler under a supervisor is used as a base class: drop `final`");
  auto start = std::make_shared<ProgramStart>(handler<ArgumentHandler<Handler, Argument>>(), ProgramStart::Answer::acknowledged,
                                              &argument::is<Argument>);
  return detail::worker_spec(std::move(id), std::move(start), options, reflect::name_of<Handler>());
}

}  // namespace moirai
