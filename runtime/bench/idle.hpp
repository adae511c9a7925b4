// W5: very many processes wait, under supervisors of a thousand; then each gets a message. One operation: such a message; and how much
// memory a waiting process holds, its supervisor and its link included.
#pragma once
#include <algorithm>

#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Wake {};

struct Sleeper {
  using Accepts = Messages<Wake>;
  std::uint64_t woken = 0;
  void on(Self&, const Wake&) { ++woken; }
};

inline void sleeper(Self& self) {
  for (std::uint64_t woken = 0;; ++woken) self.receive([](const Wake&) {});
}

inline void wake_all(Self& self) {
  self.sleep(1s);  // until everybody waits
  self.note(Idle{});
  std::vector<Pid> sleepers;
  for (const ChildStatus& group : which_children(self, root_name)) {
    if (group.type != ChildType::supervisor) continue;
    for (const ChildStatus& child : which_children(self, group.pid)) sleepers.push_back(child.pid);
  }
  self.note(Begin{});
  for (const Pid pid : sleepers) self.send(pid, Wake{});
  self.sleep(1s);  // until everybody waits again
  self.note(End{});
}

inline ChildSpec idle(Form form, std::uint64_t processes) {
  const std::uint64_t per_group = std::min<std::uint64_t>(processes, 1'000);
  std::vector<ChildSpec> members;
  for (std::uint64_t i = 0; i < per_group; ++i) {
    const std::string id = "sleeper-" + std::to_string(i);
    members.push_back(form == Form::process ? worker(id, sleeper) : worker<Sleeper>(id));
  }
  ChildSpec group = supervisor({.name = "group"}, std::move(members));  // one specification, shared by all of them
  std::vector<ChildSpec> children;
  for (std::uint64_t i = 0; i < processes / per_group; ++i) {
    group.id = "group-" + std::to_string(i);
    children.push_back(group);
  }
  children.push_back(worker("waker", wake_all, once));
  return root(std::move(children));
}

}  // namespace moirai::bench
