#include "reports/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

namespace moirai {
namespace {

Mistake failed(const std::string& path, std::string_view what, int error) {
  const std::string reason = std::error_code(error, std::generic_category()).message();
  return {{path, 0, 0}, fmt::format("{}: {}", what, reason), error == EACCES || error == EROFS ? "choose another folder with --out" : ""};
}

// The process id keeps two campaigns that write into one folder apart.
std::string temporary_path(const std::string& path) { return fmt::format("{}.{}.part", path, ::getpid()); }

// Requires: nobody else writes `path`. On a mistake nothing is left at `path`.
std::optional<Mistake> write_whole(const std::string& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return failed(path, "cannot create the file", errno);
  int error = 0;
  while (!content.empty() && error == 0) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written >= 0)
      content.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      error = errno;
  }
  if (error == 0 && ::fsync(file) != 0 && errno != EINVAL) error = errno;  // EINVAL: the file system has no such thing
  if (::close(file) != 0 && error == 0) error = errno;
  if (error == 0) return std::nullopt;
  ::unlink(path.c_str());
  return failed(path, "cannot write the file", error);
}

}  // namespace

Result<std::string> write_file(const std::string& folder, const std::string& name, std::string_view content) {
  Result<std::vector<std::string>> written = write_files(folder, {{name, std::string(content)}});
  if (!written) return written.mistakes();
  return written->front();
}

Result<std::vector<std::string>> write_files(const std::string& folder, const std::vector<FileContent>& files) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failed(folder, "cannot make the folder", error.value());

  std::vector<std::string> paths;
  Mistakes mistakes;
  for (const FileContent& file : files) {
    paths.push_back((std::filesystem::path(folder) / file.name).string());
    if (std::optional<Mistake> mistake = write_whole(temporary_path(paths.back()), file.content)) {
      mistake->place.file = paths.back();
      mistakes.push_back(*mistake);
    }
  }
  for (const std::string& path : paths) {
    if (!mistakes.empty()) {
      ::unlink(temporary_path(path).c_str());
    } else if (std::rename(temporary_path(path).c_str(), path.c_str()) != 0) {
      mistakes.push_back(failed(path, "cannot replace the file", errno));
      ::unlink(temporary_path(path).c_str());
    }
  }
  if (!mistakes.empty()) return mistakes;
  return paths;
}

}  // namespace moirai
