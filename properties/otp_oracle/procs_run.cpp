#include "properties/otp_oracle/procs_run.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <variant>

#include "properties/otp_oracle/program_run.hpp"

namespace moirai::otp_oracle {
namespace {

struct Msg {
  Term content;
};
struct Perform {  // the n-th operation of the program
  using Reply = Term;
  std::uint32_t op;
};
struct Report {  // what lies in the mailbox
  using Reply = void;
};
using Item = std::variant<Msg, Exit, Down>;

struct Shape {
  std::string_view name;
  std::size_t size;         // of the tuple
  bool has_target = false;  // its third element is a process
  bool has_tag = false;     // its third element is the tag of a monitor or an alias
};
constexpr std::array shapes = {
    Shape{"spawn", 2},         Shape{"spawn_link", 3},
    Shape{"trap", 3},          Shape{"link", 3, true},
    Shape{"unlink", 3, true},  Shape{"monitor", 4, true},
    Shape{"monitor", 5, true}, Shape{"demonitor", 4, false, true},
    Shape{"alias", 4},         Shape{"unalias", 3, false, true},
    Shape{"exit", 4, true},    Shape{"die", 3},
    Shape{"error", 3},         Shape{"send", 4, true},
    Shape{"register", 3},      Shape{"unregister", 3},
    Shape{"send_name", 4},     Shape{"send_alias", 4, false, true},
    Shape{"whereis", 3},       Shape{"is_alive", 3, true},
};

const Shape* shape_of(const Value& op) {
  const auto shape =
      std::find_if(shapes.begin(), shapes.end(), [&](const Shape& s) { return op.is_tagged(s.name) && op.size() == s.size; });
  return shape == shapes.end() ? nullptr : shape;
}

bool has_option(const Value& options, const Value& option) {
  return std::find(options.elements().begin(), options.elements().end(), option) != options.elements().end();
}

MonitorOptions monitor_options(const Value& options) {
  MonitorOptions read;
  for (const Value& option : options.elements())
    if (option.is_tagged("tag") && option.size() == 2) read.tag = to_term(option[1]);
  if (has_option(options, tuple("alias", "explicit_unalias"))) read.alias = MonitorAlias::explicit_unalias;
  if (has_option(options, tuple("alias", "demonitor"))) read.alias = MonitorAlias::demonitor;
  if (has_option(options, tuple("alias", "reply_demonitor"))) read.alias = MonitorAlias::reply_demonitor;
  return read;
}

Term boolean(bool value) { return Term::atom(value ? "true" : "false"); }

Term first_of(const Term& reason) { return reason.is_tuple() && reason.size() > 0 ? reason[0] : reason; }

// What the processes of one run share, and its log.
class Procs final : public ProgramRun {
 public:
  Procs(World& world, const Value& program, const RunOptions& options)
      : ProgramRun(world, options), program_(program), form_(options.form) {}

  Log run() {
    return played([this](Self& self) { drive(self); });
  }

  EventMask wants() const override { return {EventKind::exit}; }
  void saw(const Event& event) override {
    if (names_.contains(event.subject) && !finished_) deaths_.emplace_back(names_[event.subject], *event.reason);
  }

  // In the process that the operation names first. Returns what the oracle logs as its result.
  Term perform(Self& self, std::uint32_t index) {
    const Value& op = program_[index];
    try {
      return attempt(self, op[0].text(), op);
    } catch (const ExitRequest& refused) {
      const Term why = first_of(refused.reason);
      if (op[0].is("die") || op[0].is("error")) throw;
      return Term::tuple({Term::atom("error"), why});
    }
  }

  void report_mailbox(Pid pid, const std::vector<Item>& items) {
    std::vector<Value> messages;
    for (const Item& item : items) messages.push_back(std::visit([this](const auto& m) { return shown(m); }, item));
    log_.push_back(tuple("mbox", name_of(pid), Value::list(std::move(messages))));
  }

 private:
  Program program_of_process();

