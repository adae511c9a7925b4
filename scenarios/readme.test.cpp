#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "chaos/scenario_toml.hpp"
#include "scenarios/suite/program.test.hpp"
#include "scenarios/suite/suite.hpp"

namespace moirai {
namespace {

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  EXPECT_FALSE(text.str().empty()) << file;
  return text.str();
}

TEST(Readme, ItsExampleIsTheProjectThatIsBuiltAndRun) {
  const std::string readme = text_of("README.md");
  for (const std::string file : {"ci/user-project/main.cpp", "ci/user-project/my.toml"})
    EXPECT_NE(readme.find(text_of(file)), std::string::npos) << file << " differs from what README.md shows";
}

TEST(Readme, ItsBehavioursAreThoseOfTheTests) {
  const std::string readme = text_of("README.md");
  for (const std::string file :
       {"runtime/otp/gen_server_example.test.cpp", "runtime/otp/gen_statem.test.cpp", "runtime/otp/gen_event.test.cpp",
        "runtime/otp/async_stream.test.cpp", "runtime/otp/task_supervisor_example.test.cpp", "runtime/otp/application_example.test.cpp"}) {
    const std::string test = text_of(file), begin = "// ---- the README's example\n\n", end = "\n\n// ---- end of the README's example";
    const std::size_t from = test.find(begin) + begin.size();
    const std::string example = test.substr(from, test.find(end) - from);
    EXPECT_GT(example.size(), 200u) << file;
    EXPECT_NE(readme.find("```cpp\n" + example + "\n```"), std::string::npos) << file << " differs from what README.md shows";
  }
}

// How the program was called, and which build it is, differ.
std::string as_in_the_readme(std::string text) {
  text = std::regex_replace(text, std::regex("[^ ]*moirai replay"), "moirai replay");
  return std::regex_replace(text, std::regex("--build [^ \n]+"), "--build ...");
}

TEST(Readme, ItsFailureIsWhatTheProgramSays) {
  const std::string readme = text_of("README.md"), call = "$ moirai replay ";
  const std::size_t from = readme.find(call), lines = readme.find('\n', from);
  ASSERT_NE(from, std::string::npos);
  std::vector<std::string> command = {testing_suite::program("moirai"), "replay"};
  std::istringstream words(readme.substr(from + call.size(), lines - from - call.size()));
  for (std::string word; words >> word;) command.push_back(word);
  const testing_suite::Said said = testing_suite::run(command);
  EXPECT_EQ(said.code, 1) << said.err;
  EXPECT_EQ(as_in_the_readme(said.out), as_in_the_readme(readme.substr(lines + 1, readme.find("```", lines) - lines - 1)));
}

// A line that is pasted from it replays to the digest that it names.
TEST(Readme, ItsReplaysAreThoseOfThisBuild) {
  std::istringstream readme(text_of("README.md"));
  int replays = 0;
  for (std::string line; std::getline(readme, line);) {
    const std::size_t at = line.find("moirai replay ");
    if (at == std::string::npos || line.find("--expect-digest ") == std::string::npos || line[0] == '|') continue;
    std::vector<std::string> command = {testing_suite::program("moirai")};
    std::istringstream words(line.substr(at + std::string("moirai ").size()));
    for (std::string word; words >> word && word != "#";) command.push_back(word);
    const testing_suite::Said said = testing_suite::run(command);
    EXPECT_TRUE(said.code == 0 || said.code == 1) << line << "\nexit code " << said.code << "\n" << said.out << said.err;
    ++replays;
  }
  EXPECT_GE(replays, 2);
}

TEST(Readme, EveryFileItNamesExists) {
  const std::string readme = text_of("README.md");
  int links = 0;
  for (std::size_t at = readme.find("]("); at != std::string::npos; at = readme.find("](", at + 1)) {
    const std::string file = readme.substr(at + 2, readme.find(')', at) - at - 2);
    if (file.find(' ') != std::string::npos) continue;  // a lambda
    EXPECT_TRUE(std::filesystem::exists(file)) << file;
    ++links;
  }
  EXPECT_GT(links, 5);
}

TEST(Readme, EveryScenarioBesideItCanBeRead) {
  const Catalogue catalogue = suite_catalogue();
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
    if (entry.path().extension() != ".toml") continue;
    EXPECT_TRUE(read_scenario(entry.path().string(), catalogue)) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 10);
}

}  // namespace
}  // namespace moirai
