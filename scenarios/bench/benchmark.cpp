// The programs that runtime_bench measures, as systems: what is measured is what runs under `moirai run`, with the same digest.
#include "runtime/bench/smallest.hpp"
#include "runtime/bench/workloads.hpp"
#include "scenarios/suite/suite.hpp"

namespace moirai::bench {
namespace {

// Exits at once, and says why.
ChildSpec no_such_program(const std::string& name) {
  const Term reason = Term::tuple({Term::atom("no_such_program"), Term::atom(name)});
  return root({worker("nothing", [reason](Self& self) { self.exit(reason); })});
}

}  // namespace

MOIRAI_SYSTEM(benchmark, "a program of runtime/bench", {"program", std::string("W1"), "W1 to W10, as the benchmarks are called"},
              {"form", std::string("process"), "process or handler"}, {"operations", std::int64_t{1'000}, "messages, lives, calls, ..."}) {
  const std::string name = args.text("program") + "/" + args.text("form") + "/fifo";  // the schedule is the scenario's
  const std::optional<Chosen> chosen = choose(name);
  if (!chosen || args.integer("operations") < 1) return no_such_program(name);
  return chosen->workload.tree(chosen->form, static_cast<std::uint64_t>(args.integer("operations")));
}

MOIRAI_SYSTEM(smallest, "three processes and three messages, of which two may come in either order") { return smallest_tree(); }

}  // namespace moirai::bench
