#include "runtime/kernel/reflect.hpp"

namespace moirai::reflect {

void print_text(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void print_duration(std::string& out, std::int64_t nanoseconds) {
  struct Unit {
    std::int64_t size;
    std::string_view name;
  };
  constexpr Unit units[] = {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}, {1, "ns"}};
  std::uint64_t rest = static_cast<std::uint64_t>(nanoseconds);
  if (nanoseconds < 0) {
    out += '-';
    rest = 0 - rest;
  }
  for (const Unit& unit : units) {
    const auto size = static_cast<std::uint64_t>(unit.size);
    if (rest < size && size != 1) continue;
    print_number(out, rest / size);
    if (std::uint64_t fraction = rest % size; fraction != 0) {
      std::string decimals;
      for (std::uint64_t place = size / 10; place > 0 && fraction != 0; place /= 10) {
        decimals += static_cast<char>('0' + fraction / place);
        fraction %= place;
      }
      out += '.' + decimals;
    }
    out += unit.name;
    return;
  }
}

}  // namespace moirai::reflect
