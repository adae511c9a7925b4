#include "runtime/otp/task_supervisor.hpp"

namespace moirai::task_supervisor {

ChildSpec child(DynamicSupervisorOptions options) {
  options.extra_argument.reset();
  return dynamic_supervisor(std::move(options));
}

std::vector<Pid> children(Self& self, const ServerRef& supervisor) {
  std::vector<Pid> pids;
  for (const ChildStatus& child : which_children(self, supervisor))
    if (child.state == ChildStatus::State::running) pids.push_back(child.pid);
  return pids;
}

namespace detail {

Ref await_go(Self& task, Pid owner) {
  const Ref watch = task.monitor(owner);
  std::optional<Ref> go;
  std::optional<Term> why;
  task.receive(when([&](const Go& m) { return m.owner == owner; }, [&](const Go& m) { go = m.ref; }),
               when([&](const Down& m) { return m.monitor == watch; },
                    [&](const Down& m) {
                      why = Term::tuple({reason::shutdown(), m.reason});
                    }),
               after(5s, [&] { why = reason::timeout(); }));
  if (why) task.exit(*why);
  task.demonitor(watch, true);
  return *go;
}

Ref let_go(Self& owner, Pid task, Bond bond) {
  if (bond == Bond::link) owner.link(task);
  const Ref ref = owner.monitor(task, {.alias = MonitorAlias::demonitor});
  owner.send(task, Go{owner.pid(), ref});
  return ref;
}

std::optional<Pid> start(Self& self, const ServerRef& supervisor, const ChildSpec& spec) {
  StartChildResult result = moirai::start_child(self, supervisor, spec);
  if (result) return result.pid;
  if (result.error->is_atom("max_children")) return std::nullopt;
  fail(self, supervisor, std::move(*result.error));
}

void fail(Self& self, const ServerRef& supervisor, Term why) {
  Term call = Term::tuple({Term::atom("task_supervisor"), Term::atom("async"), Term::list({supervisor.to_term()})});
  self.exit(Term::tuple({std::move(why), std::move(call)}));
}

void check(Self& self, const task::StreamOptions& options) {
  if (options.shutdown.kind == Shutdown::Kind::infinity)
    self.exit(Term::tuple({reason::badarg(), Term::tuple({Term::atom("shutdown"), Term::atom("infinity")})}));
}

task::detail::Starter starter(std::function<std::optional<Pid>(Self&, const ChildSpec&)> start_task, const task::StreamOptions& options,
                              Bond bond) {
  const ChildOptions its{.restart = Restart::temporary, .shutdown = options.shutdown};
  return [start_task = std::move(start_task), label = options.label, its, bond](
             Self& monitor, const task::detail::Job& job) -> std::optional<task::detail::Started> {
    const auto body = [owner = monitor.pid(), job](Self& process) {
      *job.monitor = await_go(process, owner);
      job.body(process);
    };
    const std::optional<Pid> pid = start_task(monitor, worker(label, body, its));
    if (!pid) return std::nullopt;
    return task::detail::Started{*pid, let_go(monitor, *pid, bond)};
  };
}

}  // namespace detail
}  // namespace moirai::task_supervisor
