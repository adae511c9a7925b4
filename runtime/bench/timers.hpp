// W8: a thousand processes sleep again and again, random times. W8t: one process arms very many timers, then all fire. One operation: a
// sleep; a timer, armed and received.
#pragma once
#include "runtime/bench/workload.hpp"

namespace moirai::bench {

struct Alarm {};

// The times are the program's own, so that what the runtime's random numbers cost is not measured with them.
inline Duration some_time(Random& random) { return (1 + static_cast<std::int64_t>(random.below(1'000'000'000))) * 1us; }

struct Dozer {
  using Accepts = Messages<Alarm>;
  Dozer(Self& self, std::uint64_t number, std::uint64_t sleeps) : random_(number), left_(sleeps) { doze(self); }
  void on(Self& self, const Alarm&) { doze(self); }

 private:
  void doze(Self& self) {
    if (left_-- > 0) self.send_after(some_time(random_), self.pid(), Alarm{});
  }
  Random random_;
  std::uint64_t left_;
};

inline ChildSpec sleeps(Form form, std::uint64_t count) {
  constexpr std::uint64_t sleepers = 1'000;
  std::vector<ChildSpec> children;
  for (std::uint64_t number = 0; number < sleepers; ++number) {
    const std::string id = "dozer-" + std::to_string(number);
    const std::uint64_t each = count / sleepers;
    const auto doze = [number, each](Self& self) {
      Random random(number);
      for (std::uint64_t i = 0; i < each; ++i) self.sleep(some_time(random));
    };
    children.push_back(form == Form::process ? worker(id, doze, once) : worker<Dozer>(id, once, number, each));
  }
  return root(std::move(children));
}

struct AlarmClock {
  using Accepts = Messages<Alarm>;
  AlarmClock(Self& self, std::uint64_t timers) {
    Random random(1);
    for (std::uint64_t i = 0; i < timers; ++i) self.send_after(some_time(random), self.pid(), Alarm{});
  }
  std::uint64_t rung = 0;
  void on(Self&, const Alarm&) { ++rung; }
};

inline ChildSpec timers(Form form, std::uint64_t count) {
  if (form == Form::handler) return root({worker<AlarmClock>("clock", once, count)});
  return root({worker(
      "clock",
      [count](Self& self) {
        Random random(1);
        for (std::uint64_t i = 0; i < count; ++i) self.send_after(some_time(random), self.pid(), Alarm{});
        for (std::uint64_t i = 0; i < count; ++i) self.receive([](const Alarm&) {});
      },
      once)});
}

}  // namespace moirai::bench
