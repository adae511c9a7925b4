// A broken invariant of ours: always on, says where in the run it happened, aborts. Never used for bad input or failing actors.
#pragma once
#include <string_view>

namespace moirai {

class World;

// The world whose run() is executing now, for crash reports and signal handlers; nullptr outside a run.
const World* running_world();
// Returns the old one. Called by World::run alone.
const World* set_running_world(const World*);

// Installs, once, a terminate handler that says which process met a noexcept frame on its way out (K-50), and calls the former one.
void name_the_process_on_terminate();

[[noreturn]] void check_failed(std::string_view expression, std::string_view why, const char* file = __builtin_FILE(),
                               unsigned line = __builtin_LINE());

}  // namespace moirai

#define MOIRAI_CHECK(condition, why)           \
  do {                                         \
    if (!(condition)) [[unlikely]]             \
      ::moirai::check_failed(#condition, why); \
  } while (false)
