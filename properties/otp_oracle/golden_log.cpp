#include "properties/otp_oracle/golden_log.hpp"

#include <zlib.h>

#include <array>
#include <memory>
#include <string_view>

namespace moirai::otp_oracle {
namespace {

struct Close {
  void operator()(gzFile file) const { gzclose(file); }
};
using OpenFile = std::unique_ptr<std::remove_pointer_t<gzFile>, Close>;

std::optional<std::string> unpacked(const std::string& path) {
  const OpenFile file(gzopen(path.c_str(), "rb"));
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 1 << 16> buffer;
  for (int count; (count = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) != 0;) {
    if (count < 0) return std::nullopt;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

Result<std::vector<GoldenRun>> read_golden(const std::string& path) {
  const std::optional<std::string> text = unpacked(path);
  if (!text) return Mistake{{path}, "cannot be read", {}};
  std::vector<GoldenRun> runs;
  int number = 0;
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = std::min(text->find('\n', begin), text->size());
    const std::string_view line(text->data() + begin, end - begin);
    begin = end + 1;
    ++number;
    if (!line.starts_with("{prog,") && !line.starts_with("{ev,")) continue;
    std::string why;
    std::optional<Value> value = read_value(line, &why);
    if (!value) return Mistake{{path, number}, why, {}};
    if (value->is_tagged("prog") && value->size() == 3)
      runs.push_back({(*value)[2], {}});
    else if (value->is_tagged("ev") && value->size() == 4 && !runs.empty())
      runs.back().events.push_back((*value)[3]);
    else
      return Mistake{{path, number}, "is no line of a log", {}};
  }
  return runs;
}

bool write_golden(const std::string& path, const std::vector<GoldenRun>& runs) {
  OpenFile file(gzopen(path.c_str(), "wb9"));
  if (!file) return false;
  std::string text;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    text += tuple("prog", i + 1, runs[i].program).to_string() + ".\n";
    for (std::size_t k = 0; k < runs[i].events.size(); ++k) text += tuple("ev", i + 1, k + 1, runs[i].events[k]).to_string() + ".\n";
  }
  const auto size = static_cast<unsigned>(text.size());
  const bool written = gzwrite(file.get(), text.data(), size) == static_cast<int>(size);
  return gzclose(file.release()) == Z_OK && written;
}

}  // namespace moirai::otp_oracle
