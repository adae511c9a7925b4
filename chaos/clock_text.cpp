#include "chaos/clock_text.hpp"

#include <fmt/format.h>

namespace moirai {

std::string clock_text(Duration d) {
  constexpr std::int64_t second = 1'000'000'000;
  std::string text = fmt::format("{}", nanoseconds(d) / second);
  if (const std::int64_t fraction = nanoseconds(d) % second; fraction != 0) {
    text += fmt::format(".{:09}", fraction);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + 's';
}

}  // namespace moirai
