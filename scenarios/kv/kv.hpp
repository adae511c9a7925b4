// A key-value service: clients put values under keys and get them back. What has been acknowledged is never lost.
//
//   kv (rest_for_one)
//     journal          keeps what has been put; no scenario harms it
//     store            the newest value of each key, made anew from the journal whenever it starts
//     clients (one_for_one)
//       client-1, ...  each writes one key of its own, and looks whether it is still there
#pragma once
#include <optional>
#include <string>

#include "scenarios/suite/suite.hpp"

namespace kv {

using namespace moirai;

using Version = std::int64_t;  // of the value under a key: 1, 2, ...

struct Record {
  static constexpr std::string_view fields[] = {"key", "version", "value"};
  std::string key;
  Version version;
  std::string value;
};

// ---- what the store answers

struct Put {  // false: the store has this version or a newer one, the record was not stored
  using Reply = bool;
  static constexpr std::string_view fields[] = {"record"};
  Record record;
};
struct Get {
  using Reply = std::optional<Record>;
  static constexpr std::string_view fields[] = {"key"};
  std::string key;
};

// ---- what clients note for the law

struct Acknowledged {
  static constexpr std::string_view fields[] = {"key", "version"};
  std::string key;
  Version version;
};
struct Found {  // version 0: nothing
  static constexpr std::string_view fields[] = {"key", "version"};
  std::string key;
  Version version;
};

// The tree above with the store given, so that a test can bring a worse one.
ChildSpec kv(std::int64_t clients, Duration pause, ChildSpec store);

}  // namespace kv
