// K1: the smallest system that has a race: c may get the message of a before or after that of b. Three processes, three messages, no
// supervisor. One operation: a whole run, in one world that is reset between runs.
#pragma once
#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Letter {
  std::uint64_t number;
};

struct Reader {
  using Accepts = Messages<Letter>;
  int left;
  void on(Self& self, const Letter&) {
    if (--left == 0) self.stop();
  }
};
struct Forwarder {
  using Accepts = Messages<Letter>;
  Pid to;
  void on(Self& self, const Letter&) {
    self.send(to, Letter{3});
    self.stop();
  }
};

// What one run is started with. Made once, used by many runs.
inline Program smallest(Form form) {
  return [form](Self& self) {
    const bool process = form == Form::process;
    const Program reader = [](Self& s) {
      s.take<Letter>();
      s.take<Letter>();
    };
    const Pid c = self.spawn("c", process ? reader : handler<Reader>(2));
    const Program forwarder = [c](Self& s) {
      s.take<Letter>();
      s.send(c, Letter{3});
    };
    const Pid b = self.spawn("b", process ? forwarder : handler<Forwarder>(c));
    self.send(c, Letter{1});
    self.send(b, Letter{2});
  };
}

// The same as a tree, for runs with all that a campaign does (K2).
inline ChildSpec smallest_tree() {
  return root({worker(
                   "c", [](Self& s) { s.take<Letter>(), s.take<Letter>(); }, named),  //
               worker(
                   "b", [](Self& s) { s.take<Letter>(), s.send("c", Letter{3}); }, named),
               worker(
                   "a", [](Self& s) { s.send("c", Letter{1}), s.send("b", Letter{2}); }, once)});
}

}  // namespace moirai::bench
