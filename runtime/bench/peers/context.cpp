// The limits of the machine: what a switch of stacks costs, bare.
//   peer_context jump|fiber|coroutine|ucontext|jump_create SWITCHES
#include <ucontext.h>
#include <unistd.h>

#include <boost/context/detail/fcontext.hpp>
#include <boost/context/fiber.hpp>
#include <coroutine>
#include <memory>
#include <string>

#include "runtime/bench/peers/measure.hpp"

namespace {

namespace detail = boost::context::detail;
using boost::context::fiber;

constexpr std::size_t stack_bytes = 64 * 1024;
long count = 0;

struct Task {
  struct promise_type {
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};
[[gnu::noinline]] Task counter() {
  for (;;) {
    ++count;
    co_await std::suspend_always{};
  }
}

void counting(detail::transfer_t t) {
  for (;;) {
    ++count;
    t = detail::jump_fcontext(t.fctx, nullptr);
  }
}
void counting_once(detail::transfer_t t) {
  ++count;
  detail::jump_fcontext(t.fctx, nullptr);
}
ucontext_t main_context, other_context;
void counting_ucontext() {
  for (;;) {
    ++count;
    swapcontext(&other_context, &main_context);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string way = argc > 1 ? argv[1] : "";
  const long switches = argc > 2 ? std::atol(argv[2]) : 1'000'000;
  const auto stack = std::make_unique<char[]>(stack_bytes);
  char* const top = stack.get() + stack_bytes;
  const peers::Timer timer;
  if (way == "jump") {
    detail::fcontext_t other = detail::make_fcontext(top, stack_bytes, counting);
    for (long i = 0; i < switches / 2; ++i) other = detail::jump_fcontext(other, nullptr).fctx;
  } else if (way == "jump_create") {
    for (long i = 0; i < switches; ++i) detail::jump_fcontext(detail::make_fcontext(top, stack_bytes, counting_once), nullptr);
  } else if (way == "fiber") {
    fiber other([](fiber&& back) -> fiber {
      for (;;) {
        ++count;
        back = std::move(back).resume();
      }
    });
    for (long i = 0; i < switches / 2; ++i) other = std::move(other).resume();
    timer.out("fiber", static_cast<double>(switches));
    std::fflush(stdout);
    _exit(0);  // the other one never ends
  } else if (way == "coroutine") {
    const auto other = counter().handle;
    for (long i = 0; i < switches / 2; ++i) other.resume();
  } else if (way == "ucontext") {
    getcontext(&other_context);
    other_context.uc_stack.ss_sp = stack.get();
    other_context.uc_stack.ss_size = stack_bytes;
    makecontext(&other_context, counting_ucontext, 0);
    for (long i = 0; i < switches / 2; ++i) swapcontext(&main_context, &other_context);
  } else {
    return 64;
  }
  timer.out(way.c_str(), static_cast<double>(switches));
}
