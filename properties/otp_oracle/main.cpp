// otp_program: the oracle's line protocol, answered by Moirai's runtime instead of OTP. One Erlang term per line on stdin, terms on stdout.
//
//   {run,Id,Program}.    a supervision program; see supervision_run.hpp
//   {procs,Id,[Op]}.     a program of processes; see procs_run.hpp
//   {server,Id,[Op]}.    a program of gen_servers; see server_run.hpp
//   {info}.  quit.
//
// Answers: {ready,moirai,Version} first; for each program {ev,Id,N,Event}. and {done,Id,Count}., in the oracle's words; {parse_error,Why},
// {command_failed,Id,Why}, {unknown_command,Term}; bye.
// Usage: otp_program [--seed N] [--form function|handler] [--mutant NAME]
//   --seed N: a random schedule instead of fifo; --form: of the processes; --mutant: a bug planted in every supervisor (supervisor_mutant.hpp)
#include <charconv>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "properties/otp_oracle/program_kind.hpp"
#include "runtime/build_info.hpp"

namespace moirai::otp_oracle {
namespace {

void say(const Value& value) { std::cout << value.to_string() << ".\n"; }

void answer(const Value& id, const Log& log) {
  std::size_t number = 0;
  for (const Value& event : log) say(tuple("ev", id, ++number, event));
  say(tuple("done", id, number));
}

void run_command(World& world, const Value& command, const RunOptions& options) {
  if (const ProgramKind* kind = kind_of_command(command)) {
    const Value program = program_of_command(command);
    if (const auto error = kind->find_error(program)) return say(tuple("command_failed", command[1], *error));
    return answer(command[1], kind->run(world, program, options));
  }
  if (command.is_tagged("info")) return say(tuple("info", "moirai", build_info().version));
  say(tuple("unknown_command", command));
}

bool read_options(int count, char** arguments, RunOptions& options) {
  for (int i = 1; i < count; i += 2) {
    const std::string_view name = arguments[i];
    if (i + 1 == count) return false;
    const std::string_view value = arguments[i + 1];
    if (name == "--seed") {
      std::uint64_t seed = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seed);
      if (error != std::errc{} || end != value.data() + value.size()) return false;
      options.seed = seed;
    } else if (name == "--form" && (value == "function" || value == "handler")) {
      options.form = value == "function" ? Form::function : Form::handler;
    } else if (const auto mutant = parse_supervisor_mutant(value); name == "--mutant" && mutant) {
      options.mutant = *mutant;
    } else {
      return false;
    }
  }
  return true;
}

int serve(const RunOptions& options) {
  World world;
  say(tuple("ready", "moirai", build_info().version));
  std::cout.flush();
  for (std::string line; std::getline(std::cin, line); std::cout.flush()) {
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos || line[begin] == '%') continue;
    std::string why;
    const auto command = read_value(line, &why);
    if (!command)
      say(tuple("parse_error", why));
    else if (command->is("quit"))
      return say("bye"), 0;
    else
      run_command(world, *command, options);
  }
  return 0;
}

}  // namespace
}  // namespace moirai::otp_oracle

int main(int count, char** arguments) {
  moirai::otp_oracle::RunOptions options;
  if (moirai::otp_oracle::read_options(count, arguments, options)) return moirai::otp_oracle::serve(options);
  std::cerr << "usage: otp_program [--seed N] [--form function|handler] [--mutant NAME]\n";
  return 64;
}
