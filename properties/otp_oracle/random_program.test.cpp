#include "properties/otp_oracle/random_program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>

#include "properties/otp_oracle/program_kind.hpp"
#include "properties/otp_oracle/smaller.hpp"

namespace moirai::otp_oracle {
namespace {

TEST(RandomProgram, IsAFunctionOfItsSeedAndSound) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    for (const ProgramKind* kind : {&supervision, &procs, &servers}) {
      const Value program = kind->random(seed);
      EXPECT_EQ(program, kind->random(seed));
      EXPECT_NE(program, kind->random(seed + 1));
      EXPECT_EQ(&kind_of(program), kind);
      ASSERT_EQ(kind->find_error(program), std::nullopt) << program.to_string();
      EXPECT_EQ(*read_value(program.to_string()), program);
      const Value command = command_of(7, program);
      EXPECT_EQ(kind_of_command(command), kind);
      EXPECT_EQ(program_of_command(command), program);
    }
  }
}

// What is hard must be common.
void expect_common(const ProgramKind& kind, std::initializer_list<const char*> signs) {
  World world;
  std::map<std::string, int> programs_with;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    std::string text;
    for (const Value& event : kind.run(world, kind.random(seed), {})) text += event.to_string();
    for (const char* sign : signs) programs_with[sign] += text.find(sign) != std::string::npos;
  }
  for (const auto& [sign, count] : programs_with) EXPECT_GE(count, 8) << sign;
}

TEST(RandomProgram, GoesWhereSupervisionIsHard) {
  expect_common(supervision, {"reached_max_restart_intensity", "start_error,", "shutdown_error", "{restarting,", "{batch,", "{tick,",
                              "already_present", "nb_children", "{sup_init,[root,", "_significant"});
}

TEST(RandomProgram, GoesWhereServersAreHard) {
  expect_common(servers, {"{exit,{timeout,", "{exit,{noproc,", "{exit,{normal,", "{exit,{boom,", "calling_self", "timeout}", "{continue,",
                          "{reply,", "{error,{noproc,", "{sys,suspend", "hibernate", "already_started", "{'EXIT',", "killed", "busy"});
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
  for (const ProgramKind* kind : {&supervision, &procs, &servers})
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      Value program = kind->random(seed);
      int steps = 0;
      for (std::vector<Value> next = smaller(program); !next.empty(); next = smaller(program)) {
        program = next.back();
        ASSERT_EQ(kind->find_error(program), std::nullopt) << program.to_string();
        ASSERT_LT(++steps, 1000);
      }
    }
}

}  // namespace
}  // namespace moirai::otp_oracle
