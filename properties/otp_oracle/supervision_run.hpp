// Programs on a supervision tree: children crash, are killed and start as scripted, the clock of intensities is moved, supervisors are
// asked. The oracle's command {run,Id,#{tree => Sup,ops => [Op]}}, on Moirai's runtime through its public API.
//
//   Sup   = {sup,Name,Flags,[Child]}                     Flags: strategy, intensity, period, auto_shutdown
//   Child = {worker,Name,Options} | {sup,Name,Flags,[Child],Options}
//   Options: restart, shutdown, significant, trap, on_shutdown => stop | ignore | {reason,R},
//            starts => [ok | {ok_info,I} | ignore | {error,R} | {raise,R} | {other,T} | {ok_then_exit,R}]    the last one is repeated
//   Op    = {crash,Path,R} | {exit,Path,R} | {parent_exit,R} | {tick,Seconds} | {batch,SupPath,[Op]}
//         | {start_child,SupPath,Child} | {terminate_child|restart_child|delete_child,SupPath,Id} | {which_children|count_children,SupPath}
// Under simple_one_for_one: {start_child,SupPath,K} starts a child at SupPath ++ [K], {terminate_child,SupPath,{dyn,K}} stops it.
//
// The log: {sup_init,Path,Incarnation}; {start,Path,Incarnation}, {ignore,..}, {start_error,..,R}, {start_raise,..}, {start_other,..};
// {stop,Path,Incarnation,Reason}; {report,Supervisor,Context,Reason,Offender}; {op,N,Op}; {api,N,Result}; {root_exit,Reason}.
//
// Only {tick,N} moves the clock that intensities see: a millisecond of a shutdown time lasts a nanosecond here, and all is at rest again
// a millisecond after each operation.
#pragma once
#include <optional>
#include <string>

#include "properties/otp_oracle/run_options.hpp"

namespace moirai::otp_oracle {

// What in a program is unknown, malformed, or cannot be said in C++.
std::optional<std::string> find_supervision_error(const Value& program);

// Requires: find_supervision_error finds nothing. Resets the world, before and after.
Log run_supervision(World& world, const Value& program, const RunOptions& options = {});

}  // namespace moirai::otp_oracle
