// Elixir's PartitionSupervisor: one child spec, started several times, each instance under a number; callers are spread over them by a key
// (R-PART-1). For what would be a bottleneck as one process: a cache, a dynamic supervisor, a logger.
//
//   const PartitionSupervisor caches("caches");
//   ChildSpec shop() { return supervisor({.name = "shop"}, {caches.child(worker<Cache>("cache"), {.partitions = 4})}); }
//   const auto price = self.call(caches.via(article), PriceOf{article});
//
// The children are those of an ordinary supervisor, with the ids 0, 1, ...; which_children and the rest of its API work by its name. Who
// has which number is shared state, written at each start: between a death and the restart the dead process is still found.
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/kernel/shared.hpp"
#include "runtime/otp/key.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {

struct PartitionOptions {
  int partitions = 2;  // >= 1
  Strategy strategy = Strategy::one_for_one;
  Intensity intensity = {.restarts = 3, .within = std::chrono::seconds(5)};
  Restart restart = Restart::permanent;      // of the supervisor, by its own parent
  Shutdown shutdown = Shutdown::infinity();  // of the supervisor, by its own parent
};

// The processes behind the numbers; nobody before a partition's first start.
struct Partitions {
  std::vector<Pid> pids;
};

class PartitionName;

class PartitionSupervisor {
 public:
  explicit PartitionSupervisor(std::string name) : table_(std::move(name)) {}
  const std::string& name() const { return table_.name(); }

  // The supervisor as a child, registered under its name. `make(partition)` says what each partition is; its id is not looked at.
  // Fails to start with {badarg,{invalid_partitions,N}} if there would be none.
  ChildSpec child(const std::function<ChildSpec(int)>& make, const PartitionOptions& options = {}) const;
  ChildSpec child(const ChildSpec& each, const PartitionOptions& options = {}) const;

  // By number; nobody for one that has never had a process. Nothing: it does not run.
  std::optional<std::vector<Pid>> find_pids(Self& self) const;
  // The same; like the rest exits {noproc,{partition_supervisor,partitions,[Name]}} when it does not run.
  std::vector<Pid> pids(Self& self) const;
  int partitions(Self& self) const { return static_cast<int>(pids(self).size()); }
  // Who is responsible for `key`: of an integer its absolute value modulo the number of partitions, of anything else a hash. Perhaps dead;
  // nothing if that partition has never had a process.
  template <class Key>
  std::optional<Pid> whereis(Self& self, const Key& key) const {
    return routed(self, route(key));
  }
  // The same as a name, for self.call, send and cast: {via,partition_supervisor,{Name,Key}}.
  template <class Key>
  PartitionName via(const Key& key) const;

 private:
  friend class PartitionName;
  template <class Key>
  static std::uint64_t route(const Key& key) {
    if constexpr (std::signed_integral<Key>) {
      const auto bits = static_cast<std::uint64_t>(std::int64_t{key});
      return key < 0 ? 0 - bits : bits;
    } else if constexpr (std::unsigned_integral<Key>) {
      return std::uint64_t{key};
    } else {
      return stable_hash(key);
    }
  }
  std::optional<Pid> routed(Self& self, std::uint64_t route) const;

  Shared<Partitions> table_;
};

class PartitionName final : public Via {
 public:
  PartitionName(PartitionSupervisor supervisor, std::uint64_t route, Term key)
      : supervisor_(std::move(supervisor)), route_(route), key_(std::move(key)) {}
  std::optional<Pid> whereis(Self& self) const override { return supervisor_.routed(self, route_); }
  Term to_term() const override;

 private:
  PartitionSupervisor supervisor_;
  std::uint64_t route_;
  Term key_;
};

template <class Key>
PartitionName PartitionSupervisor::via(const Key& key) const {
  return {*this, route(key), term_of(key)};
}

}  // namespace moirai
