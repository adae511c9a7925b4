#include "properties/otp_oracle/golden_log.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace moirai::otp_oracle {
namespace {

TEST(GoldenLog, IsWrittenAndRead) {
  const std::string file = testing::TempDir() + "golden_log_test.log.gz";
  const std::vector<GoldenRun> runs = {{*read_value("[{spawn,a}]"), {tuple("pop", 1, "x"), tuple("res", 1, "ok")}},
                                       {*read_value("#{}"), {}}};
  ASSERT_TRUE(write_golden(file, runs));
  const auto read = read_golden(file);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].program, runs[0].program);
  EXPECT_EQ((*read)[0].events, runs[0].events);
  EXPECT_EQ((*read)[1].program, runs[1].program);
  EXPECT_EQ((*read)[1].events, runs[1].events);
  std::remove(file.c_str());
}

TEST(GoldenLog, SaysWhatIsWrongWithAFile) {
  EXPECT_EQ(read_golden("no/such/file").mistakes().front().message, "cannot be read");
  const std::string file = testing::TempDir() + "golden_log_test.log";
  std::ofstream(file) << "{ready,otp_oracle,'25'}.\n{ev,1,1,{x}}.\n";
  const auto read = read_golden(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.mistakes().front().message, "is no line of a log");
  EXPECT_EQ(read.mistakes().front().place.line, 2);
  EXPECT_FALSE(write_golden("no/such/folder/file", {}));
  std::remove(file.c_str());
}

}  // namespace
}  // namespace moirai::otp_oracle
