#include "runtime/otp/gen_event.hpp"

namespace moirai::gen_event {
namespace {

// All but gen_event:call exit with the bare reason.
template <Request M>
ReplyOf<M> ask(Self& self, const ServerRef& manager, const M& request) {
  return self.call_as(manager, request, Duration::max(), [](Term why) { return why; });
}

Caught<void> done(std::optional<Term> failure) {
  if (failure) return Caught<void>::exit(std::move(*failure));
  return Caught<void>::value({});
}

}  // namespace

Program event_manager(gen::Name name) { return handler<gen::Process<EventProcess>>(std::move(name)); }

StartResult start_link(Self& self, const Options& options) { return gen::start_link(self, event_manager(options.name), options); }
StartResult start(Self& self, const Options& options) { return gen::start(self, event_manager(options.name), options); }
std::pair<StartResult, Ref> start_monitor(Self& self, const Options& options) {
  return gen::start_monitor(self, event_manager(options.name), options);
}

ChildSpec child(std::string id, ChildOptions options) {
  auto start = std::make_shared<ProgramStart>(event_manager(options.registered ? id : std::string()), ProgramStart::Answer::acknowledged);
  return moirai::detail::worker_spec(std::move(id), std::move(start), options, "gen_event");
}

Caught<void> add_handler(Self& self, const ServerRef& manager, const Handler& handler) {
  return done(ask(self, manager, AddHandler{handler, false}));
}
Caught<void> add_sup_handler(Self& self, const ServerRef& manager, const Handler& handler) {
  return done(ask(self, manager, AddHandler{handler, true}));
}

Caught<Term> delete_handler(Self& self, const ServerRef& manager, const HandlerId& handler, const Term& argument) {
  Deleted deleted = ask(self, manager, DeleteHandler{handler, argument});
  if (deleted.failed) return Caught<Term>::exit(std::move(deleted.result));
  return Caught<Term>::value(std::move(deleted.result));
}

Caught<void> swap_handler(Self& self, const ServerRef& manager, const HandlerId& handler, const Term& argument, const Handler& next) {
  return done(ask(self, manager, SwapHandler{handler, argument, next, false}));
}
Caught<void> swap_sup_handler(Self& self, const ServerRef& manager, const HandlerId& handler, const Term& argument, const Handler& next) {
  return done(ask(self, manager, SwapHandler{handler, argument, next, true}));
}

std::vector<HandlerId> which_handlers(Self& self, const ServerRef& manager) { return ask(self, manager, WhichHandlers{}); }

Called detail::call(Self& self, const ServerRef& manager, const HandlerId& handler, AnyMessage request, std::optional<Duration> timeout) {
  const Term query = Term::atom(request.name());
  return self.call_as(manager, CallHandler{handler, std::move(request)}, timeout.value_or(5s), [&](Term why) {
    return Self::call_failure(std::move(why), "gen_event", {manager.to_term(), handler.to_term(), query}, timeout);
  });
}

}  // namespace moirai::gen_event