  void drive(Self& self) {
    for (std::uint32_t i = 0; i < program_.size(); ++i) {
      log_.push_back(tuple("pop", i + 1, program_[i]));
      const Value result = ask(self, i);
      self.sleep(1ms);  // all comes to rest
      log_.push_back(tuple("res", i + 1, result));
      for (const auto& [name, reason] : deaths_) log_.push_back(tuple("died", name, in_words(reason)));
      deaths_.clear();
    }
    finished_ = true;
    std::map<std::string, Pid> alive;
    for (const auto& [name, pid] : pids_)
      if (world_.alive(pid)) alive[name] = pid;
    for (const auto& [name, pid] : alive) self.call(pid, Report{});
    for (const auto& [name, pid] : alive) {
      std::vector<Value> peers;
      for (const Pid peer : world_.links_of(pid)) peers.push_back(name_of(peer));
      std::sort(peers.begin(), peers.end());
      log_.push_back(tuple("links", name, Value::list(std::move(peers))));
    }
  }

  Value ask(Self& self, std::uint32_t index) {
    const Value& op = program_[index];
    const std::string& who = op[1].text();
    if (op[0].is("spawn")) {
      add(who, self.spawn(who, program_of_process()));
      return "ok";
    }
    const auto process = pids_.find(who);
    const Shape& shape = *shape_of(op);
    const bool by_name = op.size() > 2 && op[2].is_tuple();
    if (shape.has_tag && !tags_.contains(op[2].text())) return "no_such_tag";
    if (process == pids_.end() || (shape.has_target && !by_name && !pids_.contains(op[2].text()))) return "no_such_proc";
    try {
      return in_words(self.call(process->second, Perform{index}));
    } catch (const ExitRequest& failed) { return first_of(failed.reason).is_atom("noproc") ? "already_dead" : "died_in_call"; }
  }

  Term attempt(Self& self, const std::string& what, const Value& op) {
    const Term ok = Term::atom("ok");
    const auto target = [&] { return pids_.at(op[2].text()); };
    if (what == "spawn_link") {
      const std::string& name = op[2].text();
      add(name, self.spawn_link(name, program_of_process()));
      return ok;
    }
    if (what == "trap") return boolean(self.trap_exit(op[2].is("true")));
    if (what == "link") return self.link(target()), boolean(true);
    if (what == "unlink") return self.unlink(target()), boolean(true);
    if (what == "monitor") {
      const MonitorOptions options = op.size() == 5 ? monitor_options(op[4]) : MonitorOptions{};
      const Ref ref = op[2].is_tuple() ? self.monitor(op[2][1].text(), options) : self.monitor(target(), options);
      tags_[op[3].text()] = Alias{self.pid(), ref};
      return ok;
    }
    if (what == "demonitor") {
      const bool active = demonitor(self, tags_[op[2].text()].ref, has_option(op[3], "flush"));
      return boolean(active || !has_option(op[3], "info"));
    }
    if (what == "alias") {
      tags_[op[2].text()] = self.alias(has_option(op[3], "reply") ? AliasMode::reply : AliasMode::explicit_unalias);
      return ok;
    }
    if (what == "unalias") return boolean(self.unalias(tags_[op[2].text()].ref));
    if (what == "send_alias") return self.send(tags_[op[2].text()], Msg{to_term(op[3])}), ok;
    if (what == "is_alive") return boolean(self.is_alive(target()));
    if (what == "whereis") {
      const std::optional<Pid> found = self.whereis(op[2].text());
      return found ? Term::pid(*found) : Term::atom("undefined");
    }
    if (what == "exit") return self.exit(target(), to_term(op[3])), boolean(true);
    if (what == "die") self.exit(to_term(op[2]));
    if (what == "error") self.exit(Term::tuple({to_term(op[2]), Term::atom("stack")}));
    if (what == "send") return self.send(target(), Msg{to_term(op[3])}), ok;
    if (what == "register") return self.register_name(op[2].text()), boolean(true);
    if (what == "unregister") return self.unregister_name(op[2].text()), boolean(true);
    if (what == "send_name") return self.send(op[2].text(), Msg{to_term(op[3])}), ok;
    return Term::atom("unknown_operation");
  }

