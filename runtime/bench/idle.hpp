// W5: very many processes wait, under supervisors of a thousand; then each gets a message. One operation: such a message; and how much
// memory a waiting process holds, what its supervisor keeps of it and its link included.
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

// The supervisors of the sleepers; they are children of the root, as the caller is.
inline std::vector<Pid> groups(Self& self) {
  std::vector<Pid> pids;
  for (const ChildStatus& child : which_children(self, root_name))
    if (child.type == ChildType::supervisor) pids.push_back(child.pid);
  return pids;
}

inline void wake_all(Self& self) {
  self.sleep(1s);  // until everybody waits
  self.note(Idle{});
  std::vector<Pid> sleepers;
  for (const Pid group : groups(self))
    for (const ChildStatus& child : which_children(self, group)) sleepers.push_back(child.pid);
  self.note(Begin{});
  for (const Pid pid : sleepers) self.send(pid, Wake{});
  self.sleep(1s);  // until everybody waits again
  self.note(End{});
}

inline ChildSpec idle_tree(std::uint64_t processes, std::uint64_t per_group, ChildSpec group, ChildSpec waker) {
  std::vector<ChildSpec> children;
  for (std::uint64_t i = 0; i < processes / per_group; ++i) {
    group.id = "group-" + std::to_string(i);  // its specification is shared by all of them
    children.push_back(group);
  }
  children.push_back(std::move(waker));
  return root(std::move(children));
}
inline ChildSpec sleeper_of(Form form, std::string id) {
  return form == Form::process ? worker(std::move(id), sleeper) : worker<Sleeper>(std::move(id));
}
inline std::uint64_t group_size(std::uint64_t processes) { return std::min<std::uint64_t>(processes, 1'000); }

// Processes of one template, as OTP's simple_one_for_one has them for very many alike.
inline ChildSpec idle(Form form, std::uint64_t processes) {
  const std::uint64_t each = group_size(processes);
  const auto start_and_wake_all = [each](Self& self) {
    for (const Pid group : groups(self))
      for (std::uint64_t i = 0; i < each; ++i) start_child(self, group);
    wake_all(self);
  };
  ChildSpec group = supervisor({.name = "group", .strategy = Strategy::simple_one_for_one}, {sleeper_of(form, "sleeper")});
  return idle_tree(processes, each, std::move(group), worker("waker", start_and_wake_all, once));
}

// The same under supervisors that list each child by name.
inline ChildSpec idle_listed(Form form, std::uint64_t processes) {
  const std::uint64_t each = group_size(processes);
  std::vector<ChildSpec> members;
  for (std::uint64_t i = 0; i < each; ++i) members.push_back(sleeper_of(form, "sleeper-" + std::to_string(i)));
  return idle_tree(processes, each, supervisor({.name = "group"}, std::move(members)), worker("waker", wake_all, once));
}

}  // namespace moirai::bench
