#include "properties/otp_oracle/random_program.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "properties/otp_oracle/procs_run.hpp"
#include "properties/otp_oracle/smaller.hpp"
#include "properties/otp_oracle/supervision_run.hpp"

namespace moirai::otp_oracle {
namespace {

TEST(RandomProgram, IsAFunctionOfItsSeedAndSound) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Value program = random_supervision(seed), procs = random_procs(seed);
    EXPECT_EQ(program, random_supervision(seed));
    EXPECT_EQ(procs, random_procs(seed));
    ASSERT_EQ(find_supervision_error(program), std::nullopt) << program.to_string();
    ASSERT_EQ(find_procs_error(procs), std::nullopt) << procs.to_string();
    EXPECT_EQ(*read_value(program.to_string()), program);
  }
  EXPECT_NE(random_supervision(1), random_supervision(2));
  EXPECT_NE(random_procs(1), random_procs(2));
}

// What is hard must be common.
TEST(RandomProgram, GoesWhereSupervisionIsHard) {
  World world;
  std::map<std::string, int> programs_with;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    std::string text;
    for (const Value& event : run_supervision(world, random_supervision(seed), {})) text += event.to_string();
    for (const char* sign : {"reached_max_restart_intensity", "start_error,", "shutdown_error", "{restarting,", "{batch,", "{tick,",
                             "already_present", "nb_children", "{sup_init,[root,", "_significant"})
      programs_with[sign] += text.find(sign) != std::string::npos;
  }
  for (const auto& [sign, count] : programs_with) EXPECT_GE(count, 8) << sign;
}

TEST(Smaller, LessOfEverything) {
  const Value program = *read_value(
      "#{ops => [{crash,[r,a],x},{tick,2}],tree => {sup,r,#{intensity => 1},[{worker,a,#{starts => [ok,ignore]}},{worker,b,#{}}]}}");
  const std::vector<Value> all = smaller(program);
  const auto has = [&](const char* ops, const char* tree) {
    return std::find(all.begin(), all.end(), Value::map({{"ops", *read_value(ops)}, {"tree", *read_value(tree)}})) != all.end();
  };
  const char* const ops = "[{crash,[r,a],x},{tick,2}]";
  const char* const tree = "{sup,r,#{intensity => 1},[{worker,a,#{starts => [ok,ignore]}},{worker,b,#{}}]}";
  EXPECT_TRUE(has("[{tick,2}]", tree));
  EXPECT_TRUE(has("[{crash,[r,a],boom},{tick,2}]", tree));
  EXPECT_TRUE(has("[{crash,[r,a],x},{tick,1}]", tree));
  EXPECT_TRUE(has(ops, "{sup,r,#{intensity => 1},[{worker,b,#{}}]}"));
  EXPECT_TRUE(has(ops, "{sup,r,#{intensity => 0},[{worker,a,#{starts => [ok,ignore]}},{worker,b,#{}}]}"));
  EXPECT_TRUE(has(ops, "{sup,r,#{intensity => 1},[{worker,a,#{}},{worker,b,#{}}]}"));
  EXPECT_TRUE(has(ops, "{sup,r,#{intensity => 1},[{worker,a,#{starts => [ignore]}},{worker,b,#{}}]}"));
  EXPECT_EQ(smaller(*read_value("[{spawn,a},{spawn,b}]")), (std::vector<Value>{*read_value("[{spawn,b}]"), *read_value("[{spawn,a}]")}));
  EXPECT_TRUE(smaller(*read_value("[]")).empty());
}

// Taking the first smaller one again and again comes to an end.
TEST(Smaller, Ends) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Value program = random_supervision(seed);
    int steps = 0;
    for (std::vector<Value> next = smaller(program); !next.empty(); next = smaller(program)) {
      program = next.back();
      ASSERT_EQ(find_supervision_error(program), std::nullopt) << program.to_string();
      ASSERT_LT(++steps, 1000);
    }
  }
}

}  // namespace
}  // namespace moirai::otp_oracle
