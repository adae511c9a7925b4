// Report files appear whole or not at all: written beside their place, flushed to disk, then renamed over it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel/result.hpp"

namespace moirai {

struct FileContent {
  std::string name;  // inside the folder: "junit.xml"; no folders of its own
  std::string content;
};

// Writes `content` to `folder`/`name`; makes the folder (and those above it) if missing. Replaces a file of that name in one step; after a
// mistake the old one is still there, whole. Returns the path written. Mistakes carry the path as their place and the system's reason.
Result<std::string> write_file(const std::string& folder, const std::string& name, std::string_view content);

// All of them, as above. Everything is written beside its place before the first is renamed, so that a full disk replaces nothing.
// Returns the paths in the given order.
Result<std::vector<std::string>> write_files(const std::string& folder, const std::vector<FileContent>& files);

}  // namespace moirai
