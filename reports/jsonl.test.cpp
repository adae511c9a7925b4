#include "reports/jsonl.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "reports/samples.test.hpp"
#include "reports/text.hpp"

namespace moirai {
namespace {

using nlohmann::json;

std::vector<json> parsed(const std::string& lines) {
  std::vector<json> out;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) out.push_back(json::parse(line));
  return out;
}

std::set<std::string> fields(const json& object) {
  std::set<std::string> names;
  for (const auto& item : object.items()) names.insert(item.key());
  return names;
}

TEST(Jsonl, Golden) { expect_golden("results.jsonl", results_jsonl(sample_suite())); }

// The grammar above the writer, as sets.
TEST(Jsonl, FieldsAreTheDocumentedOnes) {
  const std::set<std::string> passed{"type", "scenario", "seed", "verdict", "digest", "steps", "virtual_ns"};
  std::set<std::string> failed = passed;
  failed.insert({"sentence", "law", "signature", "reproduce", "story"});
  const std::set<std::string> header{"type", "format", "program", "version", "revision", "compiler", "interrupted"};
  const std::set<std::string> scenario{"type",     "scenario",   "title",       "file",      "scenario_hash", "expected", "verdict",
                                       "sentence", "problems",   "seeds_asked", "seeds_run", "runs",          "laws",     "faults",
                                       "steps",    "virtual_ns", "messages",    "restarts",  "giveups",       "recovery", "determinism"};
  std::map<std::string, int> seen;
  for (const json& line : parsed(results_jsonl(sample_suite()))) {
    const std::string type = line.at("type");
    ++seen[type];
    if (type == "header") { EXPECT_EQ(fields(line), header); }
    if (type == "run") { EXPECT_EQ(fields(line), line.at("verdict") == "pass" ? passed : failed); }
    if (type == "run" && line.contains("story") && !line.at("story").is_null()) {
      EXPECT_EQ(fields(line["story"]), (std::set<std::string>{"open_faults", "events", "events_omitted", "remarks"}));
      for (const json& fault : line["story"]["open_faults"])
        EXPECT_EQ(fields(fault), (std::set<std::string>{"fault", "kind", "detail", "begin_ns", "end_ns"}));
      for (const json& event : line["story"]["events"]) EXPECT_EQ(fields(event), (std::set<std::string>{"time_ns", "process", "text"}));
      ++seen["story"];
    }
    if (type != "scenario") continue;
    EXPECT_EQ(fields(line), scenario);
    EXPECT_EQ(fields(line["runs"]), (std::set<std::string>{"pass", "fail", "inconclusive", "invalid", "crashed", "nondeterministic"}));
    for (const json& law : line["laws"]) {
      EXPECT_EQ(fields(law), (std::set<std::string>{"property", "law", "evaluations", "violated", "inconclusive", "never_evaluated",
                                                    "first_violating_seed", "problem"}));
    }
    for (const json& fault : line["faults"])
      EXPECT_EQ(fields(fault), (std::set<std::string>{"fault", "kind", "injected", "skipped", "active_ns"}));
    EXPECT_EQ(fields(line["messages"]), (std::set<std::string>{"delivered", "dropped", "duplicated", "dead_letter", "unreceived"}));
    EXPECT_EQ(fields(line["recovery"]), (std::set<std::string>{"count", "sum_ns", "longest_ns", "buckets"}));
    for (const json& bucket : line["recovery"]["buckets"]) EXPECT_EQ(fields(bucket), (std::set<std::string>{"le_ns", "count"}));
    EXPECT_EQ(fields(line["determinism"]), (std::set<std::string>{"checks", "mismatches"}));
  }
  EXPECT_EQ(seen, (std::map<std::string, int>{{"header", 1}, {"run", 13}, {"scenario", 5}, {"story", 1}}));
}

TEST(Jsonl, SixtyFourBitsSurviveReadersThatUseDoubles) {
  const std::vector<json> lines = parsed(results_jsonl(sample_suite()));
  bool found = false;
  for (const json& line : lines) {
    if (line.at("type") != "run") continue;
    EXPECT_TRUE(line.at("seed").is_string());
    EXPECT_TRUE(line.at("digest").is_string());
    found = found || line.at("seed") == "0xffffffffffffffff";
  }
  EXPECT_TRUE(found);
}

TEST(Jsonl, RunsStandBeforeTheirScenario) {
  std::string open;
  for (const json& line : parsed(results_jsonl(sample_suite()))) {
    if (line.at("type") == "run") {
      if (!open.empty()) { EXPECT_EQ(line.at("scenario"), open); }
      open = line.at("scenario");
    }
    if (line.at("type") == "scenario") open.clear();
  }
}

TEST(Jsonl, HostileTextsSurviveAsciiLines) {
  for (const std::string& text : hostile_texts()) {
    const std::string lines = results_jsonl(hostile_suite(text));
    for (const char c : lines) ASSERT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
    const std::vector<json> all = parsed(lines);
    EXPECT_EQ(all.size(), 19u);
    EXPECT_EQ(all.front().at("version"), valid_utf8(text));
    EXPECT_EQ(all.back().at("title"), valid_utf8(text));
  }
}

TEST(Jsonl, WallFiguresLeaveNoTrace) {
  SuiteReport suite = sample_suite();
  const std::string before = results_jsonl(suite);
  for (ScenarioReport& scenario : suite.scenarios) scenario.wall = {{}, 12.5, 1, 2};
  EXPECT_EQ(results_jsonl(suite), before);
}

TEST(Jsonl, OnlyTheHeaderKnowsTheBuild) {
  SuiteReport suite = sample_suite();
  const std::string before = results_jsonl(suite);
  suite.build = {"9", "other", "clang 14.0.6"};
  const std::string after = results_jsonl(suite);
  EXPECT_EQ(before.substr(before.find('\n')), after.substr(after.find('\n')));
}

}  // namespace
}  // namespace moirai
