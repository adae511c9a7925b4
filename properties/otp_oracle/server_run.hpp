// Programs of gen_servers and their clients x, y, z: calls that are answered at once, later, twice or never, time out, find nobody or a
// server that ends; casts and messages, timeouts, continuations, stops. The oracle's command {server,Id,[Op]}, on Moirai's runtime through
// its public API; as a value the program is {servers,[Op]}.
//
//   {start,X,S,#{name,link,trap,init => Init,on_timeout => Tell}} {call,X,To,Ask,Ms|infinity} {cast|info,X,To,Tell}
//   {request,X,To,Ask,Tag} {wait|take,X,Tag,Ms} {stop,X,To,R} {suspend|resume,X,To} {exit,X,Y,R} {trap,X,Bool} {die,X,R}
//   {together,[{Ms,Op}]}                                  each begins Ms after the one before, whether that has ended or not
//   Init = ok | {ok,Next} | {stop,R} | ignore | {exit,R} | {error,R}                          Next = Ms | hibernate | {continue,Tell}
//   Ask  = {reply,V} | {reply,V,Next} | later | {later,Next} | {stop,R,V} | twice | {first,V,Tell} | {slow,Ms,Ask} | {ask,To,Ask,Ms} | Tell
//   Tell = ok | {next,Next} | {stop,R} | {exit,R} | {error,R} | {slow,Ms,Tell} | {answer,V} | {tell,To,Tell} | {ask,To,Ask,Ms}
//
// To is a server or {name,N}. X does it. The log: {op,N,Op}; {init,[S],Incarnation}, {handle,Server,What}, {stop,[S],Incarnation,R},
// {report,Server,terminate|crash,R}; {ret,X,N|{N,I},{value,V}|{exit,R}|dead|busy|no_such_tag}; at the end {mbox,X,Messages} of clients at rest.
// A millisecond of a program lasts a nanosecond here; all is at rest again a millisecond after each operation.
#pragma once
#include <optional>
#include <string>

#include "properties/otp_oracle/run_options.hpp"

namespace moirai::otp_oracle {

// What is wrong with a program: an operation that there is not.
std::optional<std::string> find_server_error(const Value& program);

// Requires: find_server_error finds nothing. Resets the world, before and after. options.form is that of the clients.
Log run_servers(World& world, const Value& program, const RunOptions& options = {});

}  // namespace moirai::otp_oracle
