#include "runtime/otp/supervisor_mutant.hpp"

#include <set>

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

// What a tree does; `options` already hold the mutant.
using Play = Journal (*)(SupervisorOptions options);

SupervisorOptions with(SupervisorOptions options, Strategy strategy, int restarts = 10, AutoShutdown auto_shutdown = AutoShutdown::never) {
  options.strategy = strategy;
  options.intensity = {.restarts = restarts, .within = 5s};
  options.auto_shutdown = auto_shutdown;
  return options;
}
ChildSpec significant(std::string id) { return quiet(std::move(id), {.restart = Restart::transient, .significant = true}); }
// Fails to start the second time, a second after it was asked to.
ChildSpec slow_to_fail(std::string id, ChildOptions options = {}) {
  auto attempt = std::make_shared<int>(0);
  return worker_started_by(
      id,
      [id, attempt](Self& supervisor) -> StartResult {
        if (++*attempt != 2) return StartResult::ok(supervisor.spawn_link(id, idle));
        supervisor.sleep(1s);
        return StartResult::error(atom("e"));
      },
      options);
}

Journal two_crashes(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_one, 1), {child("a"), child("b")}));
  return run.crash(1s, "a").crash(2s, "b").journal(9s);
}
Journal crashes_one_period_apart(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_one, 1), {child("a")}));
  return run.crash(1s, "a").crash(6s, "a").journal(9s);
}
Journal failing_restart(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_one, 1), {scripted("a", {"ok", "e", "e", "ok"})}));
  return run.crash(1s, "a").journal(9s);
}
Journal group_restart(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_all, 1),
                             {child("a"), child("t", Restart::temporary), child("n", Restart::transient), child("b")}));
  return run.crash(1s, "n", reason::normal()).crash(2s, "a").journal(9s);
}
Journal rest_restart(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::rest_for_one, 1), {child("a"), child("b"), child("c")}));
  return run.crash(1s, "b").journal(9s);
}
Journal half_way_restart(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::rest_for_one), {child("a"), scripted("b", {"ok", "e", "ok"}), child("c")}));
  return run.crash(1s, "a").journal(9s);
}
Journal one_restart_then_the_end(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_one), {child("a"), child("b")}));
  return run.crash(1s, "a").journal(9s);
}
Journal stubborn_child(SupervisorOptions options) {
  TreeRun run({}, supervisor(options, {worker("a", stubborn, {.shutdown = Shutdown::after(1s)})}));
  return run.journal(9s);
}
Journal normal_ends(SupervisorOptions options) {
  TreeRun run(
      {}, supervisor(with(options, Strategy::one_for_one), {child("p"), child("t", Restart::transient), child("x", Restart::temporary)}));
  const Term tagged = Term::tuple({reason::shutdown(), atom("s")});
  run.crash(1s, "p", reason::normal()).crash(2s, "t", tagged).crash(3s, "x", reason::normal());
  run.ask(4s, [](Self& self) { return to_term(which_children(self, "root")); });
  return run.journal(9s);
}
Journal death_while_one_fails_to_start(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_one), {slow_to_fail("a"), child("b")}));
  return run.crash(1s, "a").crash(1500ms, "b").journal(9s);
}
Journal all_significant(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_one, 10, AutoShutdown::all_significant),
                             {slow_to_fail("a", {.restart = Restart::transient, .significant = true}), significant("b")}));
  return run.crash(1s, "a").crash(1500ms, "b", reason::normal()).journal(9s);
}
Journal significant_sibling(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_all, 10, AutoShutdown::any_significant), {child("a"), significant("b")}));
  return run.crash(1s, "a").journal(9s);
}
Journal terminated_then_crash(SupervisorOptions options) {
  TreeRun run({}, supervisor(with(options, Strategy::one_for_one, 1), {child("a"), child("b")}));
  run.ask(1s, [](Self& self) { return terminate_child(self, "root", "b").to_term(); });
  return run.crash(2s, "a").journal(9s);
}
Journal two_deaths_at_once(SupervisorOptions options) {
  const auto slow = worker("c", ending_with(reason::shutdown(), 1s));
  TreeRun run({}, supervisor(with(options, Strategy::one_for_all, 2), {child("a"), child("b"), slow}));
  return run.crash(1s, "a").crash(1500ms, "b").journal(9s);
}

