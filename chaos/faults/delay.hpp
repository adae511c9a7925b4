// delay: every signal sent over one of the links while the fault is open arrives later, by a duration drawn for that signal. Order within a
// pair of processes is kept: a delayed signal holds back every later one of its pair. What is under way when the fault ends still takes its time.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "chaos/quantity.hpp"
#include "chaos/scenario.hpp"
#include "chaos/selector.hpp"

namespace moirai {

struct Injection;
class Random;

inline constexpr std::size_t most_links = 63;  // the wire keeps one bit a link

struct DelayFault {
  std::vector<LinkSelector> links;  // at most most_links
  DurationSpec delay;               // of each signal, drawn from the fault's stream
  std::optional<Duration> lasts;    // nullopt: until heal
  bool operator==(const DelayFault&) const = default;
};

// Draws how long it lasts.
DelayFault resolve_delay(const FaultSpec& spec, Random& draws);
// Returns whether one of the links has somebody alive at both ends.
bool apply(const DelayFault& fault, Injection& injection);
void undo(const DelayFault& fault, Injection& injection);
std::string explain(const DelayFault& fault);

}  // namespace moirai
