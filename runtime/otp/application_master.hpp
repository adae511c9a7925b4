// The two processes above the tree of a running application (R-APP-3 to R-APP-5): OTP's application_master. The master is the group leader
// of all that the application starts; its child runs the start function, is linked to the top supervisor, and stops it.
#pragma once
#include <memory>
#include <vector>

#include "runtime/otp/application.hpp"

namespace moirai {

// An application with all that it includes: itself first, then top-down and left to right.
using ApplicationParts = std::vector<std::shared_ptr<const Application>>;

// Acknowledges its start when the start function and all phases are through; else it ends with the reason.
Program application_master(ApplicationParts parts);

// To the master: stop the application, kill what is left of it, answer, and end with `normal`.
struct StopMaster {
  using Reply = void;
};

}  // namespace moirai
