// What is measured is what runs: the digest of a benchmark's program is that of the same program under `moirai run`.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "runtime/bench/workloads.hpp"
#include "scenarios/suite/program.test.hpp"

namespace moirai::bench {
namespace {

constexpr std::uint64_t seed = 7, operations = 1'000;

std::string scenario_of(const Chosen& chosen) {
  const auto seconds = [](Duration duration) { return std::chrono::duration_cast<std::chrono::seconds>(duration).count(); };
  return fmt::format(R"(format = 1
[scenario]
name = "{}"
[system]
app = "benchmark"
args = {{ program = "{}", form = "{}", operations = {} }}
[schedule]
strategy = "{}"
[phases]
warmup = "{}s"
chaos = "{}s"
settle = "{}s"
[limits]
steps = 1000000000
stall = 1000000000
[[property]]
law = "message_order"
)",
                     chosen.path(), chosen.workload.name, chosen.form == Form::process ? "process" : "handler", operations,
                     chosen.scheduler == Scheduler::fifo ? "fifo" : "random", seconds(warmup), seconds(chaos), seconds(settle));
}

TEST(Benchmark, MeasuresWhatMoiraiRuns) {
  const testing_suite::Folder folder;
  std::map<std::string, std::string> measured, said;  // by name of the benchmark: its digest
  World world;
  for (const Chosen& chosen : choices()) {
    if (!chosen.workload.variant.empty()) continue;  // the same program in another size
    folder.write(std::to_string(measured.size()) + ".toml", scenario_of(chosen));
    const RunEnd end = play(world, settings_for(chosen.scheduler, seed), chosen.workload.tree(chosen.form, operations));
    measured[chosen.path()] = fmt::format("{:016x}", end.digest);
    EXPECT_GE(end.steps, operations) << chosen.path();
  }
  for (const std::string& line :
       testing_suite::run({testing_suite::program("moirai"), "run", folder.path(), "--seed", std::to_string(seed)}).lines())
    if (const std::size_t at = line.find("digest="); at != std::string::npos)
      said[line.substr(0, line.find(' '))] = line.substr(at + 7, 16);
  EXPECT_EQ(measured, said);
  EXPECT_GE(measured.size(), 60u);
}

TEST(Benchmark, ProgramsThatDoNotExistAreReported) {
  const testing_suite::Folder folder;
  Chosen chosen = *choose("W1/process/fifo");
  chosen.workload.name = "W99";
  const std::string file = folder.write("benchmark.toml", scenario_of(chosen));
  const testing_suite::Said said = testing_suite::run({testing_suite::program("moirai"), "run", file, "--seed", "1"});
  EXPECT_EQ(said.code, 1) << said.out;
  EXPECT_EQ(choose("W99/process/fifo"), std::nullopt);
}

}  // namespace
}  // namespace moirai::bench
