#include "properties/otp_oracle/live_otp.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "properties/otp_oracle/program_kind.hpp"

namespace moirai::otp_oracle {
namespace {

constexpr int patience_ms = 30'000;
constexpr std::size_t bytes_ahead = 30'000;  // of commands that are not answered: they fit into the pipe

constexpr const char* start_oracle =
    "case compile:file(\"properties/otp_oracle/otp_oracle.erl\", [binary, return_errors]) of"
    "  {ok, Module, Code} -> code:load_binary(Module, \"otp_oracle\", Code), Module:main();"
    "  Wrong -> io:format(\"~w.~n\", [Wrong]), halt(1)"
    " end.";

}  // namespace

LiveOtp::LiveOtp() {
  ::signal(SIGPIPE, SIG_IGN);  // a write to an erl that is gone is an error, not our end
  start();
  if (!ok()) return;
  const auto ready = read_line();
  if (ready && !ready->starts_with("{ready,otp_oracle,")) fail(*ready);
}

void LiveOtp::start() {
  std::array<int, 2> in{}, out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) return fail("there is no pipe to be had");
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    // A small table of processes (+P): the oracle's clock looks through all of it (processes/0) again and again.
    ::execlp("erl", "erl", "+S", "1:1", "+P", "1024", "+sbwt", "none", "-noshell", "-eval", start_oracle, static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  to_ = in[1];
  from_ = out[0];
  if (process_ < 0) fail("erl cannot be started");
}

LiveOtp::~LiveOtp() {
  if (to_ >= 0) ::close(to_);  // end of its input: it stops
  if (from_ >= 0) ::close(from_);
  if (process_ <= 0) return;
  if (!ok()) ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {}
}

std::optional<Log> LiveOtp::run(const Value& program) {
  std::vector<Log> logs = run(std::vector<Value>{program});
  if (logs.empty()) return std::nullopt;
  return std::move(logs.front());
}

std::vector<Log> LiveOtp::run(const std::vector<Value>& programs) {
  std::vector<std::string> commands;
  for (const Value& program : programs) commands.push_back(command_of(commands.size(), program).to_string() + ".\n");
  std::vector<Log> logs;
  std::size_t sent = 0, ahead = 0;
  while (logs.size() < commands.size()) {
    std::string next;
    while (sent < commands.size() && (ahead == 0 || ahead + commands[sent].size() <= bytes_ahead)) {
      ahead += commands[sent].size();
      next += commands[sent++];
    }
    if (!send(next)) return {};
    auto log = read_log();
    if (!log) {
      trouble_ += " at " + programs[logs.size()].to_string();
      return {};
    }
    ahead -= commands[logs.size()].size();
    logs.push_back(std::move(*log));
  }
  return logs;
}

bool LiveOtp::send(const std::string& text) {
  for (std::size_t sent = 0; sent < text.size() && ok();) {
    const ssize_t count = ::write(to_, text.data() + sent, text.size() - sent);
    if (count > 0)
      sent += static_cast<std::size_t>(count);
    else if (errno != EINTR)
      fail("erl is gone");
  }
  return ok();
}

std::optional<std::string> LiveOtp::read_line() {
  while (ok()) {
    if (const auto end = read_.find('\n'); end != std::string::npos) {
      std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    pollfd ready{from_, POLLIN, 0};
    const int count = ::poll(&ready, 1, patience_ms);
    if (count < 0 && errno == EINTR) continue;
    std::array<char, 1 << 16> buffer;
    const ssize_t bytes = count > 0 ? ::read(from_, buffer.data(), buffer.size()) : -1;
    if (bytes <= 0)
      fail(count == 0 ? "erl does not answer" : "erl is gone: " + read_);
    else
      read_.append(buffer.data(), static_cast<std::size_t>(bytes));
  }
  return std::nullopt;
}

std::optional<Log> LiveOtp::read_log() {
  Log log;
  while (const auto line = read_line()) {
    const auto value = read_value(*line);
    if (value && value->is_tagged("ev") && value->size() == 4)
      log.push_back((*value)[3]);
    else if (value && value->is_tagged("done"))
      return log;
    else
      fail(*line);
  }
  return std::nullopt;
}

void LiveOtp::fail(const std::string& what) {
  if (trouble_.empty()) trouble_ = what.empty() ? "erl says nothing" : what;
}

}  // namespace moirai::otp_oracle
