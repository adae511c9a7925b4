// W4: a process is spawned, gets a message, answers it and ends. One operation: such a life; one at a time.
#pragma once
#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Hello {};
struct Farewell {};

struct Mayfly {
  using Accepts = Messages<Hello>;
  Pid parent;
  void on(Self& self, const Hello&) {
    self.send(parent, Farewell{});
    self.stop();
  }
};

struct Breeder {
  using Accepts = Messages<Farewell>;
  Breeder(Self& self, std::uint64_t lives) : mayfly_(handler<Mayfly>(self.pid())), left_(lives) { breed(self); }
  void on(Self& self, const Farewell&) { breed(self); }

 private:
  void breed(Self& self) {
    if (left_-- > 0) self.send(self.spawn("mayfly", mayfly_), Hello{});
  }
  Program mayfly_;
  std::uint64_t left_;
};

inline ChildSpec short_lives(Form form, std::uint64_t lives) {
  if (form == Form::handler) return root({worker<Breeder>("breeder", once, lives)});
  return root({worker(
      "breeder",
      [lives](Self& self) {
        const Program mayfly = [parent = self.pid()](Self& child) {
          child.receive([](const Hello&) {});
          child.send(parent, Farewell{});
        };
        for (std::uint64_t i = 0; i < lives; ++i) {
          self.send(self.spawn("mayfly", mayfly), Hello{});
          self.receive([](const Farewell&) {});
        }
      },
      once)});
}

}  // namespace moirai::bench
