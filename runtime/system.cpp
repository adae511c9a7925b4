#include "runtime/system.hpp"

#include "runtime/kernel/check.hpp"

namespace moirai {

Pid start_tree(World& world, const ChildSpec& root) {
  MOIRAI_CHECK(root.subtree != nullptr, "the root of a tree is made by supervisor()");
  return world.start(root.id, supervisor_program(root.subtree));
}

}  // namespace moirai
