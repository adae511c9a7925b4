#include "chaos/text_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace moirai {

namespace {

Mistake cannot_read(const std::string& path, std::string_view why, std::string hint = {}) {
  return {{path, 0, 0}, fmt::format("cannot be read: {}", why), std::move(hint)};
}

// In words of our own: strerror speaks the language of the machine.
std::string_view words_for(int error) {
  switch (error) {
    case ENOENT: return "there is no such file";
    case EACCES: return "permission denied";
    case EISDIR: return "it is a directory";
    case ENOTDIR: return "a part of its path is not a directory";
    case ENAMETOOLONG: return "its name is too long";
    default: return "the system refuses";
  }
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<std::string> read_text_file(const std::string& path) {
  if (path.empty()) return cannot_read(path, "its name is empty");
  if (path.find('\0') != std::string::npos) return cannot_read(path, "its name holds a zero byte");
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) return cannot_read(path, words_for(errno));
  std::string text;
  char block[16384];
  while (const std::size_t got = std::fread(block, 1, sizeof block, file.get())) {
    text.append(block, got);
    if (text.size() > largest_text_file)
      return cannot_read(path, fmt::format("it is larger than {} KiB", largest_text_file / 1024), "is this the right file?");
  }
  if (std::ferror(file.get())) return cannot_read(path, words_for(errno));
  return text;
}

}  // namespace moirai
