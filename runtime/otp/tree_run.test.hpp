// One run of a supervision tree for tests: what to do to it when, and a journal of what happened, one line each:
//   "+a"                        a is ready (its supervisor's ChildStarted)
//   "-a boom"                   a's process ended with boom
//   "!child_terminated a boom"  its supervisor's report; "{restarting}" behind it if the child was waiting for a retry
//   "~a 100ms"                  a's restart waits so long
//   "?{ok,<0.1.1>}"             what a question was answered with; pids by their paths
// Processes are named by their paths below the root; the root by its own name. Others are left out.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/kernel/world.hpp"
#include "runtime/system.hpp"

namespace moirai::otp_test {

using namespace std::chrono_literals;
using Journal = std::vector<std::string>;

inline Term atom(std::string_view text) { return Term::atom(text); }

inline World& one_world() {
  static World world;
  return world;
}

// One at a time.
class TreeRun : public Observer {
 public:
  TreeRun(const Settings& settings, const ChildSpec& root) : root_name_(root.id) {
    world.reset(settings);
    world.observe(*this);
    root_pid = start_tree(world, root);
  }

  // At `when`, the latest process at this path ends by itself with `reason`.
  TreeRun& crash(Duration when, const std::string& path, Term reason = Term::atom("boom")) {
    return act(when, [this, path, reason](Control& control) { control.crash(latest(path), reason); });
  }
  // At `when`, exit(path, reason) by the outside, which is the root's parent and a stranger to all others.
  TreeRun& exit_signal(Duration when, const std::string& path, Term reason, const std::string& from = "") {
    return act(when, [this, path, reason, from](Control& control) {
      control.exit_signal(from.empty() ? Pid{} : latest(from), latest(path), reason);
    });
  }
  TreeRun& act(Duration when, std::function<void(Control&)> action) {
    world.control().post({"test", Time(when), Time(when), std::move(action)});
    return *this;
  }
  // At `when`, a process outside the tree asks; what `question` returns goes into the journal.
  TreeRun& ask(Duration when, std::function<Term(Self&)> question) {
    world.start("asker", [this, when, question](Self& self) {
      self.sleep(when);
      try {
        lines.push_back("?" + named(question(self)));
      } catch (const ExitRequest& exit) { lines.push_back("?exit " + named(exit.reason)); }
    });
    return *this;
  }
  // Runs to the end; the outside stops the tree at `end` if it is still there.
  Journal journal(Duration end = 1000s) {
    exit_signal(end, root_name_, Term::atom("shutdown"));
    run_end = world.run();
    return lines;
  }

  Pid latest(const std::string& path) const {
    const auto found = latest_.find(path);
    return found == latest_.end() ? Pid{} : found->second;
  }

  SupervisorReport last_report() const { return reports.empty() ? SupervisorReport{} : reports.back(); }

  EventMask wants() const override { return {EventKind::spawn, EventKind::exit, EventKind::note}; }
  void saw(const Event& event) override {
    if (event.kind == EventKind::spawn) {
      const std::string full = world.path(event.subject);
      if (full != root_name_ && !full.starts_with(root_name_ + "/")) return;
      const std::string path = below_root(full);
      paths_[event.subject] = path;
      latest_[path] = event.subject;
      ++incarnations[path];
    } else if (event.kind == EventKind::exit) {
      if (paths_.count(event.subject) == 0) return;
      lines.push_back("-" + paths_[event.subject] + " " + event.reason->to_string());
      ended_at[paths_[event.subject]] = event.at;
    } else if (const auto* started = event.as<ChildStarted>()) {
      lines.push_back("+" + paths_[started->pid]);
    } else if (const auto* report = event.as<SupervisorReport>()) {
      lines.push_back("!" + std::string(to_string(report->context)) + " " + sibling(event.subject, report->id) + " " +
                      report->reason.to_string() + (report->restarting ? " {restarting}" : ""));
      reports.push_back(*report);
    } else if (const auto* delayed = event.as<RestartDelayed>()) {
      lines.push_back("~" + sibling(event.subject, delayed->id) + " " + reflect::to_text(delayed->delay));
    } else if (const auto* announced = event.as<SupervisorStarted>()) {
      announcements.push_back(*announced);
    }
  }

