#include "runtime/otp/sys.hpp"

#include <utility>

namespace moirai::sys {
namespace {

template <Request M>
ReplyOf<M> ask(Self& self, const ServerRef& server, const M& request, std::string_view function, Duration timeout) {
  return self.call_as(server, request, timeout, [&](Term why) { return failure(std::move(why), server, function); });
}

}  // namespace

Term failure(Term why, const ServerRef& server, std::string_view function) {
  return Term::tuple({std::move(why), Term::tuple({Term::atom("sys"), Term::atom(function), Term::list({server.to_term()})})});
}

std::string_view to_string(RunState state) { return state == RunState::running ? "running" : "suspended"; }

void suspend(Self& self, const ServerRef& server, Duration timeout) { ask(self, server, Suspend{}, "suspend", timeout); }

void resume(Self& self, const ServerRef& server, Duration timeout) { ask(self, server, Resume{}, "resume", timeout); }

std::string get_state(Self& self, const ServerRef& server, Duration timeout) { return ask(self, server, GetState{}, "get_state", timeout); }

Status get_status(Self& self, const ServerRef& server, Duration timeout) { return ask(self, server, GetStatus{}, "get_status", timeout); }

void terminate(Self& self, const ServerRef& server, const Term& reason, Duration timeout) {
  ask(self, server, Terminate{reason}, "terminate", timeout);
}

}  // namespace moirai::sys
