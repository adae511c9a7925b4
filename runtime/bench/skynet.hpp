// W6: a tree of processes, ten children each; a leaf sends its number to its parent, and everybody sums up. One operation: a leaf.
#pragma once
#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Sum {
  std::uint64_t value;
};

inline void skynet_node(Self& self, Pid parent, std::uint64_t number, std::uint64_t size) {
  std::uint64_t sum = number;
  if (size > 1) {
    sum = 0;
    for (std::uint64_t i = 0; i < 10; ++i)
      self.spawn("node", [parent = self.pid(), number = number + i * size / 10, size = size / 10](Self& child) {
        skynet_node(child, parent, number, size);
      });
    for (int i = 0; i < 10; ++i) self.receive([&](const Sum& part) { sum += part.value; });
  }
  self.send(parent, Sum{sum});
}

struct SkynetNode {
  using Accepts = Messages<Sum>;
  SkynetNode(Self& self, Pid parent, std::uint64_t number, std::uint64_t size) : parent_(parent) {
    if (size == 1)
      finish(self, number);
    else
      for (std::uint64_t i = 0; i < 10; ++i) self.spawn("node", handler<SkynetNode>(self.pid(), number + i * size / 10, size / 10));
  }
  void on(Self& self, const Sum& part) {
    sum_ += part.value;
    if (--missing_ == 0) finish(self, sum_);
  }

 private:
  void finish(Self& self, std::uint64_t sum) {
    self.send(parent_, Sum{sum});
    self.stop();
  }
  Pid parent_;
  std::uint64_t sum_ = 0;
  int missing_ = 10;
};

// Requires: a power of ten, at least ten.
inline ChildSpec skynet(Form form, std::uint64_t leaves) {
  return root({worker(
      "top",
      [=](Self& self) {
        const Pid me = self.pid();
        if (form == Form::process)
          self.spawn("node", [=](Self& node) { skynet_node(node, me, 0, leaves); });
        else
          self.spawn("node", handler<SkynetNode>(me, std::uint64_t{0}, leaves));
        self.receive([&](const Sum& sum) { self.note(sum); });
      },
      once)});
}

}  // namespace moirai::bench
