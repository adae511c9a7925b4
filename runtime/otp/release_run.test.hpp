// One run of a release for tests: a process asks, and a journal tells what happened, one line each:
//   "+shop"                   the application runs
//   "-shop stopped"           it has ended, with what its note says
//   "node {...}"              the node has stopped
//   "shop_sup/w dies boom"    a process below the start function of an application has ended
//   anything else             what an application logged
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/application_controller.hpp"
#include "runtime/system.hpp"

namespace moirai::rules {

class ReleaseJournal : public Observer {
 public:
  explicit ReleaseJournal(const World& world) : world_(world) {}
  EventMask wants() const override { return {EventKind::note, EventKind::exit}; }
  void saw(const Event& event) override {
    if (const auto* started = event.as<ApplicationStarted>()) lines.push_back("+" + started->name);
    if (const auto* exited = event.as<ApplicationExited>()) lines.push_back("-" + exited->name + " " + exited->exited.to_string());
    if (const auto* stopped = event.as<NodeStopped>()) lines.push_back("node " + stopped->reason.to_string());
    if (const auto* log = event.as<Log>()) lines.push_back(log->text);
    if (event.kind != EventKind::exit) return;
    const std::string path = world_.path(event.subject);
    if (const auto at = path.find("/start/"); at != path.npos) lines.push_back(path.substr(at + 7) + " dies " + event.reason->to_string());
    if (path == "node") node_end = event.reason->to_string();
  }
  Got lines;
  std::string node_end = "lives";

 private:
  const World& world_;
};

// Plays `body(self, journal)` beside the release, after whatever the release starts by itself has started.
template <class Body>
void with_release(const Release& release, Body body, std::uint64_t schedules = 40) {
  in_every_order(
      [&](Trial& trial) {
        ReleaseJournal journal(trial.world);
        trial.world.observe(journal);
        start_release(trial.world, release);
        trial.run([&](Self& self) {
          self.sleep(1s);
          body(self, journal);
        });
        EXPECT_EQ(trial.finished, 1);
        trial.world.reset(Settings{});
      },
      schedules);
}

// Does nothing, for ever.
inline void idle_worker(Self& self) {
  for (;;) self.receive([](const Message&) {});
}

// An application of one supervisor NAME_sup, whose children are called by these names.
inline Application simple_application(const std::string& name, std::vector<std::string> needs = {},
                                      const std::vector<std::string>& workers = {"w"}) {
  std::vector<ChildSpec> children;
  for (const std::string& id : workers) children.push_back(worker(id, idle_worker));
  return {.name = name, .applications = std::move(needs), .start = tree(supervisor({.name = name + "_sup"}, std::move(children)))};
}

// Loaded and not started: it is started when asked for.
inline Release loaded(const std::vector<Application>& applications) {
  Release release{.name = "node", .applications = {}};
  for (const Application& application : applications) release.applications.push_back({application, std::nullopt});
  return release;
}

inline Pid find_process(Self& self, const std::string& path) {
  for (const Pid pid : self.world().processes())
    if (self.world().path(pid) == path) return pid;
  return {};
}

}  // namespace moirai::rules
