#include "scenarios/kv/kv.hpp"

#include <gtest/gtest.h>

#include <map>

#include "scenarios/rehearsal.test.hpp"

namespace kv {
namespace {

// A store that says "stored" and writes nothing down.
void forgetful_store(Self& self) {
  std::map<std::string, Record> records;
  while (true)
    self.receive(
        [&](const Put& put) {
          records[put.record.key] = put.record;
          return true;
        },
        [&](const Get& get) -> std::optional<Record> {
          const auto found = records.find(get.key);
          if (found == records.end()) return std::nullopt;
          return found->second;
        });
}

TEST(Kv, ScenariosAreClean) {
  for (const std::string file : {"kv_store_crash.toml", "kv_crash_before_reply.toml", "kv_exit_signal.toml"})
    EXPECT_EQ(Rehearsal(file).first_failure(20), "") << file;
}

TEST(Kv, ValuesAreStoredAndFaultsStrike) {
  Rehearsal rehearsal("kv_crash_before_reply.toml");
  const Finding finding = rehearsal.run(1);
  EXPECT_GT(finding.laws[0].evaluations, 500u) << "five clients look ten times a second";
  for (const FaultFinding& fault : finding.faults) EXPECT_GT(fault.fired, 0u);
}

TEST(Kv, TheLawFindsAStoreThatForgets) {
  Rehearsal rehearsal("kv_store_crash.toml");
  rehearsal.system.root = [](const Args&) { return kv(3, 100ms, worker("store", forgetful_store, {.registered = true})); };
  EXPECT_GT(rehearsal.violations(10, "acknowledged_is_kept"), 5);
  rehearsal.no_faults = true;
  EXPECT_EQ(rehearsal.first_failure(10), "");
}

}  // namespace
}  // namespace kv
