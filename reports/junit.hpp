// junit.xml, the dialect that GitLab, Jenkins and most other CI servers read (llg.cubic.org/docs/junit).
//
// Grammar: testsuites > testsuite (a scenario) > properties, testcase (a law) ..., testcase "as expected".
// - testcase: classname = scenario, name = property, file = scenario file. Never a seed: GitLab keeps only the first of two equal pairs of
//   classname and name, so names that would be equal get " (2)", " (3)", ...
// - A law that is not as expected has <failure type="its law" message="seed 0x83: sentence">, and as text the failure text with the line
//   that reproduces it. A violation in a scenario that is to find that bug is no failure.
// - "as expected" carries what is no law's own: <failure> for a fault that never fired or a bug not found, <error> for a crash,
//   nondeterminism, or an inconclusive scenario.
// - properties of a suite: title, file, scenario_hash, expected, verdict, seeds_asked, seeds_run, runs.<verdict>, failing_seeds (first 20),
//   evaluations.<property>, injected.<fault>.
// There is no time attribute: the file is the same for the same seeds, whatever the machine and --jobs.
#pragma once
#include <string>

#include "reports/report.hpp"

namespace moirai {

// Well-formed XML 1.0 in UTF-8, whatever the texts hold.
std::string junit_xml(const SuiteReport&);

}  // namespace moirai
