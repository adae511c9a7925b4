// Randomness that can be split by purpose and key: one more draw in one place shifts nothing elsewhere (design: streams).
// Counter based: the k-th draw of a stream is a function of (key, k), so a stream is two words and needs no table.
// Own integers only: std:: distributions differ between standard libraries.
#pragma once
#include <cstdint>
#include <string_view>

namespace moirai {

// Stafford's mix13 (the finalizer of splitmix64).
constexpr std::uint64_t scramble(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) { return scramble(a + 0x9e3779b97f4a7c15ull * (b + 1)); }

constexpr std::uint64_t hash_text(std::string_view text, std::uint64_t h = 0xcbf29ce484222325ull) {
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;  // FNV-1a
  return scramble(h ^ text.size());
}

// The key of a stream: hash(seed, domain, key). Domains: sched, net, fault, app, workload, swarm, shrink, campaign.
constexpr std::uint64_t stream_key(std::uint64_t seed, std::string_view domain, std::string_view key = {}) {
  return mix(mix(scramble(seed), hash_text(domain)), hash_text(key));
}

// A fraction of unsigned integers, used for probabilities. Invariant: denominator > 0.
struct Ratio {
  std::uint64_t numerator = 0, denominator = 1;
  bool operator==(const Ratio&) const = default;
};

class Random {
 public:
  constexpr Random() = default;
  constexpr explicit Random(std::uint64_t key) : key_(key) {}

  constexpr std::uint64_t next() { return mix(key_, drawn_++); }
  // What below(n) will return after `draws` others, if nobody draws for another purpose.
  constexpr std::uint64_t peek_below(std::uint64_t n, std::uint64_t draws) const {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(mix(key_, drawn_ + draws)) * n) >> 64);
  }
  // Uniform in [0, n). Requires: n > 0. Multiply-shift: the bias is below n / 2^64.
  constexpr std::uint64_t below(std::uint64_t n) { return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64); }
  // Uniform in [lo, hi], both included. Requires: lo <= hi.
  constexpr std::int64_t between(std::int64_t lo, std::int64_t hi) {
    const std::uint64_t span = static_cast<std::uint64_t>(hi) - static_cast<std::uint64_t>(lo) + 1;
    const std::uint64_t offset = span == 0 ? next() : below(span);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(lo) + offset);
  }
  constexpr bool chance(Ratio p) { return below(p.denominator) < p.numerator; }
  constexpr std::uint64_t drawn() const { return drawn_; }

 private:
  std::uint64_t key_ = 0, drawn_ = 0;
};

}  // namespace moirai
