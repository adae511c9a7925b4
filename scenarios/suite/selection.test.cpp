#include "scenarios/suite/selection.hpp"

#include <gtest/gtest.h>

#include <set>

#include "runtime/otp/supervisor.hpp"
#include "scenarios/suite/program.test.hpp"

namespace moirai {
namespace {

using testing_suite::Folder;

Catalogue catalogue() {
  Catalogue catalogue;
  catalogue.systems.push_back({"calm", "", {}, [](const Args&) { return ChildSpec{}; }});
  return catalogue;
}
std::string toml(const std::string& name, const std::string& more = {}) {
  return "format = 1\n[scenario]\nname = \"" + name + "\"\n" + more + "[system]\napp = \"calm\"\n";
}

TEST(Selection, AFolderStandsForItsTomlFilesSortedAndAFileIsTakenOnce) {
  const Folder folder;
  const std::string b = folder.write("b.toml", ""), deep = folder.write("a/z.toml", ""), a = folder.write("a.toml", "");
  folder.write("notes.txt", "");
  folder.write(".hidden/c.toml", "");
  EXPECT_EQ(scenario_files({folder.path()}), (std::vector<std::string>{deep, a, b}));
  EXPECT_EQ(scenario_files({b, folder.path(), folder.path() + "/a/../b.toml"}), (std::vector<std::string>{b, deep, a}));
  EXPECT_EQ(scenario_files({"no/such.toml"}), (std::vector<std::string>{"no/such.toml"}));
}

TEST(Selection, AllMistakesOfAllFilesAreKept) {
  const Folder folder;
  folder.write("good.toml", toml("good"));
  folder.write("bad.toml", "# nothing but a comment\n");
  folder.write("worse.toml", "format = 1\n[scenario\n");
  const Selection selection = select({folder.path(), folder.path() + "/missing.toml"}, catalogue());
  EXPECT_EQ(selection.scenarios.size(), 1u);
  std::set<std::string> files;
  for (const Mistake& mistake : selection.mistakes) files.insert(std::filesystem::path(mistake.place.file).filename());
  EXPECT_EQ(files, (std::set<std::string>{"bad.toml", "missing.toml", "worse.toml"}));
}

TEST(Selection, OneNameOneScenario) {
  const Folder folder;
  folder.write("a.toml", toml("same"));
  folder.write("b.toml", toml("same"));
  const Selection selection = select({folder.path()}, catalogue());
  ASSERT_EQ(selection.mistakes.size(), 1u);
  EXPECT_NE(selection.mistakes[0].message.find("\"same\" is taken by"), std::string::npos);
}

TEST(Selection, WhatSaysSkipIsNotRun) {
  const Folder folder;
  folder.write("a.toml", toml("later", "skip = \"not yet\"\n"));
  const Selection selection = select({folder.path()}, catalogue());
  EXPECT_TRUE(selection.scenarios.empty());
  ASSERT_EQ(selection.skipped.size(), 1u);
  EXPECT_EQ(selection.skipped[0].skip, "not yet");
}

}  // namespace
}  // namespace moirai
