// System messages, as OTP's sys: what every behaviour answers whatever its callbacks are, for tests, debugging and orderly stops.
// A suspended process serves nothing but these and the exit of its parent; everything else waits in its mailbox, in order.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/kernel/self.hpp"

namespace moirai::sys {

enum class RunState : std::uint8_t { running, suspended };
std::string_view to_string(RunState state);

struct Status {
  static constexpr std::string_view fields[] = {"behaviour", "run_state", "parent", "state"};
  std::string behaviour;  // gen_server, gen_statem, ...
  RunState run_state = RunState::running;
  Pid parent;         // itself if it was started without a link (R-GS-6); nobody: the outside
  std::string state;  // as get_state
};

// ---- the messages; sent by the functions below, served by gen::Process

struct Suspend {
  using Reply = void;
};
struct Resume {
  using Reply = void;
};
struct GetState {
  using Reply = std::string;
};
struct GetStatus {
  using Reply = Status;
};
struct Terminate {
  static constexpr std::string_view fields[] = {"reason"};
  using Reply = void;  // before it ends
  Term reason;
};

// ---- what others call; they exit {Why,{sys,Function,[Server]}} as sys does
Term failure(Term why, const ServerRef& server, std::string_view function);

// sys:suspend/2 and resume/2. Returns when the process has done so; suspending a suspended one does nothing.
void suspend(Self& self, const ServerRef& server, Duration timeout = 5s);
void resume(Self& self, const ServerRef& server, Duration timeout = 5s);
// sys:get_state/2, as text: the state's own print(std::string&, const State&), its fields if it names them, else its name.
std::string get_state(Self& self, const ServerRef& server, Duration timeout = 5s);
Status get_status(Self& self, const ServerRef& server, Duration timeout = 5s);
// sys:terminate/3: the process runs its terminate and ends with `reason`. Returns when it has heard, not when it is gone: see
// proc_lib::stop.
void terminate(Self& self, const ServerRef& server, const Term& reason, Duration timeout = 5s);

// A state as get_state tells it.
template <class State>
std::string text_of(const State& state) {
  std::string out;
  if constexpr (requires { print(out, state); })
    print(out, state);
  else if constexpr (reflect::NamesItsFields<State>)
    reflect::print_value(out, state);
  else
    out = reflect::name_of<State>();
  return out;
}

}  // namespace moirai::sys
