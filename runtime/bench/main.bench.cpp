// Costs of the kernel, one benchmark each: build/release/bin/runtime_bench. `limit/jump` is one bare context switch on the same machine,
// the yardstick for the others. Times are noisy on shared machines; instruction counts are not:
//   valgrind --tool=callgrind build/release/bin/runtime_bench --benchmark_filter=W1/process/fifo
#include <boost/context/detail/fcontext.hpp>
#include <memory>

#include "runtime/bench/workloads.hpp"

namespace moirai::bench {
namespace {

struct Ping {
  std::uint64_t left;
};
struct Ask {
  using Reply = std::uint64_t;
  std::uint64_t value;
};

struct Player {
  using Accepts = Messages<Ping>;
  std::string_view peer_name;
  Pid peer = {};
  void on(Self& self, const Ping& ping) {
    if (!peer) peer = *self.whereis(peer_name);
    if (ping.left) self.send(peer, Ping{ping.left - 1});
  }
};
struct Answerer {
  using Accepts = Messages<Ask>;
  std::uint64_t on(Self&, const Ask& ask) { return ask.value + 1; }
};
struct Idler {
  using Accepts = Messages<Ping>;
  void on(Self&, const Ping&) {}
};

// W1: two processes send one message to and fro.
void ping_pong(Form form, Scheduler scheduler, std::uint64_t messages) {
  World world(endless(scheduler));
  if (form == Form::process) {
    world.start("a", [=](Self& self) {
      const Pid me = self.pid();
      const Pid b = self.spawn_link("b", [me](Self& peer) {
        for (;;) peer.receive([&](const Ping& ping) { peer.send(me, Ping{ping.left - 1}); });
      });
      self.send(b, Ping{messages});
      for (bool on = true; on;)
        self.receive([&](const Ping& ping) {
          on = ping.left > 1;
          if (on) self.send(b, Ping{ping.left - 1});
        });
    });
  } else {
    world.start("go", [=](Self& self) {
      self.register_name("a", self.spawn("a", handler<Player>(std::string_view("b"))));
      self.register_name("b", self.spawn("b", handler<Player>(std::string_view("a"))));
      self.send("a", Ping{messages});
    });
  }
  world.run();
}

// W4: a process is spawned, gets a message, answers it and ends.
void spawn_and_exit(Scheduler scheduler, std::uint64_t times) {
  World world(endless(scheduler));
  world.start("parent", [=](Self& self) {
    const Pid me = self.pid();
    const Program child = [me](Self& c) {
      c.receive([](const Ping&) {});
      c.send(me, Ping{0});
    };
    for (std::uint64_t i = 0; i < times; ++i) {
      self.send(self.spawn("child", child), Ping{0});
      self.receive([](const Ping&) {});
    }
  });
  world.run();
}

// W7: a call with its monitor, reply, demonitor and timeout.
void calls(Form form, Scheduler scheduler, std::uint64_t times) {
  World world(endless(scheduler));
  world.start("client", [=](Self& self) {
    const Program server = form == Form::handler ? handler<Answerer>() : Program([](Self& s) {
      for (;;) s.receive([](const Ask& ask) { return ask.value + 1; });
    });
    const Pid to = self.spawn("server", server);
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < times; ++i) sum += self.call(to, Ask{i});
    benchmark::DoNotOptimize(sum);
  });
  world.run();
}

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long total = 0, resident = 0;
  if (!file) return 0;
  const int read = std::fscanf(file, "%lu %lu", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * 4096 : 0;
}

// W5: many processes that wait, linked to the one that spawned them; then one message to each.
void idle(Form form, Scheduler scheduler, std::uint64_t count, benchmark::State& state) {
  const std::uint64_t before = resident_bytes();
  World world(endless(scheduler));
  std::uint64_t held = 0;
  world.start("parent", [&, count](Self& self) {
    const Program child = form == Form::handler ? handler<Idler>() : Program([](Self& c) { c.receive([](const Ping&) {}); });
    std::vector<Pid> all;
    all.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) all.push_back(self.spawn_link("child", child));
    self.sleep(1s);
    held = resident_bytes() - before;
    for (const Pid pid : all) self.send(pid, Ping{0});
  });
  world.run();
  state.counters["bytes_per_process"] = static_cast<double>(held) / static_cast<double>(count);
}

// K1: whole runs of the smallest system (3 processes, 3 messages), in one world that is reset between them.
void smallest_runs(Scheduler scheduler, std::uint64_t runs) {
  World world;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    Settings settings;
    settings.seed = seed;
    settings.scheduler = scheduler;
    world.reset(settings);
    world.start("a", [](Self& self) {
      const Pid c = self.spawn("c", [](Self& s) {
        s.receive([](const Ping&) {});
        s.receive([](const Ping&) {});
      });
      const Pid b = self.spawn("b", [c](Self& s) { s.receive([&](const Ping&) { s.send(c, Ping{3}); }); });
      self.send(c, Ping{1});
      self.send(b, Ping{2});
    });
    world.run();
  }
}

void bare_jump(benchmark::State& state) {
  namespace context = boost::context::detail;
  const auto stack = std::make_unique<char[]>(64 * 1024);
  context::fcontext_t other = context::make_fcontext(stack.get() + 64 * 1024, 64 * 1024, [](context::transfer_t t) {
    for (;;) t = context::jump_fcontext(t.fctx, nullptr);
  });
  for (auto _ : state) other = context::jump_fcontext(other, nullptr).fctx;
  state.counters["ns_per_operation"] =
      benchmark::Counter(static_cast<double>(state.iterations() * 2) / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace
}  // namespace moirai::bench

int main(int argc, char** argv) {
  using namespace moirai::bench;
  using moirai::Scheduler;
  benchmark::RegisterBenchmark("limit/jump", bare_jump);
  register_all("W1", 100'000, [](Form form, Scheduler s, benchmark::State&) { ping_pong(form, s, 100'000); });
  register_all("W4", 20'000, [](Form, Scheduler s, benchmark::State&) { spawn_and_exit(s, 20'000); });
  register_all("W5", 100'000, [](Form form, Scheduler s, benchmark::State& state) { idle(form, s, 100'000, state); });
  register_all("W7", 50'000, [](Form form, Scheduler s, benchmark::State&) { calls(form, s, 50'000); });
  register_all("K1/runs", 10'000, [](Form, Scheduler s, benchmark::State&) { smallest_runs(s, 10'000); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
