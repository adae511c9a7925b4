// Backoff in a running supervisor. The delays themselves are in backoff.test.cpp.
#include <algorithm>
#include <set>

#include "runtime/otp/supervisor_process.hpp"
#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

SupervisorOptions patient(Strategy strategy, int restarts = 10, Duration within = 5s) {
  SupervisorOptions options = root(strategy, restarts, within);
  options.registered = true;
  return options;
}
ChildSpec failing(std::string id, Backoff backoff, std::vector<std::string> attempts = {"ok"}) {
  return scripted(std::move(id), std::move(attempts), {.backoff = backoff});
}
auto which() {
  return [](Self& self) {
    Term states = to_term(which_children(self, "root"));
    std::vector<Term> only;
    for (std::size_t i = 0; i < states.size(); ++i) only.push_back(Term::tuple({states[i][0], states[i][1]}));
    return Term::list(std::move(only));
  };
}
Backoff at_once_delayed(Backoff backoff) {
  backoff.first_immediate = false;
  return backoff;
}

// When the processes at this path were spawned.
struct Spawns : Observer {
  std::string wanted;
  std::vector<Duration> at;
  const TreeRun* run = nullptr;
  EventMask wants() const override { return {EventKind::spawn}; }
  void saw(const Event& event) override {
    if (run->world.path(event.subject) == wanted) at.push_back(event.at.time_since_epoch());
  }
};

// Timers that fired.
struct Fired : Observer {
  int count = 0;
  EventMask wants() const override { return {EventKind::timer}; }
  void saw(const Event& event) override { count += event.text == "fired"; }
};

TEST(DelayedRestart, IsNoneByDefault) {  // R-BO-1, R-BO-2: restarts and retries are immediate
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one),
                                     {scripted("a", {"ok", "e", "e", "ok"}), failing("b", at_once_delayed(Backoff::constant(5s)))}));
    Spawns spawns;
    spawns.wanted = "root/a";
    spawns.run = &run;
    run.world.observe(spawns);
    run.crash(1s, "a");
    run.journal(9s);
    EXPECT_EQ(spawns.at, (std::vector<Duration>{0s, 1s}));
  });
}

TEST(DelayedRestart, WaitsLongerAfterEachFailure) {  // R-BO-3, R-BO-8
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one),
                                     {failing("a", Backoff::exponential(100ms, 300ms), {"ok", "e", "e", "e", "e", "ok"}), child("b")}));
    Spawns spawns;
    spawns.wanted = "root/a";
    spawns.run = &run;
    run.world.observe(spawns);
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(9s),
              (Journal{"+a", "+b", "-a boom", "!child_terminated a boom", "!start_error a e", "~a 100ms", "!start_error a e {restarting}",
                       "~a 200ms", "!start_error a e {restarting}", "~a 300ms", "!start_error a e {restarting}", "~a 300ms", "+a",
                       "-b shutdown", "-a shutdown", "-root shutdown"}));
    EXPECT_EQ(spawns.at, (std::vector<Duration>{0s, 1900ms}));
  });
}

TEST(DelayedRestart, AppliesToEndsOrToFailedStartsOrBoth) {  // R-BO-3
  const auto spawned_at = [](Backoff::Applies applies) {
    Backoff backoff = at_once_delayed(Backoff::constant(100ms));
    backoff.applies = applies;
    TreeRun run({}, supervisor(patient(Strategy::one_for_one), {failing("a", backoff, {"ok", "e", "ok"})}));
    Spawns spawns;
    spawns.wanted = "root/a";
    spawns.run = &run;
    run.world.observe(spawns);
    run.crash(1s, "a");
    run.journal(9s);
    return spawns.at;
  };
  EXPECT_EQ(spawned_at(Backoff::Applies::both), (std::vector<Duration>{0s, 1200ms}));
  EXPECT_EQ(spawned_at(Backoff::Applies::on_exit), (std::vector<Duration>{0s, 1100ms}));
  EXPECT_EQ(spawned_at(Backoff::Applies::on_start_failure), (std::vector<Duration>{0s, 1100ms}));
}

