// The last words of a worker process: what its crash handler or its watchdog could still say about the run it was in, left in memory
// that it shares with its parent. The handlers do only what POSIX allows in a signal handler: they read the running world and write a struct.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "runtime/kernel/time.hpp"

namespace moirai {

struct LastWords {
  enum class Cause : std::uint32_t {
    none,       // it died without a word: killed from outside, or by _exit
    signal,     // a signal of its own making: SIGSEGV, SIGABRT, ...
    watchdog,   // the run took longer than it may, in real time
    sanitizer,  // AddressSanitizer or UBSan reported (on stderr) and ended the process
    exit,       // it called exit
  };
  Cause cause = Cause::none;
  int signal = 0;
  bool stack_overflow = false;  // the fault address lies at the end of the stack in use
  bool in_run = false;          // the rest is known
  std::string process;  // full path of the process that had the turn, "bank#1/teller-1#2"; empty: none, the scheduler or an outside event
  std::uint64_t step = 0;
  Time at{};
};

// A page shared with the processes forked later. Movable never: handlers hold its address.
class SharedLastWords {
 public:
  SharedLastWords();
  SharedLastWords(const SharedLastWords&) = delete;
  SharedLastWords& operator=(const SharedLastWords&) = delete;
  ~SharedLastWords();

  LastWords read() const;

  struct Page;

 private:
  friend void speak_last_words_into(SharedLastWords&);
  Page* page_;
};

// Called once in a worker: from now on a deadly signal, a sanitizer's report or the watchdog leaves its words in `words`.
// Sanitizer builds keep the sanitizer's own handlers, and with them its report.
void speak_last_words_into(SharedLastWords& words);

// The wall-clock watchdog of this process. Armed, and not disarmed within `limit` of real time: last words, then the process ends.
// Requires: speak_last_words_into was called. Not part of any decision of a run.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::nanoseconds limit);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();
};

// "a segmentation fault", "an abort"; never empty.
std::string name_of_signal(int signal);

}  // namespace moirai
