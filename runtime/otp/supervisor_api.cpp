#include "runtime/otp/supervisor_api.hpp"

#include <utility>

namespace moirai {
namespace {

Term error_term(const Term& error) { return Term::tuple({Term::atom("error"), error}); }

Term pair(std::string_view key, Term value) { return Term::tuple({Term::atom(key), std::move(value)}); }

Term module_list(const std::vector<std::string>& modules) {
  std::vector<Term> terms;
  for (const std::string& module : modules) terms.push_back(Term::atom(module));
  return Term::list(std::move(terms));
}

Term shutdown_term(const Shutdown& shutdown) {
  return shutdown.kind == Shutdown::Kind::timeout ? detail::whole(shutdown.limit, std::chrono::milliseconds(1))
                                                  : Term::atom(to_string(shutdown));
}

}  // namespace

Term StartChildResult::to_term() const {
  if (error) return error_term(*error);
  if (ignored) return Term::atom("ignore");
  Term child = pid ? Term::pid(pid) : Term::atom("undefined");
  return info ? Term::tuple({Term::atom("ok"), std::move(child), *info}) : pair("ok", std::move(child));
}

Term ChildResult::to_term() const { return error ? error_term(*error) : Term::atom("ok"); }

Term ChildSpecResult::to_term() const {
  if (!spec) return error_term(*error);
  return pair("ok", Term::list({pair("id", Term::atom(spec->id)), pair("restart", Term::atom(to_string(spec->restart))),
                                pair("significant", Term::atom(spec->significant ? "true" : "false")),
                                pair("shutdown", shutdown_term(spec->shutdown)), pair("type", Term::atom(to_string(spec->type))),
                                pair("modules", module_list(spec->modules))}));
}

Term ChildStatus::to_term() const {
  Term process = state == State::running ? Term::pid(pid) : Term::atom(state == State::restarting ? "restarting" : "undefined");
  return Term::tuple(
      {Term::atom(id.empty() ? "undefined" : id), std::move(process), Term::atom(moirai::to_string(type)), module_list(modules)});
}

Term to_term(const std::vector<ChildStatus>& children) {
  std::vector<Term> terms;
  for (const ChildStatus& child : children) terms.push_back(child.to_term());
  return Term::list(std::move(terms));
}

Term ChildCounts::to_term() const {
  const auto count = [](std::string_view key, std::uint64_t n) { return pair(key, Term::integer(static_cast<std::int64_t>(n))); };
  return Term::list({count("specs", specs), count("active", active), count("supervisors", supervisors), count("workers", workers)});
}

std::string_view to_string(ChildStatus::State state) {
  switch (state) {
    case ChildStatus::State::running: return "running";
    case ChildStatus::State::restarting: return "restarting";
    case ChildStatus::State::stopped: return "stopped";
  }
  return "?";
}

StartChildResult start_child(Self& self, const ServerRef& supervisor, const ChildSpec& spec) {
  return self.call(supervisor, StartChild{spec}, Duration::max());
}
StartChildResult start_child(Self& self, const ServerRef& supervisor) {
  return self.call(supervisor, StartChild{std::optional<Term>()}, Duration::max());
}
StartChildResult start_child(Self& self, const ServerRef& supervisor, const Term& argument) {
  return self.call(supervisor, StartChild{std::optional<Term>(argument)}, Duration::max());
}
ChildResult terminate_child(Self& self, const ServerRef& supervisor, std::string_view id) {
  return self.call(supervisor, TerminateChild{std::string(id)}, Duration::max());
}
ChildResult terminate_child(Self& self, const ServerRef& supervisor, Pid child) {
  return self.call(supervisor, TerminateChild{child}, Duration::max());
}
StartChildResult restart_child(Self& self, const ServerRef& supervisor, std::string_view id) {
  return self.call(supervisor, RestartChild{std::string(id)}, Duration::max());
}
ChildResult delete_child(Self& self, const ServerRef& supervisor, std::string_view id) {
  return self.call(supervisor, DeleteChild{std::string(id)}, Duration::max());
}
std::vector<ChildStatus> which_children(Self& self, const ServerRef& supervisor) {
  return self.call(supervisor, WhichChildren{}, Duration::max());
}
ChildCounts count_children(Self& self, const ServerRef& supervisor) { return self.call(supervisor, CountChildren{}, Duration::max()); }
ChildSpecResult get_childspec(Self& self, const ServerRef& supervisor, std::string_view id) {
  return self.call(supervisor, GetChildSpec{std::string(id)}, Duration::max());
}
ChildSpecResult get_childspec(Self& self, const ServerRef& supervisor, Pid child) {
  return self.call(supervisor, GetChildSpec{child}, Duration::max());
}

}  // namespace moirai
