// A hash of a value's content that is the same in every run and on every compiler: where keys are spread over partitions.
#pragma once
#include <cstddef>
#include <cstdint>

#include "runtime/kernel/reflect.hpp"

namespace moirai {

// Of anything that may stand in a message.
template <class T>
std::uint64_t stable_hash(const T& value) {
  Digest digest;
  reflect::fold_value(digest, value);
  return digest.value();
}

// One of [0, partitions). Requires: partitions > 0.
template <class T>
std::size_t partition_of(const T& value, std::size_t partitions) {
  return static_cast<std::size_t>(stable_hash(value) % partitions);
}

}  // namespace moirai
