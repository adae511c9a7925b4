// Tasks, as Elixir's Task: one computation in a process of its own, whose value comes back to the process that started it.
//
//   Task<int> sum = task::async(self, [](Self&) { return 40 + 2; });
//   ...                                                     // meanwhile
//   const int value = task::await(self, std::move(sum));    // 42
//
// The process that starts a task is its owner. They are linked: the end of one ends the other, unless it was normal or the other traps
// exits. The owner also monitors the task, and what identifies the monitor identifies the answer: when the owner does not wait any more,
// an answer that is still on its way is dropped at its arrival. Once a task has been awaited, yielded a result, been shut down or ignored,
// nothing of it is left at the owner: no monitor, no link, no message.
//
// A Task is a handle that only its owner can use and that is given away by what ends it, so that asking twice does not compile. What
// compiles nevertheless exits {{badarg,Why},{task,Function,Arguments}}: `not_owner`, `spent` (asked before), `no_process` (shutdown of what
// `completed` made). A handle that is dropped changes nothing: the answer and the DOWN come as messages.
#pragma once
#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/self.hpp"
#include "runtime/otp/child_spec.hpp"

namespace moirai {

template <class T>
class Task;

namespace task {

// {ok,Value} or {exit,Reason}: what a task came to.
template <class T>
using Outcome = Caught<T>;

// {ok,Value}, {exit,Reason}, or nothing yet.
template <class T>
using Yielded = std::optional<Outcome<T>>;

// The message with which a task answers. An owner that does not wait for its task may take it from its mailbox, guarded by
// `answer.ref == task.ref()`, or in a handler as on(Self&, const task::Answer<int>&); then it ignores the task.
template <class T>
using Answer = Reply<typename Outcome<T>::Value>;

namespace detail {
struct Handle {
  Pid owner, pid;  // pid: nobody for what `completed` made
  Ref ref;         // the monitor; none: spent
};
template <class T>
struct Work {  // a task is a call that its owner made by starting it
  using Reply = typename Outcome<T>::Value;
};
struct Access {
  template <class T>
  static Handle& of(Task<T>& task) {
    return task.handle_;
  }
};
template <class F>
using ResultOf = std::remove_cvref_t<std::invoke_result_t<const F&, Self&>>;
template <class F>
concept Function = std::is_invocable_v<const F&, Self&>;
}  // namespace detail
}  // namespace task

template <class T>
class [[nodiscard]] Task {
 public:
  // For functions that start tasks. Requires: owner monitors pid by ref.
  Task(Pid owner, Pid pid, Ref ref) : handle_{owner, pid, ref} {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    handle_ = std::exchange(other.handle_, {});
    return *this;
  }
  explicit operator bool() const { return bool(handle_.ref); }  // false: spent
  Pid pid() const { return handle_.pid; }
  Pid owner() const { return handle_.owner; }
  Ref ref() const { return handle_.ref; }  // that of its answer and of its DOWN

