// One run of one program, measured by itself: for tools that count instructions, for the memory of a fresh process, and beside the peers,
// whose programs print the same line.
//
//   runtime_bench once W5/handler/fifo [OPERATIONS] [seed=N] [observe=none|rare|messages|all] [again]
//   RESULT <tab> W5/handler/fifo <tab> operations <tab> wall seconds <tab> cpu seconds <tab> peak KiB <tab> digest=... <tab> steps=... ...
#pragma once
#include "runtime/bench/workloads.hpp"

namespace moirai::bench {

// Returns an exit code; 64 if the arguments make no sense.
int once_command(int argc, char** argv);

// Bytes that a waiting process of this program holds: those of a fresh operating system process that runs it up to the note Idle, less what
// that had before the world was made, divided by their number.
double bytes_per_process(const Chosen& chosen);

}  // namespace moirai::bench
