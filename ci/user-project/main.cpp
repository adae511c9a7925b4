// A suite of one's own: two actors, their tree, and with moirai::suite the whole command line. What goes wrong stands in my.toml.
#include "scenarios/suite/suite.hpp"
using namespace moirai;

struct Ping {
  using Reply = std::int64_t;
  std::int64_t number;
};

void echo(Self& self) {
  while (true) self.receive([](const Ping& ping) { return ping.number; });
}
void asker(Self& self) {
  for (std::int64_t n = 0;; ++n, self.sleep(100ms)) self.call("echo", Ping{n});  // exits when echo is away, and is started again
}

MOIRAI_SYSTEM(my_system, "an echo and one who asks it") {
  return supervisor({.name = "my", .strategy = Strategy::rest_for_one, .intensity = {.restarts = 10, .within = 5s}},
                    {worker("echo", echo, {.registered = true}), worker("asker", asker)});
}