TEST(DelayedRestart, JitterComesFromAStreamOfItsOwn) {  // R-BO-3: keyed by seed, supervisor, child and n; others do not shift it
  Backoff backoff = at_once_delayed(Backoff::constant(1s));
  backoff.jitter = Backoff::Jitter::full;
  const auto first_delay = [&](std::uint64_t seed, const std::string& id, bool others) {
    Settings settings;
    settings.seed = seed;
    std::vector<ChildSpec> children{scripted(id, {"ok"}, {.backoff = backoff})};
    if (others) children.push_back(scripted("other", {"ok"}, {.backoff = backoff}));
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one), children));
    if (others) run.crash(500ms, "other");
    run.crash(1s, id);
    for (const std::string& line : run.journal(9s))
      if (line.starts_with("~" + id + " ")) return line.substr(line.find(' '));
    return std::string("none");
  };
  std::set<std::string> different;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(first_delay(seed, "a", false), first_delay(seed, "a", true));
    different.insert(first_delay(seed, "a", false));
    different.insert(first_delay(seed, "b", false));
  }
  EXPECT_EQ(different.size(), 40u);
}

TEST(DelayedRestart, RequestsDuringTheWait) {  // R-BO-4
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one), {failing("a", at_once_delayed(Backoff::constant(5s)))}));
    run.crash(1s, "a").ask(2s, which());
    run.ask(3s, [](Self& self) { return restart_child(self, "root", "a").to_term(); });
    run.ask(3s, [](Self& self) { return delete_child(self, "root", "a").to_term(); });
    run.ask(3s, [](Self& self) { return start_child(self, "root", child("a")).to_term(); });
    run.ask(4s, [](Self& self) { return count_children(self, "root").to_term(); });
    Journal journal = run.journal(20s);
    std::erase_if(journal, [](const std::string& line) { return line[0] != '?'; });
    std::sort(journal.begin(), journal.end());
    EXPECT_EQ(journal, (Journal{"?[{a,restarting}]", "?[{specs,1},{active,0},{supervisors,0},{workers,1}]", "?{error,already_present}",
                                "?{error,restarting}", "?{error,restarting}"}));
    EXPECT_EQ(run.incarnations["a"], 2);
  });
}

TEST(DelayedRestart, TerminatingEndsTheWait) {  // R-BO-4, R-BO-8: and leaves no timer behind
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one), {failing("a", at_once_delayed(Backoff::constant(5s))), child("b")}));
    run.crash(1s, "a").ask(2s, [](Self& self) { return terminate_child(self, "root", "a").to_term(); }).ask(3s, which());
    run.ask(4s, [](Self& self) { return restart_child(self, "root", "a").to_term(); });
    Fired fired;
    run.world.observe(fired);
    EXPECT_EQ(run.journal(20s), (Journal{"+a", "+b", "-a boom", "!child_terminated a boom", "~a 5s", "?ok", "?[{b,b},{a,undefined}]", "+a",
                                         "?{ok,a}", "-b shutdown", "-a shutdown", "-root shutdown"}));
    EXPECT_EQ(run.incarnations["a"], 2);
    EXPECT_EQ(fired.count, 0);
  });
}

TEST(DelayedRestart, StoppingTheSupervisorEndsTheWait) {  // R-BO-4, R-BO-8
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one), {failing("a", at_once_delayed(Backoff::constant(50s)))}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(2s), (Journal{"+a", "-a boom", "!child_terminated a boom", "~a 50s", "-root shutdown"}));
    EXPECT_EQ(run.run_end.at, Time(2s));
  });
}

TEST(DelayedRestart, AnEarlierWaitsTimerMeansNothing) {  // R-BO-4: terminated and started anew while the timer's message is on its way
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one), {failing("a", at_once_delayed(Backoff::constant(1s)))}));
    run.crash(1s, "a");
    run.ask(2s, [](Self& self) {
      terminate_child(self, "root", "a");
      return restart_child(self, "root", "a").to_term();
    });
    run.crash(2500ms, "a");
    run.journal(20s);
    // Either the timer was first, or terminate_child was. Never a second process beside the first.
    int alive = 0;
    for (const std::string& line : run.lines) {
      alive += line == "+a" ? 1 : line.starts_with("-a ") ? -1 : 0;
      EXPECT_LE(alive, 1);
    }
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(run.incarnations["a"], std::count(run.lines.begin(), run.lines.end(), "+a"));
  });
}

TEST(DelayedRestart, OnlyTheTimerOfThisWaitEndsIt) {  // R-BO-4: not one of an earlier wait that comes late
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one), {failing("a", at_once_delayed(Backoff::constant(5s)))}));
    Spawns spawns;
    spawns.wanted = "root/a";
    spawns.run = &run;
    run.world.observe(spawns);
    run.crash(1s, "a").ask(2s, [](Self& self) {
      self.send("root", TimedOut<RetryRestart>{Ref{}, RetryRestart{"a"}});
      return atom("sent");
    });
    run.journal(9s);
    EXPECT_EQ(spawns.at, (std::vector<Duration>{0s, 6s}));
  });
}

