// gen_event: an event manager, a process that passes events to handlers. Handlers (event_handler.hpp) are added and deleted while it
// runs; every event goes to all of them, the newest first, one after the other.
//
//   gen_event::start_link(self, {.name = "alarms"});                             // or under a supervisor: gen_event::child("alarms")
//   gen_event::add_handler(self, "alarms", Handler::of<Counter>());
//   gen_event::notify(self, "alarms", Crashed{"ledger"});
//   const auto crashes = gen_event::call(self, "alarms", handler_id<Counter>(), Count{});      // if (crashes) use(*crashes)
//
// A message that is sent to the manager as it stands is an event too (OTP's handle_info), and so is an Exit of a process it is linked to.
// The manager traps exits. A handler that is added with add_sup_handler is linked to the process that added it: when that ends, the
// handler is removed; when the handler is removed, the process gets a HandlerExit.
//
// All these functions exit if there is no such manager (noproc) or it ends meanwhile (its reason); call with
// {Why,{gen_event,call,[Manager,Handler,'Request']}}, the others with Why alone. Only notify never fails.
//
// Where OTP differs: a request that a handler does not accept is refused with {unknown_call,'Request'} and the handler stays; an event
// that it does not accept passes it by. Both would end it in OTP.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/otp/child_spec.hpp"
#include "runtime/otp/event_handler.hpp"
#include "runtime/otp/event_process.hpp"
#include "runtime/otp/gen.hpp"

namespace moirai::gen_event {

using gen::Options;

// The program of a manager, for spawning and for start functions; it takes the name, if that is not empty.
Program event_manager(gen::Name name = {});
// gen_event:start_link/0,1, start/0,1, start_monitor/0,1.
StartResult start_link(Self& self, const Options& options = {});
StartResult start(Self& self, const Options& options = {});
std::pair<StartResult, Ref> start_monitor(Self& self, const Options& options = {});

// A manager as a child of a supervisor. Each incarnation begins without handlers.
ChildSpec child(std::string id, ChildOptions options = {});

// gen_event:add_handler/3, add_sup_handler/3. Fails with {'EXIT',Reason} if the handler cannot be made. Several may have one id.
Caught<void> add_handler(Self& self, const ServerRef& manager, const Handler& handler);
Caught<void> add_sup_handler(Self& self, const ServerRef& manager, const Handler& handler);

// gen_event:delete_handler/3. Returns what its terminate returned. Fails with module_not_found, or {'EXIT',Reason} if terminate fails.
Caught<Term> delete_handler(Self& self, const ServerRef& manager, const HandlerId& handler, const Term& argument = {});

// gen_event:swap_handler/3, swap_sup_handler/3: `handler` is terminated with `argument`; `next` is made, gets what that returned by its
// inherit, and is the newest. If there is no such handler, `next` is installed all the same and inherits the atom `error`. It is
// supervised by whoever supervised the old one, or by the caller. Fails with {'EXIT',Reason} if `next` cannot be made; both are gone then.
Caught<void> swap_handler(Self& self, const ServerRef& manager, const HandlerId& handler, const Term& argument, const Handler& next);
Caught<void> swap_sup_handler(Self& self, const ServerRef& manager, const HandlerId& handler, const Term& argument, const Handler& next);

// gen_event:which_handlers/1. Newest first.
std::vector<HandlerId> which_handlers(Self& self, const ServerRef& manager);

// gen_event:notify/2: returns at once, whoever is or is not there.
template <class Event>
void notify(Self& self, const ServerRef& manager, Event event) {
  static_assert(!Request<Event>, "an event is no call: nobody would reply");
  const std::optional<Pid> to = manager.resolve(self);
  if (to) self.send(*to, Notify{AnyMessage(std::move(event))});
}
// gen_event:sync_notify/2: returns when all handlers are done with it, also if one of them has failed.
template <class Event>
void sync_notify(Self& self, const ServerRef& manager, Event event) {
  static_assert(!Request<Event>, "an event is no call: nobody would reply");
  self.call_as(manager, SyncNotify{AnyMessage(std::move(event))}, Duration::max(), [](Term why) { return why; });
}

namespace detail {

Called call(Self& self, const ServerRef& manager, const HandlerId& handler, AnyMessage request, std::optional<Duration> timeout);

template <Request M>
Caught<ReplyOf<M>> result_of(Called called) {
  if (!called.reply) return Caught<ReplyOf<M>>::exit(std::move(called.error));
  return Caught<ReplyOf<M>>::value(*called.reply->template get<ReplyOf<M>>());
}

}  // namespace detail

// gen_event:call/3,4: asks one handler. Fails with bad_module if there is none of this id, with {'EXIT',Reason} if it failed.
// Without a timeout: 5 seconds.
template <Request M>
Caught<ReplyOf<M>> call(Self& self, const ServerRef& manager, const HandlerId& handler, M request) {
  return detail::result_of<M>(detail::call(self, manager, handler, AnyMessage(std::move(request)), std::nullopt));
}
template <Request M>
Caught<ReplyOf<M>> call(Self& self, const ServerRef& manager, const HandlerId& handler, M request, Duration timeout) {
  return detail::result_of<M>(detail::call(self, manager, handler, AnyMessage(std::move(request)), timeout));
}

// gen_event:stop/1,3: see proc_lib::stop, which it is. Every handler is terminated, the newest first.
inline void stop(Self& self, const ServerRef& manager, const Term& reason = reason::normal(), Duration timeout = Duration::max()) {
  proc_lib::stop(self, manager, reason, timeout);
}

}  // namespace moirai::gen_event
