#include "properties/otp_oracle/scripted_tree.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace moirai::otp_oracle {
namespace {

const Value no_options = Value::map({});

// An option's value among the names of an enum, or its default. Requires: it is one of them (find_child_error).
template <class Enum, std::size_t N>
Enum choice(const Value& options, std::string_view key, const std::array<std::string_view, N>& names, Enum otherwise) {
  const Value* value = options.find(key);
  if (!value) return otherwise;
  const auto at = std::find(names.begin(), names.end(), value->text());
  return at == names.end() ? otherwise : static_cast<Enum>(at - names.begin());
}
constexpr std::array<std::string_view, 3> restarts = {"permanent", "transient", "temporary"};
constexpr std::array<std::string_view, 4> strategies = {"one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one"};
constexpr std::array<std::string_view, 3> auto_shutdowns = {"never", "any_significant", "all_significant"};

Shutdown shutdown_of(const Value& options, Shutdown otherwise) {
  const Value* value = options.find("shutdown");
  if (!value) return otherwise;
  if (value->is("brutal_kill")) return Shutdown::brutal_kill();
  if (value->is("infinity")) return Shutdown::infinity();
  return Shutdown::after(std::chrono::nanoseconds(value->number()));  // a millisecond lasts a nanosecond
}

bool flag(const Value& options, std::string_view key) {
  const Value* value = options.find(key);
  return value && value->is("true");
}

std::vector<Value> below(const std::vector<Value>& path, const Value& id) {
  std::vector<Value> longer = path;
  longer.push_back(id);
  return longer;
}

Value event_of(const char* what, const Name& name) { return tuple(what, Value::list(name.path), name.incarnation); }
Value event_of(const char* what, const Name& name, const Value& more) {
  return tuple(what, Value::list(name.path), name.incarnation, more);
}

// What a worker does about an EXIT message.
struct Temper {
  enum class Kind : std::uint8_t { stop, ignore, reason } kind = Kind::stop;
  Term reason;
  explicit Temper(const Value& options) {
    const Value* value = options.find("on_shutdown");
    if (value && value->is("ignore")) kind = Kind::ignore;
    if (value && value->is_tuple(2)) kind = Kind::reason, reason = to_term((*value)[1]);
  }
  void meet(Self& self, const Exit& exit) const {
    switch (kind) {
      case Kind::stop: self.exit(exit.reason);
      case Kind::ignore: return;
      case Kind::reason: self.exit(reason);
    }
  }
};

ChildOptions child_options_of(const Value& options) {
  ChildOptions child;
  child.restart = choice(options, "restart", restarts, Restart::permanent);
  child.shutdown = shutdown_of(options, Shutdown::after(std::chrono::nanoseconds(5000)));
  child.significant = flag(options, "significant");
  child.modules = {"otp_oracle"};
  return child;
}

StartResult wait_at_gate(Self& supervisor) {
  supervisor.receive([](const Release&) {});
  return StartResult::ignore();
}

struct WorkerHandler {
  static constexpr std::string_view name = "worker";
  using Accepts = Messages<ExitWith, Exit>;
  Temper temper;
  WorkerHandler(Self& self, bool traps, const Temper& its_temper) : temper(its_temper) {
    self.trap_exit(traps);
    proc_lib::init_ack(self);
  }
  void on(Self& self, const ExitWith& order) { self.exit(order.reason); }
  void on(Self& self, const Exit& exit) { temper.meet(self, exit); }
};

}  // namespace

ChildSpec gate() { return worker_started_by("gate", &wait_at_gate, {.restart = Restart::temporary}); }
Term simple_gate() { return Term::atom("gate"); }

Program ScriptedTree::worker_program(const Value& options) const {
  const bool traps = flag(options, "trap");
  const Temper temper(options);
  if (options_.form == Form::handler) return handler<WorkerHandler>(traps, temper);
  return [traps, temper](Self& self) {
    self.trap_exit(traps);
    proc_lib::init_ack(self);
    for (;;)
      self.receive([&](const ExitWith& order) { self.exit(order.reason); }, [&](const Exit& exit) { temper.meet(self, exit); },
                   [](const Message&) {});
  };
}