TEST(DelayedRestart, CountsWhenTheAttemptIsMade) {  // R-BO-5, R-BO-8: small delays still reach the limit
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one, 3), {failing("a", Backoff::constant(500ms), {"ok", "e"})}));
    run.crash(1s, "a");
    EXPECT_EQ(run.journal(9s), (Journal{"+a", "-a boom", "!child_terminated a boom", "!start_error a e", "~a 500ms",
                                        "!start_error a e {restarting}", "~a 500ms", "!start_error a e {restarting}", "~a 500ms",
                                        "!shutdown a reached_max_restart_intensity {restarting}", "-root shutdown"}));
    EXPECT_EQ(run.ended_at["root"], Time(2500ms));
    // The same ends further apart than the window: never. This is what the warning is about.
    TreeRun slow(settings, supervisor(patient(Strategy::one_for_one, 3), {failing("a", Backoff::constant(2s), {"ok", "e"})}));
    slow.crash(1s, "a");
    slow.journal(100s);
    EXPECT_EQ(slow.ended_at["root"], Time(100s));
  });
}

TEST(DelayedRestart, AHiddenLimitIsWarnedOfOrRefused) {  // R-BO-5
  struct Warnings : Observer {
    std::vector<std::string> why;
    EventMask wants() const override { return {EventKind::note}; }
    void saw(const Event& event) override {
      if (const auto* warning = event.as<BackoffHidesLimit>()) why.push_back(warning->id + " " + warning->why.to_string());
    }
  } warnings;
  const std::string hidden = "{bad_combination,[{backoff,2000},{intensity,3},{period,5}]}";
  Backoff backoff = Backoff::constant(2s);
  TreeRun run({}, supervisor(patient(Strategy::one_for_one, 3), {failing("a", backoff), failing("b", Backoff::constant(1s))}));
  run.world.observe(warnings);
  run.ask(1s, [backoff](Self& self) { return start_child(self, "root", failing("c", backoff)).to_term(); });
  backoff.strict = true;
  run.ask(2s, [&](Self& self) { return start_child(self, "root", failing("d", backoff)).to_term(); });
  EXPECT_EQ(run.journal(3s)[4], "?{error," + hidden + "}");
  EXPECT_EQ(warnings.why, (std::vector<std::string>{"a " + hidden, "c " + hidden}));
  TreeRun strict({}, supervisor(patient(Strategy::one_for_one, 3), {failing("a", backoff)}));
  EXPECT_EQ(strict.journal(3s), Journal{"-root {start_spec," + hidden + "}"});
}

TEST(DelayedRestart, ALongLifeResetsTheCount) {  // R-BO-7: of 2 * max, if nothing else is said
  on_every_schedule([](const Settings& settings) {
    const auto delays = [&](std::optional<Duration> reset_after, std::vector<Duration> crashes) {
      Backoff backoff = at_once_delayed(Backoff::exponential(100ms, 400ms));
      backoff.reset_after = reset_after;
      TreeRun run(settings, supervisor(patient(Strategy::one_for_one, 100), {failing("a", backoff)}));
      for (const Duration when : crashes) run.crash(when, "a");
      Journal journal = run.journal(90s);
      std::erase_if(journal, [](const std::string& line) { return line[0] != '~'; });
      return journal;
    };
    EXPECT_EQ(delays({}, {1s, 1500ms, 2s}), (Journal{"~a 100ms", "~a 200ms", "~a 400ms"}));
    EXPECT_EQ(delays({}, {1s, 1899ms, 2899ms}), (Journal{"~a 100ms", "~a 200ms", "~a 100ms"}));  // 799 ms, 800 ms
    EXPECT_EQ(delays(10s, {1s, 3s, 13s, 30s}), (Journal{"~a 100ms", "~a 200ms", "~a 400ms", "~a 100ms"}));
  });
}

TEST(DelayedRestart, AManualRestartResetsTheCount) {  // R-BO-7
  on_every_schedule([](const Settings& settings) {
    Backoff backoff = at_once_delayed(Backoff::exponential(100ms, 1s));
    backoff.reset_after = 1000s;
    TreeRun run(settings, supervisor(patient(Strategy::one_for_one), {failing("a", backoff)}));
    run.crash(1s, "a").crash(2s, "a");
    run.ask(3s, [](Self& self) {
      terminate_child(self, "root", "a");
      return restart_child(self, "root", "a").to_term();
    });
    run.crash(4s, "a");
    Journal journal = run.journal(9s);
    std::erase_if(journal, [](const std::string& line) { return line[0] != '~'; });
    EXPECT_EQ(journal, (Journal{"~a 100ms", "~a 200ms", "~a 100ms"}));
  });
}

