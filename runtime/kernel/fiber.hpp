// The one door to Boost.Context: a computation on a stack of its own that can be left and taken up again.
// Every switch saves what C++ keeps per thread about exceptions (two words behind __cxa_get_globals), or a fiber that waits inside a
// `catch` would rethrow another fiber's exception. AddressSanitizer is told of every switch.
#pragma once
#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define MOIRAI_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MOIRAI_ASAN 1
#endif
#endif
#ifndef MOIRAI_ASAN
#define MOIRAI_ASAN 0
#endif

namespace moirai {

struct ExceptionState {  // the layout of __cxa_eh_globals (Itanium C++ ABI 2.2.2)
  void* caught;
  unsigned int uncaught;
};
ExceptionState* exception_state();  // this thread's

struct Stack {
  char* low = nullptr;  // lowest usable byte; a guard page lies below it while the pool has guards left
  std::size_t size = 0;
};

class Fiber;
// As switch_fiber, but `from` is finished: its stack may be reused at once. Does not return.
[[noreturn]] void leave_for_ever(Fiber& from, Fiber& to, ExceptionState* state);

class Fiber {
 public:
  Stack stack;
  void* owner = nullptr;  // for whoever runs on it

  // Prepares `body(fiber)` to run at the first switch to it. body never returns: it switches away for good with leave_for_ever.
  void prepare(void (*body)(Fiber&));

 private:
  friend inline void switch_fiber(Fiber& from, Fiber& to, ExceptionState* state);
  friend void leave_for_ever(Fiber& from, Fiber& to, ExceptionState* state);
  friend struct FiberEntry;
  boost::context::detail::fcontext_t context_ = nullptr;
  void (*body_)(Fiber&) = nullptr;
  Fiber* left_for_ = nullptr;                    // how a fiber that begins learns who it is
  [[maybe_unused]] void* fake_stack_ = nullptr;  // AddressSanitizer's, while this fiber is left
};

void asan_start_switch(void** fake_stack, const Stack& to);
void asan_finish_switch(void* fake_stack);

// Leaves `from`, which must be the running one, for `to`; returns when somebody switches back. `state` is exception_state().
inline void switch_fiber(Fiber& from, Fiber& to, ExceptionState* state) {
  const ExceptionState saved = *state;
  *state = ExceptionState{nullptr, 0};
#if MOIRAI_ASAN
  asan_start_switch(&from.fake_stack_, to.stack);
#endif
  from.left_for_ = &to;
  const boost::context::detail::transfer_t back = boost::context::detail::jump_fcontext(to.context_, &from);
  static_cast<Fiber*>(back.data)->context_ = back.fctx;
#if MOIRAI_ASAN
  asan_finish_switch(from.fake_stack_);
#endif
  *state = saved;
}

// Stacks of one size, reused last in, first out. Guard pages while fewer than `guarded_max` exist in the process (vm.max_map_count);
// beyond that a wait checks the stack pointer (has_overrun).
class StackPool {
 public:
  explicit StackPool(std::size_t usable) : usable_(usable) {}
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;
  ~StackPool();

  Stack take();
  void give(Stack);
  std::size_t made() const { return made_; }

 private:
  struct Region {
    void* base;
    std::size_t bytes;
  };
  void grow();
  std::size_t usable_;
  std::size_t made_ = 0;
  std::vector<Stack> idle_;
  std::vector<Region> regions_;
};

inline constexpr std::size_t process_stack_bytes = (MOIRAI_ASAN ? 4u : 1u) * 64u * 1024u;
inline constexpr std::size_t carrier_stack_bytes = (MOIRAI_ASAN ? 4u : 1u) * 256u * 1024u;

// Was this address, of a fault, in the guard page of a pooled stack? Async-signal-safe; then it is a stack overflow.
bool is_guard_page(const void* address) noexcept;

// The bounds of the stack that the calling thread runs on now; for the main fiber, which owns no pooled stack.
// Empty without AddressSanitizer.
Stack thread_stack();

}  // namespace moirai
