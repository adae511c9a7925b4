// A suite of small systems that misbehave on purpose, for the tests of the command line: built into a program of its own, moirai_test_suite,
// whose command line and main come from the library.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "scenarios/suite/suite.hpp"

namespace {

using namespace moirai;
using namespace std::chrono_literals;

struct Drawn {
  static constexpr std::string_view fields[] = {"number"};
  std::uint64_t number;
};
struct Ping {
  static constexpr std::string_view fields[] = {"number"};
  std::uint64_t number;
};
struct Token {
  static constexpr std::string_view fields[] = {"value"};
  std::uint64_t value;
};

// ---- calm: somebody draws numbers and sends them to somebody who counts
void listener(Self& self) {
  for (;;) self.receive([&](const Ping&) {}, [&](const Token&) {});
}
void drawer(Self& self) {
  for (;;) {
    self.sleep(100ms);
    const std::uint64_t number = self.random(100);
    self.note(Drawn{number});
    self.send("listener", Ping{number});
  }
}

ChildSpec tree(ChildSpec second) {
  return supervisor({.name = "root", .intensity = {.restarts = 100, .within = 1s}},
                    {worker("listener", listener, {.registered = true}), std::move(second)});
}

MOIRAI_SYSTEM(calm, "draws numbers and sends them around") { return tree(worker("drawer", drawer)); }

struct Nothing {};
MOIRAI_LAW(small_numbers, "no number drawn reaches the limit", {"limit", std::int64_t{100}, "the first number that is too large"}) {
  const auto limit = static_cast<std::uint64_t>(args.integer("limit"));
  return fold_over(Nothing{}, on<Drawn>([limit](Nothing&, const Drawn& drawn) -> Judgement {
                     if (drawn.number < limit) return held();
                     return broken("a number reached the limit: " + std::to_string(drawn.number));
                   }));
}
MOIRAI_LAW(never_asked, "judges nothing that ever happens") {
  return fold_over(Nothing{}, on<Token>([](Nothing&, const Token&) -> Judgement { return held(); }));
}

// ---- what ends a process of the operating system
MOIRAI_SYSTEM(spins, "a worker that never gives up its turn") {
  return tree(worker("spinner", [](Self& self) {
    self.sleep(1s);
    self.send("listener", Ping{7});
    for (std::atomic<std::uint64_t> i = 0;; ++i) {}
  }));
}
MOIRAI_SYSTEM(segfaults, "a worker that writes to address 16") {
  return tree(worker("crasher", [](Self& self) {
    self.sleep(1s);
    self.send("listener", Ping{8});
    const volatile std::uintptr_t nowhere = 16;
    *reinterpret_cast<volatile int*>(nowhere) = 1;
  }));
}
[[gnu::noinline]] std::uint64_t deep(std::uint64_t n) {
  volatile char frame[512];
  frame[n % sizeof frame] = static_cast<char>(n);
  return n == 0 ? 0 : deep(n - 1) + static_cast<std::uint64_t>(frame[n % sizeof frame]);
}
MOIRAI_SYSTEM(overflows, "a worker that calls itself too often") {
  return tree(worker("diver", [](Self& self) {
    self.sleep(1s);
    self.send("listener", Ping{deep(1'000'000)});
  }));
}
MOIRAI_SYSTEM(exits, "a worker that calls exit") {
  return tree(worker("quitter", [](Self& self) {
    self.sleep(1s);
    std::exit(0);
  }));
}
MOIRAI_SYSTEM(prints, "a worker that prints to standard output") {
  return tree(worker("printer", [](Self& self) {
    std::printf("digest=not a digest\n");
    std::fflush(stdout);
    self.sleep(60s);
  }));
}
MOIRAI_SYSTEM(slow, "a worker that wastes real time, a little in each turn") {
  return tree(worker("waster", [](Self& self) {
    for (;;) {
      self.sleep(10ms);
      for (std::atomic<int> i = 0; i < 100'000; ++i) {}
    }
  }));
}
MOIRAI_SYSTEM(stalls, "two workers that keep each other busy at one instant") {
  return tree(worker("echo", [](Self& self) {
    self.send(self.pid(), Token{0});
    for (;;) self.receive([&](const Token& token) { self.send(self.pid(), Token{token.value + 1}); });
  }));
}

// ---- what only the sanitizers see (ci/sanitizers): memory errors on the stack of a process, with waits between
MOIRAI_SYSTEM(writes_past_the_end, "a worker that writes behind an array of its stack") {
  return tree(worker("writer", [](Self& self) {
    int numbers[8] = {};
    self.sleep(1s);
    const volatile std::size_t one_too_many = 9;
    std::memset(numbers, 1, one_too_many * sizeof numbers[0]);  // in the library: UndefinedBehaviorSanitizer looks at the code alone
    self.send("listener", Ping{static_cast<std::uint64_t>(numbers[0])});
  }));
}
[[gnu::noinline]] volatile int* address_of_a_local() {
  volatile int local = 7;
  volatile int* volatile address = &local;  // volatile: else the compiler sees through it
  return address;
}
MOIRAI_SYSTEM(uses_after_return, "a worker that reads a variable of a function that has returned") {
  return tree(worker("reader", [](Self& self) {
    const volatile int* gone = address_of_a_local();
    self.sleep(1s);
    self.send("listener", Ping{static_cast<std::uint64_t>(*gone)});
  }));
}

// ---- what a run must not depend on
MOIRAI_SYSTEM(address_in_message, "a worker that sends an address") {
  return tree(worker("leaker", [](Self& self) {
    self.sleep(1s);
    const auto something = std::make_unique<int>(1);
    self.send("listener", Token{static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(something.get()))});
    self.sleep(60s);
  }));
}
MOIRAI_SYSTEM(pointer_keyed_map, "a worker that walks a map in the order of addresses") {
  return tree(worker("walker", [](Self& self) {
    std::vector<std::unique_ptr<int>> owners;
    std::map<const int*, std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < 64; ++i) {
      owners.push_back(std::make_unique<int>(0));
      numbers[owners.back().get()] = i;
    }
    self.sleep(1s);
    for (const auto& [address, number] : numbers) self.send("listener", Ping{number});
    self.sleep(60s);
  }));
}
MOIRAI_SYSTEM(static_counter, "a worker that remembers earlier runs") {
  return tree(worker("rememberer", [](Self& self) {
    static std::uint64_t runs = 0;
    self.sleep(1s);
    self.send("listener", Ping{++runs});
    self.sleep(60s);
  }));
}

}  // namespace
