// The process behind one async_stream: it starts the stream's tasks, watches them and keeps what they came to until the stream's owner asks.
// So nothing of a task reaches the owner but the answer to its question, and a task that crashes ends the owner only through this process,
// which is linked to both and traps exits if the owner did when the stream began. Called by Stream (async_stream.hpp) alone.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/otp/task.hpp"

namespace moirai::task::detail {

// A task to be started: it answers the reference of the monitor that whoever starts it puts into `monitor`.
struct Job {
  std::function<void(Self&)> body;
  std::shared_ptr<Ref> monitor;
};
inline void fold(Digest&, const Job&) {}  // a function has no content that could be compared
inline void print(std::string& out, const Job&) { out += "job"; }

struct Launch {
  using Reply = bool;  // false: there is no room for it (max_children)
  std::uint64_t position;
  Job job;
};
template <class T>
struct Finished {
  static constexpr std::string_view fields[] = {"position", "value", "reason", "timed_out"};
  std::uint64_t position;
  std::optional<typename Outcome<T>::Value> value;
  Term reason;  // of its end, if it has no value
  bool timed_out;
};
template <class T>
struct NextFinished {  // answered when there is one
  using Reply = Finished<T>;
};
struct Halt {  // answered when all tasks are gone
  using Reply = void;
};

struct Started {
  Pid pid;
  Ref monitor;
};
// Starts a job from within the stream's monitor; nothing: there is no room for it.
using Starter = std::function<std::optional<Started>(Self& monitor, const Job& job)>;
// In a process of its own, linked to the stream's monitor.
Starter starter(std::string label);

// The tasks that run, in the order in which they were started.
class Runs {
 public:
  explicit Runs(Duration timeout) : timeout_(timeout) {}
  struct Run {
    Started task;
    std::uint64_t position;
    Time deadline;
    bool timed_out = false;
  };
  void add(const Started& task, std::uint64_t position, Time now);
  bool has(Ref monitor) const;
  std::optional<Run> remove(Ref monitor);
  Duration until_deadline(Time now) const;  // Duration::max(): none is running against time
  void kill_overdue(Self& self);
  void kill_all(Self& self);  // and waits for their ends

 private:
  std::vector<Run> runs_;
  Duration timeout_;
};

template <class T>
void monitor_stream(Self& self, Pid owner, bool traps, Duration timeout, const Starter& start) {
  self.trap_exit(traps);
  const Ref owner_monitor = self.monitor(owner);
  Runs runs(timeout);
  std::map<Ref, typename Outcome<T>::Value> answers;
  std::deque<Finished<T>> finished;
  std::optional<From<NextFinished<T>>> asked;
  bool halted = false;
  while (!halted) {
    if (asked && !finished.empty()) {
      self.reply(*asked, finished.front());
      finished.pop_front();
      asked.reset();
    }
    self.receive(
        [&](const Launch& m) {
          const std::optional<Started> task = start(self, m.job);
          if (task) runs.add(*task, m.position, self.now());
          return task.has_value();
        },
        [&](const NextFinished<T>&, const From<NextFinished<T>>& from) { asked = from; },
        [&](const Halt&) {
          self.trap_exit(true);
          runs.kill_all(self);
          self.unlink(owner);  // its end is none of the owner's business
          halted = true;
        },
        when([&](const Answer<T>& m) { return runs.has(m.ref); }, [&](const Answer<T>& m) { answers.emplace(m.ref, m.value); }),
        [&](const Down& m) {
          if (m.monitor == owner_monitor) self.exit(m.reason);  // and, with it, the tasks that are linked
          const auto over = runs.remove(m.monitor);
          if (!over) return;
          finished.push_back({over->position, std::nullopt, m.reason, over->timed_out});
          if (auto answer = answers.extract(m.monitor)) finished.back().value = std::move(answer.mapped());
        },
        [](const Message&) {},  // the EXITs of what it has started, and what others write to it
        after(runs.until_deadline(self.now()), [&] { runs.kill_overdue(self); }));
  }
}

}  // namespace moirai::task::detail
