// Elixir's Task.Supervisor: a DynamicSupervisor whose children are tasks. They are in a tree, so that they end with it, and their number can
// be limited.
//
//   ChildSpec shop() { return supervisor({.name = "shop"}, {task_supervisor::child({.name = "tasks", .registered = true})}); }
//   Task<int> price = task_supervisor::async_nolink(self, "tasks", [](Self& s) { return s.call("prices", PriceOf{"tea"}); });
//   const auto yielded = task::yield(self, price);      // a task that crashes is an answer, and no reason to die
//
// What is asked of a task is asked as of any other (task.hpp). Its owner is who called. A task waits until its owner has let it go, and
// exits {shutdown,Reason} if the owner ends before that, or timeout after 5 seconds. When the owner ends later, a linked task ends with it,
// of the same reason, unless that is `normal` or the task traps exits; the others go on. A task is temporary, unless start_child says otherwise: it is forgotten with its end.
//
// All these functions exit if there is no such supervisor, as start_child does. async, async_nolink and the streams exit
// {max_children,{task_supervisor,async,[Supervisor]}} or {max_children,{task,stream,[Milliseconds]}} when it has no room.
#pragma once
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/otp/async_stream.hpp"
#include "runtime/otp/dynamic_supervisor.hpp"
#include "runtime/otp/task.hpp"

