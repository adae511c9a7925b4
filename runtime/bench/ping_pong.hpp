// W1: two processes send one message to and fro. One operation: a message.
#pragma once
#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Ball {
  std::uint64_t left;
};

struct Player {
  using Accepts = Messages<Ball>;
  Player(Self& self, const std::string& peer_name, std::uint64_t serve) : peer_name_(peer_name) {
    if (serve) on(self, Ball{serve});
  }
  void on(Self& self, const Ball& ball) {
    if (!peer_) peer_ = *self.whereis(peer_name_);
    if (ball.left) self.send(peer_, Ball{ball.left - 1});
  }

 private:
  std::string peer_name_;
  Pid peer_{};
};

inline void play_ball(Self& self, std::string_view peer_name, std::uint64_t serve) {
  const Pid peer = *self.whereis(peer_name);
  if (serve) self.send(peer, Ball{serve - 1});
  for (;;)
    self.receive([&](const Ball& ball) {
      if (ball.left) self.send(peer, Ball{ball.left - 1});
    });
}

inline ChildSpec ping_pong(Form form, std::uint64_t messages) {
  if (form == Form::handler)
    return root({worker<Player>("a", named, std::string("b"), std::uint64_t{0}), worker<Player>("b", named, std::string("a"), messages)});
  // a looks for b when the first ball has come.
  const auto a = [](Self& self) {
    self.receive([&](const Ball& ball) { self.send("b", Ball{ball.left - 1}); });
    play_ball(self, "b", 0);
  };
  return root({worker("a", a, named), worker(
                                          "b", [messages](Self& self) { play_ball(self, "a", messages); }, named)});
}

}  // namespace moirai::bench
