// Calls and selective receive. W7: a call with its monitor and timeout. W7r: the same without timeout. W10: each round asks for a message
// and takes it past a backlog. W10r: each round is a call past a backlog. One operation: a call, or a round.
#pragma once
#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Ask {
  using Reply = std::uint64_t;
  std::uint64_t value;
};
struct Want {  // asks for a Wanted
  std::uint64_t value;
  Pid by;
};
struct Wanted {
  std::uint64_t value;
};
struct Noise {
  std::uint64_t number;
};
struct Quiet {};  // all noise has been made

struct Answerer {
  using Accepts = Messages<Ask, Want>;
  std::uint64_t on(Self&, const Ask& ask) { return ask.value + 1; }
  void on(Self& self, const Want& want) { self.send(want.by, Wanted{want.value}); }
};

inline void answerer(Self& self) {
  for (;;) self.receive([](const Ask& ask) { return ask.value + 1; }, [&](const Want& want) { self.send(want.by, Wanted{want.value}); });
}

inline ChildSpec answerer_of(Form form) {
  return form == Form::process ? worker("answerer", answerer, named) : worker<Answerer>("answerer", named);
}

inline ChildSpec calls(Form form, std::uint64_t times, Duration timeout) {
  return root({answerer_of(form), worker_of(form, "caller", [=](Self& self) {
                 const Pid to = *self.whereis("answerer");
                 std::uint64_t sum = 0;
                 for (std::uint64_t i = 0; i < times; ++i) sum += self.call(to, Ask{i}, timeout);
                 self.note(Wanted{sum});
               })});
}

// Fills the caller's own mailbox with messages that it does not want yet, then plays `round(self, answerer, i)` so many times.
template <class Round>
ChildSpec past_backlog(Form form, std::uint64_t rounds, std::uint64_t backlog, Round round) {
  return root({answerer_of(form), worker_of(form, "caller", [=](Self& self) {
                 self.spawn("noise", [=, to = self.pid()](Self& noise) {
                   for (std::uint64_t i = 0; i < backlog; ++i) noise.send(to, Noise{i});
                   noise.send(to, Quiet{});
                 });
                 self.take<Quiet>();
                 const Pid answerer = *self.whereis("answerer");
                 self.note(Begin{});
                 for (std::uint64_t i = 0; i < rounds; ++i) round(self, answerer, i);
                 self.note(End{});
               })});
}

inline ChildSpec selective_receives(Form form, std::uint64_t rounds, std::uint64_t backlog) {
  return past_backlog(form, rounds, backlog, [](Self& self, Pid answerer, std::uint64_t i) {
    self.send(answerer, Want{i, self.pid()});
    self.take<Wanted>();
  });
}

inline ChildSpec calls_past_backlog(Form form, std::uint64_t rounds, std::uint64_t backlog) {
  return past_backlog(form, rounds, backlog, [](Self& self, Pid answerer, std::uint64_t i) { self.call(answerer, Ask{i}); });
}

}  // namespace moirai::bench
