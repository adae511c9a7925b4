#include "properties/otp_oracle/supervision_run.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "properties/otp_oracle/program_run.hpp"
#include "properties/otp_oracle/scripted_tree.hpp"
#include "runtime/otp/supervisor_api.hpp"

namespace moirai::otp_oracle {
namespace {

struct StartRoot {
  using Reply = void;
};
struct StopRoot {  // exit(Root,Reason) by its parent
  using Reply = void;
  Term reason;
};

bool is_spec(const Value& child) { return child.is_tagged("worker") || child.is_tagged("sup"); }
// Of {terminate_child,SupPath,{dyn,K}}.
Value dynamic_child(const Value& op) {
  std::vector<Value> path = op[1].elements();
  path.push_back(op[2][1]);
  return Value::list(std::move(path));
}
bool is_question(const Value& op) { return op.is_tagged("which_children") || op.is_tagged("count_children"); }
bool is_command(const Value& op) {
  return op.is_tagged("start_child") || op.is_tagged("terminate_child") || op.is_tagged("restart_child") || op.is_tagged("delete_child");
}

class Supervision final : public ProgramRun, public Recorder {
 public:
  Supervision(World& world, const Value& program, const RunOptions& options)
      : ProgramRun(world, options), program_(program), tree_(*this, options), root_(tree_.root(*program.find("tree"))) {}

  Log run() {
    holder_ = world_.start("holder", [this](Self& self) { hold_root(self); });
    return played([this](Self& self) { drive(self); });
  }

  // ---- Recorder
  int attempt(const std::vector<Value>& path) override { return ++attempts_[path]; }
  void expect(Pid starter, Name name) override { expected_.insert_or_assign(starter, std::move(name)); }
  void record(Value event) override {
    if (!finished_) log_.push_back(std::move(event));
  }
  Value named(const Term& term) const override { return in_words(term); }

  // ---- Observer
  EventMask wants() const override { return {EventKind::spawn, EventKind::start, EventKind::exit, EventKind::note}; }
  void saw(const Event& event) override {
    if (event.kind == EventKind::spawn) {
      const auto expected = expected_.find(event.other);
      if (expected == expected_.end()) return;
      names_.emplace(event.subject, std::move(expected->second));
      expected_.erase(expected);
      return;
    }
    const auto found = names_.find(event.subject);
    if (found == names_.end()) return;
    const Name& name = found->second;
    if (event.kind == EventKind::start) {
      if (name.kind != Name::Kind::worker) record(tuple("sup_init", Value::list(name.path), name.incarnation));
    } else if (event.kind == EventKind::exit) {
      record(tuple("stop", Value::list(name.path), name.incarnation, named(*event.reason)));
    } else if (const auto* report = event.as<SupervisorReport>()) {
      record(tuple("report", name_of(event.subject), to_string(report->context), named(report->reason), named(report->offender())));
    }
  }

 private:
  Value name_of(Pid pid) const override {
    const auto found = names_.find(pid);
    if (found == names_.end()) return tuple("pid", "other");
    return tuple("pid", Value::list(found->second.path), found->second.incarnation);
  }
  // The latest living process at a path; only if it is a supervisor, if one is needed: a worker would never answer.
  std::optional<Pid> find(const Value& path, bool supervisor) const {
    const std::pair<const Pid, Name>* latest = nullptr;
    for (const auto& entry : names_)
      if (entry.second.path == path.elements() && world_.alive(entry.first) &&
          (!latest || entry.second.incarnation > latest->second.incarnation))
        latest = &entry;
    if (!latest || (supervisor && latest->second.kind == Name::Kind::worker)) return std::nullopt;
    return latest->first;
  }

  // The root's parent.
  void hold_root(Self& self) {
    self.trap_exit(true);
    Pid root;
    for (;;)
      self.receive(
          [&](const StartRoot&) {
            const StartResult result = root_.start->start(self, root_.id);
            root = result.pid;
            Term answer = result ? Term::tuple({Term::atom("ok"), Term::pid(root)}) : Term::tuple({Term::atom("error"), result.reason});
            record(tuple("api", "start_root", named(answer)));
          },
          [&](const StopRoot& stop) {
            if (root) self.exit(root, stop.reason);
          },
          when([&](const Exit& exit) { return exit.from == root; },
               [&](const Exit& exit) {
                 record(tuple("root_exit", named(exit.reason)));
                 root = Pid{};
               }),
          [](const Exit&) {});
  }

  void settle(Self& self) { self.sleep(1ms); }

  void drive(Self& self) {
    self.call(holder_, StartRoot{}, Duration::max());
    settle(self);
    std::size_t number = 0;
    if (const Value* ops = program_.find("ops"))
      for (const Value& op : ops->elements()) play(self, ++number, op);
    play(self, "final", tuple("parent_exit", "shutdown"));
    finished_ = true;
  }

  void play(Self& self, const Value& number, const Value& op) {
    record(tuple("op", number, op));
    if (op.is_tagged("parent_exit"))
      self.call(holder_, StopRoot{to_term(op[1])}, Duration::max());
    else if (op.is_tagged("batch"))
      play_batch(self, number, op);
    else if (is_question(op) || is_command(op))
      with_supervisor(number, op[1], [&](Pid supervisor) {
        const bool dynamic = op.size() == 3 && op[2].is_tagged("dyn");
        if (dynamic && !find(dynamic_child(op), false)) return record(tuple("api", number, "no_such_process"));
        record(tuple("api", number, ask(self, supervisor, op)));
      });
    else
      disturb(self, number, op);
    settle(self);
  }

