#include "runtime/otp/gen.hpp"

#include <algorithm>

#include "runtime/kernel/world.hpp"

namespace moirai::gen {
namespace {

std::optional<StartResult> already_started(Self& self, const Options& options) {
  if (options.name.empty()) return std::nullopt;
  const std::optional<Pid> holder = self.whereis(options.name);
  if (!holder) return std::nullopt;
  return StartResult::error(Term::tuple({Term::atom("already_started"), Term::pid(*holder)}));
}

proc_lib::StartOptions start_options(const Options& options) {
  proc_lib::StartOptions result{.timeout = options.timeout};
  if (!options.name.empty()) result.label = options.name;
  return result;
}

}  // namespace

StartResult start_link(Self& self, const Program& program, const Options& options) {
  if (auto taken = already_started(self, options)) return std::move(*taken);
  return proc_lib::start_link(self, program, start_options(options));
}

StartResult start(Self& self, const Program& program, const Options& options) {
  if (auto taken = already_started(self, options)) return std::move(*taken);
  return proc_lib::start(self, program, start_options(options));
}

std::pair<StartResult, Ref> start_monitor(Self& self, const Program& program, const Options& options) {
  if (auto taken = already_started(self, options)) return {std::move(*taken), Ref{}};
  return proc_lib::start_monitor(self, program, start_options(options));
}

Pid parent_of(Self& self) {
  const Pid starter = self.world().parent(self.pid());
  if (!starter) return starter;
  const std::vector<Pid> linked = self.world().links_of(self.pid());
  return std::find(linked.begin(), linked.end(), starter) != linked.end() ? starter : self.pid();
}

namespace detail {

void report_end(Self& self, std::string_view callbacks, const TerminateReport& report) {
  if (is_normal_exit(report.reason)) return;
  TerminateReport named = report;
  named.registered_name = self.world().registered_name(self.pid());
  self.note(named);
  report_crash(self, callbacks, report.reason);
}

}  // namespace detail
}  // namespace moirai::gen
