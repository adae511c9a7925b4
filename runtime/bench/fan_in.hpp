// W3: a hundred senders, one receiver, and nobody slows down. One operation: a message.
#pragma once
#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Drop {
  std::uint64_t number;
};

struct Sink {
  using Accepts = Messages<Drop>;
  std::uint64_t sum = 0;
  void on(Self&, const Drop& drop) { sum += drop.number; }
};

inline void sink(Self& self) {
  for (std::uint64_t sum = 0;;) self.receive([&](const Drop& drop) { sum += drop.number; });
}

inline ChildSpec fan_in(Form form, std::uint64_t messages) {
  constexpr std::uint64_t senders = 100;
  std::vector<ChildSpec> children;
  children.push_back(form == Form::process ? worker("sink", sink, named) : worker<Sink>("sink", named));
  for (std::uint64_t i = 0; i < senders; ++i)
    children.push_back(worker_of(form, "source-" + std::to_string(i), [each = messages / senders](Self& self) {
      const Pid to = *self.whereis("sink");
      for (std::uint64_t n = 0; n < each; ++n) self.send(to, Drop{n});
    }));
  return root(std::move(children));
}

}  // namespace moirai::bench
