// The laws that come with Moirai, as an explicit list: what OTP promises of supervisors, links, monitors and messages.
#pragma once
#include "properties/law.hpp"

namespace moirai {

LawCatalogue builtin_laws();

}  // namespace moirai
