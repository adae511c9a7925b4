// How a child comes to life. Starting is synchronous: a start function runs inside the supervisor's process and returns once the
// child is ready, has declined, or has failed (R-SUP-8, R-SUP-9). Called by supervisors; user code touches StartResult.
//
// What counts as "ready":
// - a plain function worker: its process exists and is linked (like spawn_link);
// - a registered function worker: it has taken its name;
// - a handler worker: its state has been constructed (the constructor is its init, and may receive, call and sleep; it declines with
//   proc_lib::init_ignore);
// - a supervisor: all its children are ready.
// A child that ends before it is ready has failed to start; its exit reason is the failure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/otp/proc_lib.hpp"

namespace moirai {

// A start function: immutable, shared by all incarnations of a child, so that a restart allocates nothing but the process.
// Runs in the supervisor's process. Must link the child it starts; the death of an unlinked child is never noticed (R-SUP-9).
class ChildStart {
 public:
  virtual ~ChildStart() = default;
  virtual StartResult start(Self& supervisor, const std::string& id) const = 0;
};

// ---- how the builders in child_spec.hpp make start functions

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

}  // namespace moirai
