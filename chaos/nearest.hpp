// The right word for a wrong one: "rtae" -> "rate". For hints in mistakes.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace moirai {

// Letters put in, left out, changed or swapped with their neighbour (optimal string alignment), upper and lower case being the same.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate at the smallest distance, the first of equals; none farther than max(1, length of the longer / 3): without a cutoff,
// "budget" becomes "format". Empty: none.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

// `did you mean "rate"?`, or else the candidates themselves: `one of: at, every, rate`. Empty if there are no candidates.
std::string hint_for(std::string_view word, std::span<const std::string> candidates);

}  // namespace moirai