  World& world = one_world();  // reset by each TreeRun: a world's stacks are dearer than a test
  Pid root_pid;
  RunEnd run_end{};
  Journal lines;
  std::vector<SupervisorReport> reports;
  std::vector<SupervisorStarted> announcements;
  std::map<std::string, int> incarnations;  // processes spawned at a path
  std::map<std::string, Time> ended_at;     // last end at a path

  // The term, with paths in place of the pids of this tree.
  std::string named(const Term& term) const {
    std::string text = term.to_string();
    for (const auto& [pid, path] : paths_)
      for (const std::string shown = pid.to_string();;) {
        const auto at = text.find(shown);
        if (at == text.npos) break;
        text.replace(at, shown.size(), path);
      }
    return text;
  }

 private:
  std::string below_root(const std::string& path) const {
    return path.starts_with(root_name_ + "/") ? path.substr(root_name_.size() + 1) : path;
  }
  std::string sibling(Pid supervisor, const std::string& id) const {
    const auto found = paths_.find(supervisor);
    return found == paths_.end() || found->second == root_name_ ? id : found->second + "/" + id;
  }

  std::string root_name_;
  std::map<Pid, std::string> paths_;
  std::map<std::string, Pid> latest_;
};

enum class Form { function, handler };
inline Form worker_form = Form::function;  // of quiet()

// fifo and 200 random schedules, the workers of quiet() in both forms. What supervisors promise depends on neither.
template <class F>
void on_every_schedule(F check) {
  for (std::uint64_t run = 0; run <= 201; ++run) {
    Settings settings;
    settings.seed = run / 2;
    settings.scheduler = run < 2 ? Scheduler::fifo : Scheduler::random;
    worker_form = run % 2 == 0 ? Form::function : Form::handler;
    SCOPED_TRACE((run < 2 ? "fifo, " : "random, seed " + std::to_string(run / 2) + ", ") +
                 std::string(run % 2 == 0 ? "functions" : "handlers"));
    check(settings);
    if (testing::Test::HasFailure()) return;  // one schedule's story is enough to read
  }
}

// ---- bodies

inline void idle(Self& self) {
  for (;;) self.receive([](const Message&) {});
}

struct Idle {
  using Accepts = Messages<Message>;
  void on(Self&, const Message&) {}
};

// A worker that does nothing, in the form that is being tried.
inline ChildSpec quiet(std::string id, ChildOptions options = {}) {
  return worker_form == Form::function ? worker(std::move(id), idle, std::move(options)) : worker<Idle>(std::move(id), std::move(options));
}

inline ChildSpec child(std::string id, Restart restart = Restart::permanent) { return quiet(std::move(id), {.restart = restart}); }

inline SupervisorOptions root(Strategy strategy, int restarts = 10, Duration within = 5s) {
  return {.name = "root", .strategy = strategy, .intensity = {.restarts = restarts, .within = within}};
}

// Traps exits and takes no notice of them.
inline void stubborn(Self& self) {
  self.trap_exit(true);
  for (;;) self.receive([](const Message&) {});
}

// Traps exits; at the first one it ends with `reason`, `delay` later.
inline auto ending_with(Term reason, Duration delay = Duration::zero()) {
  return [reason, delay](Self& self) {
    self.trap_exit(true);
    self.take<Exit>();
    self.sleep(delay);
    self.exit(reason);
  };
}

// How each start attempt of a child goes; the last one is repeated. "ok", "ignore", anything else is a failure with this atom.
inline ChildSpec scripted(std::string id, std::vector<std::string> attempts, ChildOptions options = {}) {
  auto attempt = std::make_shared<std::size_t>(0);
  return worker_started_by(
      id,
      [id, attempts, attempt](Self& supervisor) -> StartResult {
        const std::string& how = attempts[std::min((*attempt)++, attempts.size() - 1)];
        if (how == "ok") return StartResult::ok(supervisor.spawn_link(id, idle));
        if (how == "ignore") return StartResult::ignore();
        return StartResult::error(Term::atom(how));
      },
      options);
}

}  // namespace moirai::otp_test
