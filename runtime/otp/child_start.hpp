// How a child comes to life. Starting is synchronous: a start function runs inside the supervisor's process and returns once the
// child is ready, has declined, or has failed (R-SUP-8, R-SUP-9). Called by supervisors; user code touches `ignore_start` and StartResult.
//
// What counts as "ready":
// - a plain function worker: its process exists and is linked (like spawn_link);
// - a registered function worker: it has taken its name;
// - a handler worker: its state has been constructed (the constructor is its init, and may receive, call and sleep);
// - a supervisor: all its children are ready.
// A child that ends before it is ready has failed to start; its exit reason is the failure. The EXIT that the link brings is
// consumed by the waiting start, so that a failed start leaves nothing behind in the supervisor's mailbox.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/kernel/self.hpp"

namespace moirai {

// What a start function returns. `pid` is set iff ok, `reason` iff error.
struct StartResult {
  enum class Kind : std::uint8_t { ok, ignore, error } kind = Kind::ignore;
  Pid pid{};
  Term reason{};

  static StartResult ok(Pid pid) { return {Kind::ok, pid, Term{}}; }
  static StartResult ignore() { return {}; }
  static StartResult error(Term reason) { return {Kind::error, Pid{}, std::move(reason)}; }
  bool operator==(const StartResult&) const = default;
};

// A start function: immutable, shared by all incarnations of a child, so that a restart allocates nothing but the process.
// Runs in the supervisor's process. Must link the child it starts; the death of an unlinked child is never noticed (R-SUP-9).
class ChildStart {
 public:
  virtual ~ChildStart() = default;
  virtual StartResult start(Self& supervisor, const std::string& id) const = 0;
};

// For a child's constructor: "there is nothing for me to do". The supervisor keeps the spec and goes on without a process
// (a temporary child's spec is dropped). Exits with `normal`.
[[noreturn]] void ignore_start(Self& self);

// ---- how the builders in child_spec.hpp make start functions

// The child's word to its supervisor.
struct StartAnswer {
  static constexpr std::string_view fields[] = {"child", "ignored"};
  Pid child;
  bool ignored = false;
};

// Said by the child when it is ready. Does nothing when the parent is the outside.
void acknowledge_start(Self& self);

// Takes `name` for the child, before its body or constructor runs; an empty name means none.
// Exits with {already_started,Pid} when another process has it (R-PL-3).
void take_name(Self& self, const std::string& name);

// Waits, without limit, until the linked `child` is ready, has declined or is dead.
StartResult await_start(Self& supervisor, Pid child);

// Spawns and links `program`; waits for its answer if it gives one.
class ProgramStart final : public ChildStart {
 public:
  enum class Answer : std::uint8_t { none, acknowledged };
  ProgramStart(Program program, Answer answer) : program_(std::move(program)), answer_(answer) {}
  StartResult start(Self& supervisor, const std::string& id) const override;

 private:
  Program program_;
  Answer answer_;
};

// A user's own start function: `StartResult f(Self& supervisor) const`. A supervisor.exit(Reason) or a std::exception that leaves it is
// a failed start, reason {'EXIT',Reason} or {'EXIT',{error,Type,What}}.
StartResult guarded_start(Self& supervisor, const void* function, StartResult (*call)(const void*, Self&));

template <class F>
class FunctionStart final : public ChildStart {
 public:
  explicit FunctionStart(F function) : function_(std::move(function)) {}
  StartResult start(Self& supervisor, const std::string&) const override {
    return guarded_start(supervisor, &function_,
                         [](const void* f, Self& self) -> StartResult { return (*static_cast<const F*>(f))(self); });
  }

 private:
  F function_;
};

// The first base of an answering handler: the name is taken before the user's constructor runs.
struct NameTaken {
  NameTaken(Self& self, const std::string& name) { take_name(self, name); }
};

// A user's handler whose construction is its init. Same messages, same destructor.
template <class Handler>
struct AnsweringHandler : NameTaken, Handler {
  static constexpr std::string_view name = reflect::name_of<Handler>();

  template <class... Args>
  requires std::is_constructible_v<Handler, Self&, const Args&...> AnsweringHandler(Self& self, const std::string& registered,
                                                                                    const Args&... args)
      : NameTaken(self, registered), Handler(self, args...) {
    acknowledge_start(self);
  }
  template <class... Args>
  requires(!std::is_constructible_v<Handler, Self&, const Args&...>)
      AnsweringHandler(Self& self, const std::string& registered, const Args&... args)
      : NameTaken(self, registered), Handler{args...} {
    acknowledge_start(self);
  }
};

}  // namespace moirai
