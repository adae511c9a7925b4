#include "properties/campaign_crash.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>
#include <system_error>
#include <vector>

#include "runtime/kernel/check.hpp"
#include "runtime/kernel/world.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define MOIRAI_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MOIRAI_SANITIZER 1
#endif
#endif
#ifndef MOIRAI_SANITIZER
#define MOIRAI_SANITIZER 0
#endif

#if MOIRAI_SANITIZER
extern "C" void __sanitizer_set_death_callback(void (*)());
#endif

namespace moirai {

struct SharedLastWords::Page {
  std::atomic<std::uint32_t> cause;  // written last
  std::int32_t signal;
  std::uint32_t stack_overflow, in_run;
  std::uint64_t step;
  std::int64_t at;
  char process[512];  // zero-terminated

  void speak(LastWords::Cause why, int deadly_signal, bool overflow);
};

namespace {

// Handlers get no argument of ours. One per process, as signal dispositions are.
SharedLastWords::Page* page_of_this_process = nullptr;

constexpr std::size_t handler_stack_bytes = 64 * 1024;
constexpr int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

std::uintptr_t stack_pointer(const void* context) {
  const auto* machine = &static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(machine->gregs[REG_RSP]);
#elif defined(__aarch64__)
  return static_cast<std::uintptr_t>(machine->sp);
#else
  static_cast<void>(machine);
  return 0;
#endif
}

// A guard page is mapped without access, and what overflows a stack touches it near its stack pointer; a wild pointer does neither.
bool is_overflow(const siginfo_t& info, const void* context) {
  if (info.si_signo != SIGSEGV || info.si_code != SEGV_ACCERR) return false;
  const auto address = reinterpret_cast<std::uintptr_t>(info.si_addr);
  const std::uintptr_t stack = stack_pointer(context);
  return stack != 0 && address < stack + 4096 && stack - address < 256 * 1024 + 4096;
}

void on_deadly_signal(int signal, siginfo_t* info, void* context) {
  if (page_of_this_process) page_of_this_process->speak(LastWords::Cause::signal, signal, is_overflow(*info, context));
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void on_watchdog(int) {
  if (page_of_this_process) page_of_this_process->speak(LastWords::Cause::watchdog, 0, false);
  ::_exit(124);
}

// Of a worker, which ends by _exit when all is well. Static objects are left as they are: the stack is a process's.
void on_exit_call(int status, void*) {
  if (page_of_this_process) page_of_this_process->speak(LastWords::Cause::exit, 0, false);
  ::_exit(status);
}

#if MOIRAI_SANITIZER
void on_sanitizer_death() {
  if (page_of_this_process) page_of_this_process->speak(LastWords::Cause::sanitizer, 0, false);
}
#endif

void arm(std::chrono::nanoseconds limit) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(limit).count();
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(us / 1'000'000);
  timer.it_value.tv_usec = static_cast<suseconds_t>(us % 1'000'000);
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

void SharedLastWords::Page::speak(LastWords::Cause why, int deadly_signal, bool overflow) {
  if (cause.load() != 0) return;  // the first words count: what follows is the consequence
  signal = deadly_signal;
  stack_overflow = overflow;
  if (const World* world = running_world()) {
    in_run = 1;
    step = world->step();
    at = nanoseconds(world->now());
    const Pid running = world->running();
    process[0] = 0;
    if (running) world->write_path(running, process, sizeof process);
  }
  cause.store(static_cast<std::uint32_t>(why));
}

SharedLastWords::SharedLastWords() {
  void* memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot share memory with a worker");
  page_ = new (memory) Page{};
}

SharedLastWords::~SharedLastWords() { ::munmap(page_, sizeof(Page)); }

LastWords SharedLastWords::read() const {
  LastWords words;
  words.cause = static_cast<LastWords::Cause>(page_->cause.load());
  words.signal = page_->signal;
  words.stack_overflow = page_->stack_overflow != 0;
  words.in_run = page_->in_run != 0;
  words.process = page_->process;
  words.step = page_->step;
  words.at = Time(Duration(page_->at));
  return words;
}

void speak_last_words_into(SharedLastWords& words) {
  page_of_this_process = words.page_;
  static std::vector<char> handler_stack(handler_stack_bytes);
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  ::sigaltstack(&stack, nullptr);

  ::on_exit(on_exit_call, nullptr);

  struct sigaction action {};
  action.sa_flags = SA_ONSTACK;
  action.sa_handler = on_watchdog;
  ::sigaction(SIGALRM, &action, nullptr);
#if MOIRAI_SANITIZER
  __sanitizer_set_death_callback(on_sanitizer_death);
  static_cast<void>(deadly);
  static_cast<void>(on_deadly_signal);
#else
  action.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER;
  action.sa_sigaction = on_deadly_signal;
  for (const int signal : deadly) ::sigaction(signal, &action, nullptr);
#endif
}

Watchdog::Watchdog(std::chrono::nanoseconds limit) { arm(limit < std::chrono::milliseconds(1) ? std::chrono::milliseconds(1) : limit); }
Watchdog::~Watchdog() { arm(std::chrono::nanoseconds(0)); }

std::string name_of_signal(int signal) {
  switch (signal) {
    case SIGSEGV: return "a segmentation fault";
    case SIGBUS: return "a bus error";
    case SIGFPE: return "an arithmetic error";
    case SIGILL: return "an illegal instruction";
    case SIGABRT: return "an abort";
    case SIGKILL: return "a kill from outside";
    default: return "signal " + std::to_string(signal);
  }
}

}  // namespace moirai
