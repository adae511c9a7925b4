#include "runtime/system.hpp"

#include <memory>
#include <utility>

#include "runtime/kernel/check.hpp"
#include "runtime/otp/application_controller.hpp"

namespace moirai {

Pid start_tree(World& world, const ChildSpec& root) {
  MOIRAI_CHECK(root.subtree != nullptr, "the root of a tree is made by supervisor()");
  return world.start(root.id, supervisor_program(root.subtree));
}

Pid start_release(World& world, Release release) {
  const auto shared = std::make_shared<const Release>(std::move(release));
  return world.start(shared->name, handler<gen::Process<ApplicationController>>(std::string(application_controller_name), shared));
}

}  // namespace moirai