ChildSpec ScriptedTree::child(const std::vector<Value>& above, const Value& spec) const {
  return spec.is_tagged("worker") ? worker_child(above, spec) : supervisor_child(above, spec[1], spec[2], spec[3], spec[4]);
}

ChildSpec ScriptedTree::root(const Value& sup) const { return supervisor_child({}, sup[1], sup[2], sup[3], no_options); }

ChildSpec ScriptedTree::worker_child(const std::vector<Value>& above, const Value& spec) const {
  const Value& options = spec[2];
  const auto start = [this, path = below(above, spec[1]), options](Self& supervisor) { return start_worker(supervisor, path, options); };
  return worker_started_by(spec[1].text(), start, child_options_of(options));
}

// A dynamic child is called after its argument.
ChildSpec ScriptedTree::template_child(const std::vector<Value>& above, const Value& spec) const {
  const Value& options = spec[2];
  const auto start = [this, above, options](Self& supervisor, const Term& argument) {
    if (argument == simple_gate()) return wait_at_gate(supervisor);
    return start_worker(supervisor, below(above, recorder_.named(argument)), options);
  };
  return worker_started_by(spec[1].text(), start, child_options_of(options));
}

ChildSpec ScriptedTree::supervisor_child(const std::vector<Value>& above, const Value& name, const Value& flags, const Value& children,
                                         const Value& child_options) const {
  const auto number = [&](std::string_view key, std::int64_t otherwise) {
    const Value* value = flags.find(key);
    return value ? value->number() : otherwise;
  };
  SupervisorOptions options;
  options.name = name.text();
  options.strategy = choice(flags, "strategy", strategies, Strategy::one_for_one);
  options.intensity = {static_cast<int>(number("intensity", 1)), std::chrono::seconds(number("period", 5))};
  options.auto_shutdown = choice(flags, "auto_shutdown", auto_shutdowns, AutoShutdown::never);
  options.restart = choice(child_options, "restart", restarts, Restart::permanent);
  options.shutdown = shutdown_of(child_options, Shutdown::infinity());
  options.significant = flag(child_options, "significant");
  options.mutant = options_.mutant;
  const std::vector<Value> path = below(above, name);
  std::vector<ChildSpec> specs;
  const bool simple = options.strategy == Strategy::simple_one_for_one;
  for (const Value& each : children.elements())
    specs.push_back(simple && each.is_tagged("worker") ? template_child(path, each) : child(path, each));
  ChildSpec spec = supervisor(std::move(options), std::move(specs));
  spec.modules = {"otp_oracle"};
  const auto start = [this, path, subtree = spec.subtree, child_options](Self& supervisor) {
    return start_supervisor(supervisor, path, subtree, child_options);
  };
  spec.start = std::make_shared<FunctionStart<decltype(start)>>(start);
  return spec;
}

// The script's next step; a process is wanted if it is `ok`.
StartResult ScriptedTree::play(Self& supervisor, const Name& name, const Value& step) const {
  if (step.is("ignore")) return recorder_.record(event_of("ignore", name)), StartResult::ignore();
  if (step.is_tagged("error")) {
    recorder_.record(event_of("start_error", name, step[1]));
  } else if (step.is_tagged("raise")) {
    recorder_.record(event_of("start_raise", name, step[1]));
    supervisor.exit(to_term(step[1]));
  } else {  // a start function of C++ returns no other values: they are errors
    recorder_.record(event_of("start_other", name, step[1]));
  }
  return StartResult::error(to_term(step[1]));
}

namespace {
Value step_of(const Value& options, int attempt) {
  const Value* script = options.find("starts");
  if (!script || script->size() == 0) return "ok";
  return (*script)[std::min(static_cast<std::size_t>(attempt), script->size()) - 1];
}
}  // namespace

StartResult ScriptedTree::start_worker(Self& supervisor, const std::vector<Value>& path, const Value& options) const {
  const Name name{path, recorder_.attempt(path), Name::Kind::worker};
  const Value step = step_of(options, name.incarnation);
  if (!step.is("ok") && !step.is_tagged("ok_info") && !step.is_tagged("ok_then_exit")) return play(supervisor, name, step);
  recorder_.expect(supervisor.pid(), name);
  StartResult result = proc_lib::start_link(supervisor, worker_program(options), {.label = "worker"});
  recorder_.record(event_of("start", name));
  if (step.is_tagged("ok_info")) result.info = to_term(step[1]);
  if (step.is_tagged("ok_then_exit")) supervisor.send(result.pid, ExitWith{to_term(step[1])});
  return result;
}

