// What the tests of supervisors share whose children come when somebody asks: simple_one_for_one and DynamicSupervisor. Theirs is "root".
#pragma once
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {

// ---- asking it

inline auto count() {
  return [](Self& self) { return count_children(self, "root").to_term(); };
}
inline auto which() {
  return [](Self& self) {
    std::vector<ChildStatus> all = which_children(self, "root");
    std::sort(all.begin(), all.end(), [](const ChildStatus& a, const ChildStatus& b) { return a.pid < b.pid; });
    return to_term(all);
  };
}
inline Journal answers(Journal journal) {
  std::erase_if(journal, [](const std::string& line) { return line[0] != '?'; });
  return journal;
}

// ---- children

// How each attempt to start a child goes; the last is repeated. "ok" and "extra": what `spawn` starts.
class Attempts {
 public:
  explicit Attempts(std::vector<std::string> ways) : ways_(std::move(ways)) {}
  template <class Spawn>
  StartResult next(Self& supervisor, Spawn spawn) const {
    const std::string& how = ways_[std::min((*count_)++, ways_.size() - 1)];
    if (how == "ok") return StartResult::ok(spawn());
    if (how == "extra") return StartResult::ok(spawn(), Term::atom("extra"));
    if (how == "ignore") return StartResult::ignore();
    if (how == "exit") supervisor.exit(Term::atom("oops"));
    if (how == "throw") throw std::runtime_error("oops");
    if (how == "EXIT") return StartResult::error(Term::tuple({Term::atom("EXIT"), Term::atom("mine")}));
    return StartResult::error(Term::atom(how));
  }

 private:
  std::vector<std::string> ways_;
  std::shared_ptr<std::size_t> count_ = std::make_shared<std::size_t>(0);
};

// An argument, and who tells what it is, as a function and as a handler.
struct Pair {
  std::string name;
  std::int64_t number = 0;
};
struct Ask {
  using Reply = std::string;
};
inline void tell(Self& self, const Pair& pair) {
  for (;;) self.receive([&](const Ask&) { return pair.name + std::to_string(pair.number); });
}
struct Told {
  using Accepts = Messages<Ask>;
  Pair its;
  std::string on(Self&, const Ask&) { return its.name + std::to_string(its.number); }
};

// ---- its end

// Ten times as many children, each started by `start`, cost it about ten times as many steps.
template <class Start>
void expect_linear_end(const ChildSpec& tree, Start start) {
  const auto steps = [&](int children, Scheduler scheduler) {
    Settings settings;
    settings.scheduler = scheduler;
    TreeRun run(settings, tree);
    run.ask(1s, [children, start](Self& self) {
      for (int i = 0; i < children; ++i) start(self);
      return Term::atom("done");
    });
    run.journal(2s);
    EXPECT_EQ(run.run_end.why, RunEnd::Why::quiescent);
    return run.run_end.steps;
  };
  for (const Scheduler scheduler : {Scheduler::fifo, Scheduler::random}) {
    const auto few = steps(200, scheduler), many = steps(2000, scheduler);
    EXPECT_LT(many, few * 11);
  }
}

}  // namespace moirai::otp_test
