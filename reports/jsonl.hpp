// results.jsonl: everything a campaign found, for programs. One JSON object per line (RFC 8259, ASCII only, so that no line separator,
// control character or invalid byte can hide in it).
//
// Order of the lines: one header; then for each scenario, in the order they were given, its runs in seed order and then the scenario.
// 64-bit seeds, digests and hashes are strings (readers that keep numbers as doubles would round them); times are virtual, in nanoseconds.
// No wall-clock figure, host name or job count: two campaigns over the same seeds with the same build write the same bytes. Another build
// changes the header, and `reproduce` where it names the build.
//
// header    type "header" | format 1 | program "moirai" | version | revision | compiler | interrupted bool
// run       type "run" | scenario | seed "0x83" | verdict "pass" "fail" "inconclusive" "invalid" "crashed" "nondeterministic" |
//           digest 16 hex digits | steps | virtual_ns
//           and unless verdict is "pass": sentence | law (the property's name, "" if no law) | signature | reproduce | story or null
// story     open_faults [fault, kind, detail, begin_ns, end_ns or null] | events [time_ns, process, text] | events_omitted | remarks [text]
// scenario  type "scenario" | scenario | title | file | scenario_hash 16 hex digits | expected "pass" "find-bug" "give-up" |
//           verdict "as expected" "unexpected" "inconclusive" "nondeterministic" | sentence | problems [text] | seeds_asked | seeds_run |
//           runs {one count per verdict of a run} |
//           laws [property, law, evaluations, violated, inconclusive, never_evaluated, first_violating_seed or null, problem] |
//           faults [fault, kind, injected, skipped {reason: count}, active_ns] | steps | virtual_ns |
//           messages {delivered, dropped, duplicated, dead_letter, unreceived} | restarts | giveups |
//           recovery {count, sum_ns, longest_ns, buckets [le_ns or null, count]} | determinism {checks, mismatches}
//
// A change that a reader could trip over (a field renamed, removed, or of another meaning) counts `format` up; a new field does not.
#pragma once
#include <string>

#include "reports/report.hpp"

namespace moirai {

inline constexpr int results_format = 1;

// The whole file.
std::string results_jsonl(const SuiteReport&);

// Single lines, each with its line feed, for a writer that does not keep all runs.
std::string header_jsonl(const SuiteReport&);
std::string run_jsonl(const ScenarioReport&, const RunReport&);
std::string scenario_jsonl(const ScenarioReport&);

}  // namespace moirai
