#include "runtime/otp/child_start.hpp"

#include <exception>

namespace moirai {

StartResult ProgramStart::start(Self& supervisor, const std::string& id) const {
  if (answer_ == Answer::none) return StartResult::ok(supervisor.spawn_link(id, program_));
  return proc_lib::start_link(supervisor, program_, {.label = id});
}

StartResult guarded_start(Self& supervisor, const void* function, StartResult (*call)(const void*, Self&)) {
  const auto failed = [] { return StartResult::error(Term::tuple({Term::atom("EXIT"), reason_of_current_exception()})); };
  try {
    return call(function, supervisor);
  } catch (const ExitRequest&) { return failed(); } catch (const std::exception&) {
    return failed();
  }
}

}  // namespace moirai
