// Elixir's Registry: processes under keys, with a value each (R-RGY-1). Keys are unique, and then they serve as names, or duplicate, and
// then they serve as topics. A registry is a constant with a name and the types of its keys and values; its processes stand in a tree.
//
//   const Registry<std::string, int> rooms("rooms");                       // Registry<Key, Value, Keys::duplicate> for topics
//   ChildSpec hotel() { return supervisor({.name = "hotel"}, {rooms.child(), worker("101", [](Self& self) {
//     rooms.register_key(self, "101", 2);                                   // this process has room 101, with two beds
//     ...
//   })}); }
//   if (const auto found = rooms.lookup(self, "101")) self.send(found->pid, Knock{});
//
// A process registers itself, nobody else. It is linked to a process of the registry, so that its keys go when it ends, and it ends when
// the registry crashes. What is read is shared state, not a question to a process: it may name a process that has died and whose end the
// registry has not heard of yet. Each function is several accesses to that state, between which others may run.
//
// Key: ordered by <, and something that may stand in a message. Value: that too.
// All functions exit {badarg,{unknown_registry,Name}} when the registry does not run.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/kernel/shared.hpp"
#include "runtime/otp/key.hpp"
#include "runtime/otp/partition_supervisor.hpp"
#include "runtime/otp/registry_table.hpp"

namespace moirai {

enum class Keys : std::uint8_t {
  unique,     // a key has at most one process
  duplicate,  // any number, also the same process several times
};

struct RegistryOptions {
  int partitions = 1;                    // processes and tables over which the load is spread; >= 1
  std::vector<std::string> listeners{};  // registered names of processes that are sent KeyRegistered and KeyUnregistered
};

// To listeners and into the trace: a process has registered itself.
template <class Key, class Value>
struct KeyRegistered {
  static constexpr std::string_view fields[] = {"registry", "key", "pid", "value"};
  std::string registry;
  Key key;
  Pid pid;
  Value value;
};

// A process has given a key back, or (in the trace only) has lost it by ending. A listener that cares for deaths monitors.
template <class Key>
struct KeyUnregistered {
  static constexpr std::string_view fields[] = {"registry", "key", "pid"};
  std::string registry;
  Key key;
  Pid pid;
};

// {ok,Owner} or {error,{already_registered,Pid}}.
struct RegisterResult {
  bool ok = false;
  Pid pid;  // ok: the registry's process that this one is linked to now; else who has the key, perhaps the caller itself
  explicit operator bool() const { return ok; }
  bool operator==(const RegisterResult&) const = default;
};

// Answered by a partition's process once it has dealt with everything that reached it before: deaths too.
struct RegistrySync {
  using Reply = void;
};

template <class R>
class RegistryPartition;
template <class Key, class Value>
class RegistryName;

template <class Key, class Value = std::monostate, Keys keys_kind = Keys::unique>
class Registry {
 public:
  static constexpr bool unique = keys_kind == Keys::unique;
  struct Entry {
    Key key;
    Pid pid;
    Value value;
    bool operator==(const Entry&) const = default;
  };
  using Found = std::conditional_t<unique, std::optional<Entry>, std::vector<Entry>>;

  explicit Registry(std::string name, RegistryOptions options = {});
  const std::string& name() const { return state_->partitions.name(); }

  // The registry as a child: a supervisor, registered under the registry's name, over one worker per partition. If a partition of unique
  // keys crashes all are started anew, else only that one; and everybody who was registered through it dies with it.
  ChildSpec child() const;

  // ---- for the process itself
  // Under a unique key that another living process has: not ok. Exits {badarg,...} also if a listener's name is not registered, after all
  // is done; noproc if the partition is just down (or badarg, if this process traps exits).
  RegisterResult register_key(Self& self, const Key& key, const Value& value = {}) const;
  // All of its entries under `key`; no error if there is none. Listeners are told in any case.
  void unregister_key(Self& self, const Key& key) const;
  // Only those for which fits(const Value&). Listeners are told if that was all it had under `key`.
  template <class Fits>
  void unregister_match(Self& self, const Key& key, Fits fits) const;
  // Gives its value under a unique key a new one, change(const Value&). Returns {new, old}; nothing if it does not have the key.
  template <class Change>
  auto update_value(Self& self, const Key& key, Change change) const -> std::optional<std::pair<Value, Value>>
  requires unique;

  // A key as a name, for self.call, send, cast and whereis, and for a server to have: {via,registry,{Name,Key}}. Who takes it registers
  // itself with `value`. Nobody has it if the process is dead.
  RegistryName<Key, Value> via(Key key, Value value = {}) const requires unique { return {*this, std::move(key), std::move(value)}; }

