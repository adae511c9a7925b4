#include "runtime/kernel/ids.hpp"

namespace moirai {

std::string Pid::to_string() const {
  return "<" + std::to_string(node()) + "." + std::to_string(slot()) + "." + std::to_string(generation()) + ">";
}

std::string Ref::to_string() const { return "#Ref<" + std::to_string(number >> 24) + "." + std::to_string(index()) + ">"; }

}  // namespace moirai
