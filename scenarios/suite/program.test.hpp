// Runs a program of the build as a user would, and keeps what it said. For end-to-end tests.
#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace moirai::testing_suite {

struct Said {
  int code = -1;  // exit code; 128 + signal if one ended it
  std::string out, err;

  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    std::istringstream stream(out);
    for (std::string line; std::getline(stream, line);) result.push_back(line);
    return result;
  }
  // The value behind `key` in each line that has it: "digest=" gives the digests.
  std::vector<std::string> all(std::string_view key) const {
    std::vector<std::string> values;
    for (const std::string& line : lines()) {
      const std::size_t at = line.find(key);
      if (at == std::string::npos) continue;
      const std::string rest = line.substr(at + key.size());
      values.push_back(rest.substr(0, rest.find(' ')));
    }
    return values;
  }
};

// A folder of its own for a test, removed with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "moirai-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& content) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
    return file.string();
  }
  std::string read(const std::string& name) const {
    std::ifstream file(std::filesystem::path(path_) / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool has(const std::string& name) const { return std::filesystem::exists(std::filesystem::path(path_) / name); }

 private:
  std::string path_;
};

// A program of the build: they all lie beside the one that asks.
inline std::string program(const std::string& name = "moirai_test_suite") {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

// `folder`: working directory, if not empty. `hear`, if given, gets the process and all it has said so far whenever it says something.
inline Said run(const std::vector<std::string>& command, const std::string& folder = {},
                const std::function<void(pid_t, const Said&)>& hear = {},
                const std::vector<std::pair<std::string, std::string>>& environment = {}) {
  int out[2], err[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t process = ::fork();
  if (process == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(126);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  Said said;
  pollfd files[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    if (::poll(files, 2, -1) < 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (files[i].fd < 0 || files[i].revents == 0) continue;
      char bytes[4096];
      const ssize_t n = ::read(files[i].fd, bytes, sizeof bytes);
      if (n <= 0) {
        ::close(files[i].fd);
        files[i].fd = -1;
        continue;
      }
      (i == 0 ? said.out : said.err).append(bytes, static_cast<std::size_t>(n));
      if (hear) hear(process, said);
    }
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  said.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return said;
}

// The test suite's program with these arguments.
inline Said suite(std::vector<std::string> arguments, const std::string& folder = {}) {
  arguments.insert(arguments.begin(), program());
  return run(arguments, folder);
}

// A scenario of a system of test_systems.test.cpp. `more` is appended.
inline std::string scenario(const std::string& system, const std::string& more = {}) {
  return "format = 1\n[scenario]\nname = \"test/" + system + "\"\n[system]\napp = \"" + system +
         "\"\n[phases]\nwarmup = \"500ms\"\nchaos = \"2s\"\nsettle = \"1s\"\n[limits]\nwall_time = \"2s\"\n[seeds]\ncount = 20\n" + more;
}

inline const std::string within_limit = "[[property]]\nlaw = \"small_numbers\"\n";
inline const std::string sometimes_broken = "[[property]]\nlaw = \"small_numbers\"\nlimit = 98\n";

}  // namespace moirai::testing_suite