TEST(DelayedRestart, AGroupStopsAtOnceAndStartsWhenTheWaitIsOver) {  // R-BO-6
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::one_for_all), {child("a"), failing("b", at_once_delayed(Backoff::constant(1s))),
                                                                      child("t", Restart::temporary), child("c")}));
    run.crash(1s, "b").ask(1500ms, which());
    EXPECT_EQ(run.journal(9s), (Journal{"+a", "+b", "+t", "+c", "-b boom", "!child_terminated b boom", "-c shutdown", "-t shutdown",
                                        "-a shutdown", "~b 1s", "?[{c,undefined},{b,restarting},{a,undefined}]", "+a", "+b", "+c",
                                        "-c shutdown", "-b shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(DelayedRestart, AnotherDeathDuringTheWaitMergesWithIt) {  // R-BO-6: with the longer of the two waits
  for (const bool survivor_has_backoff : {true, false})
    on_every_schedule([&](const Settings& settings) {
      const ChildSpec a = survivor_has_backoff ? failing("a", at_once_delayed(Backoff::constant(2s))) : child("a");
      TreeRun run(settings,
                  supervisor(patient(Strategy::rest_for_one), {a, failing("b", at_once_delayed(Backoff::constant(1s))), child("c")}));
      Spawns spawns;
      spawns.wanted = "root/b";
      spawns.run = &run;
      run.world.observe(spawns);
      run.crash(1s, "b").crash(1500ms, "a");
      run.journal(9s);
      EXPECT_EQ(spawns.at, (std::vector<Duration>{0s, survivor_has_backoff ? Duration(3500ms) : Duration(2s)}));
      EXPECT_EQ(run.incarnations["a"], 2);
      EXPECT_EQ(run.incarnations["c"], 2);
    });
}

TEST(DelayedRestart, AGroupThatFailsHalfWayWaitsForTheOneThatFailed) {  // R-BO-6, R-SUP-29
  on_every_schedule([](const Settings& settings) {
    TreeRun run(settings, supervisor(patient(Strategy::rest_for_one),
                                     {child("a"), failing("b", at_once_delayed(Backoff::constant(1s)), {"ok", "e", "ok"}), child("c")}));
    run.crash(1s, "a").ask(1500ms, which());
    EXPECT_EQ(run.journal(9s), (Journal{"+a", "+b", "+c", "-a boom", "!child_terminated a boom", "-c shutdown", "-b shutdown", "+a",
                                        "!start_error b e", "~b 1s", "?[{c,undefined},{b,restarting},{a,a}]", "+b", "+c", "-c shutdown",
                                        "-b shutdown", "-a shutdown", "-root shutdown"}));
  });
}

TEST(DelayedRestart, UnderSimpleOneForOne) {  // R-BO-3, R-BO-4, R-BO-7
  on_every_schedule([](const Settings& settings) {
    Backoff backoff = at_once_delayed(Backoff::exponential(100ms, 1s));
    backoff.reset_after = 10s;
    const auto numbered = worker_started_by(
        "n", [](Self& self, const Term& argument) { return StartResult::ok(self.spawn_link(argument.to_string(), idle)); },
        {.backoff = backoff});
    TreeRun run(settings, supervisor(patient(Strategy::simple_one_for_one), {numbered}));
    run.ask(1s, [](Self& self) { return start_child_with(self, "root", 1).to_term(); });
    run.ask(1s, [](Self& self) { return start_child_with(self, "root", 2).to_term(); });
    run.crash(2s, "1").crash(3s, "1").crash(3s, "2").crash(14s, "1");
    run.ask(14050ms, [](Self& self) { return count_children(self, "root").to_term(); });
    run.crash(15s, "2").ask(15100ms, [&](Self& self) { return terminate_child(self, "root", run.latest("2")).to_term(); });
    Journal journal = run.journal(20s);
    std::erase_if(journal, [](const std::string& line) { return line[0] == '!' || line[0] == '-'; });
    EXPECT_EQ(std::count(journal.begin(), journal.end(), "~n 100ms"), 4);
    EXPECT_EQ(std::count(journal.begin(), journal.end(), "~n 200ms"), 1);
    EXPECT_EQ(std::count(journal.begin(), journal.end(), "?[{specs,1},{active,1},{supervisors,0},{workers,2}]"), 1);
    EXPECT_EQ(run.incarnations["1"], 4);
    EXPECT_EQ(run.ended_at["root"], Time(20s));
  });
}

}  // namespace
}  // namespace moirai::otp_test
