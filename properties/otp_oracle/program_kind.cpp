#include "properties/otp_oracle/program_kind.hpp"

#include "properties/otp_oracle/procs_run.hpp"
#include "properties/otp_oracle/random_program.hpp"
#include "properties/otp_oracle/server_run.hpp"
#include "properties/otp_oracle/supervision_run.hpp"

namespace moirai::otp_oracle {

const ProgramKind supervision = {"supervision",       "run", &random_supervision, &find_supervision_error, &run_supervision,
                                 &compare_supervision};
const ProgramKind procs = {"processes", "procs", &random_procs, &find_procs_error, &run_procs, &compare_procs};
const ProgramKind servers = {"servers", "server", &random_servers, &find_server_error, &run_servers, &compare_servers};

const ProgramKind& kind_of(const Value& program) {
  if (program.is_list()) return procs;
  return program.is_tagged("servers") ? servers : supervision;
}

Value command_of(const Value& id, const Value& program) {
  const ProgramKind& kind = kind_of(program);
  return tuple(kind.command, id, &kind == &servers ? program[1] : program);
}

const ProgramKind* kind_of_command(const Value& command) {
  if (!command.is_tuple(3)) return nullptr;
  for (const ProgramKind* kind : {&supervision, &procs, &servers})
    if (command[0].is(kind->command)) return kind;
  return nullptr;
}

Value program_of_command(const Value& command) { return kind_of_command(command) == &servers ? tuple("servers", command[2]) : command[2]; }

}  // namespace moirai::otp_oracle
