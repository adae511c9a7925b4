// Where kernel and behaviours meet: a supervision tree becomes processes of a world.
#pragma once
#include "runtime/kernel/world.hpp"
#include "runtime/otp/application.hpp"
#include "runtime/otp/supervisor.hpp"

namespace moirai {

// Starts the tree's root as a process whose parent is the outside, labelled with its name; the children come to life when the world
// runs. Returns the root's pid. Requires: root was made by supervisor(). A root with an error in its spec ends at its first step
// with a reason that says so (see find_error).
Pid start_tree(World& world, const ChildSpec& root);

// Starts the application controller, as a process whose parent is the outside, labelled with the release's name; it starts the
// applications when the world runs (application.hpp). An exit signal of the outside stops the node in order. Returns its pid. A release
// with an error ends at its first step with a reason that says so (see find_error).
Pid start_release(World& world, Release release);

}  // namespace moirai
