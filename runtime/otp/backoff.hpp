// Delays before restarts, child by child: not OTP's, whose supervisors restart at once (R-BO-1), and off unless asked for (R-BO-2).
//
//   worker("db", db, {.backoff = Backoff::exponential(100ms, 2s)})     // at once, 100 ms, 200 ms, 400 ms, ... 2 s
//
// A delay hides what keeps failing, so it must not keep the intensity from ever being reached: see R-BO-5 at `strict`.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/kernel/random.hpp"
#include "runtime/kernel/term.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai {

struct Intensity;

struct Backoff {
  enum class Policy : std::uint8_t {
    constant,     // base
    linear,       // base + n * step
    exponential,  // base * factor^n
  };
  enum class Jitter : std::uint8_t {
    none,    // the delay itself
    full,    // uniform in [0, delay]
    equal,   // half of it, and uniform in [0, the other half]
    factor,  // uniform in [delay, delay * (1 + spread)], but never above max
  };
  enum class Applies : std::uint8_t { on_exit, on_start_failure, both };

  Policy policy = Policy::constant;
  Duration base{};     // > 0
  Duration step{};     // linear: >= 0
  Ratio factor{2, 1};  // exponential: >= 1
  Duration max{};      // >= base: no delay is longer
  Jitter jitter = Jitter::none;
  Ratio spread{1, 2};                     // Jitter::factor: in [0, 1]
  std::optional<Duration> reset_after{};  // a child that ran so long begins anew; default 2 * max
  Applies applies = Applies::both;        // what is delayed: restarts after ends, tries after failed restarts
  bool first_immediate = true;            // the first failure since the last reset is not delayed
  bool strict = false;                    // a spec whose delays keep the limit from ever being reached is refused, not only warned of
  bool operator==(const Backoff&) const = default;

  static constexpr Backoff constant(Duration delay) { return {.policy = Policy::constant, .base = delay, .max = delay}; }
  static constexpr Backoff linear(Duration base, Duration step, Duration max) {
    return {.policy = Policy::linear, .base = base, .step = step, .max = max};
  }
  static constexpr Backoff exponential(Duration base, Duration max) { return {.policy = Policy::exponential, .base = base, .max = max}; }
};
void fold(Digest& digest, const Backoff& backoff);
void print(std::string& out, const Backoff& backoff);  // "exponential 100ms to 2s"
std::string_view to_string(Backoff::Policy policy);

// {invalid_backoff,What} if it makes no sense.
std::optional<Term> find_error(const Backoff& backoff);

// {bad_combination,[{backoff,Max},{intensity,I},{period,P}]}, Max in milliseconds, if delays of `max` keep the limit from ever being
// reached: max * restarts >= within (R-BO-5).
std::optional<Term> hides_limit(const Backoff& backoff, const Intensity& intensity);

// The delay after the n-th failure since the last reset, n = 0, 1, 2, ..., drawn with 64 random bits. Never above max (R-BO-3).
Duration delay_after(const Backoff& backoff, std::uint32_t n, std::uint64_t bits);

// What one child has been through; made at its first failure.
struct BackoffState {
  std::uint32_t failures = 0;  // since the last reset
  Time started{};              // when it was last started
  Ref timer;                   // of the wait that goes on; none: it is not waiting
  Time due{};                  // its end
};

}  // namespace moirai
