#include "runtime/kernel/rules.test.hpp"
#include "runtime/otp/task_supervisor.hpp"
#include "runtime/system.hpp"

namespace moirai::rules {
namespace {

// ---- the README's example

struct Visit {
  std::string page;
};
struct Pages {
  using Reply = std::vector<std::string>;
};

struct Session {
  using Accepts = Messages<Visit, Pages>;
  std::vector<std::string> pages;
  void on(Self&, const Visit& m) { pages.push_back(m.page); }
  std::vector<std::string> on(Self&, const Pages&) { return pages; }
};

ChildSpec site() {
  return supervisor({.name = "site"}, {dynamic_supervisor({.name = "sessions", .max_children = 1000, .registered = true}),
                                       task_supervisor::child({.name = "tasks", .registered = true})});
}

std::optional<Pid> log_in(Self& self) {
  const auto session = start_child(self, "sessions", worker<Session>("session", {.restart = Restart::temporary}));
  return session ? std::optional(session.pid) : std::nullopt;  // else session.error says why: max_children
}

// All pages that are seen now. A session that ends meanwhile, or takes longer than a second, is left out.
std::vector<std::string> seen(Self& self) {
  std::vector<Pid> sessions;
  for (const ChildStatus& child : which_children(self, "sessions")) sessions.push_back(child.pid);
  const auto ask = [](Self& s, const Pid& session) { return s.call(session, Pages{}, 1s); };
  std::vector<std::string> all;
  for (const auto& pages : task_supervisor::async_stream_nolink(self, "tasks", sessions, ask))
    if (pages) all.insert(all.end(), pages->begin(), pages->end());
  return all;
}

// ---- end of the README's example

TEST(TaskSupervisorExample, WhatIsSeenOnASite) {  // R-DYN-2, R-TASK-3
  in_every_order(
      [](Trial& trial) {
        start_tree(trial.world, site());
        trial.run([](Self& self) {
          self.sleep(1s);
          const std::optional<Pid> one = log_in(self), gone = log_in(self), other = log_in(self);
          ASSERT_TRUE(one && gone && other);
          self.send(*one, Visit{"tea"});
          self.send(*other, Visit{"milk"});
          self.exit(*gone, Term::atom("boom"));
          EXPECT_EQ(seen(self).size(), 2u);
          for (int i = 0; i < 1100; ++i) log_in(self);
          EXPECT_EQ(count_children(self, "sessions").active, 1000u);
          EXPECT_FALSE(log_in(self));
        });
        EXPECT_EQ(trial.finished, 1);
      },
      20);
}

}  // namespace
}  // namespace moirai::rules
