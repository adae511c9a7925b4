#include "runtime/otp/sys.hpp"

namespace moirai::sys {

std::string_view to_string(RunState state) { return state == RunState::running ? "running" : "suspended"; }

}  // namespace moirai::sys
