// Waiting times of a Poisson process, in integers, so that every compiler and libm draws the same.
#pragma once
#include <cstdint>

#include "chaos/quantity.hpp"
#include "runtime/kernel/random.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

// Exponentially distributed with mean 1: whole + fraction / 2^64, exact but for the width of the fraction. Takes e^2 / (e - 1) = 4.3 draws on
// average and compares them with each other, nothing else (von Neumann, "Various techniques used in connection with random digits", 1951).
struct Exponential {
  std::uint64_t whole = 0, fraction = 0;
};
Exponential draw_exponential(Random& draws);

// From one event of the rate to the next, rounded down to nanoseconds; at least 1 ns, at most 292 years. Mean: rate.per / rate.count.
Duration draw_gap(const Rate& rate, Random& draws);

}  // namespace moirai
