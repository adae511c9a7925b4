// A small text file as a value. Whatever stands at the path, reading it gives the text or a mistake, never an exception and never a wait
// for memory: devices and huge files are cut off at the limit.
#pragma once
#include <cstddef>
#include <string>

#include "runtime/kernel/result.hpp"

namespace moirai {

inline constexpr std::size_t largest_text_file = 1u << 20;  // bytes

Result<std::string> read_text_file(const std::string& path);

}  // namespace moirai
