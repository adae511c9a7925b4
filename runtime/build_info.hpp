// Which build this is. Printed with every failure, because a seed is only sure to mean the same thing in the build it came from.
#pragma once
#include <string_view>

namespace moirai {

struct BuildInfo {
  std::string_view version;     // "0.1.0"
  std::string_view revision;    // first 12 digits of the git commit, "-dirty" behind it if tracked files differ; "unknown" outside git
  std::string_view compiler;    // "GNU 12.2.0"
  std::string_view build_type;  // "Release", "Debug"; "none" if CMake was given no build type
};

const BuildInfo& build_info();

}  // namespace moirai
