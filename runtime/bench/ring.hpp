// W2: a token goes round in a ring of processes. One operation: a hop.
#pragma once
#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Next {
  Pid pid;
};
struct Token {
  std::uint64_t hops;
};

struct RingMember {
  using Accepts = Messages<Next, Token>;
  Pid next{};
  void on(Self&, const Next& m) { next = m.pid; }
  void on(Self& self, const Token& token) {
    if (token.hops) self.send(next, Token{token.hops - 1});
  }
};

inline void ring_member(Self& self) {
  const Pid next = self.take<Next>().pid;
  for (;;)
    self.receive([&](const Token& token) {
      if (token.hops) self.send(next, Token{token.hops - 1});
    });
}

inline ChildSpec ring(Form form, std::uint64_t hops) {
  const Program member = form == Form::process ? Program(ring_member) : handler<RingMember>();
  return root({worker(
      "jeweller",
      [=](Self& self) {
        std::vector<Pid> members;
        for (int i = 0; i < 1'000; ++i) members.push_back(self.spawn_link("member", member));
        for (std::size_t i = 0; i < members.size(); ++i) self.send(members[i], Next{members[(i + 1) % members.size()]});
        self.send(members.front(), Token{hops - 1});
        self.sleep(Duration::max());  // its end would be theirs
      },
      once)});
}

}  // namespace moirai::bench
