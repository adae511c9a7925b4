// moirai run, end to end: the program is started as a user would start it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "runtime/kernel/fiber.hpp"
#include "scenarios/suite/program.test.hpp"

namespace moirai::testing_suite {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(RunCommand, AllAsExpectedIsZeroAndEveryRunHasItsDigest) {
  const Folder folder;
  const Said said = suite({"run", folder.write("calm.toml", scenario("calm", within_limit)), "--seeds", "5"});
  EXPECT_EQ(said.code, 0) << said.out << said.err;
  const std::vector<std::string> digests = said.all("digest=");
  ASSERT_EQ(digests.size(), 5u) << said.out;
  for (const std::string& digest : digests) EXPECT_EQ(digest.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(digests[0].size(), 16u);
  EXPECT_EQ(std::set<std::string>(digests.begin(), digests.end()).size(), 5u);
  EXPECT_EQ(said.all("seed="), (std::vector<std::string>{"0x1", "0x2", "0x3", "0x4", "0x5"}));
  EXPECT_EQ(said.out.find('\x1b'), std::string::npos) << "no colour where no terminal is";
  EXPECT_EQ(said.out.find('\r'), std::string::npos);
}

TEST(RunCommand, OneSeedIsOneRunAndTheSameAsInARange) {
  const Folder folder;
  const std::string file = folder.write("calm.toml", scenario("calm", within_limit));
  const std::vector<std::string> range = suite({"run", file, "--seeds", "3..9"}).all("digest=");
  ASSERT_EQ(range.size(), 7u);
  for (std::uint64_t seed = 3; seed <= 9; ++seed) {
    const std::vector<std::string> alone = suite({"run", file, "--seed", std::to_string(seed)}).all("digest=");
    ASSERT_EQ(alone.size(), 1u);
    EXPECT_EQ(alone[0], range[seed - 3]) << seed;
  }
  EXPECT_EQ(suite({"run", file, "--seed", "0x7"}).all("digest="), (std::vector<std::string>{range[4]}));
}

TEST(RunCommand, JobsFolderAndEnvironmentChangeNoByte) {
  const Folder folder;
  const std::string file = folder.write("calm.toml", scenario("calm", sometimes_broken));
  folder.write("other/keep", "");
  const auto campaign = [&](const std::string& jobs, const std::string& out, const std::string& where,
                            std::vector<std::pair<std::string, std::string>> environment) {
    const Said said = run({program(), "run", file, "--jobs", jobs, "--out", folder.path() + "/" + out}, where, {}, environment);
    EXPECT_EQ(said.code, 1) << said.out << said.err;
    return said.out;
  };
  const std::string first = campaign("1", "one", "/", {});
  EXPECT_EQ(campaign("2", "two", folder.path() + "/other", {{"LC_ALL", "de_DE.UTF-8"}, {"TZ", "Asia/Tokyo"}, {"LANG", "C"}}), first);
  for (const char* name : {"summary.txt", "junit.xml", "results.jsonl"}) {
    EXPECT_GT(folder.read(std::string("one/") + name).size(), 100u) << name;
    EXPECT_EQ(folder.read(std::string("one/") + name), folder.read(std::string("two/") + name)) << name;
  }
  EXPECT_NE(folder.read("one/metrics.prom").find("moirai_seeds_total"), std::string::npos);
}

TEST(RunCommand, AViolationIsOneAndItsLineReplaysIt) {
  const Folder folder;
  const std::string file = folder.write("calm.toml", scenario("calm", sometimes_broken));
  const Said said = suite({"run", file});
  EXPECT_EQ(said.code, 1);
  EXPECT_NE(said.out.find("a number reached the limit: 9"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("last events"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("notes Drawn{number=9"), std::string::npos) << said.out;
  const std::size_t at = said.out.find("reproduce   ");
  ASSERT_NE(at, std::string::npos) << said.out;
  const std::string line = said.out.substr(at + 12, said.out.find('\n', at) - at - 12);
  const Said again = run({"/bin/sh", "-c", line});
  EXPECT_EQ(again.code, 1) << again.out << again.err;
  EXPECT_NE(again.out.find("a number reached the limit: 9"), std::string::npos) << again.out;
  EXPECT_EQ(again.out.find("note:"), std::string::npos) << again.out;
}

TEST(RunCommand, TheExpectedBugIsZeroAndAnUnfoundOneIsOne) {
  const Folder folder;
  const std::string expect = "[expect]\noutcome = \"find-bug\"\nproperty = \"small_numbers\"\n";
  const std::string found = folder.write("found.toml", scenario("calm", sometimes_broken + expect));
  EXPECT_EQ(suite({"run", found}).code, 0);
  const std::string unfound = folder.write("unfound.toml", scenario("calm", within_limit + expect));
  const Said said = suite({"run", unfound});
  EXPECT_EQ(said.code, 1);
  EXPECT_NE(said.out.find("no violation of small_numbers was found"), std::string::npos) << said.out;
  EXPECT_EQ(suite({"run", found, "--no-faults"}).code, 1) << "without faults every run has to pass";
}

TEST(RunCommand, ALawNeverEvaluatedAndAFaultThatNeverFiredFailTheScenario) {
  const Folder folder;
  const Said law = suite({"run", folder.write("law.toml", scenario("calm", "[[property]]\nlaw = \"never_asked\"\n"))});
  EXPECT_EQ(law.code, 1);
  EXPECT_NE(law.out.find("never evaluated"), std::string::npos) << law.out;
  const std::string fault = "[[fault]]\nkind = \"crash\"\ntarget = \"root/nobody\"\nevery = \"1s\"\n";
  const std::string file = folder.write("fault.toml", scenario("calm", within_limit + fault));
  const Said said = suite({"run", file});
  EXPECT_EQ(said.code, 1);
  EXPECT_NE(said.out.find("fault crash never fired in 20 runs: nobody alive matched its target"), std::string::npos) << said.out;
  EXPECT_EQ(suite({"run", file, "--no-faults"}).code, 0);
}

TEST(RunCommand, CrashesAreAttributedAndCostNothingElse) {
  const Folder folder;
  const std::string calm = folder.write("a.toml", scenario("calm", within_limit));
  const auto expect = [&](const std::string& system, const std::string& sentence) {
    const std::string file = folder.write(system + ".toml", scenario(system));
    const std::string out = folder.path() + "/" + system;
    const Said said = suite({"run", calm, file, "--seeds", "2", "--jobs", "2", "--out", out});
    EXPECT_EQ(said.code, 1) << said.out << said.err;
    EXPECT_NE(said.out.find(sentence), std::string::npos) << said.out;
    EXPECT_EQ(count(said.out, "  crashed  "), 2u) << said.out;
    EXPECT_EQ(count(said.out, "  pass  "), 2u) << said.out;
    EXPECT_NE(said.out.find(" replay " + file + " --seed 0x1"), std::string::npos) << said.out;
    EXPECT_GT(folder.read(system + "/junit.xml").size(), 100u);
  };
  expect("exits", "process root/quitter called exit; step ");
#if !MOIRAI_ASAN
  expect("segfaults", "process root/crasher died of a segmentation fault; step ");
  expect("overflows", "process root/diver overflowed its stack; step ");
#endif
  expect("spins", "process root/spinner did not give up its turn");
}

TEST(RunCommand, ACrashTellsTheFaultsThatWereOpen) {
  const Folder folder;
  const std::string cut =
      "[[fault]]\nname = \"cut\"\nkind = \"partition\"\nsides = [[\"root/listener\"], [\"root/spinner\"]]\nat = [\"100ms\"]\n";
  const Said said = suite({"run", folder.write("spins.toml", scenario("spins", cut)), "--seed", "1"});
  EXPECT_EQ(said.code, 1) << said.err;
  EXPECT_NE(said.out.find("cut (partition)"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("since 0.600s"), std::string::npos) << said.out;
}

TEST(RunCommand, AStallIsOneAndSpentStepsAreTwo) {
  const Folder folder;
  const Said stall = suite({"run", folder.write("stalls.toml", scenario("stalls")), "--seed", "1"});
  EXPECT_EQ(stall.code, 1);
  EXPECT_NE(stall.out.find("the system stalled in"), std::string::npos) << stall.out;
  std::string few = scenario("calm", within_limit);
  few.replace(few.find("[limits]\n"), 9, "[limits]\nsteps = 10\n");
  const Said spent = suite({"run", folder.write("few.toml", few), "--seed", "1"});
  EXPECT_EQ(spent.code, 2) << spent.out;
  EXPECT_NE(spent.out.find("the limit of 10 steps was spent"), std::string::npos) << spent.out;
}

TEST(RunCommand, NondeterminismIsThreeAndNamesTheFirstEvent) {
  const Folder folder;
  const auto expect = [&](const std::string& system, const std::string& part) {
    const Said said = suite({"run", folder.write(system + ".toml", scenario(system)), "--seeds", "2", "--verify-determinism", "100%"});
    EXPECT_EQ(said.code, 3) << said.out << said.err;
    EXPECT_NE(said.out.find("the first differing event is number"), std::string::npos) << said.out;
    EXPECT_NE(said.out.find(part), std::string::npos) << said.out;
  };
  expect("address_in_message", "Token{value=");
#if !MOIRAI_ASAN  // its allocator gives ascending addresses, whatever was freed: there the walk is the same each time
  expect("pointer_keyed_map", "Ping{number=");
#endif
  expect("static_counter", "Ping{number=");
  const Said calm = suite({"run", folder.write("calm.toml", scenario("calm", within_limit)), "--verify-determinism", "20%"});
  EXPECT_EQ(calm.code, 0) << calm.out;
  EXPECT_NE(calm.out.find("determinism 5/5"), std::string::npos) << calm.out;
}

TEST(RunCommand, ABadFileMeansThatNothingIsRun) {
  const Folder folder;
  folder.write("good.toml", scenario("calm", within_limit));
  folder.write("bad.toml", scenario("clam", "[[property]]\nlaw = \"small_number\"\n"));
  const Said said = suite({"run", folder.path(), "--out", folder.path() + "/out"});
  EXPECT_EQ(said.code, 65);
  EXPECT_EQ(said.out, "");
  EXPECT_NE(said.err.find("bad.toml:5:"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("small_numbers"), std::string::npos) << said.err;
  EXPECT_FALSE(folder.has("out"));
}

TEST(RunCommand, NothingSelectedIsFourAndUsageIs64) {
  const Folder folder;
  EXPECT_EQ(suite({"run", folder.path()}).code, 4);
  EXPECT_EQ(suite({"run"}).code, 64);
  EXPECT_EQ(suite({"run", folder.path(), "--jobs", "none"}).code, 64);
  EXPECT_EQ(suite({"run", folder.path() + "/missing.toml"}).code, 65);
}

TEST(RunCommand, WhatAnActorPrintsStaysOutOfTheReport) {
  const Folder folder;
  const Said said = suite({"run", folder.write("prints.toml", scenario("prints")), "--seed", "1"});
  EXPECT_EQ(said.out.find("not a digest"), std::string::npos) << said.out;
  EXPECT_NE(said.err.find("not a digest"), std::string::npos);
}

void expect_flush(int signal, int code) {
  const Folder folder;
  bool sent = false;
  const Said said = run(
      {program(), "run", folder.write("slow.toml", scenario("slow")), "--seeds", "100000", "--jobs", "2", "--out", folder.path() + "/out"},
      {}, [&](pid_t process, const Said& so_far) {
        if (sent || so_far.out.find("digest=") == std::string::npos) return;
        sent = true;
        ::kill(process, signal);
      });
  EXPECT_EQ(said.code, code) << said.err;
  EXPECT_NE(said.err.find("interrupted after"), std::string::npos) << said.err;
  const std::string results = folder.read("out/results.jsonl");
  EXPECT_NE(results.find("\"interrupted\":true"), std::string::npos) << results.substr(0, 300);
  EXPECT_EQ(count(results, "\"type\":\"run\""), said.all("digest=").size());
  for (const char* name : {"summary.txt", "junit.xml", "metrics.prom"})
    EXPECT_GT(folder.read(std::string("out/") + name).size(), 0u) << name;
}
TEST(RunCommand, InterruptFlushesTheReports) { expect_flush(SIGINT, 130); }
TEST(RunCommand, TerminationFlushesTheReports) { expect_flush(SIGTERM, 143); }

TEST(RunCommand, MetricsAreServedWhileItRuns) {
  const Folder folder;
  std::string page;
  const Said said =
      run({program(), "run", folder.write("slow.toml", scenario("slow")), "--seeds", "100000", "--listen", "127.0.0.1:0"}, {},
          [&](pid_t process, const Said& so_far) {
            const std::size_t at = so_far.err.find("http://127.0.0.1:");
            if (!page.empty() || at == std::string::npos || so_far.err.find('\n', at) == std::string::npos) return;
            const std::string port = so_far.err.substr(at + 17, so_far.err.find('/', at + 17) - at - 17);
            page = run({"/bin/bash", "-c",
                        "exec 3<>/dev/tcp/127.0.0.1/" + port +
                            "; printf 'GET /metrics HTTP/1.0\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3"})
                       .out;
            ::kill(process, SIGTERM);
          });
  EXPECT_EQ(said.code, 143) << said.err;
  EXPECT_NE(page.find("moirai_seeds_total{"), std::string::npos) << page;
  EXPECT_EQ(suite({"run", folder.path(), "--listen", "nonsense:port"}).code, 64);
}

}  // namespace
}  // namespace moirai::testing_suite
