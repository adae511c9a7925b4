// The full paths of all processes that a run has born, known when the run and its world are gone. Used by Trace.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/kernel/ids.hpp"

namespace moirai {

class ProcessPaths {
 public:
  void born(Pid pid, Pid parent, std::string_view label, std::uint32_t ordinal);
  // As World::full_path, but nothing for nobody.
  std::string operator()(Pid pid) const;
  void clear();

 private:
  struct Birth {
    Pid parent;
    std::uint32_t label, ordinal;
  };
  std::unordered_map<std::uint64_t, Birth> births_;         // by pid; looked up only
  std::unordered_map<std::string, std::uint32_t> indices_;  // of labels; looked up only
  std::vector<std::string_view> labels_;                    // the keys
  std::uint32_t last_label_ = 0;
};

}  // namespace moirai
