#include "properties/campaign_repeat.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <span>
#include <utility>

#include "properties/campaign_crash.hpp"

namespace moirai {
namespace {

constexpr std::string_view digest_line = "fresh digest=";  // what a line of a trace never begins with: those begin with a time

struct FreshRun {
  std::optional<std::uint64_t> digest;  // nullopt: it did not get that far
  std::vector<std::string> events;
  std::string failure;
};

std::string read_to_end(int file) {
  std::string text;
  char bytes[1 << 16];
  for (;;) {
    const ssize_t n = ::read(file, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(bytes, static_cast<std::size_t>(n));
  }
}

// The exit status as waitpid gives it; -1 if it could not be started.
int run_command(const std::vector<std::string>& command, std::string& output) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));  // execv does not write to them
  arguments.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return -1;
  const pid_t process = ::fork();
  if (process < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return -1;
  }
  if (process == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDOUT_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output = read_to_end(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

FreshRun run_fresh(const FreshCommand& fresh, const Trial& trial, std::uint64_t seed, bool trace) {
  std::string output;
  const int status = run_command(fresh(trial, seed, trace), output);
  FreshRun run;
  std::string_view left = output;
  while (!left.empty()) {
    const std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
    if (line.starts_with(digest_line)) {
      const std::string_view digits = line.substr(digest_line.size());
      std::uint64_t digest = 0;
      if (std::from_chars(digits.data(), digits.data() + digits.size(), digest, 16).ec == std::errc()) run.digest = digest;
    } else {
      run.events.emplace_back(line);
    }
  }
  if (run.digest) return run;
  if (WIFSIGNALED(status))
    run.failure = "it died of " + name_of_signal(WTERMSIG(status));
  else
    run.failure = fmt::format("it ended with status {} and no result", WEXITSTATUS(status));
  return run;
}

std::string side(const std::optional<std::string>& event) { return event ? *event : std::string("(the run was over)"); }

std::string say(const TraceDifference& difference, std::string_view here, std::string_view there) {
  return fmt::format("the first differing event is number {}; {}: {} | {}: {}", difference.index + 1, here, side(difference.left), there,
                     side(difference.right));
}

}  // namespace

std::optional<std::string> find_difference(const Trial& trial, std::uint64_t seed, std::uint64_t digest, const FreshCommand& fresh) {
  shake_heap();
  const auto again = [&] { return run_trial(*std::make_unique<World>(), trial, seed).finding.digest; };
  const auto lines = [&] { return trace_lines(*std::make_unique<World>(), trial, seed); };
  const std::uint64_t here = again();
  std::optional<FreshRun> elsewhere;
  if (here == digest && fresh) elsewhere = run_fresh(fresh, trial, seed, false);
  if (here == digest && (!elsewhere || elsewhere->digest == digest)) return std::nullopt;

  if (elsewhere && !elsewhere->digest) return "the seed's run ended here, but not in a fresh process: " + elsewhere->failure;
  const std::string digests = here != digest ? fmt::format("digest {:016x}, and {:016x} when run again in the same process; ", digest, here)
                                             : fmt::format("digest {:016x}, and {:016x} in a fresh process; ", digest, *elsewhere->digest);
  const std::vector<std::string> first = lines();
  shake_heap();
  const std::vector<std::string> second = lines();
  if (const auto difference = first_difference(std::span(first), std::span(second)))
    return digests + say(*difference, "one execution", "the next one");
  if (fresh) {
    const FreshRun traced = run_fresh(fresh, trial, seed, true);
    if (const auto difference = first_difference(std::span(first), std::span(traced.events)))
      return digests + say(*difference, "in this process", "in a fresh one");
  }
  return digests + "the events of both are equal, so it is a draw or the order of steps that differs";
}

int print_fresh(const Trial& trial, std::uint64_t seed, bool trace) {
  SharedLastWords words;
  speak_last_words_into(words);
  const Watchdog watchdog(trial.scenario->limits.wall_time);
  shake_heap();
  const int results = ::dup(STDOUT_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);  // what an actor prints is no result
  std::FILE* out = ::fdopen(results, "w");
  World world;
  if (trace) {
    Trace events({.first_step = 0, .most = traced_events_max});
    const TrialRun run = run_trial(world, trial, seed, &events);
    events.each([&](const TraceEvent& event) { fmt::print(out, "{}\n", to_text(event)); });
    fmt::print(out, "{}{:016x}\n", digest_line, run.finding.digest);
  } else {
    fmt::print(out, "{}{:016x}\n", digest_line, run_trial(world, trial, seed).finding.digest);
  }
  return std::fclose(out) == 0 ? 0 : 70;
}

void shake_heap() {
  // Free blocks of every small size, scattered between blocks that stay and given back in a scrambled order: the allocator hands them
  // out again in that order. What stays is lost on purpose, a few hundred kilobytes for the rest of this process's life.
  static std::vector<std::unique_ptr<char[]>> kept;
  std::vector<std::unique_ptr<char[]>> freed;
  for (std::size_t size = 16; size <= 1024; size += 16)
    for (int i = 0; i < 16; ++i) {
      kept.push_back(std::make_unique<char[]>(size));
      freed.push_back(std::make_unique<char[]>(size));
    }
  std::uint64_t draw = 88172645463325252ull;  // xorshift64 (Marsaglia 2003)
  for (std::size_t i = freed.size(); i > 1; --i) {
    draw ^= draw << 13;
    draw ^= draw >> 7;
    draw ^= draw << 17;
    std::swap(freed[i - 1], freed[draw % i]);
  }
  for (auto& block : freed) block.reset();
}

}  // namespace moirai
