// A scenario as text: the effective values, defaults included. Printed by `moirai check` and `plan`, and the text the content hash is taken of.
#pragma once
#include <cstdint>
#include <string>

#include "chaos/scenario.hpp"

namespace moirai {

// TOML that reads back to an equal scenario (but for file and places), every key present that has a value.
std::string describe(const Scenario& scenario);

// Hash of what can change a run or its judgement; see Scenario::content_hash. A comment or a new title leaves it as it is.
std::uint64_t hash_content(const Scenario& scenario);

}  // namespace moirai
