#include "runtime/otp/transition.hpp"

namespace moirai::gen_statem::detail {

void check_wait(const TimeoutKey& key, Duration wait) {
  if (wait >= Duration::zero()) return;
  const Term which = key.kind == TimeoutKey::Kind::named ? Term::tuple({Term::atom("timeout"), key.name}) : Term::atom(to_string(key.kind));
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(wait).count();
  throw ExitRequest{Term::tuple({Term::atom("bad_action_from_state_function"), Term::tuple({which, Term::integer(milliseconds)})})};
}

}  // namespace moirai::gen_statem::detail
