// Programs of processes that link, monitor, kill and name each other, one operation at a time; each comes to rest before the next one
// begins. The oracle's command {procs,Id,Ops}, on Moirai's runtime through its public API.
//
//   {spawn,X} {spawn_link,X,Y} {trap,X,Bool} {link,X,Y} {unlink,X,Y} {monitor,X,Y|{name,N},Tag} {demonitor,X,Tag,Options} {exit,X,Y,R}
//   {die,X,R} {error,X,R} {send,X,Y,Msg} {register,X,Name} {unregister,X,Name} {send_name,X,Name,Msg} {whereis,X,Name} {is_alive,X,Y}
//   {monitor,X,Y,Tag,Options} {alias,X,Tag,Options} {unalias,X,Tag} {send_alias,X,Tag,Msg}          Options: as of Erlang's functions
//
// X does it to Y. The log: {pop,N,Op}, {res,N,Result}, {died,X,Reason}, and at the end {mbox,X,Messages} and {links,X,Peers} of the living.
#pragma once
#include <optional>
#include <string>

#include "properties/otp_oracle/run_options.hpp"

namespace moirai::otp_oracle {

// What is wrong with a program: an operation that there is not.
std::optional<std::string> find_procs_error(const Value& program);

// Requires: find_procs_error finds nothing. Resets the world, before and after.
Log run_procs(World& world, const Value& program, const RunOptions& options = {});

}  // namespace moirai::otp_oracle
