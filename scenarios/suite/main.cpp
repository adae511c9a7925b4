// The main of a suite that has none of its own: the linker takes it from the library only then.
#include "scenarios/suite/suite.hpp"

int main(int argc, char** argv) { return moirai::suite_main(argc, argv); }
