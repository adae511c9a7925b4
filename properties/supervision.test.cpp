#include "properties/supervision.hpp"

#include <gtest/gtest.h>

#include "chaos/small_systems.test.hpp"
#include "properties/builtin_laws.hpp"

namespace moirai {
namespace {

using namespace small;

struct Judged {
  std::string law;
  Verdict::State state;
  std::string sentence;
  std::uint64_t evaluations;
  bool operator==(const Judged&) const = default;
};

// What the built-in laws say of a run in which a worker crashes, another is killed, and the root is told to end.
std::vector<Judged> judge(std::shared_ptr<SupervisionView> shared, std::uint64_t seed) {
  const FaultPlan faults =
      plan({item("boom", 200ms, CrashFault{all("bank/teller-1"), "boom", {}}),
            item("bang", 300ms, CrashFault{all("bank/ledger"), "kill", {}}), item("end", 400ms, CrashFault{all("bank"), "shutdown", {}})});
  const LawCatalogue catalogue = builtin_laws();
  std::vector<std::unique_ptr<Law>> laws;
  std::vector<Observer*> observers;
  for (const LawEntry& entry : catalogue.entries()) {
    const Args defaults(entry.declaration.args);
    laws.push_back(entry.make(defaults));
    laws.back()->configure({entry.declaration.name, false, shared});
    observers.push_back(laws.back().get());
  }
  execute(scenario(), system("bank", bank), faults, seed, observers);
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < laws.size(); ++i)
    judged.push_back(
        {catalogue.entries()[i].declaration.name, laws[i]->verdict().state, laws[i]->verdict().sentence, laws[i]->evaluations()});
  return judged;
}

TEST(Supervision, LawsThatShareAViewJudgeAsEachDoesAlone) {
  std::uint64_t evaluations = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::vector<Judged> shared = judge(std::make_shared<SupervisionView>(), seed);
    EXPECT_EQ(shared, judge(nullptr, seed));
    for (const Judged& law : shared) evaluations += law.evaluations;
  }
  EXPECT_GT(evaluations, 100u);
}

}  // namespace
}  // namespace moirai
