// How the peers' programs measure and report: a line for each run, the same as that of `runtime_bench once`.
//   RESULT <tab> workload <tab> operations <tab> wall seconds <tab> cpu seconds <tab> peak KiB [<tab> key=value]...
#pragma once
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace peers {

inline double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
inline double cpu() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return double(used.tv_sec) + 1e-9 * double(used.tv_nsec);
}

inline long rss_kb() {
  long size = 0, resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (!file) return 0;
  const int read = std::fscanf(file, "%ld %ld", &size, &resident);
  std::fclose(file);
  return read == 2 ? resident * (sysconf(_SC_PAGESIZE) / 1024) : 0;
}
// Not ru_maxrss, which is inherited across exec.
inline long peak_kb() {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  if (!file) return 0;
  long kb = 0;
  char line[256];
  while (std::fgets(line, sizeof line, file))
    if (std::sscanf(line, "VmHWM: %ld", &kb) == 1) break;
  std::fclose(file);
  return kb;
}

struct Timer {
  double wall_begin = now(), cpu_begin = cpu();
  void out(const char* workload, double operations, const std::string& extra = "") const {
    const double wall = now() - wall_begin, used = cpu() - cpu_begin;
    std::printf("RESULT\t%s\t%.0f\t%.6f\t%.6f\t%ld%s%s\n", workload, operations, wall, used, peak_kb(), extra.empty() ? "" : "\t",
                extra.c_str());
    std::fflush(stdout);
  }
};
inline std::string kv(const char* key, double value) {
  char text[96];
  std::snprintf(text, sizeof text, "%s=%.6g", key, value);
  return text;
}

// splitmix64: the same random times for everybody.
struct Rng {
  std::uint64_t state;
  std::uint64_t operator()() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return std::uint64_t(((unsigned __int128)(*this)() * n) >> 64); }
};

}  // namespace peers