const std::pair<SupervisorMutant, Play> shown_by[] = {
    {SupervisorMutant::limit_off_by_one, two_crashes},
    {SupervisorMutant::retry_not_counted, failing_restart},
    {SupervisorMutant::stop_order_reversed, one_restart_then_the_end},
    {SupervisorMutant::kill_not_reported, stubborn_child},
    {SupervisorMutant::temporary_restarted_in_group, group_restart},
    {SupervisorMutant::transient_restarted_on_shutdown, normal_ends},
    {SupervisorMutant::group_skips_stopped, group_restart},
    {SupervisorMutant::retry_from_crasher, half_way_restart},
    {SupervisorMutant::window_excludes_boundary, crashes_one_period_apart},
    {SupervisorMutant::restarting_is_inactive, all_significant},
    {SupervisorMutant::temporary_restarted, normal_ends},
    {SupervisorMutant::success_resets_count, two_crashes},
    {SupervisorMutant::restarted_goes_last, one_restart_then_the_end},
    {SupervisorMutant::retry_at_once, death_while_one_fails_to_start},
    {SupervisorMutant::starts_past_failure, half_way_restart},
    {SupervisorMutant::terminate_counts, terminated_then_crash},
    {SupervisorMutant::stopped_significant_counts, significant_sibling},
    {SupervisorMutant::temporary_spec_kept, normal_ends},
    {SupervisorMutant::timeout_without_kill, stubborn_child},
    {SupervisorMutant::rest_includes_earlier, rest_restart},
    {SupervisorMutant::group_counts_each, group_restart},
    {SupervisorMutant::permanent_normal_stays_down, normal_ends},
    {SupervisorMutant::gives_up_with_its_reason, two_crashes},
};

Journal played(Play play, SupervisorMutant mutant) { return play({.name = "root", .registered = true, .mutant = mutant}); }

TEST(SupervisorMutants, EachChangesWhatHappens) {
  std::set<SupervisorMutant> shown;
  for (const auto& [mutant, play] : shown_by) {
    EXPECT_NE(played(play, mutant), played(play, SupervisorMutant::none)) << to_string(mutant);
    shown.insert(mutant);
  }
  for (const SupervisorMutant mutant : all_supervisor_mutants())
    EXPECT_EQ(shown.count(mutant), mutant == SupervisorMutant::exit_not_flushed ? 0u : 1u) << to_string(mutant);
}

// The EXIT that is left behind is of a process that no child has any more, and a pid is never used again: nobody can tell (R-SUP-12).
TEST(SupervisorMutants, AnExitThatIsNotFlushedChangesNothing) {
  for (const auto& [mutant, play] : shown_by)
    EXPECT_EQ(played(play, SupervisorMutant::exit_not_flushed), played(play, SupervisorMutant::none)) << to_string(mutant);
  EXPECT_EQ(played(two_deaths_at_once, SupervisorMutant::exit_not_flushed), played(two_deaths_at_once, SupervisorMutant::none));
}

// A temporary child of start_child is never started again, and its start function is forgotten: not if this bug is to start it.
TEST(SupervisorMutants, ATemporaryChildOfARequestIsRestartedInItsGroup) {
  const auto play = [](SupervisorMutant mutant) {
    TreeRun run({}, supervisor(with({.name = "root", .registered = true, .mutant = mutant}, Strategy::one_for_all), {child("a")}));
    run.ask(1s, [](Self& self) { return start_child(self, "root", child("t", Restart::temporary)).to_term(); });
    return run.crash(2s, "a").journal(9s);
  };
  EXPECT_NE(play(SupervisorMutant::temporary_restarted_in_group), play(SupervisorMutant::none));
}

TEST(SupervisorMutants, Names) {
  std::set<std::string_view> names;
  for (const SupervisorMutant mutant : all_supervisor_mutants()) {
    EXPECT_EQ(parse_supervisor_mutant(to_string(mutant)), mutant);
    names.insert(to_string(mutant));
  }
  EXPECT_EQ(names.size(), all_supervisor_mutants().size());
  EXPECT_EQ(names.count("?"), 0u);
  EXPECT_EQ(parse_supervisor_mutant("none"), SupervisorMutant::none);
  EXPECT_EQ(parse_supervisor_mutant("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace moirai::otp_test
