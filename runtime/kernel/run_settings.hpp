// How a run is to go, and how it went.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/kernel/strategy.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

enum class Scheduler : std::uint8_t {
  fifo,    // canonical order: the oldest candidate (K-8)
  random,  // uniform over candidates, from the stream hash(seed, "sched")
  custom,  // Settings::strategy decides
};

struct RunLimits {
  Duration virtual_time = Duration::max();
  std::uint64_t steps = 50'000'000;
  std::uint64_t stall_steps = 100'000;  // steps without an advance of time that count as a stall
};

struct Settings {
  std::uint64_t seed = 1;
  Scheduler scheduler = Scheduler::fifo;
  SchedulingStrategy* strategy = nullptr;  // custom only; not owned
  RunLimits limits;
};

struct RunEnd {
  enum class Why : std::uint8_t {
    quiescent,       // nothing is pending and nobody is in a turn
    virtual_time,    // the next event would lie beyond the limit
    steps,           // the limit on steps
    stall,           // stall_steps steps and time stood still
    stopped,         // Control::stop
    swallowed_exit,  // a process caught its own end a thousand times; it was abandoned
  };
  Why why = Why::quiescent;
  Time at{};
  std::uint64_t steps = 0;
  std::uint64_t digest = 0;
  std::string detail;  // stopped: why; stall: who took the steps; swallowed_exit: who
};
std::string_view to_string(RunEnd::Why);

// What was sent as a message in a run: EXIT and DOWN are not counted, nor are other signals.
struct MessageCounts {
  std::uint64_t sent = 0;      // those of timers included
  std::uint64_t received = 0;  // that reached a mailbox
  std::uint64_t dropped = 0;   // destroyed unread: no such receiver, the receiver died, its handler did not accept it, the wire dropped it
  bool operator==(const MessageCounts&) const = default;
};

}  // namespace moirai
