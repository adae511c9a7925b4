#include "reports/jsonl.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "reports/text.hpp"

namespace moirai {
namespace {

using Json = nlohmann::ordered_json;

std::string line(const Json& object) { return object.dump(-1, ' ', /*ensure_ascii=*/true) + "\n"; }

// Invalid UTF-8 becomes U+FFFD; everything else survives a round trip.
Json text(std::string_view s) { return valid_utf8(s); }

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const std::string& s : list) out.push_back(text(s));
  return out;
}

Json story_object(const FailureStory& story) {
  Json faults = Json::array();
  for (const OpenFault& fault : story.open_faults) {
    Json object;
    object["fault"] = text(fault.name);
    object["kind"] = text(fault.kind);
    object["detail"] = text(fault.detail);
    object["begin_ns"] = nanoseconds(fault.begin);
    object["end_ns"] = fault.end ? Json(nanoseconds(*fault.end)) : Json(nullptr);
    faults.push_back(object);
  }
  Json events = Json::array();
  for (const StoryEvent& event : story.events) {
    Json object;
    object["time_ns"] = nanoseconds(event.time);
    object["process"] = text(event.process);
    object["text"] = text(event.text);
    events.push_back(object);
  }
  Json object;
  object["open_faults"] = faults;
  object["events"] = events;
  object["events_omitted"] = story.events_omitted;
  object["remarks"] = texts(story.remarks);
  return object;
}

Json law_object(const LawReport& law) {
  Json object;
  object["property"] = text(law.name);
  object["law"] = text(law.law);
  object["evaluations"] = law.evaluations;
  object["violated"] = law.violated;
  object["inconclusive"] = law.inconclusive;
  object["never_evaluated"] = law.never_evaluated();
  object["first_violating_seed"] = law.first_violating_seed ? Json(seed_text(*law.first_violating_seed)) : Json(nullptr);
  object["problem"] = text(law.problem);
  return object;
}

Json fault_object(const FaultReport& fault) {
  Json skipped = Json::object();
  for (const SkippedFault& reason : fault.skipped) skipped[valid_utf8(reason.reason)] = reason.count;
  Json object;
  object["fault"] = text(fault.name);
  object["kind"] = text(fault.kind);
  object["injected"] = fault.injected;
  object["skipped"] = skipped;
  object["active_ns"] = nanoseconds(fault.active);
  return object;
}

Json messages_object(const MessageFates& messages) {
  Json object;
  object["delivered"] = messages.delivered;
  object["dropped"] = messages.dropped;
  object["duplicated"] = messages.duplicated;
  object["dead_letter"] = messages.dead_letter;
  object["unreceived"] = messages.unreceived;
  return object;
}

Json histogram_object(const DurationHistogram& histogram) {
  Json buckets = Json::array();
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    Json bucket;
    bucket["le_ns"] = i < histogram.bounds.size() ? Json(nanoseconds(histogram.bounds[i])) : Json(nullptr);
    bucket["count"] = histogram.counts[i];
    buckets.push_back(bucket);
  }
  Json object;
  object["count"] = histogram.count();
  object["sum_ns"] = nanoseconds(histogram.sum);
  object["longest_ns"] = nanoseconds(histogram.longest);
  object["buckets"] = buckets;
  return object;
}

}  // namespace

std::string header_jsonl(const SuiteReport& suite) {
  Json object;
  object["type"] = "header";
  object["format"] = results_format;
  object["program"] = "moirai";
  object["version"] = text(suite.build.version);
  object["revision"] = text(suite.build.revision);
  object["compiler"] = text(suite.build.compiler);
  object["interrupted"] = suite.interrupted;
  return line(object);
}

std::string run_jsonl(const ScenarioReport& scenario, const RunReport& run) {
  Json object;
  object["type"] = "run";
  object["scenario"] = text(scenario.name);
  object["seed"] = seed_text(run.seed);
  object["verdict"] = word(run.verdict);
  object["digest"] = hex16(run.digest);
  object["steps"] = run.steps;
  object["virtual_ns"] = nanoseconds(run.virtual_time);
  if (run.verdict != RunVerdict::pass) {
    object["sentence"] = text(run.sentence);
    object["law"] = text(run.law);
    object["signature"] = text(run.signature);
    object["reproduce"] = text(run.reproduce);
    object["story"] = run.story ? story_object(*run.story) : Json(nullptr);
  }
  return line(object);
}

std::string scenario_jsonl(const ScenarioReport& scenario) {
  Json runs;
  for (std::size_t i = 0; i < run_verdict_count; ++i) runs[std::string(word(static_cast<RunVerdict>(i)))] = scenario.by_verdict[i];
  Json laws = Json::array(), faults = Json::array();
  for (const LawReport& law : scenario.laws) laws.push_back(law_object(law));
  for (const FaultReport& fault : scenario.faults) faults.push_back(fault_object(fault));

  Json object;
  object["type"] = "scenario";
  object["scenario"] = text(scenario.name);
  object["title"] = text(scenario.title);
  object["file"] = text(scenario.file);
  object["scenario_hash"] = hex16(scenario.scenario_hash);
  object["expected"] = text(scenario.expected);
  object["verdict"] = word(scenario.verdict);
  object["sentence"] = text(scenario.sentence);
  object["problems"] = texts(scenario.problems);
  object["seeds_asked"] = scenario.seeds_asked;
  object["seeds_run"] = scenario.seeds_run;
  object["runs"] = runs;
  object["laws"] = laws;
  object["faults"] = faults;
  object["steps"] = scenario.steps;
  object["virtual_ns"] = nanoseconds(scenario.virtual_time);
  object["messages"] = messages_object(scenario.messages);
  object["restarts"] = scenario.restarts;
  object["giveups"] = scenario.giveups;
  object["recovery"] = histogram_object(scenario.recovery);
  object["determinism"]["checks"] = scenario.determinism_checks;
  object["determinism"]["mismatches"] = scenario.determinism_mismatches;
  return line(object);
}

std::string results_jsonl(const SuiteReport& suite) {
  std::string out = header_jsonl(suite);
  for (const ScenarioReport& scenario : suite.scenarios) {
    for (const RunReport& run : scenario.runs) out += run_jsonl(scenario, run);
    out += scenario_jsonl(scenario);
  }
  return out;
}

}  // namespace moirai