StartResult ScriptedTree::start_supervisor(Self& supervisor, const std::vector<Value>& path,
                                           const std::shared_ptr<const SupervisorSpec>& spec, const Value& options) const {
  const bool simple = spec->options.strategy == Strategy::simple_one_for_one;
  const Name name{path, recorder_.attempt(path), simple ? Name::Kind::simple_supervisor : Name::Kind::supervisor};
  const Value step = step_of(options, name.incarnation);
  if (!step.is("ok")) return play(supervisor, name, step);
  recorder_.expect(supervisor.pid(), name);
  const StartResult result = proc_lib::start_link(supervisor, supervisor_program(spec), {.label = "supervisor"});
  if (result)
    recorder_.record(event_of("start", name));
  else
    recorder_.record(event_of("start_error", name, tuple("error", recorder_.named(result.reason))));
  return result;
}

namespace {

using Error = std::optional<std::string>;

bool is_one_of(const Value& value, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), value.text()) != names.end();
}

Error step_error(const Value& step, bool of_supervisor) {
  constexpr std::array<std::string_view, 5> tagged = {"error", "ok_info", "raise", "other", "ok_then_exit"};
  if (step.is("ok") || step.is("ignore") || (step.is_tagged("error") && step.size() == 2)) return std::nullopt;
  if (!of_supervisor && step.is_tuple(2) && is_one_of(step[0], tagged)) return std::nullopt;
  return "no such step of a start: " + step.to_string();
}

Error options_error(const Value& options, bool of_supervisor) {
  if (!options.is_map()) return "options are a map: " + options.to_string();
  if (const Value* restart = options.find("restart"); restart && !is_one_of(*restart, restarts)) return "restart " + restart->to_string();
  const Value* shutdown = options.find("shutdown");
  if (shutdown && !shutdown->is_integer() && !shutdown->is("brutal_kill") && !shutdown->is("infinity"))
    return "shutdown " + shutdown->to_string();
  if (options.find("type")) return "the type of a child is what it is in C++";
  if (const Value* starts = options.find("starts"))
    for (const Value& step : starts->elements())
      if (auto error = step_error(step, of_supervisor)) return error;
  return std::nullopt;
}

Error supervisor_error(const Value& name, const Value& flags, const Value& children) {
  if (!name.is_atom() || !flags.is_map() || !children.is_list()) return "a supervisor is {sup,Name,#{},[Child]}";
  if (const Value* strategy = flags.find("strategy"); strategy && !is_one_of(*strategy, strategies))
    return "strategy " + strategy->to_string();
  if (const Value* mode = flags.find("auto_shutdown"); mode && !is_one_of(*mode, auto_shutdowns))
    return "auto_shutdown " + mode->to_string();
  for (const std::string_view key : {"intensity", "period"})
    if (const Value* number = flags.find(key); number && !number->is_integer()) return std::string(key) + " " + number->to_string();
  for (const Value& child : children.elements())
    if (auto error = find_child_error(child)) return error;
  const Value* strategy = flags.find("strategy");
  if (strategy && strategy->is("simple_one_for_one") && (children.size() != 1 || !children[0].is_tagged("worker")))
    return "simple_one_for_one has one worker as its template";
  return std::nullopt;
}

}  // namespace

Error find_child_error(const Value& spec) {
  if (spec.is_tagged("worker") && spec.size() == 3 && spec[1].is_atom()) return options_error(spec[2], false);
  if (!spec.is_tagged("sup") || spec.size() != 5) return "no child: " + spec.to_string();
  if (auto error = options_error(spec[4], true)) return error;
  return supervisor_error(spec[1], spec[2], spec[3]);
}

Error find_root_error(const Value& sup) {
  if (!sup.is_tagged("sup") || sup.size() != 4) return "the tree is {sup,Name,#{},[Child]}";
  return supervisor_error(sup[1], sup[2], sup[3]);
}

}  // namespace moirai::otp_oracle
