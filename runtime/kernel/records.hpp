// What a world writes down of candidates, links, monitors, timers and channels; its tables hold these by index. Nobody else needs them.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/message.hpp"
#include "runtime/kernel/outside.hpp"

namespace moirai::records {

// ---- ready: what is enabled now
enum class ReadyKind : std::uint32_t { channel, start, resume, timeout, outside };
struct Ready {
  std::uint64_t key;   // channel: the sender's pid; else the candidate's order
  std::uint32_t slot;  // outside: index of the event
  ReadyKind kind;
};
inline constexpr std::uint32_t outside_slot = 0xffffff;

// ---- links and monitors (K-13, K-14)
enum class Half : std::uint8_t { absent, active, unlinking };
struct Link {
  Pid end[2];
  std::uint32_t next[2], prev[2];  // index + 1 in the list of that end
  std::uint32_t unlink_id[2];
  Half half[2];
  bool listed[2];
  std::uint32_t signals;  // under way that carry this link's index
  bool used;
};
enum class AliasLife : std::uint8_t { none, explicit_unalias, reply, demonitor, reply_demonitor };  // AliasMode and MonitorAlias
struct Monitor {
  Ref ref;
  Pid watcher, target;
  std::uint32_t next[2], prev[2];  // 0: the watcher's list, 1: the target's
  bool listed[2];
  bool cancelled;  // it watches no more: its DOWN was received, it was taken back, or it is an alias only
  bool used;
  AliasLife alias;  // none: not active
  std::uint32_t signals;
  struct Details {
    std::string name;
    std::optional<Term> tag;
  };
  std::unique_ptr<Details> details;  // of few
};
struct alignas(64) Timer {
  Ref ref;  // none: not used
  Time due;
  std::uint64_t order;  // of its entry among what becomes due
  Signal* signal;
  Pid owner, target;                  // target nobody: by name
  std::unique_ptr<std::string> name;  // of few
  std::uint32_t next, prev;           // index + 1, of the target's timers
};
struct ExitPayload {
  static constexpr std::string_view name = "exit";
  Term reason;
  std::uint32_t link;  // link_exit: index
  bool untrappable;    // Control::crash
};
struct LinkPayload {
  static constexpr std::string_view name = "link";
  std::uint32_t link, id;
};
struct MonitorPayload {
  static constexpr std::string_view name = "monitor";
  std::uint32_t monitor;
};
struct DownPayload {
  static constexpr std::string_view name = "down";
  std::uint32_t monitor;
  Ref ref;
  Term reason;
};
struct InfoPayload {
  static constexpr std::string_view name = "info";
  Ref ref;
  bool wants_all;
  Pid leader;  // group_leader
};
struct InfoReply {
  Ref ref;
  bool alive;
  std::optional<ProcessInfo> info;
};

// ---- timers: deadlines, timer records, delayed signals, outside events
enum class DueKind : std::uint32_t { deadline, timer, transit, outside };
struct Due {
  Time at;
  std::uint64_t order : 40;  // among equal times; with the time it tells whether what stands at `index` is still the one that was meant
  std::uint64_t index : 24;  // deadline: the process's slot; else of the timer, transit, outside event
  DueKind kind;
  Due(Time when, std::uint64_t its_order, std::uint32_t its_index, DueKind what)
      : at(when), order(its_order & orders_max), index(its_index & 0xffffff), kind(what) {}
};
struct OutsideEvent {
  std::string key;
  Time due, until;
  std::uint64_t order = 0;  // of its making, then of its becoming ready
  std::function<void(Control&)> action;
  OutsideId id = 0;
  bool used = false;
};
// A channel with signals under way in the wire.
struct Transit {
  Pid sender, receiver;
  Time last_due{};
  struct Item {
    Signal* signal;
    Time due;
    bool held;
  };
  std::vector<Item> items;  // in order; [first, end)
  std::size_t first = 0;
  bool used = false;
};

struct SharedState {
  const void* type;  // compared only
  std::unique_ptr<void, void (*)(void*)> value;
};

struct PathNode {
  std::uint32_t parent, label, ordinal;
  std::uint64_t hash;
  Pid pid;
};

}  // namespace moirai::records