  // ---- for everybody
  // Who has `key`: one or nobody, or all in the order of partition and registration.
  Found lookup(Self& self, const Key& key) const;
  // The keys of a process; one for each entry.
  std::vector<Key> keys(Self& self, Pid pid) const;
  // Its values under `key`.
  std::vector<Value> values(Self& self, const Key& key, Pid pid) const;
  // Calls f(const std::vector<Entry>&) in this process with those under `key`, partition by partition, never with none.
  template <class F>
  void dispatch(Self& self, const Key& key, F f) const;
  std::vector<Entry> entries(Self& self) const;
  std::size_t count(Self& self) const;

 private:
  friend class RegistryPartition<Registry>;
  using Table = RegistryTable<Key, Value>;
  struct State {
    RegistryOptions options;
    PartitionSupervisor partitions;
    std::vector<Shared<Table>> tables;  // by partition
  };

  std::vector<Pid> partitions(Self& self) const;  // their processes; exits if the registry does not run
  std::size_t home(Pid pid) const { return partition_of(pid, state_->tables.size()); }
  // Where an entry of `pid` under `key` is, if there is one.
  std::size_t place(const Key& key, Pid pid) const { return unique ? partition_of(key, state_->tables.size()) : home(pid); }
  // One access to a table: what f(Table&) returns; nothing if the table of that partition process is gone.
  template <class F>
  auto at(Self& self, const std::vector<Pid>& now, std::size_t partition, F f) const;
  // The same; exits badarg if it is gone.
  template <class F>
  auto must(Self& self, const std::vector<Pid>& now, std::size_t partition, F f) const;
  std::optional<Pid> claim(Self& self, const std::vector<Pid>& now, const Key& key, const Value& value) const;
  template <class Fits>
  std::pair<std::size_t, std::size_t> withdraw(Self& self, const Key& key, Fits fits) const;
  void unlink_if_done(Self& self, const std::vector<Pid>& now) const;
  template <class M>
  void tell(Self& self, const M& event) const;
  void open(Self& partition, std::size_t number) const;
  void forget(Self& partition, std::size_t number, Pid dead) const;

  std::shared_ptr<const State> state_;
};

template <class Key, class Value>
class RegistryName final : public ViaName {
 public:
  RegistryName(Registry<Key, Value> registry, Key key, Value value)
      : registry_(std::move(registry)), key_(std::move(key)), value_(std::move(value)) {}
  std::optional<Pid> whereis(Self& self) const override {
    const auto found = registry_.lookup(self, key_);
    return found && self.is_alive(found->pid) ? std::optional(found->pid) : std::nullopt;
  }
  bool register_self(Self& self) const override { return registry_.register_key(self, key_, value_).ok; }
  void unregister_self(Self& self) const override { registry_.unregister_key(self, key_); }
  Term to_term() const override {
    return Term::tuple({Term::atom("via"), Term::atom("registry"), Term::tuple({Term::atom(registry_.name()), term_of(key_)})});
  }

 private:
  Registry<Key, Value> registry_;
  Key key_;
  Value value_;
};

// ---- how

// One partition's process: it owns the partition's tables, and is linked to all who are registered through it.
template <class R>
class RegistryPartition {
 public:
  static constexpr std::string_view name = "registry_partition";
  using Accepts = Messages<Exit, RegistrySync>;

  RegistryPartition(Self& self, const R& registry, std::size_t number)
      : registry_(registry), number_(number), parent_(self.world().parent(self.pid())) {
    self.trap_exit(true);
    registry_.open(self, number_);
  }
  void on(Self& self, const Exit& exit) {
    if (exit.from == parent_) self.exit(Term(exit.reason));
    registry_.forget(self, number_, exit.from);
  }
  void on(Self&, const RegistrySync&) {}