 private:
  friend struct task::detail::Access;
  task::detail::Handle handle_;
};

namespace task {

// ---- starting

// Starts `fun`, T(Self&), in a process that is linked to this one, under `label` in its path. Its exceptions and exits are its end.
template <class F>
requires detail::Function<F> Task<detail::ResultOf<F>> async(Self& self, std::string_view label, F fun);
template <class F>
requires detail::Function<F> Task<detail::ResultOf<F>> async(Self& self, F fun) { return async(self, "task", std::move(fun)); }
// A task that is over: for callers that want a Task and already have the value.
template <class T>
Task<T> completed(Self& self, const T& value);
// For side effects: nobody waits for a value. `start` does not link.
inline Pid start(Self& self, const Program& program) { return self.spawn("task", program); }
inline Pid start_link(Self& self, const Program& program) { return self.spawn_link("task", program); }
// A task as a child of a supervisor: temporary unless said otherwise, so that it runs once.
template <class Body>
requires detail::Function<Body> ChildSpec child_spec(std::string id, Body body, ChildOptions options = {.restart = Restart::temporary}) {
  return worker(std::move(id), std::move(body), options);
}

// ---- asking; Duration::max() waits for ever, zero polls

// The value. Exits {Reason,{task,await,[Pid,Milliseconds]}}: what the task ended of, or timeout. After a timeout the task lives on, linked.
template <class T>
T await(Self& self, Task<T>&& task, Duration timeout = 5s);
// The values, in the order of the tasks; void for void. Exits {Reason,{task,await_many,[Pids,Milliseconds]}} at the first task that ends
// without a value, or when `timeout` for all together is over; the others live on, linked.
template <class T>
auto await_many(Self& self, std::vector<Task<T>>&& tasks, Duration timeout = 5s);
// Nothing: not yet, and the task may be asked again. Something: it is spent.
template <class T>
Yielded<T> yield(Self& self, Task<T>& task, Duration timeout = 5s);
// One for each task, in their order, after at most `timeout` for all together.
template <class T>
std::vector<Yielded<T>> yield_many(Self& self, std::vector<Task<T>>& tasks, Duration timeout = 5s);
// Ends the task and waits for its end: exit(shutdown), and exit(kill) when `how` says so. A value: it had answered before. Nothing: it ended
// as it was told. Else what it ended of; of `killed` if it had to be killed in the end.
template <class T>
Yielded<T> shutdown(Self& self, Task<T>&& task, Shutdown how = Shutdown::after(5s));
// Lets the task go on alone, not linked. Not nothing: it was over already.
template <class T>
Yielded<T> ignore(Self& self, Task<T>&& task);

// ---- how

namespace detail {

// Who was asked what: {task,Function,[Pid,Argument]}.
struct Query {
  std::string_view function;
  std::optional<Term> argument = std::nullopt;
};
Term milliseconds(Duration timeout);  // or infinity
Term to_term(Shutdown how);           // brutal_kill, milliseconds or infinity
Term nodedown(Pid lost);              // {nodedown,Node}: what noconnection means to who asks

// {Reason,{task,Function,[Asked,Argument]}}
Term failure(Term reason, Term asked, const Query& query);
void check(Self& self, const Handle& handle, Term asked, const Query& query);  // exits if this process may not ask
void settle(Self& self, Handle& handle);                                       // the task is over: nothing of it stays
// Ends it; what it ended of, or nothing if as it was told. An answer that it gave stays in the mailbox.
std::optional<Term> stop(Self& self, const Handle& handle, Shutdown how);

template <class T>
Term pids_of(std::vector<Task<T>>& tasks) {
  std::vector<Term> pids;
  for (Task<T>& task : tasks) pids.push_back(Term::pid(task.pid()));
  return Term::list(std::move(pids));
}

// In the task: computes and answers.
template <class F>
void answer(Self& self, Pid owner, Ref ref, const F& fun) {
  static_assert(!std::is_nothrow_invocable_v<const F&, Self&>,
                "a task must not be noexcept: if it is killed, an exception unwinds it (K-50)");
  using T = ResultOf<F>;
  const From<Work<T>> from{owner, ref};
  if constexpr (std::is_void_v<T>) {
    fun(self);
    self.reply(from, std::monostate{});
  } else {
    const T value = fun(self);
    self.reply(from, value);
  }
}

// Waits for what the task comes to. Something: it is settled.
template <class T>
Yielded<T> take(Self& self, Handle& handle, Duration timeout) {
  Yielded<T> got;
  self.receive(
      when([&](const Answer<T>& m) { return m.ref == handle.ref; }, [&](const Answer<T>& m) { got.emplace(Outcome<T>::value(m.value)); }),
      when([&](const Down& m) { return m.monitor == handle.ref; }, [&](const Down& m) { got.emplace(Outcome<T>::exit(m.reason)); }),
      after(timeout, [] {}));
  if (got) settle(self, handle);
  return got;
}
// Nobody waits any more. An answer that came while this process was stopped on its way here counts all the same.
template <class T>
Yielded<T> give_up(Self& self, Handle& handle) {
  self.demonitor(handle.ref, true);
  Yielded<T> got = take<T>(self, handle, Duration::zero());
  handle.ref = {};
  return got;
}
template <class T>
bool lost(const Yielded<T>& got) {
  return got && !*got && got->reason().is_atom("noconnection");
}
template <class T>
Yielded<T> ask(Self& self, Handle& handle, Duration timeout, const Query& query) {
  check(self, handle, Term::pid(handle.pid), query);
  Yielded<T> got = take<T>(self, handle, timeout);
  if (lost(got)) self.exit(failure(nodedown(handle.pid), Term::pid(handle.pid), query));
  return got;
}

// A time for several waits together.
class Deadline {
 public:
  Deadline(Time now, Duration timeout) : at_(after(now, timeout)) {}
  Duration left(Time now) const { return at_ == time_never ? Duration::max() : at_ > now ? at_ - now : Duration::zero(); }

