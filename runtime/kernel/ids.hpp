// Identities inside one run. All are dense numbers handed out in a fixed order, so equal runs use equal ids.
#pragma once
#include <compare>
#include <cstdint>
#include <string>

namespace moirai {

// A process incarnation. 8 bytes: slot:24 | generation:24 | node:16; `node` numbers node incarnations.
// Pid{} is nobody: the outside world, the parent of what World::start starts.
class Pid {
 public:
  constexpr Pid() = default;
  constexpr Pid(std::uint32_t slot, std::uint32_t generation, std::uint16_t node)
      : bits_(std::uint64_t{slot} | std::uint64_t{generation} << 24 | std::uint64_t{node} << 48) {}
  static constexpr Pid from_bits(std::uint64_t bits) {
    Pid pid;
    pid.bits_ = bits;
    return pid;
  }

  constexpr std::uint32_t slot() const { return static_cast<std::uint32_t>(bits_ & 0xffffff); }
  constexpr std::uint32_t generation() const { return static_cast<std::uint32_t>(bits_ >> 24 & 0xffffff); }
  constexpr std::uint16_t node() const { return static_cast<std::uint16_t>(bits_ >> 48); }
  constexpr std::uint64_t bits() const { return bits_; }
  constexpr explicit operator bool() const { return bits_ != 0; }
  constexpr auto operator<=>(const Pid&) const = default;

  std::string to_string() const;  // <node.slot.generation>, as Erlang prints one

 private:
  std::uint64_t bits_ = 0;
};

// The `node` of what stands in for a sender when a timer fires: one channel per timer (K-5).
inline constexpr std::uint16_t timer_node = 0xffff;
// Of the pid in the record of a process that is gone: nobody else's pid is equal.
inline constexpr std::uint16_t nowhere = 0xfffe;

// One monitor, timer or call. serial:40 | index:24; the index finds the record in O(1). Ref{} is none.
struct Ref {
  std::uint64_t number = 0;
  constexpr explicit operator bool() const { return number != 0; }
  constexpr std::uint32_t index() const { return static_cast<std::uint32_t>(number & 0xffffff); }
  constexpr auto operator<=>(const Ref&) const = default;
  std::string to_string() const;  // #Ref<serial.index>
};

}  // namespace moirai
