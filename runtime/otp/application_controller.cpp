#include "runtime/otp/application_controller.hpp"

#include <algorithm>
#include <utility>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {
namespace {

Term about(std::string_view what, const std::string& name) { return Term::tuple({Term::atom(what), Term::atom(name)}); }
gen::Stop node_stops(std::string_view why, const std::string& name, const Term& reason) {
  return {Term::tuple({Term::atom(why), Term::atom(name), reason})};
}

}  // namespace

ApplicationController::ApplicationController(Self& self, const std::shared_ptr<const Release>& release) {
  self.trap_exit(true);
  if (auto error = find_error(*release)) self.exit(*error);
  for (const ReleaseApplication& each : release->applications) {
    loaded_[each.application.name] = std::make_shared<const Application>(each.application);
    if (each.type) boot_types_[each.application.name] = *each.type;
  }
  const std::vector<std::string> order = boot_order(*release);
  boot_.assign(order.begin(), order.end());
}

// ---- starting

// The release, one after the other. A temporary application that fails to start is no reason to stop.
ApplicationController::Handled ApplicationController::boot(Self& self) {
  while (!boot_.empty() && !boot_waits_) {
    const std::string next = boot_.front();
    boot_.pop_front();
    boot_waits_ = true;
    if (auto stop = start(self, next, boot_types_[next], std::nullopt)) return stop;
  }
  return std::nullopt;
}

ApplicationController::Handled ApplicationController::handle(Self& self, const StartApplication& request,
                                                             const From<StartApplication>& from) {
  if (auto stop = start(self, request.name, request.type, from)) return stop;
  return boot(self);
}

// R-APP-1
ApplicationController::Handled ApplicationController::start(Self& self, const std::string& its_name, ApplicationType type, Requester from) {
  const auto under_way = std::find_if(starting_.begin(), starting_.end(), [&](const Starting& s) { return s.name == its_name; });
  if (under_way != starting_.end()) {
    under_way->requesters.push_back(from);
    return std::nullopt;
  }
  Starting starting{its_name, type, Pid{}, {from}};
  if (auto error = refusal(its_name)) {
    if (!from && !is_running(its_name)) return start_failed(self, starting, *error);  // there is nobody else to be told
    answer(self, starting, {std::move(error)});
    return std::nullopt;
  }
  const auto& application = loaded_[its_name];
  if (!application->start) return start_succeeded(self, starting);
  for (const std::string& needed : application->applications)
    if (!is_running(needed)) return start_failed(self, starting, about("not_running", needed));
  starting.master = self.spawn_link(its_name, application_master(parts(application)));
  starting_.push_back(std::move(starting));
  return std::nullopt;
}

std::optional<Term> ApplicationController::refusal(const std::string& its_name) const {
  const auto found = loaded_.find(its_name);
  if (found == loaded_.end()) return about("not_loaded", its_name);
  if (is_running(its_name)) return about("already_started", its_name);
  for (const std::string& needed : found->second->applications)
    if (started_.count(needed) == 0) return about("not_started", needed);
  return std::nullopt;
}

// The application itself, then what it includes, top-down and left to right.
ApplicationParts ApplicationController::parts(const std::shared_ptr<const Application>& application) const {
  ApplicationParts all{application};
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto place = all.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    for (const std::string& included : std::vector<std::string>(all[i]->included_applications)) {
      const auto& part = loaded_.at(included);
      if (std::find(all.begin(), all.end(), part) == all.end()) place = all.insert(place, part) + 1;
    }
  }
  return all;
}

ApplicationController::Handled ApplicationController::handle(Self& self, const proc_lib::StartAnswer& ready) {
  const auto found = std::find_if(starting_.begin(), starting_.end(), [&](const Starting& s) { return s.master == ready.child; });
  if (found == starting_.end()) return std::nullopt;
  const Starting starting = std::move(*found);
  starting_.erase(found);
  if (auto stop = start_succeeded(self, starting)) return stop;
  return boot(self);
}

ApplicationController::Handled ApplicationController::start_succeeded(Self& self, const Starting& starting) {
  running_.push_back({starting.name, starting.master});
  started_[starting.name] = starting.type;
  self.note(ApplicationStarted{starting.name, starting.type});
  answer(self, starting, {});
  return std::nullopt;
}

// R-APP-2, R-APP-3
ApplicationController::Handled ApplicationController::start_failed(Self& self, const Starting& starting, const Term& reason) {
  self.note(ApplicationExited{starting.name, reason, starting.type});
  answer(self, starting, {reason});
  if (starting.type == ApplicationType::temporary) return std::nullopt;
  const bool exited_normally = reason.is_tuple() && reason[0] == Term::tuple({Term::atom("EXIT"), reason::normal()});
  if (starting.type == ApplicationType::transient && exited_normally) return std::nullopt;
  return node_stops("application_start_failure", starting.name, reason);
}

