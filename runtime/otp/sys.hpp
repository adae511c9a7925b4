// System messages, as OTP's sys: what every behaviour answers whatever its callbacks are, for tests, debugging and orderly stops.
// A suspended process serves nothing but these and the exit of its parent; everything else waits in its mailbox, in order.
// The functions exit as a call does: noproc, timeout, or what the process died of.
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

// ---- what others call; `server` is a Pid or a registered name

// sys:suspend/2 and resume/2. Returns when the process has done so; suspending a suspended one does nothing.
template <class Server>
void suspend(Self& self, const Server& server, Duration timeout = 5s) {
  self.call(server, Suspend{}, timeout);
}
template <class Server>
void resume(Self& self, const Server& server, Duration timeout = 5s) {
  self.call(server, Resume{}, timeout);
}
// sys:get_state/2, as text: the state's own print(std::string&, const State&), its fields if it names them, else its name.
template <class Server>
std::string get_state(Self& self, const Server& server, Duration timeout = 5s) {
  return self.call(server, GetState{}, timeout);
}
template <class Server>
Status get_status(Self& self, const Server& server, Duration timeout = 5s) {
  return self.call(server, GetStatus{}, timeout);
}
// sys:terminate/3: the process runs its terminate and ends with `reason`. Returns when it has heard, not when it is gone: see
// proc_lib::stop.
template <class Server>
void terminate(Self& self, const Server& server, const Term& reason, Duration timeout = 5s) {
  self.call(server, Terminate{reason}, timeout);
}

// A state as get_state tells it.
template <class State>
std::string text_of(const State& state) {
  if constexpr (reflect::FoldsItself<State> || reflect::NamesItsFields<State>)
    return reflect::to_text(state);
  else
    return std::string(reflect::name_of<State>());
}

}  // namespace moirai::sys
