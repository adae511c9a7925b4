// An ordered map over forked processes: n pieces of work are done by a few workers, many by each, and their replies are handed over in
// the order of the pieces, whatever the number of workers. Used by the campaign (one piece = one seed); knows nothing of runs.
//
// A worker that dies loses only the piece it was at: the parent gets its last words (campaign_crash.hpp) in place of a reply and forks
// a successor, which inherits everything the parent had in memory before the campaign and nothing of what earlier runs left behind.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "properties/campaign_crash.hpp"

namespace moirai {

struct WorkerDeath {
  LastWords words;      // said is false if it had no chance to speak
  int signal = 0;       // that ended it, or 0
  int exit_status = 0;  // if it ended by exiting
  bool hung = false;    // killed by the parent, because it stayed at one piece too long
};

using WorkerReply = std::variant<std::string, WorkerDeath>;

struct WorkerPool {
  unsigned jobs = 1;  // workers, at least 1
  std::uint64_t pieces = 0;
  // In a worker: do piece `index`; what it returns is the reply. Nothing it does reaches the parent but that.
  std::function<std::string(std::uint64_t index)> work;
  // In the parent, in order of index, each exactly once until it returns false: then everything under way is killed and run_pool returns.
  std::function<bool(std::uint64_t index, WorkerReply reply)> done;
  // In the parent, several times a second; `finished` counts pieces, also those that wait for an earlier one. False: as above.
  std::function<bool(std::uint64_t finished)> tick;
  // How long a worker may stay at this piece before it is killed; real time. The watchdog inside the worker should be quicker.
  std::function<std::chrono::milliseconds(std::uint64_t index)> patience;
};

// Returns how many replies were handed over. Ends only processes it started. While it runs SIGPIPE is ignored.
std::uint64_t run_pool(const WorkerPool& pool);

}  // namespace moirai
