#include "runtime/otp/child_start.hpp"

#include <exception>

namespace moirai {

StartResult refused_argument(const Term* argument) {
  return StartResult::error(argument ? Term::tuple({reason::badarg(), *argument}) : reason::badarg());
}

StartResult ProgramStart::start(Self& supervisor, const std::string& id, const Term* argument) const {
  if (accepts_ ? !argument || !accepts_(*argument) : argument != nullptr) return refused_argument(argument);
  const proc_lib::StartOptions options{.label = id, .argument = argument};
  if (answer_ == Answer::none) return StartResult::ok(proc_lib::spawn_link(supervisor, program_, options));
  return proc_lib::start_link(supervisor, program_, options);
}

StartResult guarded_start(Self& supervisor, const void* function, const Term* argument,
                          StartResult (*call)(const void*, Self&, const Term*)) {
  const auto failed = [] { return StartResult::thrown(what_was_thrown().reason); };
  try {
    return call(function, supervisor, argument);
  } catch (const ExitRequest&) { return failed(); } catch (const std::exception&) {
    return failed();
  }
}

}  // namespace moirai
