// The record of one process: two cache lines, in chunks that never move.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/kernel/event.hpp"
#include "runtime/kernel/fiber.hpp"
#include "runtime/kernel/lanes.hpp"
#include "runtime/kernel/program.hpp"

namespace moirai {

// Mailbox and signals in flight in one list with a divider: [head, received) is the mailbox, [received, tail) is in flight in the
// order in which it became due. Under a strategy other than fifo, many senders turn the part in flight into Lanes.
struct Inbox {
  Signal* head = nullptr;
  Signal** received = &head;
  Signal** tail = &head;
};

// A process that waits: what for, and until when. Lives in the frame that waits.
struct Wait {
  const SignalType* const* types = nullptr;  // wakes for these; nullptr with any = true: for every message
  std::uint32_t count = 0;
  bool any = false;
  bool poll = false;   // `after 0`
  bool armed = false;  // its timeout has been arranged
  bool timed_out = false;
  Time deadline = time_never;
  std::uint64_t order = 0;  // when the wait began: the order among equal deadlines

  bool wants(const SignalType* type) const {
    if (any) return true;
    for (std::uint32_t i = 0; i < count; ++i)
      if (types[i] == type) return true;
    return false;
  }
};

enum class ProcessState : std::uint8_t {
  free,     // the slot is empty
  fresh,    // spawned, has not run
  idle,     // a handler between turns
  waiting,  // in receive; has frames on a stack
  stopped,  // at an operation (K-6); has frames on a stack
  running,
  ended,  // its frames are gone; about to be buried
};

// What few processes have; made when needed, gone with the process.
struct ProcessExtra {
  Lanes lanes;
  std::vector<std::string> names;
  std::vector<std::string> shared_states;  // that it owns
  Term ending_reason;                      // while ending, or when it stops
  Pid ended_by;
  ExitCause ending_cause = ExitCause::own_exit;
  std::uint32_t operations_left = 0;  // K-7; 0: not armed
  Term interruption;
  std::uint32_t swallowed = 0;  // times that the exit was thrown again
  std::uint32_t ignored_while_ending = 0;
  std::uint32_t own_node = 0;    // of the path tree, once it has spawned
  std::uint64_t draws = 0;       // random numbers drawn so far
  std::uint64_t receptions = 0;  // for strategies that want steps
  Duration idle_timeout{};       // while the mark of that name is set
  Wait idle_wait;                // what an idle handler with a timeout waits in
  Pid group_leader;              // if it does not fit into the process's index
  int idle_quantum = 0;          // what was left of its turn when it began to poll
  std::uint32_t resource = 0;    // that the operation it stopped at will touch
};

struct alignas(64) Process {
  // marks: any of them sends an operation through the slow branch
  static constexpr std::uint8_t ending = 1;          // unwinding, or about to
  static constexpr std::uint8_t inert = 2;           // its state is being destroyed: operations do nothing
  static constexpr std::uint8_t exit_in_flight = 4;  // K-6 b, under strategies that explore
  static constexpr std::uint8_t counted = 8;         // K-7
  static constexpr std::uint8_t in_access = 16;      // of a Shared<T>: no operation now
  static constexpr std::uint8_t idle_timeout = 32;   // a handler that asked for one and has received nothing since
  static constexpr std::uint8_t stops = 64;          // a handler that ends with this turn
  // flags
  static constexpr std::uint8_t traps_exit = 1;
  static constexpr std::uint8_t impaired = 2;    // the wire is asked
  static constexpr std::uint8_t in_transit = 4;  // some channel to it has signals under way: later ones queue behind them
  static constexpr std::uint8_t is_handler = 8;
  static constexpr std::uint8_t timeout_ready = 16;  // its timeout is a candidate
  static constexpr std::uint8_t in_lanes = 32;       // what is in flight to it is in extra->lanes
  static constexpr std::uint8_t watched = 128;       // all are, when somebody wants to know of sends
  static constexpr std::uint8_t has_sent = 64;       // under every strategy but fifo: some signal has got into flight with it as the sender

  // hot
  Inbox inbox;
  Fiber* fiber = nullptr;  // function process: its own; handler that waits: the carrier that holds its frames
  Wait* wait = nullptr;    // while waiting, and of an idle handler with a timeout
  Pid pid;
  std::uint64_t own_order : 40 = 0;  // of its start, resume or timeout candidate
  std::uint64_t exits_in_flight : 24 = 0;
  ProcessState state = ProcessState::free;
  std::uint8_t marks = 0, flags = 0;
  std::uint8_t group_leader = 0;  // index of World::group_leaders_; the last: ProcessExtra has it
  std::uint32_t sync_in_flight = 0;
  // warm
  void* state_block = nullptr;                                      // handler: its state
  void* program = nullptr;                                          // Program::Shared, a reference of its own
  Time deadline_entry = time_never;                                 // due time of its one live entry among the timers
  std::uint32_t links = 0, watchers = 0, watching = 0, timers = 0;  // heads of lists: index + 1, 0 none
  std::uint32_t parent_node = 0, label = 0, ordinal = 0;
  std::uint32_t token = 0;  // where its start, resume or timeout stands in the ready list
  std::unique_ptr<ProcessExtra> extra;

  bool traps() const { return (flags & traps_exit) != 0; }
  bool handler() const { return (flags & is_handler) != 0; }
  bool has_frames() const { return state == ProcessState::waiting || state == ProcessState::stopped; }
  bool polls() const { return wait && wait->poll; }
  bool in_flight() const { return inbox.tail != inbox.received || (flags & in_lanes) != 0; }
  bool at_reception_point() const { return state != ProcessState::running && state != ProcessState::free && state != ProcessState::ended; }
};

static_assert(sizeof(Process) == 128);

}  // namespace moirai
