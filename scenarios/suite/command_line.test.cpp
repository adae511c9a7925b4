#include "scenarios/suite/command_line.hpp"

#include <gtest/gtest.h>

namespace moirai {
namespace {

CommandLine read(std::vector<const char*> words) {
  words.insert(words.begin(), "bin/moirai");
  return read_command_line(static_cast<int>(words.size()), words.data());
}

RunArguments run(std::vector<const char*> words) {
  words.insert(words.begin(), "run");
  const CommandLine line = read(std::move(words));
  EXPECT_TRUE(line.arguments) << line.message;
  return line.arguments ? std::get<RunArguments>(*line.arguments) : RunArguments{};
}

void expect_usage_error(std::vector<const char*> words, const std::string& part) {
  const CommandLine line = read(std::move(words));
  EXPECT_FALSE(line.arguments);
  EXPECT_EQ(line.exit_code, 64);
  EXPECT_NE(line.message.find(part), std::string::npos) << line.message;
}

TEST(CommandLine, RunTakesPathsAndHasDefaults) {
  const RunArguments arguments = run({"a.toml", "b"});
  EXPECT_EQ(arguments.paths, (std::vector<std::string>{"a.toml", "b"}));
  EXPECT_FALSE(arguments.count);
  EXPECT_FALSE(arguments.range);
  EXPECT_GE(arguments.jobs, 1u);
  EXPECT_TRUE(arguments.out.empty());
  EXPECT_EQ(arguments.verify, (Ratio{0, 1}));
  EXPECT_FALSE(arguments.no_faults);
  EXPECT_EQ(read({"version"}).program, "bin/moirai");
}

TEST(CommandLine, SeedsAreOneACountOrARange) {
  EXPECT_EQ(run({"a", "--seed", "0x83"}).range, (SeedRange{0x83, 1}));
  EXPECT_EQ(run({"a", "--seed", "18446744073709551615"}).range, (SeedRange{~std::uint64_t{0}, 1}));
  EXPECT_EQ(run({"a", "--seeds", "1000"}).count, 1000u);
  EXPECT_EQ(run({"a", "--seeds", "10..500"}).range, (SeedRange{10, 491}));
  EXPECT_EQ(run({"a", "--seeds", "0x10..0x10"}).range, (SeedRange{16, 1}));
}

TEST(CommandLine, SeedsThatMeanNothingAreRefused) {
  expect_usage_error({"run", "a", "--seed", "x"}, "a seed is a 64-bit number");
  expect_usage_error({"run", "a", "--seed", "-1"}, "-1");
  expect_usage_error({"run", "a", "--seeds", "5..4"}, "empty");
  expect_usage_error({"run", "a", "--seeds", "0"}, "between 1 and");
  expect_usage_error({"run", "a", "--seeds", "5..."}, "a seed is a 64-bit number");
  expect_usage_error({"run", "a", "--seeds", "1..0xffffffffffff"}, "more than");
  expect_usage_error({"run", "a", "--seed", "1", "--seeds", "2"}, "excludes");
}

TEST(CommandLine, TheOtherOptionsOfRun) {
  const RunArguments arguments =
      run({"a", "--jobs", "3", "--out", "out", "--listen", "127.0.0.1:0", "--verify-determinism", "5%", "--no-faults"});
  EXPECT_EQ(arguments.jobs, 3u);
  EXPECT_EQ(arguments.out, "out");
  EXPECT_EQ(arguments.listen, "127.0.0.1:0");
  EXPECT_EQ(arguments.verify, (Ratio{1, 20}));
  EXPECT_TRUE(arguments.no_faults);
  expect_usage_error({"run", "a", "--jobs", "0"}, "jobs");
  expect_usage_error({"run", "a", "--verify-determinism", "200%"}, "a share is written");
}

TEST(CommandLine, ReplayTakesWhatItsLineCarries) {
  const CommandLine line = read({"replay", "a.toml", "--seed", "0x83", "--expect-digest", "9f3c51e07a2b4d18", "--scenario-hash",
                                 "00000000000000ff", "--build", "4be1d72", "--no-faults", "--trace"});
  ASSERT_TRUE(line.arguments) << line.message;
  const auto& arguments = std::get<ReplayArguments>(*line.arguments);
  EXPECT_EQ(arguments.file, "a.toml");
  EXPECT_EQ(arguments.seed, 0x83u);
  EXPECT_EQ(arguments.digest, 0x9f3c51e07a2b4d18u);
  EXPECT_EQ(arguments.scenario_hash, 0xffu);
  EXPECT_EQ(arguments.build, "4be1d72");
  EXPECT_TRUE(arguments.trace);
  EXPECT_TRUE(arguments.no_faults);
  expect_usage_error({"replay", "a.toml"}, "--seed");
  expect_usage_error({"replay", "a.toml", "--seed", "1", "--expect-digest", "xyz"}, "16 hexadecimal digits");
}

TEST(CommandLine, MistakesAreUsageErrorsAndHelpIsNone) {
  expect_usage_error({}, "subcommand");
  expect_usage_error({"run"}, "PATHS");
  expect_usage_error({"frobnicate"}, "frobnicate");
  expect_usage_error({"run", "a", "--frobnicate"}, "--frobnicate");
  expect_usage_error({"list", "actors"}, "actors");
  const CommandLine help = read({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_FALSE(help.arguments);
  EXPECT_NE(help.message.find("replay"), std::string::npos);
  EXPECT_EQ(help.message.find("fresh-run"), std::string::npos);
}

}  // namespace
}  // namespace moirai
