// W9: a permanent worker of a one_for_one supervisor ends and is started again, all restarts in one window. It says when it is up, and is
// then killed where it waits, or asked to return, or to throw. One operation: a restart.
#pragma once
#include <stdexcept>

#include "runtime/bench/workload.hpp"

namespace moirai::bench {

enum class Way : std::uint8_t { killed, returns, throws };

struct Up {
  Pid pid;
};
struct Stop {};

struct Victim {
  using Accepts = Messages<Stop>;
  Victim(Self& self, Way ending) : way(ending) { self.send("driver", Up{self.pid()}); }
  void on(Self& self, const Stop&) {
    if (way == Way::throws) throw std::runtime_error("asked to");
    self.stop();
  }
  Way way;
};

inline void victim(Self& self, Way way) {
  self.send("driver", Up{self.pid()});
  self.take<Stop>();
  if (way == Way::throws) throw std::runtime_error("asked to");
}

struct Driver {
  using Accepts = Messages<Up>;
  Way way;
  std::uint64_t left;
  void on(Self& self, const Up& up) {
    if (left-- == 0) return self.stop();
    if (way == Way::killed)
      self.exit(up.pid, reason::kill());
    else
      self.send(up.pid, Stop{});
  }
};

inline void driver(Self& self, Way way, std::uint64_t restarts) {
  for (std::uint64_t i = 0; i < restarts; ++i) {
    const Pid pid = self.take<Up>().pid;
    if (way == Way::killed)
      self.exit(pid, reason::kill());
    else
      self.send(pid, Stop{});
  }
  self.take<Up>();
}

inline ChildSpec restarts(Form form, std::uint64_t count, Way way) {
  const bool process = form == Form::process;
  ChildSpec its_driver = process ? worker(
                                       "driver", [=](Self& self) { driver(self, way, count); }, named)  //
                                 : worker<Driver>("driver", named, way, count);
  ChildSpec its_victim = process ? worker("victim", [=](Self& self) { victim(self, way); })  //
                                 : worker<Victim>("victim", {}, way);
  const Intensity endless{.restarts = static_cast<int>(count) + 1, .within = 3600s};
  return root({std::move(its_driver), supervisor({.name = "sup", .intensity = endless}, {std::move(its_victim)})});
}

}  // namespace moirai::bench
