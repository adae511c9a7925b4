#include "runtime/kernel/fiber.hpp"

#include <cxxabi.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#if MOIRAI_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif

namespace moirai {

namespace context = boost::context::detail;

ExceptionState* exception_state() { return reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals()); }

#if MOIRAI_ASAN
void asan_start_switch(void** fake_stack, const Stack& to) { __sanitizer_start_switch_fiber(fake_stack, to.low, to.size); }
void asan_finish_switch(void* fake_stack) { __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr); }
#else
void asan_start_switch(void**, const Stack&) {}
void asan_finish_switch(void*) {}
#endif

struct FiberEntry {
  static void enter(context::transfer_t from) {
    auto* leaver = static_cast<Fiber*>(from.data);
    leaver->context_ = from.fctx;
#if MOIRAI_ASAN
    __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
    Fiber& self = *leaver->left_for_;
    self.body_(self);
    std::abort();  // a body never returns
  }
};

void Fiber::prepare(void (*body)(Fiber&)) {
  body_ = body;
#if MOIRAI_ASAN
  __asan_unpoison_memory_region(stack.low, stack.size);  // what earlier frames on this stack left poisoned
#endif
  context_ = context::make_fcontext(stack.low + stack.size, stack.size, &FiberEntry::enter);
}

void leave_for_ever(Fiber& from, Fiber& to, ExceptionState* state) {
  *state = ExceptionState{nullptr, 0};
  from.left_for_ = &to;
#if MOIRAI_ASAN
  __sanitizer_start_switch_fiber(nullptr, to.stack.low, to.stack.size);  // nullptr: this fiber's fake stack is destroyed
#endif
  context::jump_fcontext(to.context_, &from);
  std::abort();
}

namespace {
constexpr std::size_t stacks_per_region = 32;
constexpr std::size_t guarded_max = 30'000;
std::size_t guards_made = 0;  // of the whole process: the kernel's limit on mappings is per process; never read by a decision

// Where guarded regions lie, for a signal handler to read: fixed size, only ever appended to or cleared by the owner of a region.
struct GuardedRegion {
  const char* base;
  std::size_t stride;
};
constexpr std::size_t regions_max = guarded_max / stacks_per_region + 1;
GuardedRegion guarded_regions[regions_max];

std::size_t page_bytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}
}  // namespace

StackPool::~StackPool() {
  for (const Region& region : regions_) {
    for (GuardedRegion& guarded : guarded_regions) {
      if (guarded.base != region.base) continue;
      guarded.base = nullptr;
      guards_made -= stacks_per_region;
    }
#if MOIRAI_ASAN
    __lsan_unregister_root_region(region.base, region.bytes);
    __asan_unpoison_memory_region(region.base, region.bytes);
#endif
    munmap(region.base, region.bytes);
  }
}

void StackPool::grow() {
  const std::size_t page = page_bytes();
  const std::size_t stride = usable_ + page;
  const std::size_t bytes = stride * stacks_per_region;
  void* base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) {
    std::fputs("moirai: no memory for process stacks (mmap failed)\n", stderr);
    std::abort();
  }
  regions_.push_back({base, bytes});
#if MOIRAI_ASAN
  __lsan_register_root_region(base, bytes);
#endif
  GuardedRegion* guarded = nullptr;
  for (GuardedRegion& free : guarded_regions)
    if (!free.base) {
      guarded = &free;
      break;
    }
  if (guards_made + stacks_per_region > guarded_max) guarded = nullptr;
  for (std::size_t i = stacks_per_region; i-- > 0;) {
    char* low = static_cast<char*>(base) + i * stride;
    if (guarded) mprotect(low, page, PROT_NONE);
    idle_.push_back({low + page, usable_});
  }
  if (guarded) {
    *guarded = {static_cast<const char*>(base), stride};
    guards_made += stacks_per_region;
  }
  made_ += stacks_per_region;
}

Stack StackPool::take() {
  if (idle_.empty()) grow();
  const Stack stack = idle_.back();
  idle_.pop_back();
  return stack;
}

void StackPool::give(Stack stack) { idle_.push_back(stack); }

bool is_guard_page(const void* address) noexcept {
  const auto* at = static_cast<const char*>(address);
  for (const GuardedRegion& region : guarded_regions) {
    if (!region.base || at < region.base || at >= region.base + region.stride * stacks_per_region) continue;
    return static_cast<std::size_t>(at - region.base) % region.stride < page_bytes();
  }
  return false;
}

Stack thread_stack() {
  void* low = nullptr;
  std::size_t size = 0;
#if MOIRAI_ASAN  // nobody else asks, and the answer costs a read of /proc/self/maps
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
  }
#endif
  return {static_cast<char*>(low), size};
}

}  // namespace moirai
