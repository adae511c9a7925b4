#include "runtime/otp/dynamic_supervisor.hpp"

#include <utility>

namespace moirai {

SupervisorSpec dynamic_spec(DynamicSupervisorOptions options) {
  SupervisorSpec spec;
  spec.options.name = std::move(options.name);
  spec.options.intensity = options.intensity;
  spec.options.restart = options.restart;
  spec.options.shutdown = options.shutdown;
  spec.options.registered = options.registered;
  spec.options.significant = options.significant;
  spec.options.backoff = options.backoff;
  spec.dynamic = {options.max_children, std::move(options.extra_argument)};
  return spec;
}

ChildSpec dynamic_supervisor(DynamicSupervisorOptions options) { return detail::supervisor_of(dynamic_spec(std::move(options))); }

}  // namespace moirai
