#include "runtime/otp/state_machine.hpp"

namespace moirai::gen_statem::detail {

Term function_clause(std::string_view machine, std::string_view state, Term type, std::string_view content) {
  Term arguments = Term::list({Term::atom(state), std::move(type), Term::atom(content)});
  Term call = Term::tuple({Term::atom(machine), Term::atom("on"), std::move(arguments)});
  return Term::tuple({Term::atom("function_clause"), Term::list({std::move(call)})});
}

}  // namespace moirai::gen_statem::detail