  template <class F>
  void with_process(const Value& number, const Value& path, F f, bool supervisor = false) {
    if (const auto pid = find(path, supervisor))
      f(*pid);
    else
      record(tuple("api", number, "no_such_process"));
  }
  template <class F>
  void with_supervisor(const Value& number, const Value& path, F f) {
    with_process(number, path, f, true);
  }

  // {tick,N}, {crash,Path,R}, {exit,Path,R}
  void disturb(Self& self, const Value& number, const Value& op) {
    if (op.is_tagged("tick")) return self.sleep(std::chrono::seconds(op[1].number()));
    with_process(number, op[1], [&](Pid pid) {
      if (op.is_tagged("crash"))
        self.send(pid, ExitWith{to_term(op[2])});
      else
        self.exit(pid, to_term(op[2]));
    });
  }

  // What a call of the supervisor's API returns, or {'EXIT',Reason}.
  Value ask(Self& self, Pid supervisor, const Value& op) {
    try {
      return named(answer(self, supervisor, op));
    } catch (const ExitRequest& failed) { return tuple("EXIT", named(failed.reason)); }
  }
  Term answer(Self& self, Pid supervisor, const Value& op) {
    const std::string& what = op[0].text();
    if (what == "which_children") return to_term(which_children(self, supervisor));
    if (what == "count_children") return count_children(self, supervisor).to_term();
    if (what == "start_child" && !is_spec(op[2])) return start_child(self, supervisor, to_term(op[2])).to_term();
    if (what == "start_child") return start_child(self, supervisor, tree_.child(op[1].elements(), op[2])).to_term();
    if (what == "terminate_child" && op[2].is_tagged("dyn"))
      return terminate_child(self, supervisor, *find(dynamic_child(op), false)).to_term();
    if (what == "terminate_child") return terminate_child(self, supervisor, op[2].text()).to_term();
    if (what == "restart_child") return restart_child(self, supervisor, op[2].text()).to_term();
    return delete_child(self, supervisor, op[2].text()).to_term();
  }

  // The supervisor finds the signals of all these operations in its mailbox, in this order. Until then it is held.
  void play_batch(Self& self, const Value& number, const Value& batch) {
    with_supervisor(number, batch[1], [&](Pid supervisor) {
      const bool simple = names_.at(supervisor).kind == Name::Kind::simple_supervisor;
      self.spawn("gatekeeper", [supervisor, simple](Self& keeper) {
        if (simple)
          start_child(keeper, supervisor, simple_gate());
        else
          start_child(keeper, supervisor, gate());
      });
      self.sleep(1ns);
      std::vector<std::pair<Value, std::shared_ptr<std::optional<Value>>>> answers;
      for (const Value& op : batch[2].elements()) {
        if (is_question(op) || is_command(op)) {
          auto& [what, result] = answers.emplace_back(op[0], std::make_shared<std::optional<Value>>());
          self.spawn("asker", [this, supervisor, op, slot = result](Self& asker) { *slot = ask(asker, supervisor, op); });
        } else {
          disturb(self, number, op);
        }
        self.sleep(1ns);
      }
      self.send(supervisor, Release{});
      settle(self);
      for (const auto& [what, result] : answers)
        if (*result) record(tuple("api", number, tuple(what, **result)));
    });
  }

  const Value& program_;
  ScriptedTree tree_;
  ChildSpec root_;
  bool finished_ = false;
  Pid holder_;
  std::map<Pid, Name> names_;
  std::map<Pid, Name> expected_;  // by starter
  std::map<std::vector<Value>, int> attempts_;
};

std::optional<std::string> find_op_error(const Value& op, bool in_batch) {
  const auto has = [&](std::size_t size, bool about_path) { return op.size() == size && (!about_path || op[1].is_list()); };
  const bool sound = (op.is_tagged("tick") && has(2, false) && op[1].is_integer() && op[1].number() >= 0) ||
                     ((op.is_tagged("crash") || op.is_tagged("exit")) && has(3, true)) || (is_question(op) && has(2, true)) ||
                     (is_command(op) && has(3, true)) || (!in_batch && op.is_tagged("parent_exit") && has(2, false)) ||
                     (!in_batch && op.is_tagged("batch") && has(3, true) && op[2].is_list());
  if (!sound) return "no such operation: " + op.to_string();
  if (op.is_tagged("start_child") && is_spec(op[2])) return find_child_error(op[2]);
  if (op.is_tagged("batch"))
    for (const Value& each : op[2].elements())
      if (auto error = find_op_error(each, true)) return error;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_supervision_error(const Value& program) {
  const Value* tree = program.find("tree");
  if (!tree) return "a program is #{tree => Sup,ops => [Op]}";
  if (auto error = find_root_error(*tree)) return error;
  if (const Value* ops = program.find("ops"))
    for (const Value& op : ops->elements())
      if (auto error = find_op_error(op, false)) return error;
  return std::nullopt;
}

Log run_supervision(World& world, const Value& program, const RunOptions& options) { return Supervision(world, program, options).run(); }

}  // namespace moirai::otp_oracle
