// Random supervision trees, random crash plans, all laws. Seeds are fixed: a failure is the same failure tomorrow.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include <rapidcheck/detail/TestListenerAdapter.h>

#include "properties/rapidcheck.hpp"
#include "properties/shrink.hpp"
#include "runtime/kernel/random.hpp"

namespace moirai {
namespace {

using Crashes = std::vector<CrashSketch>;

struct Found {
  TreeSketch tree;
  Crashes crashes;
  LawOutcome law;
};

// RapidCheck's own listener names a random seed that is not used here.
struct Silence final : rc::detail::TestListenerAdapter {};

// Checks the property; what RapidCheck has shrunk a failure to is the last failure that it saw.
std::optional<Found> search(int cases, std::uint64_t seed, SupervisorMutant mutant, std::string* message = nullptr) {
  std::optional<Found> last;
  const auto property = [&](const TreeSketch& tree, const Crashes& crashes) {
    SketchSettings settings;
    settings.seed = seed;
    settings.mutant = mutant;
    const SketchRun run = run_sketch(tree, crashes, settings);
    const LawOutcome* law = run.broken();
    if (!law) return;
    last = Found{tree, crashes, *law};
    RC_FAIL(law->verdict.sentence + "\n" + to_string(tree) + to_string(to_plan(tree, crashes, seed)));
  };
  rc::detail::TestParams params;
  params.seed = seed;
  params.maxSuccess = cases;
  params.maxSize = 60;
  rc::detail::TestMetadata metadata;
  metadata.id = "tree property";
  Silence silence;
  const rc::detail::TestResult result = rc::detail::checkTestable(property, metadata, params, silence);
  if (result.is<rc::detail::SuccessResult>()) return std::nullopt;
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  if (message) *message = text.str();
  return last;
}

TEST(TreeProperty, NoPlanBreaksALaw) {
  std::string message;
  EXPECT_FALSE(search(150, 1, SupervisorMutant::none, &message).has_value()) << message;
}

// A false alarm of shutdown_bound once, found by seed 41 of the next test: root/b has no child when it is told to stop, starts one before it
// hears of it, and that takes its 30 ms to end.
TEST(TreeProperty, AStopIsNotJudgedIfAStartComesAfterTheOrder) {
  using Kind = ChildSketch::Kind;
  const TreeSketch slow{.restarts = 1, .within_s = 1, .children = {{.kind = Kind::slow}}};
  const TreeSketch frail{.restarts = 0, .within_s = 1, .children = {{.kind = Kind::busy}, {.kind = Kind::busy}, {}}};
  const TreeSketch tree{.strategy = Strategy::one_for_all,
                        .restarts = 1,
                        .within_s = 1,
                        .children = {{}, {.kind = Kind::supervisor, .below = {slow}}, {.kind = Kind::supervisor, .below = {frail}}}};
  const Crashes crashes{
      {.at_ms = 0, .victim = 16}, {.at_ms = 3000, .victim = 17}, {.at_ms = 3000, .victim = 9}, {.at_ms = 1500, .victim = 22}};
  const SketchRun run = run_sketch(tree, crashes, {.seed = 41});
  EXPECT_FALSE(run.broken()) << run.broken()->verdict.sentence;
}

TEST(TreePropertyFull, NoPlanBreaksALaw) {
  if (!std::getenv("MOIRAI_FULL")) GTEST_SKIP() << "set MOIRAI_FULL=1";
  for (std::uint64_t seed = 2; seed <= 201; ++seed) {  // 100,000 runs
    std::string message;
    ASSERT_FALSE(search(500, seed, SupervisorMutant::none, &message).has_value()) << "seed " << seed << "\n" << message;
  }
}

TEST(TreeProperty, EveryMutantIsFoundAndShrunk) {
  for (const SupervisorMutant mutant :
       {SupervisorMutant::limit_off_by_one, SupervisorMutant::stop_order_reversed, SupervisorMutant::temporary_restarted}) {
    std::string message;
    const std::optional<Found> found = search(300, 5, mutant, &message);
    ASSERT_TRUE(found.has_value()) << to_string(mutant);
    EXPECT_LE(found->crashes.size(), 2u) << message;
    EXPECT_LE(processes_of(found->tree).size(), 5u) << message;
    std::printf("%s: %s\n%s%s\n", std::string(to_string(mutant)).c_str(), found->law.verdict.sentence.c_str(),
                to_string(found->tree).c_str(), to_string(to_plan(found->tree, found->crashes, 5)).c_str());
  }
}

// How many of 300 random trees with random plans show each mutant, and which law sees it first.
TEST(TreeProperty, HitRatesOfTheMutants) {
  const rc::Gen<TreeSketch> trees = gen_tree();
  const rc::Gen<Crashes> plans = rc::gen::container<Crashes>(gen_crash());
  for (const SupervisorMutant mutant : {SupervisorMutant::none, SupervisorMutant::limit_off_by_one, SupervisorMutant::stop_order_reversed,
                                        SupervisorMutant::temporary_restarted}) {
    int hits = 0;
    std::map<std::string, int> by_law;
    std::map<std::string, std::uint64_t> evaluations;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      const rc::Random random(seed);
      rc::Random first = random;
      const rc::Random second = first.split();
      const TreeSketch tree = trees(first, 50).value();
      const Crashes crashes = plans(second, 30).value();
      SketchSettings settings;
      settings.seed = seed;
      settings.mutant = mutant;
      const SketchRun run = run_sketch(tree, crashes, settings);
      for (const LawOutcome& law : run.laws) evaluations[law.law] += law.evaluations;
      const LawOutcome* law = run.broken();
      if (!law) continue;
      ++hits;
      ++by_law[law->law];
      EXPECT_NE(mutant, SupervisorMutant::none) << law->verdict.sentence << "\n"
                                                << to_string(tree) << to_string(to_plan(tree, crashes, seed));
    }
    std::string laws;
    for (const auto& [law, count] : by_law) laws += " " + law + " " + std::to_string(count);
    std::printf("%s: %d of 300%s\n", std::string(to_string(mutant)).c_str(), hits, laws.c_str());
    if (mutant != SupervisorMutant::none) {
      EXPECT_GE(hits, 30) << to_string(mutant);
      continue;
    }
    for (const auto& [law, count] : evaluations) { EXPECT_GT(count, 100u) << law << " is hardly ever put to the test"; }
  }
}

// A crash plan with delays, partitions and exit signals among it.
FaultPlan troubled(const TreeSketch& tree, const Crashes& crashes, std::uint64_t seed) {
  FaultPlan plan = to_plan(tree, crashes, seed);
  const std::vector<std::string> paths = processes_of(tree);
  Random draws(stream_key(seed, "troubled"));
  const auto milliseconds = [&](std::uint64_t below) { return Duration(std::chrono::milliseconds(draws.below(below))); };
  const auto somebody = [&] { return Selector{paths[draws.below(paths.size())], false}; };
  for (std::uint64_t k = 1; k <= 6; ++k) {
    const Time due = Time{} + 100ms + milliseconds(18'000);
    const Selector one = somebody();
    const Selector other = somebody();
    const std::uint64_t kind = draws.below(3);
    if (kind == 2 && one.pattern != "root") {
      constexpr std::string_view reasons[] = {"boom", "shutdown", "kill", "normal"};
      plan.faults.push_back({"exit", k, due, due + 20ms, ExitSignalFault{one, other, std::string(reasons[draws.below(4)])}});
    } else if (one != other && kind == 0) {
      const Duration delay = 1ms + milliseconds(3'000);
      plan.faults.push_back({"delay", k, due, due, DelayFault{{{one, other}, {other, one}}, {1ms, delay}, milliseconds(5'000)}});
    } else if (one != other) {
      plan.faults.push_back({"cut", k, due, due, PartitionFault{{{one}, {other}}, milliseconds(5'000)}});
    }
  }
  std::stable_sort(plan.faults.begin(), plan.faults.end(), [](const PlannedFault& a, const PlannedFault& b) { return a.due < b.due; });
  return plan;
}

TEST(TreeProperty, NoTroubleOnTheWireBreaksALaw) {
  const rc::Gen<TreeSketch> trees = gen_tree();
  const rc::Gen<Crashes> plans = rc::gen::container<Crashes>(gen_crash());
  const std::uint64_t seeds = std::getenv("MOIRAI_FULL") ? 5'000 : 300;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    rc::Random first(seed);
    const rc::Random second = first.split();
    const TreeSketch tree = trees(first, 50).value();
    const FaultPlan plan = troubled(tree, plans(second, 20).value(), seed);
    SketchSettings settings;
    settings.seed = seed;
    settings.schedule = seed % 4 == 0 ? ScheduleStrategy::fifo : ScheduleStrategy::random;
    const SketchRun run = run_sketch(tree, plan, settings);
    if (!run.broken()) continue;
    const std::string law = run.broken()->law;
    const ShrunkPlan shrunk = shrink_plan(plan, [&](const FaultPlan& smaller) {
      const SketchRun again = run_sketch(tree, smaller, settings);
      return again.broken() && again.broken()->law == law;
    });
    FAIL() << "seed " << seed << ": " << run.broken()->verdict.sentence << "\n" << to_string(tree) << to_string(shrunk.plan);
  }
}

TEST(TreeSketch, PrintsAsPeopleSayIt) {
  TreeSketch tree;
  tree.strategy = Strategy::rest_for_one;
  tree.restarts = 2;
  TreeSketch below;
  below.children.push_back({ChildSketch::Kind::slow, Restart::temporary, {}});
  tree.children.push_back({});
  tree.children.push_back({ChildSketch::Kind::supervisor, Restart::transient, {below}});
  EXPECT_EQ(to_string(tree),
            "root: rest_for_one, 2 in 5 s\n"
            "  a: permanent quiet\n"
            "  b: transient supervisor, one_for_one, 1 in 5 s\n"
            "    a: temporary slow\n");
  EXPECT_EQ(processes_of(tree), (std::vector<std::string>{"root", "root/a", "root/b", "root/b/a"}));
  EXPECT_EQ(to_string(to_plan(tree, {{.at_ms = 1400, .victim = 2, .reason = CrashSketch::Reason::kill}}, 1)),
            "1.5s  crash#1  crash of root/b/a with reason kill\n");
}

}  // namespace
}  // namespace moirai