  bool demonitor(Self& self, Ref ref, bool flush) {
    const bool active = self.demonitor(ref, flush);
    if (const auto kept = kept_.find(self.pid()); flush && kept != kept_.end()) {
      std::vector<Item>& items = *kept->second;
      const auto down = std::find_if(items.begin(), items.end(), [&](const Item& item) {
        return std::holds_alternative<Down>(item) && std::get<Down>(item).monitor == ref;
      });
      if (down != items.end()) items.erase(down);
    }
    return active;
  }

  void add(const std::string& name, Pid pid) {
    pids_[name] = pid;
    names_[pid] = name;
  }
  Value name_of(Pid pid) const override {
    const auto found = names_.find(pid);
    return found == names_.end() ? Value("other") : Value(found->second);
  }
  Value shown(const Msg& message) const { return tuple("msg", in_words(message.content)); }
  Value shown(const Exit& exit) const { return tuple("EXIT", name_of(exit.from), in_words(exit.reason)); }
  Value shown(const Down& down) const {
    Value monitor = "ref";
    for (const auto& [tag, alias] : tags_)
      if (alias.ref == down.monitor) monitor = tag;
    const Value object = down.name.empty() ? name_of(down.pid) : tuple(down.name, "node");
    return tuple(in_words(down.tag), monitor, "process", object, in_words(down.reason));
  }

  // A handler has no mailbox that it could leave messages in: it keeps what it was given, and flushes there.
  struct Handler {
    using Accepts = Messages<Perform, Report, Msg, Exit, Down>;
    Procs* procs;
    std::vector<Item> items;
    Handler(Self& self, Procs* its_procs) : procs(its_procs) { procs->kept_[self.pid()] = &items; }
    Term on(Self& self, const Perform& perform) { return procs->perform(self, perform.op); }
    void on(Self& self, const Report&) { procs->report_mailbox(self.pid(), items); }
    void on(Self&, const Msg& m) { items.emplace_back(m); }
    void on(Self&, const Exit& m) { items.emplace_back(m); }
    void on(Self&, const Down& m) { items.emplace_back(m); }
  };
  // A function receives nothing but its orders: the rest stays in the mailbox.
  void run_function(Self& self) {
    for (;;)
      self.receive([&](const Perform& order) { return perform(self, order.op); },
                   [&](const Report&) {
                     std::vector<Item> items;
                     for (bool more = true; more;)
                       self.receive([&](const Msg& m) { items.emplace_back(m); }, [&](const Exit& m) { items.emplace_back(m); },
                                    [&](const Down& m) { items.emplace_back(m); }, after(0ms, [&] { more = false; }));
                     report_mailbox(self.pid(), items);
                   });
  }

  const Value& program_;
  Form form_;
  bool finished_ = false;
  std::map<std::string, Pid> pids_;
  std::map<Pid, std::string> names_;
  std::map<std::string, Alias> tags_;  // of monitors and aliases: the latest
  std::map<Pid, std::vector<Item>*> kept_;
  std::vector<std::pair<std::string, Term>> deaths_;  // since the operation began
};

Program Procs::program_of_process() {
  if (form_ == Form::handler) return handler<Handler>(this);
  return [this](Self& self) { run_function(self); };
}

}  // namespace

std::optional<std::string> find_procs_error(const Value& program) {
  if (!program.is_list()) return "a program is a list of operations";
  for (const Value& op : program.elements())
    if (!shape_of(op)) return "no such operation: " + op.to_string();
  return std::nullopt;
}

Log run_procs(World& world, const Value& program, const RunOptions& options) { return Procs(world, program, options).run(); }

}  // namespace moirai::otp_oracle
