#include "reports/junit.hpp"

#include <gtest/gtest.h>

#include "reports/files.hpp"
#include "reports/samples.test.hpp"

namespace moirai {
namespace {

TEST(Junit, Golden) { expect_golden("junit.xml", junit_xml(sample_suite())); }

TEST(Junit, TheFirstFailingSeedIsInTheMessage) {
  const std::string xml = junit_xml(sample_suite());
  EXPECT_NE(xml.find("message=\"seed 0x83: the ledger holds 980 cents where 1000 were deposited\""), std::string::npos);
  EXPECT_NE(xml.find("moirai replay scenarios/bank.toml --seed 0x83 --expect-digest"), std::string::npos);
}

TEST(Junit, ABugThatWasToBeFoundIsNoFailure) {
  SuiteReport suite = sample_suite();
  suite.scenarios = {suite.scenarios[1]};
  EXPECT_NE(junit_xml(suite).find("failures=\"0\" errors=\"0\""), std::string::npos);
}

TEST(Junit, AViolationIsAFailureAlsoIfNobodySaidWhy) {
  SuiteReport suite = sample_suite();
  suite.scenarios = {suite.scenarios[1]};
  suite.scenarios[0].expected = "pass";
  EXPECT_NE(junit_xml(suite).find("failures=\"1\" errors=\"0\""), std::string::npos);
}

TEST(Junit, AnUnexpectedVerdictIsNeverGreen) {
  SuiteReport suite = sample_suite();
  suite.scenarios.resize(1);
  for (const ScenarioVerdict verdict : {ScenarioVerdict::unexpected, ScenarioVerdict::inconclusive, ScenarioVerdict::nondeterministic}) {
    suite.scenarios[0].verdict = verdict;
    EXPECT_EQ(junit_xml(suite).find("failures=\"0\" errors=\"0\""), std::string::npos) << word(verdict);
  }
}

TEST(Junit, ACrashIsAnErrorThatNamesItsSeed) {
  const std::string xml = junit_xml(sample_suite());
  EXPECT_NE(xml.find("<error type=\"crashed\" message=\"seed 0xc0: bank/ledger ended the program by signal 11 (SIGSEGV)\">"),
            std::string::npos);
}

TEST(Junit, WallFiguresLeaveNoTrace) {
  SuiteReport suite = sample_suite();
  const std::string before = junit_xml(suite);
  for (ScenarioReport& scenario : suite.scenarios) scenario.wall = {{}, 12.5, 1, 2};
  EXPECT_EQ(junit_xml(suite), before);
}

// Reads a report as a CI server would: well-formed, counts right, no equal pairs of classname and name, failures as many as said.
constexpr const char* reader = R"(
import sys, xml.etree.ElementTree as tree
for path in sys.argv[1:]:
    root = tree.parse(path).getroot()
    assert root.tag == "testsuites", root.tag
    cases = list(root.iter("testcase"))
    pairs = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(pairs)) == len(pairs), pairs
    for scope in [root, *root.findall("testsuite")]:
        for count, tag in ("tests", "testcase"), ("failures", "failure"), ("errors", "error"):
            assert int(scope.get(count)) == len(list(scope.iter(tag))), (path, count)
    assert all(case.get("file") is not None for case in cases)
)";

TEST(Junit, ParsersAcceptItWhateverTheTextsHold) {
  const TemporaryFolder folder;
  std::vector<FileContent> files{{"sample.xml", junit_xml(sample_suite())}, {"empty.xml", junit_xml({})}};
  for (const std::string& text : hostile_texts())
    files.push_back({"hostile-" + std::to_string(files.size()) + ".xml", junit_xml(hostile_suite(text))});
  const auto written = write_files(folder.path(), files);
  ASSERT_TRUE(written.ok());
  ASSERT_TRUE(write_file(folder.path(), "reader.py", reader).ok());
  std::string all;
  for (const std::string& path : written.value()) all += " " + path;
  if (have_program("python3")) {
    const Ended ended = run_command("python3 " + (folder / "reader.py") + all);
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
  }
  if (have_program("xmllint")) {
    const Ended ended = run_command("xmllint --noout" + all);
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    EXPECT_EQ(ended.output, "");
  }
}

}  // namespace
}  // namespace moirai
