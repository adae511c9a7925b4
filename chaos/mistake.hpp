// Mistakes as people read them: where, what, the line itself with the spot underlined, and how to mend it.
//   scenarios/bank.toml:12:8: error: unknown fault kind "puase"
//     12 | kind = "puase"
//        |        ^^^^^^^ did you mean "pause"?
#pragma once
#include <string>
#include <string_view>

#include "runtime/kernel/result.hpp"

namespace moirai {

// What stands in a file may be hostile to a terminal: control characters and bytes that are no UTF-8 become "\x1b", everything else stays.
std::string printable(std::string_view text);

// One block, ending with a newline. `source` is the text of the whole file; without it, or when the line is not in it, the middle is left out.
std::string render(const Mistake& mistake, std::string_view source = {});
// One block for each, with the source lines taken from the files that the places name, as far as they can still be read.
std::string render(const Mistakes& mistakes);

// By place, then text; the same mistake is kept once.
void sort_mistakes(Mistakes& mistakes);

}  // namespace moirai
