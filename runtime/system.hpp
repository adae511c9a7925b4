// Where kernel and behaviours meet: a supervision tree becomes processes of a world.
#pragma once
#include "runtime/kernel/world.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {

// Starts the tree's root as a process whose parent is the outside, labelled with its name; the children come to life when the world
// runs. Returns the root's pid. Requires: root was made by supervisor(). A root with an error in its spec ends at its first step
// with a reason that says so (see find_error).
Pid start_tree(World& world, const ChildSpec& root);

}  // namespace moirai
