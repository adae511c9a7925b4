#include "chaos/process_paths.hpp"

namespace moirai {

void ProcessPaths::born(Pid pid, Pid parent, std::string_view label, std::uint32_t ordinal) {
  if (labels_.empty() || labels_[last_label_] != label) {
    const auto [entry, is_new] = indices_.emplace(label, static_cast<std::uint32_t>(labels_.size()));
    if (is_new) labels_.push_back(entry->first);
    last_label_ = entry->second;
  }
  births_[pid.bits()] = {parent, last_label_, ordinal};
}

std::string ProcessPaths::operator()(Pid pid) const {
  if (!pid) return {};
  if (pid.node() == timer_node) return "timer#" + std::to_string(pid.slot());
  std::string path;
  for (Pid at = pid; at;) {
    const auto birth = births_.find(at.bits());
    if (birth == births_.end()) return pid.to_string();
    const auto& [parent, label, ordinal] = birth->second;
    path.insert(0, std::string(labels_[label]) + "#" + std::to_string(ordinal) + (path.empty() ? "" : "/"));
    at = parent;
  }
  return path;
}

void ProcessPaths::clear() {
  births_.clear();
  indices_.clear();
  labels_.clear();
  last_label_ = 0;
}

}  // namespace moirai
