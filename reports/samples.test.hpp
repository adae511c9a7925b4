// What the tests of all writers share: a small campaign in which everything occurs once, a hostile one, and golden files.
// A golden file is compared as text; MOIRAI_UPDATE_GOLDEN=1 rewrites it, and the difference is reviewed as code. Tests run in the root of
// the repository.
#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "reports/report.hpp"

namespace moirai {

inline Time at(std::int64_t milliseconds) { return Time{std::chrono::milliseconds(milliseconds)}; }

inline RunReport passing_run(std::uint64_t seed) {
  return {seed, RunVerdict::pass, 0x1111'2222'0000'0000 + seed, 2'000, std::chrono::seconds(60), "", "", "", "", {}};
}

inline RunReport failing_run(std::uint64_t seed) {
  RunReport run{seed, RunVerdict::fail, 0x9f3c'51e0'7a2b'4d00 + seed, 1'500, std::chrono::milliseconds(31'204), "", "", "", "", {}};
  run.sentence = "the ledger holds 980 cents where 1000 were deposited";
  run.law = "money-conserved";
  run.signature = "money_conserved Withdraw bank/ledger";
  run.reproduce = "moirai replay scenarios/bank.toml --seed " + seed_text(seed) + " --expect-digest " + hex16(run.digest);
  return run;
}

inline FailureStory story() {
  FailureStory story;
  story.open_faults = {{"teller-crash", "crash", "bank/teller-1", at(27'450), at(27'450)},
                       {"slow", "delay", "bank/ledger", at(28'000), at(28'500)},
                       {"cut", "partition", "bank/ledger | bank/teller-1 bank/teller-2", at(28'900), std::nullopt}};
  story.events = {{at(29'871), "bank/teller-1#2", "sends Withdraw{cents=20} to bank/ledger"},
                  {at(29'871), "bank/ledger", "receives Withdraw{cents=20} from bank/teller-1#2"},
                  {Time{Duration{31'204'000'017}}, "", "heal"}};
  story.events_omitted = 18;
  story.remarks = {"this build differs from the one the seed came from (4be1d72): it may explore something else"};
  return story;
}

// Every run verdict, every scenario verdict, every optional field set and unset.
inline SuiteReport sample_suite() {
  SuiteReport suite;
  suite.build = {"0.1.0", "4be1d72-clean", "gcc 12.2.0"};

  ScenarioReport good;
  good.name = "bank/teller-crash";
  good.title = "Tellers crash, money stays";
  good.file = "scenarios/bank_teller_crash.toml";
  good.scenario_hash = 0xabcdef;
  good.seeds_asked = 3;
  good.laws = {{"money-conserved", "money_conserved", 12'400, 0, 0, std::nullopt, ""},
               {"order", "restart_order", 87, 0, 0, std::nullopt, ""}};
  good.faults = {{"teller-crash", "crash", 41, {{"no_target", 2}, {"overlap", 1}}, Duration{0}},
                 {"cut", "partition", 6, {}, std::chrono::milliseconds(12'500)}};
  good.messages = {5'000, 1, 2, 30, 4};
  good.restarts = 41;
  good.giveups = 1;
  good.determinism_checks = 2;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) good.add(passing_run(seed));
  good.recovery.add(std::chrono::milliseconds(10));
  good.recovery.add(std::chrono::milliseconds(11));
  good.recovery.add(std::chrono::seconds(61));
  good.wall.seed.add(std::chrono::microseconds(1'500));
  good.wall.seeds_per_second = 44.5;
  good.wall.last_run = good.wall.last_success = 1'790'000'000;
  suite.scenarios.push_back(good);

  ScenarioReport known_bad = good;
  known_bad.name = "bank/lost-update";
  known_bad.title = "";
  known_bad.file = "scenarios/known_bad/bank_lost_update.toml";
  known_bad.expected = "find-bug";
  known_bad.runs.clear();
  known_bad.by_verdict = {};
  known_bad.seeds_run = known_bad.steps = 0;
  known_bad.virtual_time = Duration{0};
  known_bad.laws.front().violated = 1;
  known_bad.laws.front().first_violating_seed = 2;
  known_bad.add(passing_run(1));
  known_bad.add(failing_run(2));
  known_bad.add(passing_run(3));
  known_bad.wall = {};
  suite.scenarios.push_back(known_bad);

  ScenarioReport bad;
  bad.name = "kv/acknowledged";
  bad.title = "Nothing acknowledged is lost";
  bad.file = "scenarios/kv.toml";
  bad.scenario_hash = 0x1234;
  bad.verdict = ScenarioVerdict::unexpected;
  bad.sentence = "money-conserved was violated in 3 of 6 seeds";
  bad.problems = {"fault never-due never fired in 6 seeds", "the program ended by signal 11 (SIGSEGV) in 1 seed"};
  bad.seeds_asked = 10;
  bad.laws = {{"money-conserved", "money_conserved", 99, 3, 0, 0x83, "money-conserved was violated in 3 of 6 seeds"},
              {"idle", "recovery", 0, 0, 1, std::nullopt, "idle was never evaluated"},
              {"later", "per_pair_fifo", 5, 1, 0, 0x9a, "later was violated in 1 of 6 seeds"}};
  bad.faults = {{"never-due", "crash", 0, {}, Duration{0}}};
  bad.determinism_checks = 2;
  bad.determinism_mismatches = 1;
  RunReport first = failing_run(0x83);
  first.story = story();
  bad.add(first);
  bad.add(failing_run(0x9a));
  bad.add(failing_run(0xb1));
  RunReport crashed{0xc0,
                    RunVerdict::crashed,
                    0,
                    12,
                    Duration{5},
                    "bank/ledger ended the program by signal 11 (SIGSEGV)",
                    "",
                    "crash SIGSEGV bank/ledger",
                    "moirai replay scenarios/kv.toml --seed 0xc0",
                    {}};
  bad.add(crashed);
  RunReport undecided{0xc1,
                      RunVerdict::inconclusive,
                      1,
                      13,
                      Duration{6},
                      "the limit of 13 steps was spent",
                      "",
                      "limit steps",
                      "moirai replay scenarios/kv.toml --seed 0xc1",
                      {}};
  bad.add(undecided);
  RunReport unstable{UINT64_MAX,  RunVerdict::nondeterministic,
                     UINT64_MAX,  UINT64_MAX,
                     Duration{7}, "the second execution differed from event 4 on",
                     "",          "",
                     "",          {}};
  bad.add(unstable);
  bad.wall.last_run = 1'790'000'001;
  suite.scenarios.push_back(bad);

  ScenarioReport short_of_seeds;
  short_of_seeds.name = "kv/short";
  short_of_seeds.file = "scenarios/kv_short.toml";
  short_of_seeds.verdict = ScenarioVerdict::inconclusive;
  short_of_seeds.sentence = "0 of 10 seeds were run";
  short_of_seeds.seeds_asked = 10;
  suite.scenarios.push_back(short_of_seeds);

  ScenarioReport unstable_one;
  unstable_one.name = "kv/unstable";
  unstable_one.file = "scenarios/kv_unstable.toml";
  unstable_one.verdict = ScenarioVerdict::nondeterministic;
  unstable_one.sentence = "1 of 1 seeds differed when it was executed again";
  unstable_one.seeds_asked = 1;
  RunReport invalid{1,
                    RunVerdict::invalid,
                    3,
                    4,
                    Duration{8},
                    "the steady state was missing before chaos",
                    "steady",
                    "steady",
                    "moirai replay scenarios/kv_unstable.toml --seed 0x1",
                    {}};
  unstable_one.add(invalid);
  suite.scenarios.push_back(unstable_one);
  return suite;
}

// Texts that try to break out of a terminal, of XML, of JSON, of a metrics page.
inline const std::vector<std::string>& hostile_texts() {
  using namespace std::string_literals;
  static const std::vector<std::string> texts{"\x1b[2J\x1b]0;owned\x07",
                                              "]]><script>alert('&\"')</script><!--",
                                              "line one\nline two\r\n\ttabbed",
                                              "bad \xff\xc3\x28\xed\xa0\x80 utf8",
                                              "\xf0\x9f\x92\xa5 \xe2\x82\xac",
                                              "nul \0 inside"s,
                                              "\xe2\x80\xae"
                                              "desrever\xe2\x80\xa8"
                                              "line separator",
                                              "\xef\xbf\xbe\xef\xbf\xbf",
                                              "quote\" back\\slash } {le=\"1\"} 5\n# HELP x y",
                                              "\xc2\x85\xc2\x9b"
                                              "31m",
                                              ""};
  return texts;
}

// The sample with `text` in every string there is.
inline SuiteReport hostile_suite(const std::string& text) {
  SuiteReport suite = sample_suite();
  suite.build = {text, text, text};
  suite.interrupted = true;
  int count = 0;
  for (ScenarioReport& scenario : suite.scenarios) {
    scenario.name = text;  // the same for all: writers keep them apart
    scenario.title = scenario.file = scenario.sentence = text;
    for (std::string& problem : scenario.problems) problem = text;
    for (LawReport& law : scenario.laws) law.name = law.law = law.problem = text;
    for (FaultReport& fault : scenario.faults) {
      fault.name = fault.kind = text;
      for (SkippedFault& skipped : fault.skipped) skipped.reason = text;
    }
    for (RunReport& run : scenario.runs) {
      if (run.verdict == RunVerdict::pass) continue;
      run.sentence = run.law = run.reproduce = text;
      run.signature = text + std::to_string(++count);
      run.story = story();
      for (OpenFault& fault : run.story->open_faults) fault.name = fault.kind = fault.detail = text;
      for (StoryEvent& event : run.story->events) event.process = event.text = text;
      run.story->remarks = {text};
    }
  }
  return suite;
}

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A folder of this test's own under the system's temporary one; removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = testing::TempDir() + "moirai-reports-XXXXXX";
    const char* made = ::mkdtemp(pattern.data());
    if (made != nullptr) path_ = made;
  }
  ~TemporaryFolder() {
    std::error_code ignored;  // a leftover in the temporary folder is no failure
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Ended {
  int exit_code = -1;  // 127: there is no such program
  std::string output;  // both streams
};

// Runs a shell command line to its end. Requires: it ends by itself.
inline Ended run_command(const std::string& command) {
  Ended ended;
  std::FILE* pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
  if (pipe == nullptr) return ended;
  char block[4096];
  for (std::size_t n = 0; (n = std::fread(block, 1, sizeof block, pipe)) > 0;) ended.output.append(block, n);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  return ended;
}

// Whether there is such a program; that there is none is a failure, since a format nobody read is a format nobody checked.
inline bool have_program(const std::string& name) {
  const bool found = run_command("command -v " + name + " >/dev/null").exit_code == 0;
  EXPECT_TRUE(found) << name << " is missing: see ci/packages.txt";
  return found;
}

inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = "reports/golden/" + name;
  if (std::getenv("MOIRAI_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(read_file(path), text) << path << " differs; if the new text is right: MOIRAI_UPDATE_GOLDEN=1";
}

}  // namespace moirai
