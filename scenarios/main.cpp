// The moirai program: a suite with the demo systems, and a user's own program in all but name. Its systems register themselves.
#include "scenarios/suite/suite.hpp"

int main(int argc, char** argv) { return moirai::suite_main(argc, argv); }
