#include "runtime/otp/gen.hpp"

#include <algorithm>

#include "runtime/kernel/world.hpp"

namespace moirai::gen {
namespace {

std::optional<StartResult> already_started(Self& self, const Options& options) {
  const std::optional<Pid> holder = options.name.whereis(self);
  if (!holder) return std::nullopt;
  return StartResult::error(Term::tuple({Term::atom("already_started"), Term::pid(*holder)}));
}

proc_lib::StartOptions start_options(const Options& options) {
  proc_lib::StartOptions result{.timeout = options.timeout};
  if (!options.name.label().empty()) result.label = options.name.label();
  return result;
}

}  // namespace

std::optional<Pid> Name::whereis(Self& self) const {
  if (via_) return via_->whereis(self);
  return name_.empty() ? std::nullopt : self.whereis(name_);
}

void Name::take(Self& self) const {
  if (via_)
    proc_lib::register_name(self, *via_);
  else
    proc_lib::register_name(self, name_);
}

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
