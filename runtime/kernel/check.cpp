#include "runtime/kernel/check.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "runtime/kernel/world.hpp"

namespace moirai {

namespace {
// Read by signal handlers and check_failed; says which world is running, is never part of a decision.
std::atomic<const World*> current_world{nullptr};
}  // namespace

const World* running_world() { return current_world.load(std::memory_order_relaxed); }

const World* set_running_world(const World* world) { return current_world.exchange(world, std::memory_order_relaxed); }

void check_failed(std::string_view expression, std::string_view why, const char* file, unsigned line) {
  std::fprintf(stderr, "moirai: broken invariant: %.*s\n  %.*s\n  at %s:%u\n", static_cast<int>(why.size()), why.data(),
               static_cast<int>(expression.size()), expression.data(), file, line);
  if (const World* world = running_world()) {
    const Pid pid = world->running();
    const std::string path = pid ? world->full_path(pid) : std::string("(the scheduler)");
    std::fprintf(stderr, "  seed 0x%016llx  step %llu  process %s  digest %016llx\n", static_cast<unsigned long long>(world->seed()),
                 static_cast<unsigned long long>(world->step()), path.c_str(), static_cast<unsigned long long>(world->digest()));
  }
  std::fflush(stderr);
  std::abort();
}

}  // namespace moirai
