#include "runtime/kernel/check.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "runtime/kernel/world.hpp"

namespace moirai {

namespace {
// Read by signal handlers and check_failed; says which world is running, is never part of a decision.
std::atomic<const World*> current_world{nullptr};
std::terminate_handler former_handler = nullptr;
}  // namespace

const World* running_world() { return current_world.load(std::memory_order_relaxed); }

const World* set_running_world(const World* world) { return current_world.exchange(world, std::memory_order_relaxed); }

void name_the_process_on_terminate() {
  static const std::terminate_handler former = std::set_terminate([] {
    const World* world = running_world();
    if (world && world->running()) {
      std::fprintf(
          stderr,
          "moirai: process %s: an exception (its exit, or one of its own) met a noexcept function or a destructor on its way out\n"
          "  a process that is killed is unwound by an exception: nothing that waits or sends may be called through noexcept (post is the exception)\n"
          "  seed 0x%016llx  step %llu\n",
          world->full_path(world->running()).c_str(), static_cast<unsigned long long>(world->seed()),
          static_cast<unsigned long long>(world->step()));
      std::fflush(stderr);
    }
    if (former_handler) former_handler();
    std::abort();
  });
  former_handler = former;
}

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
