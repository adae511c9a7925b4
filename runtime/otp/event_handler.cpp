#include "runtime/otp/event_handler.hpp"

namespace moirai::gen_event {

Term HandlerId::to_term() const { return id ? Term::tuple({Term::atom(module), *id}) : Term::atom(module); }

void fold(Digest& digest, const HandlerId& id) { id.to_term().fold(digest); }
void print(std::string& out, const HandlerId& id) { out += id.to_term().to_string(); }

void fold(Digest& digest, const Handler& handler) { fold(digest, handler.id()); }
void print(std::string& out, const Handler& handler) { print(out, handler.id()); }

Next swap_handler(Term argument, Handler next) {
  return SwapHandlerFor{std::move(argument), std::make_shared<const Handler>(std::move(next))};
}

}  // namespace moirai::gen_event
