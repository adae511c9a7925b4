#include "runtime/otp/backoff.hpp"

#include <algorithm>
#include <utility>

#include "runtime/kernel/reflect.hpp"
#include "runtime/otp/child_spec.hpp"
#include "runtime/otp/intensity.hpp"

namespace moirai {
namespace {

using Wide = unsigned __int128;

std::uint64_t scaled(std::uint64_t value, Ratio ratio) {
  return static_cast<std::uint64_t>(std::min(Wide{value} * ratio.numerator / ratio.denominator, Wide{1} << 62));
}

// Uniform in [0, most], from bits that are uniform in [0, 2^64).
std::uint64_t within(std::uint64_t most, std::uint64_t bits) { return static_cast<std::uint64_t>((Wide{bits} * (Wide{most} + 1)) >> 64); }

// Without jitter.
std::uint64_t raw_delay(const Backoff& backoff, std::uint32_t n) {
  const auto base = static_cast<std::uint64_t>(backoff.base.count()), max = static_cast<std::uint64_t>(backoff.max.count());
  std::uint64_t delay = base;
  switch (backoff.policy) {
    case Backoff::Policy::constant: break;
    case Backoff::Policy::linear: {
      const Wide sum = Wide{base} + Wide{n} * static_cast<std::uint64_t>(backoff.step.count());
      delay = sum > max ? max : static_cast<std::uint64_t>(sum);
      break;
    }
    case Backoff::Policy::exponential:
      for (std::uint32_t i = 0; i < std::min(n, std::uint32_t{62}) && delay < max; ++i) delay = scaled(delay, backoff.factor);
      break;
  }
  return std::min(delay, max);
}

}  // namespace

Duration delay_after(const Backoff& backoff, std::uint32_t n, std::uint64_t bits) {
  if (backoff.first_immediate) {
    if (n == 0) return Duration::zero();
    --n;
  }
  std::uint64_t delay = raw_delay(backoff, n);
  switch (backoff.jitter) {
    case Backoff::Jitter::none: break;
    case Backoff::Jitter::full: delay = within(delay, bits); break;
    case Backoff::Jitter::equal: delay = delay / 2 + within(delay - delay / 2, bits); break;
    case Backoff::Jitter::factor: delay += within(scaled(delay, backoff.spread), bits); break;
  }
  return std::min(Duration(static_cast<std::int64_t>(delay)), backoff.max);
}

std::optional<Term> find_error(const Backoff& backoff) {
  const auto invalid = [](std::string_view what) { return Term::tuple({Term::atom("invalid_backoff"), Term::atom(what)}); };
  const Duration zero = Duration::zero();
  // So that no sum or product of a delay overflows.
  constexpr Duration longest = std::chrono::hours(24 * 365 * 100);
  if (to_string(backoff.policy) == "?") return invalid("policy");
  if (backoff.base <= zero) return invalid("base");
  if (backoff.step < zero || backoff.step > longest) return invalid("step");
  if (backoff.factor.denominator == 0 || backoff.factor.numerator < backoff.factor.denominator) return invalid("factor");
  if (backoff.max < backoff.base || backoff.max > longest) return invalid("max");
  if (backoff.jitter > Backoff::Jitter::factor) return invalid("jitter");
  if (backoff.spread.denominator == 0 || backoff.spread.numerator > backoff.spread.denominator) return invalid("spread");
  if (backoff.reset_after && *backoff.reset_after < zero) return invalid("reset_after");
  if (backoff.applies > Backoff::Applies::both) return invalid("applies");
  return std::nullopt;
}

std::optional<Term> hides_limit(const Backoff& backoff, const Intensity& intensity) {
  const auto restarts = static_cast<unsigned>(std::max(intensity.restarts, 0));
  if (restarts == 0 || Wide(backoff.max.count()) * restarts < Wide(intensity.within.count())) return std::nullopt;
  const auto pair = [](std::string_view key, Term value) { return Term::tuple({Term::atom(key), std::move(value)}); };
  return pair("bad_combination", Term::list({pair("backoff", detail::whole(backoff.max, std::chrono::milliseconds(1))),
                                             pair("intensity", Term::integer(intensity.restarts)),
                                             pair("period", detail::whole(intensity.within, std::chrono::seconds(1)))}));
}

std::string_view to_string(Backoff::Policy policy) {
  switch (policy) {
    case Backoff::Policy::constant: return "constant";
    case Backoff::Policy::linear: return "linear";
    case Backoff::Policy::exponential: return "exponential";
  }
  return "?";
}

void fold(Digest& digest, const Backoff& backoff) {
  for (const auto word : {static_cast<std::int64_t>(backoff.policy), backoff.base.count(), backoff.step.count(), backoff.max.count(),
                          static_cast<std::int64_t>(backoff.factor.numerator), static_cast<std::int64_t>(backoff.factor.denominator),
                          static_cast<std::int64_t>(backoff.jitter), static_cast<std::int64_t>(backoff.spread.numerator),
                          static_cast<std::int64_t>(backoff.spread.denominator), backoff.reset_after.value_or(Duration(-1)).count(),
                          static_cast<std::int64_t>(backoff.applies), std::int64_t{backoff.first_immediate}})
    digest.fold(static_cast<std::uint64_t>(word));
}

void print(std::string& out, const Backoff& backoff) {
  out += to_string(backoff.policy);
  out += ' ';
  reflect::print_value(out, backoff.base);
  out += " to ";
  reflect::print_value(out, backoff.max);
}

}  // namespace moirai
