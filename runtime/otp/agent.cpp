#include "runtime/otp/agent.hpp"

namespace moirai::agent {

std::string_view to_string(Use use) {
  switch (use) {
    case Use::get: return "get";
    case Use::update: return "update";
    case Use::get_and_update: return "get_and_update";
  }
  return "?";
}

void fold(Digest& digest, const Applied& applied) {
  if (applied.value) applied.folds(applied.value.get(), digest);
}

void print(std::string& out, const Applied& applied) {
  if (applied.value) applied.prints(applied.value.get(), out);
}

}  // namespace moirai::agent
