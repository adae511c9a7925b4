// gen_statem: a process that is a state machine. A machine is a struct. Its states are types, each with the data that exists only in it;
// what outlives a change of state are members of the machine itself. There is one handler per pair of state and event:
//
//   struct Door {
//     struct Locked { int wrong = 0; };
//     struct Open {};
//     using States = gen_statem::States<Locked, Open>;                          // it begins in the first
//     using Events = gen_statem::Events<Unlock, Push, StateTimeout<Relock>>;    // messages, requests, Internal, timeouts
//     using Transition = gen_statem::Transition<Door>;
//
//     Transition on(Self&, Locked&, const Unlock& m, const From<Unlock>& from);   // a call
//     Transition on(Self&, Locked&, const Push&) { return keep_state(postpone); } // a cast or other message
//     gen_statem::Entered<Door> enter(Self&, Open&) { return keep_state(state_timeout(10s, Relock{})); }
//     Transition on(Self&, Open&, const StateTimeout<Relock>&) { return next_state(Locked{}); }
//     void on(Self&, const Push&) {}                                              // in any other state: nothing
//   };
//   const StartResult door = gen_statem::start_link<Door>(self, {.name = "door"});
//   const bool open = gen_statem::call(self, "door", Unlock{1234});
//   worker<Door>("door", {.registered = true})                // under a supervisor
//
// Handlers, all of them members of the machine; State& is the present state, and may be written to:
//   on(Self&, State&, const E&)                      an event in this state
//   on(Self&, State&, const R&, const From<R>&)      a request, with the way to answer it later
//   on(Self&, const E&), on(Self&, const R&, const From<R>&)      the same in all states that have no handler of their own for it
//     return a Transition; nothing, to keep the state; those of a request without a From return its reply or a Transition.
//   enter(Self&, State&), enter(Self&, State&, const Previous&)   optional: after init and whenever the state has changed or is repeated;
//     return an Entered or nothing.
//   init(Self&)                                      optional: the first state and actions, as an Initial; stop(Reason), or ignore()
//   terminate(Self&, State&, const Term& reason), terminate(Self&, const Term& reason)      optional
// The machine is made as Machine(Self&, args...) or Machine{args...}, anew in each incarnation.
//
// What an event that has no handler in any state does not compile. One that has none in the present state ends the machine with
// {function_clause,[{Machine,on,[State,Type,Event]}]}; messages and calls that are no events of the machine are noted and refused.
//
// Where OTP differs: a timeout of zero that is replaced before it is delivered is replaced (OTP 25.2.3 loses the new one, R-SM-6); data
// is changed in place, so that terminate sees what a handler had done when it failed; next_state to the same type is keep_state.
#pragma once
#include <string>
#include <utility>

#include "runtime/otp/gen.hpp"
#include "runtime/otp/state_machine.hpp"
#include "runtime/otp/transition.hpp"

namespace moirai::gen_statem {

using gen::Options;

// The program of a machine: machine<Door>(args...) for spawning and for start functions, and one that takes a name.
template <class Machine, class... Args>
Program named_machine(gen::Name name, Args... args) {
  return handler<gen::Process<StateMachine<Machine>>>(std::move(name), std::move(args)...);
}
template <class Machine, class... Args>
Program machine(Args... args) {
  return named_machine<Machine>(gen::Name(), std::move(args)...);
}

// gen_statem:start_link/3,4, start/3,4, start_monitor/3,4: return when init has; the first state is entered after that.
template <class Machine, class... Args>
StartResult start_link(Self& self, const Options& options, Args... args) {
  return gen::start_link(self, named_machine<Machine>(options.name, std::move(args)...), options);
}
template <class Machine, class... Args>
StartResult start(Self& self, const Options& options, Args... args) {
  return gen::start(self, named_machine<Machine>(options.name, std::move(args)...), options);
}
template <class Machine, class... Args>
std::pair<StartResult, Ref> start_monitor(Self& self, const Options& options, Args... args) {
  return gen::start_monitor(self, named_machine<Machine>(options.name, std::move(args)...), options);
}

// gen_statem:call/2,3. Exits {Why,{gen_statem,call,[Server,'Request',Timeout]}}, Why as Self::call. The default is to wait for ever.
template <Request M>
ReplyOf<M> call(Self& self, const ServerRef& server, const M& request, Duration timeout = Duration::max()) {
  return self.call_as(server, request, timeout, [&](Term why) {
    return Self::call_failure(std::move(why), "gen_statem", {server.to_term(), Term::atom(reflect::name_of<M>())}, timeout);
  });
}
// gen_statem:cast/2: never fails, whoever is or is not there.
template <class M>
void cast(Self& self, const ServerRef& server, const M& message) {
  const std::optional<Pid> to = server.resolve(self);
  if (!to) return;
  if constexpr (Request<M>)
    self.cast(*to, message);
  else
    self.send(*to, message);
}

// gen_statem:stop/1,3: see proc_lib::stop, which it is.
inline void stop(Self& self, const ServerRef& server, const Term& reason = reason::normal(), Duration timeout = Duration::max()) {
  proc_lib::stop(self, server, reason, timeout);
}

}  // namespace moirai::gen_statem
