#include "properties/otp_oracle/supervision_run.hpp"

#include <gtest/gtest.h>

namespace moirai::otp_oracle {
namespace {

std::vector<std::string> lines(const std::string& program, const RunOptions& options = {}) {
  World world;
  std::string why;
  const auto value = read_value(program, &why);
  EXPECT_TRUE(value) << why;
  if (!value) return {};
  EXPECT_EQ(find_supervision_error(*value), std::nullopt);
  std::vector<std::string> text;
  for (const Value& event : run_supervision(world, *value, options)) text.push_back(event.to_string());
  return text;
}

// As OTP 25 does it: a sibling's failing start, then an API call that comes before the retry (R-SUP-31).
TEST(SupervisionRun, ALogInTheWordsOfTheOracle) {
  const std::string program =
      "#{tree => {sup,root,#{strategy=>rest_for_one,intensity=>5,period=>5},"
      "[{worker,a,#{}},{worker,b,#{starts=>[ok,{error,e},ok]}},{worker,c,#{}}]},"
      "ops => [{batch,[root],[{crash,[root,a],boom},{terminate_child,[root],b}]},{which_children,[root]}]}";
  const std::vector<std::string> expected = {
      "{sup_init,[root],1}",
      "{start,[root,a],1}",
      "{start,[root,b],1}",
      "{start,[root,c],1}",
      "{start,[root],1}",
      "{api,start_root,{ok,{pid,[root],1}}}",
      "{op,1,{batch,[root],[{crash,[root,a],boom},{terminate_child,[root],b}]}}",
      "{stop,[root,a],1,boom}",
      "{report,{pid,[root],1},child_terminated,boom,{a,{pid,[root,a],1}}}",
      "{stop,[root,c],1,shutdown}",
      "{stop,[root,b],1,shutdown}",
      "{start,[root,a],2}",
      "{start_error,[root,b],2,e}",
      "{report,{pid,[root],1},start_error,e,{b,undefined}}",
      "{api,1,{terminate_child,ok}}",
      "{op,2,{which_children,[root]}}",
      "{api,2,[{c,undefined,worker,[otp_oracle]},{b,undefined,worker,[otp_oracle]},{a,{pid,[root,a],2},worker,[otp_oracle]}]}",
      "{op,final,{parent_exit,shutdown}}",
      "{stop,[root,a],2,shutdown}",
      "{stop,[root],1,shutdown}",
      "{root_exit,shutdown}"};
  EXPECT_EQ(lines(program), expected);
  EXPECT_EQ(lines(program, {.form = Form::handler}), expected);
  EXPECT_EQ(lines(program, {.seed = 3}), expected);
}

TEST(SupervisionRun, OnlyATickMovesTheClockOfTheIntensity) {
  const auto crashes = [](const std::string& tick) {
    return lines(
        "#{tree => {sup,root,#{intensity=>1,period=>2},[{worker,a,#{trap=>true,on_shutdown=>ignore,shutdown=>900}}]},"
        "ops => [{crash,[root,a],x}," +
        tick + "{crash,[root,a],y}]}");
  };
  const auto has = [](const std::vector<std::string>& log, const std::string& line) {
    return std::find(log.begin(), log.end(), line) != log.end();
  };
  EXPECT_FALSE(has(crashes(""), "{start,[root,a],3}"));
  EXPECT_FALSE(has(crashes("{tick,2},"), "{start,[root,a],3}")) << "the boundary is part of the period (R-SUP-17)";
  EXPECT_TRUE(has(crashes("{tick,3},"), "{start,[root,a],3}"));
}

TEST(SupervisionRun, WorkersAreAskedNothing) {
  const std::vector<std::string> log =
      lines("#{tree => {sup,root,#{},[{worker,a,#{}}]},ops => [{count_children,[root,a]},{crash,[root,z],x}]}");
  EXPECT_EQ(log[5], "{api,1,no_such_process}");
  EXPECT_EQ(log[7], "{api,2,no_such_process}");
}

TEST(SupervisionRun, AMutantTellsAnotherStory) {
  const std::string program = "#{tree => {sup,root,#{},[{worker,a,#{}},{worker,b,#{}}]}}";
  EXPECT_NE(lines(program), lines(program, {.mutant = SupervisorMutant::stop_order_reversed}));
}

TEST(SupervisionRun, SaysWhatIsNoProgram) {
  const auto error = [](const char* text) { return find_supervision_error(*read_value(text)).value_or("none"); };
  EXPECT_EQ(error("[]"), "a program is #{tree => Sup,ops => [Op]}");
  EXPECT_EQ(error("#{tree => {worker,a,#{}}}"), "the tree is {sup,Name,#{},[Child]}");
  EXPECT_EQ(error("#{tree => {sup,r,#{strategy => all_for_one},[]}}"), "strategy all_for_one");
  EXPECT_EQ(error("#{tree => {sup,r,#{},[{worker,a,#{restart => often}}]}}"), "restart often");
  EXPECT_EQ(error("#{tree => {sup,r,#{},[{worker,a,#{starts => [maybe_ok]}}]}}"), "no such step of a start: maybe_ok");
  EXPECT_EQ(error("#{tree => {sup,r,#{},[]},ops => [{tick,-1}]}"), "no such operation: {tick,-1}");
  EXPECT_EQ(error("#{tree => {sup,r,#{},[]},ops => [{batch,[r],[{batch,[r],[]}]}]}"), "no such operation: {batch,[r],[]}");
  EXPECT_EQ(error("#{tree => {sup,r,#{},[]},ops => [{start_child,[r],{worker,x}}]}"), "no child: {worker,x}");
}

}  // namespace
}  // namespace moirai::otp_oracle
