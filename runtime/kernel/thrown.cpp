#include "runtime/kernel/thrown.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <string>
#include <typeinfo>

namespace moirai {
namespace {

// The unqualified name: the rest is spelled differently by other libraries.
std::string type_name() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (!type) return "unknown";
  int status = 0;
  char* demangled = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string name = status == 0 ? demangled : type->name();
  std::free(demangled);
  name = name.substr(0, name.find('<'));
  if (const auto colons = name.rfind("::"); colons != std::string::npos) name = name.substr(colons + 2);
  return name;
}

}  // namespace

Thrown what_was_thrown(const std::exception& caught) { return {reason::error(type_name(), caught.what()), ExitCause::error}; }

Thrown what_was_thrown() {
  const std::string name = type_name();
  try {
    throw;
  } catch (const ExitRequest& request) { return {request.reason, ExitCause::own_exit}; } catch (const std::exception& caught) {
    return {reason::error(name, caught.what()), ExitCause::error};
  } catch (...) { return {reason::error(name, ""), ExitCause::error}; }
}

}  // namespace moirai
