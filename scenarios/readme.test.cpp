#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "chaos/scenario_toml.hpp"
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