namespace moirai::task_supervisor {

// Task.Supervisor.start_link: as a child of another supervisor. It has no use for an extra_argument, and ignores it.
ChildSpec child(DynamicSupervisorOptions options);

// Of one task.
struct Options {
  std::string label = "task";                                    // in its path
  Shutdown shutdown = Shutdown::after(std::chrono::seconds(5));  // by the supervisor
};

// Starts `fun`, T(Self&), linked to this process.
template <class F>
requires task::detail::Function<F> Task<task::detail::ResultOf<F>> async(Self& self, const ServerRef& supervisor, F fun,
                                                                         const Options& options = {});
// The same, not linked: its end is nothing but an answer. In a handler: on(Self&, const task::Answer<T>&) and on(Self&, const Down&).
template <class F>
requires task::detail::Function<F> Task<task::detail::ResultOf<F>> async_nolink(Self& self, const ServerRef& supervisor, F fun,
                                                                                const Options& options = {});

// For side effects: neither linked nor monitored, and it begins at once. One that is not temporary is restarted as its restart says.
// {ok,Pid}, {error,max_children} and the like.
template <class F>
requires task::detail::Function<F> StartChildResult start_child(Self& self, const ServerRef& supervisor, F fun, const Options& options = {},
                                                                Restart restart = Restart::temporary) {
  return moirai::start_child(self, supervisor, worker(options.label, std::move(fun), {.restart = restart, .shutdown = options.shutdown}));
}

// task::async_stream, its tasks under the supervisor: Input a container or a function, fun(Self&, const Element&). Exits
// {badarg,{shutdown,infinity}}: an element's task must not outlive its stream.
template <class Supervisor, class Input, class F>
task::Stream<task::detail::SourceOf<Input>, F> async_stream(Self& self, const Supervisor& supervisor, Input input, F fun,
                                                            task::StreamOptions options = {});
// Its tasks are not linked to the stream: one that crashes is a result, whether its owner traps exits or not.
template <class Supervisor, class Input, class F>
task::Stream<task::detail::SourceOf<Input>, F> async_stream_nolink(Self& self, const Supervisor& supervisor, Input input, F fun,
                                                                   task::StreamOptions options = {});

template <class Supervisor, class Element, class F>
auto async_stream(Self& self, const Supervisor& supervisor, std::initializer_list<Element> input, F fun, task::StreamOptions options = {}) {
  return async_stream(self, supervisor, std::vector<Element>(input), std::move(fun), std::move(options));
}
template <class Supervisor, class Element, class F>
auto async_stream_nolink(Self& self, const Supervisor& supervisor, std::initializer_list<Element> input, F fun,
                         task::StreamOptions options = {}) {
  return async_stream_nolink(self, supervisor, std::vector<Element>(input), std::move(fun), std::move(options));
}

// The tasks that run now, in no particular order.
std::vector<Pid> children(Self& self, const ServerRef& supervisor);
// {error,not_found}, if it does not run any more.
inline ChildResult terminate_child(Self& self, const ServerRef& supervisor, Pid task) {
  return moirai::terminate_child(self, supervisor, task);
}

// ---- how

namespace detail {

enum class Bond : std::uint8_t { link, none };

// The owner lets its task go: it answers by `ref`.
struct Go {
  static constexpr std::string_view fields[] = {"owner", "ref"};
  Pid owner;
  Ref ref;
};
// In the task: waits for that. Exits {shutdown,Reason}, if the owner ends before; timeout.
Ref await_go(Self& task, Pid owner);
// In the owner, whose task has been started: the monitor by which it answers.
Ref let_go(Self& owner, Pid task, Bond bond);
// The task's process, which waits. Nothing: there is no room. Exits as call; {Error,{task_supervisor,async,[Supervisor]}}.
std::optional<Pid> start(Self& self, const ServerRef& supervisor, const ChildSpec& spec);
[[noreturn]] void fail(Self& self, const ServerRef& supervisor, Term why);

template <class F>
Task<task::detail::ResultOf<F>> async(Self& self, const ServerRef& supervisor, Bond bond, F fun, const Options& options) {
  const Pid owner = self.pid();
  const auto body = [owner, fun = std::move(fun)](Self& process) {
    const Ref ref = await_go(process, owner);
    task::detail::answer(process, owner, ref, fun);
  };
  const std::optional<Pid> pid =
      start(self, supervisor, worker(options.label, body, {.restart = Restart::temporary, .shutdown = options.shutdown}));
  if (!pid) fail(self, supervisor, Term::atom("max_children"));
  return {owner, *pid, let_go(self, *pid, bond)};
}

// A way to say who the supervisor is, for as long as a stream lives.
template <class Supervisor>
auto owned(const Supervisor& supervisor) {
  if constexpr (std::is_convertible_v<const Supervisor&, std::string_view>)
    return std::string(supervisor);
  else
    return supervisor;
}
// Starts a stream's tasks, from within its monitor, which is their owner.
task::detail::Starter starter(std::function<std::optional<Pid>(Self& monitor, const ChildSpec& task)> start,
                              const task::StreamOptions& options, Bond bond);
void check(Self& self, const task::StreamOptions& options);

template <class Supervisor, class Input, class F>
task::Stream<task::detail::SourceOf<Input>, F> stream(Self& self, const Supervisor& supervisor, Input input, F fun,
                                                      task::StreamOptions options, Bond bond) {
  check(self, options);
  auto begin = [its = owned(supervisor)](Self& monitor, const ChildSpec& spec) { return start(monitor, its, spec); };
  auto start_task = starter(std::move(begin), options, bond);
  return {self, task::detail::source_of(std::move(input)), std::move(fun), std::move(options), std::move(start_task)};
}

}  // namespace detail

template <class F>
requires task::detail::Function<F> Task<task::detail::ResultOf<F>> async(Self& self, const ServerRef& supervisor, F fun,
                                                                         const Options& options) {
  return detail::async(self, supervisor, detail::Bond::link, std::move(fun), options);
}
template <class F>
requires task::detail::Function<F> Task<task::detail::ResultOf<F>> async_nolink(Self& self, const ServerRef& supervisor, F fun,
                                                                                const Options& options) {
  return detail::async(self, supervisor, detail::Bond::none, std::move(fun), options);
}

template <class Supervisor, class Input, class F>
task::Stream<task::detail::SourceOf<Input>, F> async_stream(Self& self, const Supervisor& supervisor, Input input, F fun,
                                                            task::StreamOptions options) {
  return detail::stream(self, supervisor, std::move(input), std::move(fun), std::move(options), detail::Bond::link);
}
template <class Supervisor, class Input, class F>
task::Stream<task::detail::SourceOf<Input>, F> async_stream_nolink(Self& self, const Supervisor& supervisor, Input input, F fun,
                                                                   task::StreamOptions options) {
  return detail::stream(self, supervisor, std::move(input), std::move(fun), std::move(options), detail::Bond::none);
}

}  // namespace moirai::task_supervisor
