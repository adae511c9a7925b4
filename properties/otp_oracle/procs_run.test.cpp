#include "properties/otp_oracle/procs_run.hpp"

#include <gtest/gtest.h>

namespace moirai::otp_oracle {
namespace {

std::vector<std::string> lines(const std::string& program, const RunOptions& options = {}) {
  World world;
  const Value ops = *read_value(program);
  EXPECT_EQ(find_procs_error(ops), std::nullopt);
  std::vector<std::string> text;
  for (const Value& event : run_procs(world, ops, options)) text.push_back(event.to_string());
  return text;
}

TEST(ProcsRun, ALogInTheWordsOfTheOracle) {
  const std::vector<std::string> expected = {"{pop,1,{spawn,a}}",
                                             "{res,1,ok}",
                                             "{pop,2,{spawn_link,a,b}}",
                                             "{res,2,ok}",
                                             "{pop,3,{trap,a,true}}",
                                             "{res,3,false}",
                                             "{pop,4,{monitor,a,{name,n},m}}",
                                             "{res,4,ok}",
                                             "{pop,5,{error,b,bug}}",
                                             "{res,5,died_in_call}",
                                             "{died,b,{bug,stack}}",
                                             "{pop,6,{link,b,a}}",
                                             "{res,6,already_dead}",
                                             "{pop,7,{send_name,a,n,1}}",
                                             "{res,7,{error,badarg}}",
                                             "{mbox,a,[{'DOWN',m,process,{n,node},noproc},{'EXIT',b,{bug,stack}}]}",
                                             "{links,a,[]}"};
  const std::string program =
      "[{spawn,a},{spawn_link,a,b},{trap,a,true},{monitor,a,{name,n},m},{error,b,bug},{link,b,a},{send_name,a,n,1}]";
  EXPECT_EQ(lines(program), expected);
  EXPECT_EQ(lines(program, {.form = Form::handler}), expected);
  EXPECT_EQ(lines(program, {.seed = 7}), expected);
}

TEST(ProcsRun, WhoWasNeverSpawnedIsNoProcess) {
  EXPECT_EQ(lines("[{spawn,a},{link,a,b},{die,b,x}]"),
            (std::vector<std::string>{"{pop,1,{spawn,a}}", "{res,1,ok}", "{pop,2,{link,a,b}}", "{res,2,no_such_proc}", "{pop,3,{die,b,x}}",
                                      "{res,3,no_such_proc}", "{mbox,a,[]}", "{links,a,[]}"}));
}

TEST(ProcsRun, SaysWhatIsNoOperation) {
  EXPECT_EQ(find_procs_error(*read_value("[{spawn,a},{spawn}]")), "no such operation: {spawn}");
  EXPECT_EQ(find_procs_error(*read_value("[{fly,a}]")), "no such operation: {fly,a}");
  EXPECT_EQ(find_procs_error(*read_value("#{}")), "a program is a list of operations");
}

}  // namespace
}  // namespace moirai::otp_oracle
