// What serves as a key, of registries and of partitions: anything that may stand in a message.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "runtime/kernel/reflect.hpp"

namespace moirai {

// A hash of its content that is the same in every run and on every compiler.
template <class Key>
std::uint64_t stable_hash(const Key& key) {
  Digest digest;
  reflect::fold_value(digest, key);
  return digest.value();
}

// One of [0, partitions). Requires: partitions > 0.
template <class Key>
std::size_t partition_of(const Key& key, std::size_t partitions) {
  return static_cast<std::size_t>(stable_hash(key) % partitions);
}

// As it stands in exit reasons: integers, text, pids and Terms as themselves, anything else as the text that it prints.
template <class Key>
Term term_of(const Key& key) {
  if constexpr (std::is_same_v<Key, Term>)
    return key;
  else if constexpr (std::is_same_v<Key, Pid>)
    return Term::pid(key);
  else if constexpr (std::is_same_v<Key, Ref>)
    return Term::ref(key);
  else if constexpr (std::integral<Key> && !std::is_same_v<Key, bool>)
    return Term::integer(static_cast<std::int64_t>(key));
  else if constexpr (reflect::Text<Key>)
    return Term::string(std::string_view(key));
  else
    return Term::string(reflect::to_text(key));
}

}  // namespace moirai
