#include "runtime/otp/application.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "runtime/otp/application_controller.hpp"

namespace moirai {
namespace {

using Applications = std::map<std::string, const Application*>;

Term names(const std::vector<std::string>& all) {
  std::vector<Term> atoms;
  for (const std::string& name : all) atoms.push_back(Term::atom(name));
  return Term::list(std::move(atoms));
}

// Appends `name` after all that it needs; those above it in `path` are not followed again. Returns a circle, if there is one.
std::vector<std::string> append_in_order(const Applications& all, const std::string& name, std::vector<std::string>& path,
                                         std::vector<std::string>& order) {
  if (std::find(order.begin(), order.end(), name) != order.end()) return {};
  if (const auto begin = std::find(path.begin(), path.end(), name); begin != path.end()) return {begin, path.end()};
  path.push_back(name);
  for (const auto* others : {&all.at(name)->applications, &all.at(name)->included_applications})
    for (const std::string& other : *others)
      if (auto circle = append_in_order(all, other, path, order); !circle.empty()) return circle;
  path.pop_back();
  order.push_back(name);
  return {};
}

std::vector<std::string> undefined_in(const Applications& all) {
  std::vector<std::string> undefined;
  for (const auto& [name, application] : all)
    for (const auto* others : {&application->applications, &application->included_applications})
      for (const std::string& other : *others)
        if (all.count(other) == 0) undefined.push_back(other);
  return undefined;
}

// A phase of an included application that the one which includes it does not have (R-APP-5).
std::optional<Term> phase_error(const Applications& all, const Application& top, const Application& application) {
  const auto has = [](const Application& one, const std::string& phase) {
    return one.start_phases &&
           std::any_of(one.start_phases->begin(), one.start_phases->end(), [&](const StartPhase& its) { return its.name == phase; });
  };
  for (const std::string& name : application.included_applications) {
    const Application& included = *all.at(name);
    for (const StartPhase& phase : included.start_phases.value_or(std::vector<StartPhase>{}))
      if (!has(top, phase.name)) return Term::tuple({Term::atom("undefined_start_phase"), Term::atom(name), Term::atom(phase.name)});
    if (auto error = phase_error(all, top, included)) return error;
  }
  return std::nullopt;
}

Applications by_name(const Release& release) {
  Applications all;
  for (const ReleaseApplication& each : release.applications) all[each.application.name] = &each.application;
  return all;
}

}  // namespace

std::function<StartResult(Self&)> tree(ChildSpec root) {
  return [root = std::move(root)](Self& self) { return root.start->start(self, root.id); };
}

std::optional<Term> find_error(const Release& release) {
  const auto wrong = [](std::string_view what, Term content) { return Term::tuple({Term::atom(what), std::move(content)}); };
  const Applications all = by_name(release);
  std::set<std::string> seen;
  for (const ReleaseApplication& each : release.applications)
    if (!seen.insert(each.application.name).second) return wrong("duplicate_application", Term::atom(each.application.name));
  if (const auto undefined = undefined_in(all); !undefined.empty()) return wrong("undefined_applications", names(undefined));
  std::vector<std::string> path, order;
  for (const ReleaseApplication& each : release.applications)
    if (const auto circle = append_in_order(all, each.application.name, path, order); !circle.empty())
      return wrong("circular_dependencies", names(circle));
  for (const auto& [name, application] : all)
    if (auto error = phase_error(all, *application, *application)) return error;
  return std::nullopt;
}

std::vector<std::string> boot_order(const Release& release) {
  const Applications all = by_name(release);
  std::vector<std::string> path, order;
  std::set<std::string> left_out;
  for (const ReleaseApplication& each : release.applications) {
    append_in_order(all, each.application.name, path, order);
    left_out.insert(each.application.included_applications.begin(), each.application.included_applications.end());
  }
  for (const ReleaseApplication& each : release.applications)
    if (!each.type) left_out.insert(each.application.name);
  std::erase_if(order, [&](const std::string& name) { return left_out.count(name) != 0; });
  return order;
}

namespace application {
namespace {

template <class M>
ReplyOf<M> ask(Self& self, const M& request) {
  return self.call(application_controller_name, request, Duration::max());
}

// Appends to `started` what had to be started. Returns what went wrong. `path`: for whom it is.
std::optional<Term> ensure(Self& self, const std::string& name, ApplicationType type, std::vector<std::string>& started,
                           std::vector<std::string> path = {}) {
  const std::vector<std::string> running = which_applications(self);
  if (std::find(running.begin(), running.end(), name) != running.end()) return std::nullopt;
  const auto failed = [&](Term error) { return Term::tuple({Term::atom(name), std::move(error)}); };
  const bool circular = std::find(path.begin(), path.end(), name) != path.end();
  path.push_back(name);
  if (circular) return failed(Term::tuple({Term::atom("circular_dependencies"), names(path)}));
  const auto needed = dependencies(self, name);
  if (!needed) return failed(Term::tuple({Term::atom("not_loaded"), Term::atom(name)}));
  for (const std::string& other : *needed)
    if (auto error = ensure(self, other, type, started, path)) return error;
  const ApplicationResult result = start(self, name, type);
  if (result) started.push_back(name);
  const bool fine = result || *result.error == Term::tuple({Term::atom("already_started"), Term::atom(name)});
  return fine ? std::nullopt : std::optional(failed(*result.error));
}

}  // namespace

ApplicationResult start(Self& self, std::string_view name, ApplicationType type) {
  return ask(self, StartApplication{std::string(name), type});
}

EnsuredApplications ensure_all_started(Self& self, std::string_view name, ApplicationType type) {
  EnsuredApplications result;
  result.error = ensure(self, std::string(name), type, result.started);
  if (!result.error) return result;
  for (auto at = result.started.rbegin(); at != result.started.rend(); ++at) stop(self, *at);
  result.started.clear();
  return result;
}

ApplicationResult stop(Self& self, std::string_view name) { return ask(self, StopApplication{std::string(name)}); }
ApplicationResult load(Self& self, const Application& application) { return ask(self, LoadApplication{application}); }
ApplicationResult unload(Self& self, std::string_view name) { return ask(self, UnloadApplication{std::string(name)}); }
std::vector<std::string> which_applications(Self& self) { return ask(self, WhichApplications{}); }
std::optional<std::vector<std::string>> dependencies(Self& self, std::string_view name) {
  return ask(self, ApplicationDependencies{std::string(name)});
}

}  // namespace application

// ---- text

std::string_view to_string(ApplicationType type) {
  switch (type) {
    case ApplicationType::permanent: return "permanent";
    case ApplicationType::transient: return "transient";
    case ApplicationType::temporary: return "temporary";
  }
  return "?";
}

void fold(Digest& digest, const Application& application) {
  reflect::fold_value(digest, application.name);
  reflect::fold_value(digest, application.applications);
  reflect::fold_value(digest, application.included_applications);
}

void print(std::string& out, const Application& application) { reflect::print_value(out, application.name); }

Term ApplicationResult::to_term() const { return error ? Term::tuple({Term::atom("error"), *error}) : Term::atom("ok"); }

Term EnsuredApplications::to_term() const {
  return error ? Term::tuple({Term::atom("error"), *error}) : Term::tuple({Term::atom("ok"), names(started)});
}

}  // namespace moirai
