// What a law says of one run: a value that prints, compares and can be kept after the run is gone.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/ids.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

struct Verdict {
  enum class State : std::uint8_t {
    held,          // never violated; Law::evaluations() says how often it was put to the test
    violated,      //
    inconclusive,  // the run ended before the law could tell
    invalid_setup  // what the law takes for granted was missing before chaos began
  };

  State state = State::held;
  std::string sentence;       // what went wrong, one sentence with names and numbers; empty if held
  std::vector<Pid> involved;  // the processes whose last events tell the story; meaningful while their world has not been reset
  Time at{};                  // when it was seen
  std::uint64_t step = 0;     // and at which step of the run
  std::string
      signature;  // law + normalised witness: message names, labels without ordinals, reason atoms; never pids, times or numbers drawn

  bool held() const { return state == State::held; }
  bool violated() const { return state == State::violated; }
  bool operator==(const Verdict&) const = default;
};

constexpr std::string_view name_of(Verdict::State state) {
  constexpr std::string_view names[] = {"held", "violated", "inconclusive", "invalid_setup"};
  return names[static_cast<std::uint8_t>(state)];
}

}  // namespace moirai
