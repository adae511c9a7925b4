#include "chaos/exponential.hpp"

namespace moirai {

Exponential draw_exponential(Random& draws) {
  for (Exponential result;; ++result.whole) {
    // The length of a run u1 > u2 > ... is odd with probability e^-u1, which is what makes u1 the fraction; if it is even, the
    // whole grows by one, with probability 1/e.
    result.fraction = draws.next();
    std::uint64_t least = result.fraction;
    bool odd = true;
    for (std::uint64_t next = draws.next(); next < least; next = draws.next()) {
      least = next;
      odd = !odd;
    }
    if (odd) return result;
  }
}

Duration draw_gap(const Rate& rate, Random& draws) {
  __extension__ using Wide = unsigned __int128;
  const Exponential waits = draw_exponential(draws);
  const Wide per = static_cast<Wide>(nanoseconds(rate.per));
  const Wide gap = (waits.whole * per + ((waits.fraction * per) >> 64)) / static_cast<Wide>(rate.count);
  constexpr Wide most = static_cast<Wide>(INT64_MAX);
  if (gap > most) return Duration::max();
  return Duration(gap == 0 ? 1 : static_cast<std::int64_t>(gap));
}

}  // namespace moirai
