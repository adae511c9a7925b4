#include "chaos/scenario_toml.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "chaos/mistake.hpp"
#include "chaos/scenario_print.hpp"
#include "chaos/scenario_toml.test.hpp"

namespace moirai {
namespace {

using namespace std::chrono_literals;

TEST(ParseScenario, TakesEverythingThatIsWritten) {
  const Scenario s = must_parse(full_text);
  EXPECT_EQ(s.file, "full.toml");
  EXPECT_EQ(s.name, "bank/teller-crash");
  EXPECT_EQ(s.title, "Tellers crash; money stays");
  EXPECT_EQ(s.tags, (std::vector<std::string>{"smoke", "bank"}));
  EXPECT_EQ(s.owner, "us");
  EXPECT_EQ(s.system, "bank");
  EXPECT_EQ(s.args.integer("tellers"), 5);
  EXPECT_EQ(s.args.duration("pause"), 7ms);
  EXPECT_EQ(s.args.text("ack"), "after-write") << "the default";
  EXPECT_EQ(s.schedule.strategy, ScheduleStrategy::fifo);
  EXPECT_EQ(s.phases, (Phases{2s, 20s, 15s}));
  EXPECT_EQ(s.limits.virtual_time, 1min);
  EXPECT_EQ(s.limits.steps, 500'000u);
  EXPECT_EQ(s.limits.wall_time, 20s);
  EXPECT_EQ(s.limits.stall, 5'000u);
  EXPECT_EQ(s.seeds, (Seeds{0x83, 50}));
  EXPECT_EQ(s.expect.outcome, Outcome::find_bug);
  EXPECT_EQ(s.expect.property, "money");
  EXPECT_EQ(s.expect.within, 40u);

  ASSERT_EQ(s.faults.size(), 4u);
  const FaultSpec& crash = s.faults[0];
  EXPECT_EQ(crash.name, "teller-crash");
  EXPECT_EQ(crash.kind, FaultKind::crash);
  EXPECT_EQ(crash.place, (Place{"full.toml", 33, 1}));
  EXPECT_EQ(crash.trigger, Trigger(Rate{3, 1s}));
  EXPECT_EQ(crash.max, 9u);
  EXPECT_EQ(crash.cooldown, 100ms);
  EXPECT_EQ(crash.target, (Selector{"bank/teller-*", true}));
  EXPECT_EQ(crash.reason, "{badmatch,7}");
  EXPECT_EQ(crash.window, 5ms);
  EXPECT_EQ(crash.after_operations, 3u);
  EXPECT_FALSE(crash.lasts);
  const FaultSpec& signal = s.faults[1];
  EXPECT_EQ(signal.name, "exit_signal") << "the kind is the default";
  EXPECT_EQ(signal.trigger, Trigger(AtTimes{{2s, 5s}})) << "in order of time";
  EXPECT_EQ(signal.from.pattern, "bank");
  EXPECT_EQ(signal.reason, "chaos");
  EXPECT_EQ(signal.window, 20ms);
  const FaultSpec& delay = s.faults[2];
  EXPECT_EQ(delay.trigger, Trigger(EveryPeriod{4s}));
  EXPECT_EQ(delay.lasts, (DurationSpec{1s, 2s}));
  EXPECT_EQ(delay.delay, (DurationSpec{150ms, 300ms}));
  ASSERT_EQ(delay.links.size(), 1u);
  EXPECT_EQ(to_text(delay.links[0]), "bank/teller-* -> bank/ledger");
  EXPECT_EQ(delay.window, 0ms);
  const FaultSpec& cut = s.faults[3];
  EXPECT_EQ(cut.trigger, Trigger(AtTimes{{3s}}));
  EXPECT_FALSE(cut.lasts) << "until heal";
  ASSERT_EQ(cut.sides.size(), 2u);
  EXPECT_EQ(cut.sides[1][0].pattern, "bank/teller-*");

  ASSERT_EQ(s.properties.size(), 2u);
  EXPECT_EQ(s.properties[0].name, "money");
  EXPECT_EQ(s.properties[0].args.integer("expected"), 8000);
  EXPECT_EQ(s.properties[1].name, "recovery");
  EXPECT_EQ(s.properties[1].args.duration("within"), 10s);
  EXPECT_EQ(s.properties[1].place.line, 68);
}

TEST(ParseScenario, ThreeKeysAreEnough) {
  const Scenario s = must_parse("format = 1\nscenario.name = \"tiny\"\nsystem.app = \"bank\"\n");
  EXPECT_EQ(s.schedule.strategy, ScheduleStrategy::random);
  EXPECT_EQ(s.phases, Phases());
  EXPECT_EQ(s.limits, ScenarioLimits());
  EXPECT_EQ(s.seeds, Seeds());
  EXPECT_EQ(s.expect, Expect());
  EXPECT_EQ(s.args.integer("tellers"), 3);
  EXPECT_TRUE(s.faults.empty());
}

TEST(ParseScenario, VirtualTimeFollowsThePhases) {
  EXPECT_EQ(must_parse(with("[phases]\nwarmup = \"0s\"\nchaos = \"1h\"\nsettle = \"1min\"\n")).limits.virtual_time, 61min);
}

TEST(ParseScenario, WithinIsAllSeedsWhenLeftOut) {
  EXPECT_EQ(must_parse(with("[[property]]\nlaw = \"fifo\"\n[expect]\noutcome = \"find-bug\"\nproperty = \"fifo\"\n[seeds]\ncount = 7\n"))
                .expect.within,
            7u);
}

TEST(ParseScenario, WindowsLineEndsAndAByteOrderMarkAreFine) {
  std::string text(full_text);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, "\r\n");
  const Scenario plain = must_parse(full_text), windows = must_parse("\xef\xbb\xbf" + text);
  EXPECT_EQ(plain, windows);
}

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

TEST(Describe, ReadsBackToTheSameScenario) {
  for (const std::string& text : {std::string(full_text), with(""), with("[seeds]\nbase = \"0xffffffffffffff00\"\ncount = 2\n")}) {
    Scenario first = must_parse(text);
    Scenario second = must_parse(describe(first));
    EXPECT_EQ(describe(second), describe(first));
    EXPECT_EQ(second.content_hash, first.content_hash);
    forget_places(first);
    forget_places(second);
    EXPECT_EQ(first, second);
  }
}

TEST(ContentHash, ChangesWithWhatMattersAndOnlyThen) {
  const std::string fault = "[[fault]]\nkind = \"crash\"\nat = \"1s\"\ntarget = \"bank\"\n";
  const std::uint64_t hash = must_parse(with(fault)).content_hash;
  EXPECT_EQ(must_parse("# a comment\n" + with(fault + "\n\n\n")).content_hash, hash);
  EXPECT_EQ(must_parse(with(fault + "[phases]\nwarmup = \"1000ms\"\n")).content_hash, hash);
  EXPECT_EQ(
      must_parse(
          "format = 1\n[scenario]\nname = \"tiny\"\ntitle = \"t\"\ndoc = \"d\"\nowner = \"o\"\ntags = [\"x\"]\n[system]\napp = \"bank\"\n" +
          fault)
          .content_hash,
      hash);
  EXPECT_NE(must_parse(with(fault + "window = \"21ms\"\n")).content_hash, hash);
  EXPECT_NE(must_parse(with(fault + "[phases]\nsettle = \"11s\"\n")).content_hash, hash);
  EXPECT_NE(must_parse(with(fault + "[system.args]\ntellers = 4\n")).content_hash, hash);
}

}  // namespace
}  // namespace moirai
