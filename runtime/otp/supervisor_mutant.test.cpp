#include "runtime/otp/supervisor_mutant.hpp"

#include "runtime/otp/tree_run.test.hpp"

namespace moirai::otp_test {
namespace {

TEST(SupervisorMutants, LimitOffByOneAllowsOneRestartMore) {
  SupervisorOptions options = root(Strategy::one_for_one, 1);
  options.mutant = SupervisorMutant::limit_off_by_one;
  TreeRun run({}, supervisor(options, {child("a")}));
  run.crash(1s, "a").crash(2s, "a").crash(3s, "a").journal(9s);
  EXPECT_EQ(run.incarnations["a"], 3);
  EXPECT_EQ(run.ended_at["root"], Time(3s));
}

TEST(SupervisorMutants, StopOrderReversedStopsInStartOrder) {
  SupervisorOptions options = root(Strategy::one_for_all);
  options.mutant = SupervisorMutant::stop_order_reversed;
  TreeRun run({}, supervisor(options, {child("a"), child("b")}));
  EXPECT_EQ(run.journal(1s), (Journal{"+a", "+b", "-a shutdown", "-b shutdown", "-root shutdown"}));
}

TEST(SupervisorMutants, TemporaryRestartedStartsItAgain) {
  SupervisorOptions options = root(Strategy::one_for_one);
  options.mutant = SupervisorMutant::temporary_restarted;
  TreeRun run({}, supervisor(options, {child("t", Restart::temporary)}));
  run.crash(1s, "t").journal(2s);
  EXPECT_EQ(run.incarnations["t"], 2);
}

}  // namespace
}  // namespace moirai::otp_test
