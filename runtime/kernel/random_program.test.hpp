// Random actor programs as data: a list of instructions per role, run by real processes (naive_world.test.cpp) and by the naive kernel
// (naive_world.test.hpp). Both write the same journal, line for line, or one of them is wrong.
// A role is spawned any number of times; instructions name a role and mean its latest incarnation, dead or alive, as `Cast` knows it.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "runtime/kernel/random.hpp"

namespace moirai::oracle {

enum class Op : std::uint8_t {
  spawn,         // role, 0 plain | 1 linked | 2 monitored
  send,          // role, tag
  send_name,     // name, tag
  burst,         // role, how many
  link,          // role
  unlink,        // role
  monitor,       // role
  monitor_name,  // name
  demonitor,     // k-th youngest of my refs, flush
  trap,          // on
  exit_to,       // role, reason
  exit,          // reason
  crash,         //
  poll,          // pattern
  receive,       // pattern, milliseconds (-1: forever)
  send_after,    // role, tag, milliseconds
  start_timer,   // role, tag, milliseconds
  send_later,    // name, tag, milliseconds
  cancel,        // k-th youngest of my timers
  read,          // k-th youngest of my timers
  enroll,        // name, role (-1: myself)
  strike,        // name: unregister
  whereis,       // name
  yield,         //
  sleep,         // milliseconds
  is_alive,      // role
  end_turn,      // handlers only: the turn ends, the next begins with the next message or after milliseconds (-1: never)
};

struct Instruction {
  Op op;
  int a = 0, b = 0, c = 0;
};

// What a receive takes.
enum Pattern { any, tags, even_tags, exits, downs, even_or_down, patterns };

struct Script {
  bool handler = false;
  std::vector<Instruction> code;
};

// What the outside does: a role's latest incarnation crashes, or is sent an exit signal in the name of another.
struct Intervention {
  bool crash = true;
  int role = 0, from = 0, reason = 0;
  int due = 0, until = 0;  // milliseconds
};

struct Play {
  std::vector<Script> scripts;  // role 0 is started from outside
  std::vector<Intervention> outside;
  static constexpr int spawns_max = 12;
};

inline constexpr std::array<const char*, 5> reasons{"normal", "kill", "killed", "boom", "shutdown"};
inline constexpr int names_max = 3;

// Which instructions a program may hold. Widening it step by step tells where a disagreement comes from.
struct Repertoire {
  bool links = true, monitors = true, timers = true, names = true, exits = true, queries = true, handlers = true, quantum = true,
       outside = true;
};

inline Instruction draw_instruction(Random& random, const Repertoire& repertoire, int roles, bool handler) {
  const auto below = [&](int n) { return static_cast<int>(random.below(static_cast<std::uint64_t>(n))); };
  for (;;) {
    const int role = below(roles);
    const int dice = below(100);
    const int more = below(12);
    if (dice < 8) return {Op::spawn, role, more < 4 ? 0 : !repertoire.links || more < 8 ? (repertoire.monitors ? 2 : 0) : 1};
    if (dice < 24) return {Op::send, role, more};
    if (dice < 26) return {Op::burst, role, repertoire.quantum && more == 0 ? 700 + below(1500) : 2 + more % 3};
    if (dice < 32) return {Op::poll, below(patterns)};
    if (dice < 40) return {Op::receive, below(patterns), more == 0 ? -1 : below(5) * 5};
    if (dice < 43) return {Op::sleep, below(4) * 5};
    if (dice < 45) return {Op::yield};
    if (dice < 50 && handler) return {Op::end_turn, more < 6 ? -1 : below(4) * 5};
    if (dice >= 50 && dice < 56 && repertoire.links) return {Op::link, role};
    if (dice >= 56 && dice < 60 && repertoire.links) return {Op::unlink, role};
    if (dice >= 60 && dice < 64 && repertoire.links) return {Op::trap, more < 9};
    if (dice >= 64 && dice < 69 && repertoire.exits) return {Op::exit_to, role, below(5)};
    if (dice == 69 && repertoire.exits) return more < 6 ? Instruction{Op::exit, below(5)} : Instruction{Op::crash};
    if (dice >= 70 && dice < 75 && repertoire.monitors) return {Op::monitor, role};
    if (dice >= 75 && dice < 79 && repertoire.monitors) return {Op::demonitor, more % 3, below(2)};
    if (dice >= 79 && dice < 82 && repertoire.timers) return {more < 6 ? Op::send_after : Op::start_timer, role, below(12), below(4) * 5};
    if (dice >= 82 && dice < 85 && repertoire.timers) return {more < 9 ? Op::cancel : Op::read, more % 2};
    if (dice >= 85 && dice < 89 && repertoire.queries) return {Op::is_alive, role};
    if (dice < 89 || !repertoire.names) continue;
    const int name = below(names_max);
    if (dice < 92) return {Op::enroll, name, more < 6 ? -1 : role};
    if (dice < 93 && more < 3) return {Op::strike, name};
    if (dice < 95) return {Op::whereis, name};
    if (dice < 96 && more < 6) return {Op::send_name, name, more};
    if (dice < 98 && repertoire.monitors) return {Op::monitor_name, name};
    if (dice < 99 && repertoire.timers) return {Op::send_later, name, more, below(4) * 5};
  }
}

inline Play draw_play(std::uint64_t seed, const Repertoire& repertoire = {}) {
  Random random(stream_key(seed, "swarm", "play"));
  Play play;
  const int roles = 2 + static_cast<int>(random.below(4));
  for (int role = 0; role < roles; ++role) {
    Script script;
    script.handler = role > 0 && repertoire.handlers && random.below(3) == 0;
    const auto length = (role == 0 ? 8 : 3) + random.below(12);
    if (role == 0)  // the first one begins by spawning most of the others, else little would happen
      for (int other = 1; other < roles; ++other) script.code.push_back({Op::spawn, other, 0});
    for (std::uint64_t i = 0; i < length; ++i) script.code.push_back(draw_instruction(random, repertoire, roles, script.handler));
    play.scripts.push_back(std::move(script));
  }
  const std::uint64_t interventions = repertoire.outside ? random.below(5) : 0;
  for (std::uint64_t i = 0; i < interventions; ++i) {
    Intervention one;
    one.crash = random.below(2) == 0;
    one.role = static_cast<int>(random.below(static_cast<std::uint64_t>(roles)));
    one.from = static_cast<int>(random.below(static_cast<std::uint64_t>(roles)));
    one.reason = static_cast<int>(random.below(reasons.size()));
    one.due = static_cast<int>(random.below(5)) * 5;
    const std::uint64_t window = random.below(4);
    one.until = one.due + (window == 0 ? 0 : window == 1 ? 3 : window == 2 ? 7 : 20);
    play.outside.push_back(one);
  }
  return play;
}

}  // namespace moirai::oracle
