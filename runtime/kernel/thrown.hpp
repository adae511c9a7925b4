// How code of a process ends other than by returning (K-50), as exceptions and as what they say about it.
#pragma once
#include <cxxabi.h>

#include <exception>
#include <optional>
#include <utility>

#include "runtime/kernel/event.hpp"
#include "runtime/kernel/term.hpp"

namespace moirai {

// Unwinds a process that must end (process_exit.hpp): it has been killed, or a signal ends it. Whoever catches it throws it again.
#ifdef __GLIBCXX__
using ProcessExit = abi::__forced_unwind;  // to catch (...) it is an exception like others
#else
struct ProcessExit {};
#endif
// exit/1, which may be caught by `catch (...)`.
struct ExitRequest {
  Term reason;
};

// What an exit or exception makes of a process: exit/1's reason, else {error,TypeName,What}.
struct Thrown {
  Term reason;
  ExitCause cause;  // own_exit or error
};

// The exception that is being handled. Call it inside a catch block; not for ProcessExit. The second form saves a throw.
Thrown what_was_thrown();
Thrown what_was_thrown(const std::exception& caught);

// Runs code of a process. Nothing: it returned. A ProcessExit passes through.
template <class F>
[[gnu::always_inline]] inline std::optional<Thrown> thrown_by(F&& code) {
  try {
    std::forward<F>(code)();
    return std::nullopt;
  } catch (const ProcessExit&) { throw; } catch (const ExitRequest& request) {
    return Thrown{request.reason, ExitCause::own_exit};
  } catch (const std::exception& caught) { return what_was_thrown(caught); } catch (...) {
    return what_was_thrown();
  }
}

}  // namespace moirai
