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

#include "runtime/otp/argument.hpp"
#include "runtime/otp/proc_lib.hpp"

namespace moirai {

// A start function: immutable, shared by all incarnations of a child, so that a restart allocates nothing but the process.
// Runs in the supervisor's process. Must link the child it starts; the death of an unlinked child is never noticed (R-SUP-9).
class ChildStart {
 public:
  virtual ~ChildStart() = default;
  // `argument`: the extra argument of a child of a simple_one_for_one supervisor. An error {badarg,Argument} if it is not the one that
  // this function takes, or badarg if it takes one and gets none.
  virtual StartResult start(Self& supervisor, const std::string& id, const Term* argument = nullptr) const = 0;
  virtual bool takes_argument() const { return false; }
};

// ---- how the builders in child_spec.hpp make start functions

// Spawns and links `program`; waits for its answer if it gives one. A program that takes an argument begins with
// proc_lib::start_argument.
class ProgramStart final : public ChildStart {
 public:
  enum class Answer : std::uint8_t { none, acknowledged };
  using Accepts = bool (*)(const Term& argument);
  ProgramStart(Program program, Answer answer, Accepts accepts = nullptr)
      : program_(std::move(program)), answer_(answer), accepts_(accepts) {}
  StartResult start(Self& supervisor, const std::string& id, const Term* argument) const override;
  bool takes_argument() const override { return accepts_ != nullptr; }

 private:
  Program program_;
  Answer answer_;
  Accepts accepts_;  // null: it takes no argument
};

// A user's own start function: `StartResult f(Self& supervisor) const`, or with a `const Term& argument`. A supervisor.exit(Reason) or a
// std::exception that leaves it is a failed start, reason {'EXIT',Reason} or {'EXIT',{error,Type,What}}.
StartResult guarded_start(Self& supervisor, const void* function, const Term* argument,
                          StartResult (*call)(const void*, Self&, const Term*));
StartResult refused_argument(const Term* argument);

template <class F>
class FunctionStart final : public ChildStart {
 public:
  explicit FunctionStart(F function) : function_(std::move(function)) {}
  StartResult start(Self& supervisor, const std::string&, const Term* argument) const override {
    if ((argument != nullptr) != takes_argument()) return refused_argument(argument);
    return guarded_start(supervisor, &function_, argument, [](const void* f, Self& self, const Term* its_argument) -> StartResult {
      if constexpr (with_argument)
        return (*static_cast<const F*>(f))(self, *its_argument);
      else
        return static_cast<void>(its_argument), (*static_cast<const F*>(f))(self);
    });
  }
  bool takes_argument() const override { return with_argument; }

 private:
  static constexpr bool with_argument = std::is_invocable_v<const F&, Self&, const Term&>;
  F function_;
};

// In a child that was started with an argument. Requires: argument::is<Argument> was asked before.
template <class Argument>
Argument start_argument(Self& self) {
  return *argument::decode<Argument>(proc_lib::start_argument(self));
}

// The same of a handler that is made of the argument of a simple_one_for_one child.
template <class Handler, class Argument>
struct ArgumentHandler : Handler {
  static constexpr std::string_view name = reflect::name_of<Handler>();

  explicit ArgumentHandler(Self& self) requires std::is_constructible_v<Handler, Self&, const Argument&>
      : Handler(self, start_argument<Argument>(self)) {
    proc_lib::init_ack(self);
  }
  explicit ArgumentHandler(Self& self) requires(!std::is_constructible_v<Handler, Self&, const Argument&>)
      : Handler{start_argument<Argument>(self)} {
    proc_lib::init_ack(self);
  }
};

}  // namespace moirai