 private:
  R registry_;
  std::size_t number_;
  Pid parent_;
};

template <class Key, class Value, Keys kind>
Registry<Key, Value, kind>::Registry(std::string name, RegistryOptions options) {
  std::vector<Shared<Table>> tables;
  for (int i = 0; i < options.partitions; ++i) tables.emplace_back(name + "/" + std::to_string(i));
  state_ = std::make_shared<const State>(State{std::move(options), PartitionSupervisor(std::move(name)), std::move(tables)});
}

template <class Key, class Value, Keys kind>
ChildSpec Registry<Key, Value, kind>::child() const {
  const auto partition = [&](int number) {
    return worker<RegistryPartition<Registry>>("partition", {}, *this, static_cast<std::size_t>(number));
  };
  PartitionOptions options{.partitions = state_->options.partitions};
  options.strategy = unique ? Strategy::one_for_all : Strategy::one_for_one;
  return state_->partitions.child(partition, options);
}

template <class Key, class Value, Keys kind>
std::vector<Pid> Registry<Key, Value, kind>::partitions(Self& self) const {
  auto found = state_->partitions.find_pids(self);
  if (!found) self.exit(Term::tuple({reason::badarg(), Term::tuple({Term::atom("unknown_registry"), Term::atom(name())})}));
  return std::move(*found);
}

template <class Key, class Value, Keys kind>
template <class F>
auto Registry<Key, Value, kind>::at(Self& self, const std::vector<Pid>& now, std::size_t partition, F f) const {
  using Answer = std::invoke_result_t<F, Table&>;
  using Result = std::optional<std::conditional_t<std::is_void_v<Answer>, std::monostate, Answer>>;
  const auto found = state_->tables[partition].access(self, [&](Table& t) -> Result {
    if (t.owner != now[partition]) return std::nullopt;
    if constexpr (std::is_void_v<Answer>) {
      f(t);
      return std::monostate{};
    } else {
      return f(t);
    }
  });
  return found ? *found : Result();
}

template <class Key, class Value, Keys kind>
template <class F>
auto Registry<Key, Value, kind>::must(Self& self, const std::vector<Pid>& now, std::size_t partition, F f) const {
  auto result = at(self, now, partition, std::move(f));
  if (!result) self.exit(Term::tuple({reason::badarg(), Term::atom(name())}));
  return std::move(*result);
}

template <class Key, class Value, Keys kind>
void Registry<Key, Value, kind>::open(Self& partition, std::size_t number) const {
  Table table;
  table.owner = partition.pid();
  state_->tables[number].create(partition, std::move(table));
}

// A process that is listed here has died.
template <class Key, class Value, Keys kind>
void Registry<Key, Value, kind>::forget(Self& partition, std::size_t number, Pid dead) const {
  const auto now = state_->partitions.find_pids(partition);
  if (!now) return;  // all is coming to its end
  for (const Key& key : must(partition, *now, number, [&](Table& t) { return t.take_keys(dead); })) {
    at(partition, *now, place(key, dead), [&](Table& t) { return t.remove(key, dead, [](const Value&) { return true; }); });
    partition.note(KeyUnregistered<Key>{name(), key, dead});
  }
}

template <class Key, class Value, Keys kind>
RegisterResult Registry<Key, Value, kind>::register_key(Self& self, const Key& key, const Value& value) const {
  const std::vector<Pid> now = partitions(self);
  const Pid me = self.pid();
  const Pid owner = now[home(me)];
  self.link(owner);
  must(self, now, home(me), [&](Table& t) { return t.list(me, key); });
  if (const std::optional<Pid> holder = claim(self, now, key, value)) {
    must(self, now, home(me), [&](Table& t) { return t.unlist_last(me); });
    if (*holder != me) unlink_if_done(self, now);
    return {false, *holder};
  }
  tell(self, KeyRegistered<Key, Value>{name(), key, me, value});
  return {true, owner};
}

// Makes the entry, unless somebody who is alive has the key: returns who. The entry of a dead one gives way, if it is still there.
template <class Key, class Value, Keys kind>
std::optional<Pid> Registry<Key, Value, kind>::claim(Self& self, const std::vector<Pid>& now, const Key& key, const Value& value) const {
  const Pid me = self.pid();
  for (;;) {
    const auto holder = must(self, now, place(key, me), [&](Table& t) {
      if constexpr (unique) return t.add_new(key, me, value);
      t.add(key, me, value);
      return std::optional<Pid>();
    });
    if (!holder || *holder == me || self.is_alive(*holder)) return holder;
    must(self, now, place(key, me), [&](Table& t) { return t.remove(key, *holder, [](const Value&) { return true; }); });
  }
}

// Takes back what fits. Returns how many entries are gone, and how many are left under `key`.
template <class Key, class Value, Keys kind>
template <class Fits>
std::pair<std::size_t, std::size_t> Registry<Key, Value, kind>::withdraw(Self& self, const Key& key, Fits fits) const {
  const std::vector<Pid> now = partitions(self);
  const Pid me = self.pid();
  const std::pair<std::size_t, std::size_t> counts = must(self, now, place(key, me), [&](Table& t) { return t.remove(key, me, fits); });
  must(self, now, home(me), [&](Table& t) { return t.unlist(me, key, counts.second); });
  unlink_if_done(self, now);
  return counts;
}

template <class Key, class Value, Keys kind>
void Registry<Key, Value, kind>::unregister_key(Self& self, const Key& key) const {
  withdraw(self, key, [](const Value&) { return true; });
  tell(self, KeyUnregistered<Key>{name(), key, self.pid()});
}

template <class Key, class Value, Keys kind>
template <class Fits>
void Registry<Key, Value, kind>::unregister_match(Self& self, const Key& key, Fits fits) const {
  const std::pair<std::size_t, std::size_t> counts = withdraw(self, key, std::move(fits));
  if (counts.first > 0 && counts.second == 0) tell(self, KeyUnregistered<Key>{name(), key, self.pid()});
}

template <class Key, class Value, Keys kind>
void Registry<Key, Value, kind>::unlink_if_done(Self& self, const std::vector<Pid>& now) const {
  const Pid me = self.pid();
  if (!must(self, now, home(me), [&](Table& t) { return t.lists(me); })) self.unlink(now[home(me)]);
}

template <class Key, class Value, Keys kind>
template <class M>
void Registry<Key, Value, kind>::tell(Self& self, const M& event) const {
  self.note(event);
  for (const std::string& listener : state_->options.listeners) self.send(listener, event);
}

template <class Key, class Value, Keys kind>
template <class Change>
auto Registry<Key, Value, kind>::update_value(Self& self, const Key& key, Change change) const -> std::optional<std::pair<Value, Value>>
requires unique {
  const std::vector<Pid> now = partitions(self);
  const Pid me = self.pid();
  const auto found = at(self, now, place(key, me), [&](Table& t) {
    const Value* value = t.value(key, me);
    return value ? std::optional<Value>(*value) : std::nullopt;
  });
  if (!found || !*found) return std::nullopt;
  const Value& old = **found;
  Value value = change(old);
  must(self, now, place(key, me), [&](Table& t) {
    if (Value* where = t.value(key, me)) *where = value;
  });
  return std::pair(std::move(value), old);
}

template <class Key, class Value, Keys kind>
template <class F>
void Registry<Key, Value, kind>::dispatch(Self& self, const Key& key, F f) const {
  const std::vector<Pid> now = partitions(self);
  const std::size_t count = state_->tables.size();
  const std::size_t first = unique ? partition_of(key, count) : 0;
  for (std::size_t i = first; i < (unique ? first + 1 : count); ++i) {
    std::vector<Entry> entries;
    at(self, now, i, [&](Table& t) {
      t.each(key, [&](const Key& k, Pid pid, const Value& value) { entries.push_back({k, pid, value}); });
    });
    if (!entries.empty()) f(std::as_const(entries));
  }
}

template <class Key, class Value, Keys kind>
auto Registry<Key, Value, kind>::lookup(Self& self, const Key& key) const -> Found {
  std::vector<Entry> all;
  dispatch(self, key, [&](const std::vector<Entry>& entries) { all.insert(all.end(), entries.begin(), entries.end()); });
  if constexpr (unique)
    return all.empty() ? Found() : Found(std::move(all.front()));
  else
    return all;
}

template <class Key, class Value, Keys kind>
std::vector<Key> Registry<Key, Value, kind>::keys(Self& self, Pid pid) const {
  const std::vector<Pid> now = partitions(self);
  std::vector<Key> keys = at(self, now, home(pid), [&](Table& t) { return t.keys(pid); }).value_or(std::vector<Key>{});
  // A process that is just trying to register itself again under a key that it has is listed twice for a moment.
  if (unique)
    for (std::size_t i = 0; i < keys.size(); ++i)
      keys.erase(std::remove_if(keys.begin() + static_cast<std::ptrdiff_t>(i) + 1, keys.end(),
                                [&](const Key& other) { return !(other < keys[i]) && !(keys[i] < other); }),
                 keys.end());
  return keys;
}

template <class Key, class Value, Keys kind>
std::vector<Value> Registry<Key, Value, kind>::values(Self& self, const Key& key, Pid pid) const {
  const std::vector<Pid> now = partitions(self);
  std::vector<Value> values;
  at(self, now, place(key, pid), [&](Table& t) {
    t.each(key, [&](const Key&, Pid holder, const Value& value) {
      if (holder == pid) values.push_back(value);
    });
  });
  return values;
}

template <class Key, class Value, Keys kind>
auto Registry<Key, Value, kind>::entries(Self& self) const -> std::vector<Entry> {
  const std::vector<Pid> now = partitions(self);
  std::vector<Entry> all;
  for (std::size_t i = 0; i < state_->tables.size(); ++i)
    at(self, now, i, [&](Table& t) { t.each([&](const Key& key, Pid pid, const Value& value) { all.push_back({key, pid, value}); }); });
  return all;
}

template <class Key, class Value, Keys kind>
std::size_t Registry<Key, Value, kind>::count(Self& self) const {
  const std::vector<Pid> now = partitions(self);
  std::size_t sum = 0;
  for (std::size_t i = 0; i < state_->tables.size(); ++i) sum += at(self, now, i, [](Table& t) { return t.size(); }).value_or(0);
  return sum;
}

}  // namespace moirai