void ApplicationController::answer(Self& self, const Starting& starting, const ApplicationResult& result) {
  for (const Requester& requester : starting.requesters) {
    if (requester)
      self.reply(*requester, result);
    else
      boot_waits_ = false;
  }
}

// ---- ends

// R-APP-2
ApplicationController::Handled ApplicationController::handle(Self& self, const Exit& exit) {
  if (const auto found = std::find_if(starting_.begin(), starting_.end(), [&](const Starting& s) { return s.master == exit.from; });
      found != starting_.end()) {
    const Starting starting = std::move(*found);
    starting_.erase(found);
    if (auto stop = start_failed(self, starting, exit.reason)) return stop;
    return boot(self);
  }
  const auto found = std::find_if(running_.begin(), running_.end(), [&](const Running& r) { return r.master == exit.from; });
  if (found == running_.end()) return std::nullopt;
  const std::string its_name = found->name;
  const ApplicationType type = started_[its_name];
  running_.erase(found);
  self.note(ApplicationExited{its_name, exit.reason, type});
  if (type == ApplicationType::temporary) return std::nullopt;
  if (type == ApplicationType::transient && exit.reason == reason::normal()) return std::nullopt;
  return node_stops("application_terminated", its_name, exit.reason);
}

// R-APP-4, R-APP-5: one after the other, the last started first.
void ApplicationController::terminate(Self& self, const Term& reason) {
  for (const Starting& starting : starting_) self.exit(starting.master, reason::kill());
  for (auto at = running_.rbegin(); at != running_.rend(); ++at) {
    if (!at->master) continue;
    const Ref monitor = self.monitor(at->master);
    self.unlink(at->master);
    self.exit(at->master, reason::shutdown());
    self.receive(when([&](const Down& m) { return m.monitor == monitor; }, [](const Down&) {}));
  }
  self.note(NodeStopped{reason});
}

// ---- requests

void ApplicationController::handle(Self& self, const StopApplication& request, const From<StopApplication>& from) {
  const ApplicationResult result = stop(self, request.name);
  self.reply(from, result);
}

// R-APP-4. Whatever it is, the node does not stop.
ApplicationResult ApplicationController::stop(Self& self, const std::string& its_name) {
  const auto started = started_.find(its_name);
  if (started == started_.end()) return {about("not_started", its_name)};
  const ApplicationType type = started->second;
  started_.erase(started);
  const auto found = std::find_if(running_.begin(), running_.end(), [&](const Running& r) { return r.name == its_name; });
  if (found == running_.end()) return {};
  const Pid master = found->master;
  running_.erase(found);
  if (master) {
    self.unlink(master);
    catch_exit([&] { self.call(master, StopMaster{}, Duration::max()); });  // it may have ended by itself
  }
  self.note(ApplicationExited{its_name, Term::atom("stopped"), type});
  return {};
}

void ApplicationController::handle(Self& self, const LoadApplication& request, const From<LoadApplication>& from) {
  const ApplicationResult result = load(request.application);
  self.reply(from, result);
}

ApplicationResult ApplicationController::load(const Application& application) {
  if (loaded_.count(application.name) != 0) return {about("already_loaded", application.name)};
  for (const std::string& included : application.included_applications)
    if (loaded_.count(included) == 0) return {about("not_loaded", included)};
  loaded_[application.name] = std::make_shared<const Application>(application);
  return {};
}

void ApplicationController::handle(Self& self, const UnloadApplication& request, const From<UnloadApplication>& from) {
  ApplicationResult result;
  if (is_running(request.name))
    result.error = about("running", request.name);
  else if (loaded_.erase(request.name) == 0)
    result.error = about("not_loaded", request.name);
  self.reply(from, result);
}

void ApplicationController::handle(Self& self, const WhichApplications&, const From<WhichApplications>& from) {
  std::vector<std::string> names;
  for (auto at = running_.rbegin(); at != running_.rend(); ++at) names.push_back(at->name);
  self.reply(from, names);
}

void ApplicationController::handle(Self& self, const ApplicationDependencies& request, const From<ApplicationDependencies>& from) {
  const auto found = loaded_.find(request.name);
  self.reply(from, found == loaded_.end() ? std::nullopt : std::optional(found->second->applications));
}

bool ApplicationController::is_running(const std::string& its_name) const {
  return std::any_of(running_.begin(), running_.end(), [&](const Running& r) { return r.name == its_name; });
}

std::string ApplicationController::state() const {
  std::string text;
  for (const Running& running : running_) text += (text.empty() ? "" : " ") + running.name;
  return text;
}

}  // namespace moirai
