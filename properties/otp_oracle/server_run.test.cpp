#include "properties/otp_oracle/server_run.hpp"

#include <gtest/gtest.h>

namespace moirai::otp_oracle {
namespace {

std::vector<std::string> lines(const std::string& ops, const RunOptions& options = {}) {
  World world;
  const Value program = tuple("servers", *read_value(ops));
  EXPECT_EQ(find_server_error(program), std::nullopt);
  std::vector<std::string> text;
  for (const Value& event : run_servers(world, program, options)) text.push_back(event.to_string());
  return text;
}

// As OTP 25 does it.
TEST(ServerRun, ALogInTheWordsOfTheOracle) {
  const std::string program =
      "[{start,x,s,#{name => n}},{together,[{1,{call,x,{name,n},later,infinity}},{1,{call,y,s,later,3}},{9,{cast,z,s,{answer,v}}}]},"
      "{call,z,s,{exit,bug},5},{call,x,t,later,5}]";
  const std::vector<std::string> expected = {
      "{op,1,{start,x,s,#{name => n}}}",
      "{init,[s],1}",
      "{ret,x,1,{value,{ok,{pid,[s],1}}}}",
      "{op,2,{together,[{1,{call,x,{name,n},later,infinity}},{1,{call,y,s,later,3}},{9,{cast,z,s,{answer,v}}}]}}",
      "{at,1}",
      "{handle,{pid,[s],1},{call,{pid,[x],1},later}}",
      "{at,2}",
      "{handle,{pid,[s],1},{call,{pid,[y],1},later}}",
      "{at,5}",
      "{ret,y,{2,2},{exit,{timeout,{gen_server,call,[{pid,[s],1},'Ask',0]}}}}",
      "{at,11}",
      "{ret,z,{2,3},{value,ok}}",
      "{handle,{pid,[s],1},{cast,{answer,v}}}",
      "{ret,x,{2,1},{value,v}}",
      "{op,3,{call,z,s,{exit,bug},5}}",
      "{handle,{pid,[s],1},{call,{pid,[z],1},{exit,bug}}}",
      "{handle,{pid,[s],1},{terminate,bug}}",
      "{report,{pid,[s],1},terminate,bug}",
      "{report,{pid,[s],1},crash,bug}",
      "{stop,[s],1,bug}",
      "{ret,z,3,{exit,{bug,{gen_server,call,[{pid,[s],1},'Ask',0]}}}}",
      "{op,4,{call,x,t,later,5}}",
      "{ret,x,4,{exit,no_such_process}}",
      "{mbox,x,[]}",
      "{mbox,y,[]}",
      "{mbox,z,[]}"};
  EXPECT_EQ(lines(program), expected);
  EXPECT_EQ(lines(program, {.form = Form::handler}), expected);
  EXPECT_EQ(lines(program, {.seed = 3}), expected);
}

TEST(ServerRun, SaysWhatIsNoProgram) {
  const auto error = [](const char* ops) { return find_server_error(tuple("servers", *read_value(ops))).value_or("none"); };
  EXPECT_EQ(error("x"), "a program is {servers,[Op]}");
  EXPECT_EQ(error("[{call,w,s,later,5}]"), "no such operation: {call,w,s,later,5}");
  EXPECT_EQ(error("[{cast,x,s,later}]"), "no such operation: {cast,x,s,later}");
  EXPECT_EQ(error("[{call,x,s,{slow,7,{reply,1,{continue,later}}},5}]"),
            "no such operation: {call,x,s,{slow,7,{reply,1,{continue,later}}},5}");
  EXPECT_EQ(error("[{together,[{0,{trap,x,true}}]}]"), "no such operation: {together,[{0,{trap,x,true}}]}");
  EXPECT_EQ(error("[{together,[{1,{call,x,{name,n},{first,1,{next,{continue,ok}}},infinity}}]}]"), "none");
}

}  // namespace
}  // namespace moirai::otp_oracle
