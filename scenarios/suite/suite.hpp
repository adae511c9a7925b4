// What a suite's own program needs: link moirai::suite, register systems and laws, and the binary has the whole command line
// (run, replay, check, plan, list, version). The library brings a main; a program that has one of its own calls suite_main from it.
//
//   #include "scenarios/suite/suite.hpp"
//
//   MOIRAI_SYSTEM(shop, "a stock and its clerks", {"clerks", std::int64_t{2}, "how many clerks"}) {
//     return moirai::supervisor({.name = "shop"}, {moirai::worker("stock", stock), clerks(args.integer("clerks"))});
//   }
//   MOIRAI_LAW(nothing_sold_twice, "no item is sold to two customers") { return moirai::fold_over(...); }
//
// These two macros are the only self-registration in the project, and meant for files of the program itself: the linker leaves out
// files of a static library that nothing refers to.
#pragma once
#include "chaos/catalogue.hpp"
#include "properties/fold.hpp"
#include "properties/law.hpp"
#include "runtime/kernel/self.hpp"
#include "runtime/otp/child_spec.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {

// The whole command line, over the systems and laws registered in this program and the laws that come with Moirai. Returns the exit code:
//   0 all as expected | 1 a law violated, the system crashed or stalled, an expected bug not found | 2 inconclusive, or fewer seeds run
//   than asked for | 3 nondeterminism | 4 nothing selected | 64 usage | 65 bad scenario file | 70 internal error
//   130, 143 ended by SIGINT, SIGTERM, the reports written
// Of several the first of 70, 65, 3, 1, 2.
int suite_main(int argc, char** argv);

// Adds a system to this program's. Requires: before suite_main; no other system has this name, a second one ends the program, naming it.
void register_system(SystemDeclaration system);

// What a scenario file may name in this program: systems sorted by name, whatever the order of linking, and the laws of suite_program_laws.
Catalogue suite_catalogue();
LawCatalogue suite_program_laws();  // the built-in ones and those of MOIRAI_LAW

}  // namespace moirai

// Registers a system. The body makes the supervision tree from `args`; it is called once per run and must depend on nothing else.
// After the doc come the declarations of its arguments, each {"name", default, "doc"}.
#define MOIRAI_SYSTEM(system_name, doc, ...)                                                                    \
  static ::moirai::ChildSpec moirai_make_system_##system_name(const ::moirai::Args& args);                      \
  [[maybe_unused]] static const bool moirai_has_system_##system_name =                                          \
      (::moirai::register_system({#system_name, doc, {__VA_ARGS__}, &moirai_make_system_##system_name}), true); \
  static ::moirai::ChildSpec moirai_make_system_##system_name([[maybe_unused]] const ::moirai::Args& args)