 private:
  static Time after(Time now, Duration timeout) { return timeout == Duration::max() ? time_never : moirai::after(now, timeout); }
  Time at_;
};

}  // namespace detail

template <class F>
requires detail::Function<F> Task<detail::ResultOf<F>> async(Self& self, std::string_view label, F fun) {
  const auto monitor = std::make_shared<Ref>();  // known when the process exists, read when it runs
  const Pid owner = self.pid();
  const Pid pid = self.spawn(SpawnOptions{label, true, monitor.get(), {.alias = MonitorAlias::demonitor}},
                             [owner, monitor, fun = std::move(fun)](Self& process) { detail::answer(process, owner, *monitor, fun); });
  return {owner, pid, *monitor};
}

template <class T>
Task<T> completed(Self& self, const T& value) {
  const Ref ref = self.alias().ref;  // there is no process to watch, only an answer to take
  self.reply(From<detail::Work<T>>{self.pid(), ref}, value);
  return {self.pid(), Pid{}, ref};
}

template <class T>
T await(Self& self, Task<T>&& task, Duration timeout) {
  detail::Handle& handle = detail::Access::of(task);
  const detail::Query query{"await", detail::milliseconds(timeout)};
  Yielded<T> got = detail::ask<T>(self, handle, timeout, query);
  if (!got) got = detail::give_up<T>(self, handle);
  if (!got) self.exit(detail::failure(reason::timeout(), Term::pid(handle.pid), query));
  if (!*got) self.exit(detail::failure(got->reason(), Term::pid(handle.pid), query));
  if constexpr (!std::is_void_v<T>) return std::move(**got);
}

template <class T>
auto await_many(Self& self, std::vector<Task<T>>&& tasks, Duration timeout) {
  const detail::Query query{"await_many", detail::milliseconds(timeout)};
  const Term asked = detail::pids_of(tasks);
  std::map<Ref, std::size_t> awaited;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    detail::check(self, detail::Access::of(tasks[i]), asked, query);
    awaited.emplace(tasks[i].ref(), i);
  }
  std::vector<std::optional<typename Outcome<T>::Value>> values(tasks.size());
  const detail::Deadline deadline(self.now(), timeout);
  while (!awaited.empty()) {
    std::optional<Ref> over;
    Term why = reason::timeout();
    self.receive(when([&](const Answer<T>& m) { return awaited.count(m.ref) != 0; },
                      [&](const Answer<T>& m) { values[awaited.at(m.ref)].emplace(m.value), over = m.ref; }),
                 when([&](const Down& m) { return awaited.count(m.monitor) != 0; },
                      [&](const Down& m) {
                        why = m.reason.is_atom("noconnection") ? detail::nodedown(m.pid) : m.reason;
                        over = m.monitor;
                      }),
                 after(deadline.left(self.now()), [] {}));
    if (over) {
      const std::size_t i = awaited.at(*over);
      detail::settle(self, detail::Access::of(tasks[i]));
      awaited.erase(*over);
      if (values[i]) continue;
    }
    for (const auto& [ref, i] : awaited) detail::give_up<T>(self, detail::Access::of(tasks[i]));
    self.exit(detail::failure(why, asked, query));
  }
  if constexpr (!std::is_void_v<T>) {
    std::vector<T> all;
    for (auto& value : values) all.push_back(std::move(*value));
    return all;
  }
}

template <class T>
Yielded<T> yield(Self& self, Task<T>& task, Duration timeout) {
  return detail::ask<T>(self, detail::Access::of(task), timeout, {"yield", detail::milliseconds(timeout)});
}

template <class T>
std::vector<Yielded<T>> yield_many(Self& self, std::vector<Task<T>>& tasks, Duration timeout) {
  const detail::Query query{"yield_many", detail::milliseconds(timeout)};
  const Term asked = detail::pids_of(tasks);
  for (Task<T>& task : tasks) detail::check(self, detail::Access::of(task), asked, query);
  const detail::Deadline deadline(self.now(), timeout);
  std::vector<Yielded<T>> all;
  for (Task<T>& task : tasks) {
    const Pid pid = task.pid();
    all.push_back(detail::take<T>(self, detail::Access::of(task), deadline.left(self.now())));
    if (detail::lost(all.back())) self.exit(detail::failure(detail::nodedown(pid), asked, query));
  }
  return all;
}

template <class T>
Yielded<T> shutdown(Self& self, Task<T>&& task, Shutdown how) {
  detail::Handle& handle = detail::Access::of(task);
  const detail::Query query{"shutdown", detail::to_term(how)};
  detail::check(self, handle, Term::pid(handle.pid), query);
  if (!handle.pid) self.exit(detail::failure(Term::tuple({reason::badarg(), Term::atom("no_process")}), Term::pid(handle.pid), query));
  const std::optional<Term> end = detail::stop(self, handle, how);
  Yielded<T> got = detail::give_up<T>(self, handle);
  if (!got && end) got = Outcome<T>::exit(*end);
  if (detail::lost(got)) self.exit(detail::failure(detail::nodedown(handle.pid), Term::pid(handle.pid), query));
  return got;
}

template <class T>
Yielded<T> ignore(Self& self, Task<T>&& task) {
  detail::Handle& handle = detail::Access::of(task);
  Yielded<T> got = detail::ask<T>(self, handle, Duration::zero(), {"ignore"});
  if (got) return got;
  self.unlink(handle.pid, true);
  return detail::give_up<T>(self, handle);
}

}  // namespace task
}  // namespace moirai
