#include "runtime/bench/once.hpp"

#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "runtime/bench/marks.hpp"

namespace moirai::bench {
namespace {

double wall_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

// KiB of a line of /proc/self/status. VmHWM: the peak. RssAnon: memory that belongs to no file.
std::uint64_t status_kib(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(name + ":", 0) == 0) return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10);
  throw std::runtime_error("/proc/self/status has no " + name);
}

// Counts, as the cheapest observer does.
class Counter final : public Observer {
 public:
  explicit Counter(EventMask kinds) : kinds_(kinds) {}
  EventMask wants() const override { return kinds_; }
  void saw(const Event&) override { ++events; }
  std::uint64_t events = 0;

 private:
  EventMask kinds_;
};

std::optional<EventMask> kinds_named(std::string_view name) {
  const EventMask rare = {EventKind::spawn, EventKind::exit, EventKind::note};
  if (name == "none") return EventMask{};
  if (name == "rare") return rare;
  if (name == "messages") return rare | EventMask{EventKind::send, EventKind::receive, EventKind::drop};
  if (name == "all") return EventMask::all();
  return std::nullopt;
}

int usage() {
  std::fputs("usage: runtime_bench once NAME [OPERATIONS] [seed=N] [observe=none|rare|messages|all] [again]\n", stderr);
  return 64;
}

}  // namespace

int once_command(int argc, char** argv) {
  if (argc < 1) return usage();
  const std::optional<Chosen> chosen = choose(argv[0]);
  if (!chosen) return usage();
  std::uint64_t operations = chosen->workload.operations, seed = 1;
  Counter counter{EventMask{}};
  bool observed = false, again = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("seed=")) {
      seed = std::strtoull(argv[i] + 5, nullptr, 0);
    } else if (argument.starts_with("observe=")) {
      const std::optional<EventMask> kinds = kinds_named(argument.substr(8));
      if (!kinds) return usage();
      counter = Counter(*kinds);
      observed = argument != "observe=none";
    } else if (argument == "again") {
      again = true;
    } else {
      operations = std::strtoull(argv[i], nullptr, 10);
      if (operations == 0) return usage();
    }
  }

  double wall = 0, cpu = 0;
  std::uint64_t held_kib = 0;
  const auto begin = [&] { wall = wall_seconds(), cpu = cpu_seconds(); };
  const auto end = [&] { wall = wall_seconds() - wall, cpu = cpu_seconds() - cpu; };
  Marks marks([&] { held_kib = status_kib("RssAnon"); }, begin, end);
  const bool marked = chosen->workload.measure != Workload::Measure::run;

  const ChildSpec tree = chosen->workload.tree(chosen->form, operations);
  const std::uint64_t before_kib = status_kib("RssAnon");
  World world;
  Observer* const watching = observed ? &counter : marked ? static_cast<Observer*>(&marks) : nullptr;
  const bool whole = !marked || observed;
  if (again) play(world, settings_for(chosen->scheduler, seed), tree);
  if (whole) begin();
  const RunEnd run = play(world, settings_for(chosen->scheduler, seed), tree, watching);
  if (whole) end();

  std::printf("RESULT\t%s\t%llu\t%.6f\t%.6f\t%llu\tdigest=%016llx\tsteps=%llu", argv[0], static_cast<unsigned long long>(operations), wall,
              cpu, static_cast<unsigned long long>(status_kib("VmHWM")), static_cast<unsigned long long>(run.digest),
              static_cast<unsigned long long>(run.steps));
  if (observed) std::printf("\tevents=%llu", static_cast<unsigned long long>(counter.events));
  if (chosen->workload.measure == Workload::Measure::waiting && !observed)
    std::printf("\tbytes_per_process=%.1f", static_cast<double>((held_kib - before_kib) * 1024) / static_cast<double>(operations));
  std::printf("\n");
  return 0;
}

double bytes_per_process(const Chosen& chosen) {
  char program[4096];
  const ssize_t length = ::readlink("/proc/self/exe", program, sizeof program - 1);
  if (length <= 0) throw std::runtime_error("/proc/self/exe cannot be read");
  const std::string command = std::string(program, static_cast<std::size_t>(length)) + " once " + chosen.path();
  std::FILE* output = ::popen(command.c_str(), "r");
  if (!output) throw std::runtime_error("cannot run " + command);
  std::string text;
  for (int c; (c = std::fgetc(output)) != EOF;) text += static_cast<char>(c);
  const std::string key = "bytes_per_process=";
  const std::size_t at = text.find(key);
  if (::pclose(output) != 0 || at == std::string::npos) throw std::runtime_error(command + " failed");
  return std::strtod(text.c_str() + at + key.size(), nullptr);
}

}  // namespace moirai::bench
