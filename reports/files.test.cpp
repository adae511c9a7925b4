#include "reports/files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "reports/samples.test.hpp"

namespace moirai {
namespace {

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Files, AMissingFolderIsMadeAndNothingElseIsLeftThere) {
  const TemporaryFolder folder;
  const auto written = write_files(folder / "a/b", {{"one.txt", "1\n"}, {"two.txt", std::string("2\0", 2)}});
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written.value(), (std::vector<std::string>{folder / "a/b/one.txt", folder / "a/b/two.txt"}));
  EXPECT_EQ(read_file(folder / "a/b/one.txt"), "1\n");
  EXPECT_EQ(read_file(folder / "a/b/two.txt").size(), 2u);
  EXPECT_EQ(names_in(folder / "a/b"), (std::vector<std::string>{"one.txt", "two.txt"}));
}

TEST(Files, AFileIsReplaced) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file(folder.path(), "x", "a long first text").ok());
  const auto written = write_file(folder.path(), "x", "short");
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(read_file(written.value()), "short");
}

TEST(Files, AFolderThatIsAFileIsAMistake) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file(folder.path(), "x", "kept").ok());
  const auto written = write_file(folder / "x", "y", "lost");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.mistakes().front().place.file, folder / "x");
  EXPECT_EQ(read_file(folder / "x"), "kept");
}

TEST(Files, OneThatCannotBeWrittenLeavesAllAsTheyWere) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file(folder.path(), "first", "old").ok());
  const auto written = write_files(folder.path(), {{"first", "new"}, {"missing/second", "new"}});
  ASSERT_FALSE(written.ok());
  ASSERT_EQ(written.mistakes().size(), 1u);
  EXPECT_EQ(written.mistakes().front().place.file, folder / "missing/second");
  EXPECT_EQ(read_file(folder / "first"), "old");
  EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{"first"}));
}

TEST(Files, AFullDiskIsAMistakeAndLeavesNothing) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/full", folder / ("x." + std::to_string(::getpid()) + ".part"));
  const auto written = write_file(folder.path(), "x", "text");
  ASSERT_FALSE(written.ok());
  EXPECT_NE(written.mistakes().front().message.find("cannot write the file"), std::string::npos);
  EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST(Files, ADirectoryInTheWayIsAMistakeAndLeavesNothing) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "x/y");
  const auto written = write_file(folder.path(), "x", "text");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{"x"}));
}

}  // namespace
}  // namespace moirai
