#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "chaos/scenario_toml.hpp"
#include "chaos/scenario_toml.test.hpp"

namespace moirai {
namespace {

TEST(ParseScenario, DocumentedDefaultsAreTheRealOnes) {
  const Scenario plain = must_parse(with(""));
  for (const KeyDoc& doc : scenario_keys()) {
    if (doc.fallback.empty() || doc.fallback == "(mandatory)" || doc.table == "fault" || doc.table.empty()) continue;
    const bool number = doc.type == "count" || doc.type == "seed";
    const std::string text = "[" + doc.table + "]\n" + doc.key + " = " + (number ? doc.fallback : quote(doc.fallback)) + "\n";
    EXPECT_EQ(must_parse(with(text)), plain) << text;
  }
  const std::string fault = "[[fault]]\nkind = \"crash\"\nat = \"1s\"\ntarget = \"bank\"\n";
  for (const KeyDoc& doc : scenario_keys()) {
    if (doc.table != "fault" || doc.fallback.empty() || doc.fallback == "(mandatory)") continue;
    EXPECT_EQ(must_parse(with(fault + doc.key + " = " + quote(doc.fallback) + "\n")), must_parse(with(fault))) << doc.key;
  }
}

TEST(ScenarioKeys, AreDocumentedAndFaultsSayTheirKinds) {
  std::vector<std::string> seen;
  for (const KeyDoc& doc : scenario_keys()) {
    EXPECT_FALSE(doc.doc.empty() || doc.type.empty()) << doc.key;
    EXPECT_EQ(doc.kinds.empty(), doc.table != "fault") << doc.key;
    seen.push_back(doc.table + "." + doc.key);
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(fault_kind_docs().size(), std::size(fault_kinds));
}

}  // namespace
}  // namespace moirai
