// How long a fault that is opened and closed stays open: the key `for`.
#pragma once
#include <optional>
#include <string>

#include "chaos/clock_text.hpp"
#include "chaos/quantity.hpp"
#include "runtime/kernel/random.hpp"

namespace moirai {

// Uniform, both ends included. Draws nothing from a range of one value.
inline Duration draw(const DurationSpec& range, Random& draws) {
  return range.min == range.max ? range.min : Duration(draws.between(nanoseconds(range.min), nanoseconds(range.max)));
}
inline std::optional<Duration> draw_lasting(const std::optional<DurationSpec>& lasts, Random& draws) {
  return lasts ? std::optional<Duration>(draw(*lasts, draws)) : std::nullopt;
}
inline std::string explain_lasting(const std::optional<Duration>& lasts) { return lasts ? "for " + clock_text(*lasts) : "until heal"; }

}  // namespace moirai
