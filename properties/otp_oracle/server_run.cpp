#include "properties/otp_oracle/server_run.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "properties/otp_oracle/program_run.hpp"
#include "runtime/kernel/catch_exit.hpp"
#include "runtime/otp/gen_server.hpp"
#include "runtime/otp/gen_server_request.hpp"

namespace moirai::otp_oracle {
namespace {

struct Ask {
  using Reply = Term;
  Term how;
};
struct Cast {
  Term how;
};
struct Info {
  Term how;
};
struct Then {
  Term how;
};
struct Do {  // to a client: an operation of the program
  std::uint32_t job;
};
struct Report {};  // to a client: tell what lies in your mailbox

Value plain(const Term& term) {
  return to_value(term, [](const Term&) { return Value("unknown"); });
}
Duration milliseconds(const Value& ms) { return ms.is("infinity") ? Duration::max() : std::chrono::nanoseconds(ms.number()); }
Term with_stack(const Value& reason) { return Term::tuple({to_term(reason), Term::atom("stack")}); }
Value without_stack(const Value& reason) { return reason.is_tuple(2) && reason[1].is("stack") ? reason[0] : reason; }

class Servers;
using Next = gen_server::NextOr<Then>;
using Answer = gen_server::Answer<Ask, Then>;

// A server that does what its messages tell it to.
struct Server {
  static constexpr std::string_view name = "server";
  using Accepts = Messages<Ask, Cast, Info, IdleTimeout, Exit>;
  Servers* run;
  Value on_timeout;
  std::vector<From<Ask>> kept = {};

  static gen_server::Init<Server, Then> init(Self& self, Servers* run, const Value& id, const Value& options);
  Answer on(Self& self, const Ask& m, const From<Ask>& from);
  Next on(Self& self, const Cast& m);
  Next on(Self& self, const Info& m);
  Next on(Self& self, const IdleTimeout&);
  void on(Self& self, const Exit& m);
  Next on_continue(Self& self, const Then& then);
  void terminate(Self& self, const Term& reason);

 private:
  Answer answer(Self& self, const Value& how, const From<Ask>& from);
  Next obey(Self& self, const Value& how);
};

Next following(const Value& next) {
  if (next.is_integer()) return gen_server::noreply().timeout(milliseconds(next));
  if (next.is_tagged("continue")) return gen_server::noreply().continue_with(Then{to_term(next[1])});
  return gen_server::noreply().hibernate();
}

// What the processes of one run share, and its log.
class Servers final : public ProgramRun {
 public:
  Servers(World& world, const Value& program, const RunOptions& options)
      : ProgramRun(world, options), program_(program[1]), form_(options.form) {}

  Log run() {
    return played([this](Self& self) { drive(self); });
  }

  EventMask wants() const override { return {EventKind::exit, EventKind::note}; }
  void saw(const Event& event) override {
    const auto found = names_.find(event.subject);
    if (found == names_.end() || finished_) return;
    if (event.kind == EventKind::exit)
      record(tuple("stop", Value::list({found->second.first}), found->second.second, in_words(*event.reason)));
    else if (const auto* terminate = event.as<gen::TerminateReport>())
      record(tuple("report", name_of(event.subject), "terminate", without_stack(in_words(terminate->reason))));
    else if (const auto* crash = event.as<CrashReport>())
      record(tuple("report", name_of(event.subject), "crash", in_words(crash->reason)));
  }

  // An event that is not of the same instant as the one before it follows an {at,Ms}: the time since its operation.
  void record(Value event) {
    if (const Duration now = world_.now() - clock_start_; now != clock_) {
      clock_ = now;
      log_.push_back(tuple("at", nanoseconds(now)));
    }
    log_.push_back(std::move(event));
  }
  void handled(Pid server, Value what) { record(tuple("handle", name_of(server), std::move(what))); }
  void came_to_be(const Value& id, Pid pid) {
    const int incarnation = ++incarnations_[id];
    latest_[id] = pid;
    names_.emplace(pid, std::pair(id, incarnation));
    if (!clients_.contains(id)) record(tuple("init", Value::list({id}), incarnation));
  }
  ServerRef to(Self& self, const Value& who) const {
    if (who.is_tagged("name")) return ServerRef(who[1].text());
    const auto found = latest_.find(who);
    if (found == latest_.end()) self.exit(Term::atom("no_such_process"));
    return found->second;
  }

  Value name_of(Pid pid) const override {
    const auto found = names_.find(pid);
    if (found == names_.end()) return tuple("pid", "other");
    return tuple("pid", Value::list({found->second.first}), found->second.second);
  }
  using ProgramRun::in_words;

  // ---- in a client: its requests by tag, and the responses that came while a handler was idle
  using Id = gen_server::RequestId<Term>;
  struct Requests {
    std::map<std::string, Id> tags;
    std::map<Ref, Id> issued;
    std::map<Ref, gen_server::Response<Term>> kept;
  };

  void perform(Self& self, std::uint32_t job, Requests& requests) {
    const Job& now = jobs_[job];
    const Value& op = now.op;
    if (op.is_tagged("die")) self.exit(to_term(op[2]));
    const auto done = catch_exit([&] { return act(self, op, requests); });
    busy_.erase(self.pid());
    record(tuple("ret", op[1], now.number, done ? *done : tuple("exit", in_words(done.reason()))));
  }
  void report_mailbox(Self& self, std::vector<Value> messages) {
    record(tuple("mbox", names_.at(self.pid()).first, Value::list(std::move(messages))));
  }
  // What a message in a client's mailbox is in its report; nothing: the response to a request that nobody has waited for.
  std::optional<Value> item(const Message& m, const Requests& requests) const {
    if (const auto* exit = m.get<Exit>()) return shown(*exit);
    if (const auto* reply = m.get<Reply<Term>>()) return requests.issued.contains(reply->ref) ? std::nullopt : std::optional(shown(*reply));
    if (const auto* down = m.get<Down>()) return requests.issued.contains(down->monitor) ? std::nullopt : std::optional(shown(*down));
    return shown(m);
  }
  Value shown(const Reply<Term>& m) const { return tuple("alias", in_words(m.value)); }
  Value shown(const Exit& m) const { return tuple("EXIT", name_of(m.from), in_words(m.reason)); }
  Value shown(const Down& m) const { return tuple("DOWN", "ref", "process", name_of(m.pid), in_words(m.reason)); }
  // Of anything that OTP would not have in a mailbox either.
  Value shown(const Message& m) const { return tuple("junk", m.to_string()); }

 private:
  void restart_clock() {
    clock_start_ = world_.now();
    clock_ = Duration{0};
  }
  void drive(Self& self) {
    for (const char* id : {"x", "y", "z"}) {
      clients_.emplace(id, Pid{});
      came_to_be(id, clients_[id] = self.spawn(id, client()));
    }
    std::size_t number = 0;
    for (const Value& op : program_.elements()) {
      restart_clock();
      record(tuple("op", ++number, op));
      if (op.is_tagged("together")) {
        std::size_t part = 0;
        for (const Value& each : op[1].elements()) {
          self.sleep(milliseconds(each[0]));
          begin(self, tuple(number, ++part), each[1]);
        }
      } else {
        begin(self, number, op);
      }
      self.sleep(1ms);  // all comes to rest
    }
    for (const auto& [id, pid] : clients_) {
      restart_clock();
      self.send(pid, Report{});
      self.sleep(1ms);
    }
    finished_ = true;
  }

  void begin(Self& self, const Value& number, const Value& op) {
    const Pid client = clients_.at(op[1]);
    if (!world_.alive(client)) return record(tuple("ret", op[1], number, "dead"));
    if (busy_.contains(client)) return record(tuple("ret", op[1], number, "busy"));
    busy_.insert(client);
    jobs_.push_back({number, op});
    self.send(client, Do{static_cast<std::uint32_t>(jobs_.size() - 1)});
  }

  Value act(Self& self, const Value& op, Requests& requests) {
    const std::string& what = op[0].text();
    if (what == "wait" || what == "take") {
      const auto tag = requests.tags.find(op[2].text());
      if (tag == requests.tags.end()) return "no_such_tag";
      const auto response = response_to(self, tag->second, what == "wait", milliseconds(op[3]), requests);
      if (what == "take") requests.issued.erase(tag->second.ref);  // taken or abandoned (R-GS-14)
      if (!response) return tuple("value", "timeout");
      return tuple("value", *response ? tuple("reply", in_words(**response)) : tuple("error", in_words(response->reason())));
    }
    if (what == "request") {
      const Id id = gen_server::send_request(self, to(self, op[2]), Ask{to_term(op[3])});
      requests.tags.insert_or_assign(op[4].text(), id);
      requests.issued.emplace(id.ref, id);
      return tuple("value", "ok");
    }
    return tuple("value", in_words(result_of(self, what, op)));
  }
  static gen_server::Response<Term> response_to(Self& self, const Id& id, bool may_wait_again, Duration timeout, Requests& requests) {
    if (const auto kept = requests.kept.extract(id.ref)) return kept.mapped();
    return may_wait_again ? gen_server::wait_response(self, id, timeout) : gen_server::receive_response(self, id, timeout);
  }
  Term result_of(Self& self, const std::string& what, const Value& op) {
    const Term ok = Term::atom("ok"), yes = Term::atom("true");
    if (what == "start") return started(self, op[2], op[3]);
    if (what == "trap") return Term::atom(self.trap_exit(op[2].is("true")) ? "true" : "false");
    const ServerRef server = to(self, op[2]);
    if (what == "call") return gen_server::call(self, server, Ask{to_term(op[3])}, milliseconds(op[4]));
    if (what == "cast") return gen_server::cast(self, server, Cast{to_term(op[3])}), ok;
    if (what == "info") return gen_server::cast(self, server, Info{to_term(op[3])}), ok;
    if (what == "stop") return gen_server::stop(self, server, to_term(op[3])), ok;
    if (what == "suspend") return sys::suspend(self, server, milliseconds(5064)), ok;
    if (what == "resume") return sys::resume(self, server, milliseconds(5064)), ok;
    if (const auto pid = server.resolve(self)) self.exit(*pid, to_term(op[3]));
    return yes;
  }
  Term started(Self& self, const Value& id, const Value& options) {
    const Value* name = options.find("name");
    const gen_server::Options how{.name = name ? gen::Name(name->text()) : gen::Name()};
    const Value* link = options.find("link");
    const StartResult result = link && link->is("true") ? gen_server::start_link<Server>(self, how, this, id, options)
                                                        : gen_server::start<Server>(self, how, this, id, options);
    switch (result.kind) {
      case StartResult::Kind::ok: return Term::tuple({Term::atom("ok"), Term::pid(result.pid)});
      case StartResult::Kind::ignore: return Term::atom("ignore");
      case StartResult::Kind::error: break;
    }
    return Term::tuple({Term::atom("error"), result.reason});
  }

  // A handler is given what a function leaves in its mailbox.
  struct ClientHandler {
    static constexpr std::string_view name = "client";
    using Accepts = Messages<Do, Report, Exit, Message>;
    Servers* run;
    Requests requests = {};
    std::vector<Value> items = {};
    void on(Self& self, const Do& m) { run->perform(self, m.job, requests); }
    void on(Self& self, const Report&) { run->report_mailbox(self, items); }
    void on(Self&, const Exit& m) { items.push_back(run->shown(m)); }
    void on(Self& self, const Message& m) {
      for (const auto& [ref, id] : requests.issued)
        if (auto response = gen_server::check_response(self, m, id)) {
          requests.kept.insert_or_assign(ref, std::move(response));
          return;
        }
      if (auto item = run->item(m, requests)) items.push_back(std::move(*item));
    }
  };
  void run_client(Self& self) {
    Requests requests;
    for (;;)
      self.receive([&](const Do& m) { perform(self, m.job, requests); },
                   [&](const Report&) {
                     std::vector<Value> messages;
                     const auto keep = [&](const Message& m) {
                       if (auto shown = item(m, requests)) messages.push_back(std::move(*shown));
                     };
                     for (bool more = true; more;) self.receive(keep, after(0ms, [&] { more = false; }));
                     report_mailbox(self, std::move(messages));
                   });
  }
  Program client() {
    if (form_ == Form::handler) return handler<ClientHandler>(this);
    return [this](Self& self) { run_client(self); };
  }

  const Value& program_;
  Form form_;
  bool finished_ = false;
  Time clock_start_{};
  Duration clock_{};  // of the last event, since then
  std::map<Value, Pid> clients_;
  std::map<Value, Pid> latest_;  // of each id
  std::map<Value, int> incarnations_;
  std::map<Pid, std::pair<Value, int>> names_;
  struct Job {
    Value number, op;
  };
  std::deque<Job> jobs_;
  std::set<Pid> busy_;
};

gen_server::Init<Server, Then> Server::init(Self& self, Servers* run, const Value& id, const Value& options) {
  const auto option = [&](std::string_view key, Value otherwise) {
    const Value* value = options.find(key);
    return value ? *value : otherwise;
  };
  self.trap_exit(option("trap", "false").is("true"));
  run->came_to_be(id, self.pid());
  const Value how = option("init", "ok");
  if (how.is("ignore")) return gen_server::ignore();
  if (how.is_tagged("stop")) return gen_server::stop(to_term(how[1]));
  if (how.is_tagged("exit")) self.exit(to_term(how[1]));
  if (how.is_tagged("error")) self.exit(with_stack(how[1]));
  gen_server::Init<Server, Then> ready = gen_server::ok(Server{run, option("on_timeout", "ok")});
  if (how.is_tagged("ok")) ready.next = following(how[1]);
  return ready;
}

Answer Server::on(Self& self, const Ask& m, const From<Ask>& from) {
  const Value how = plain(m.how);
  run->handled(self.pid(), tuple("call", run->name_of(from.caller), how));
  return answer(self, how, from);
}
Next Server::on(Self& self, const Cast& m) {
  const Value how = plain(m.how);
  run->handled(self.pid(), tuple("cast", how));
  return obey(self, how);
}
Next Server::on(Self& self, const Info& m) {
  const Value how = plain(m.how);
  run->handled(self.pid(), tuple("info", how));
  return obey(self, how);
}
Next Server::on(Self& self, const IdleTimeout&) {
  run->handled(self.pid(), "timeout");
  return obey(self, on_timeout);
}
void Server::on(Self& self, const Exit& m) { run->handled(self.pid(), tuple("info", run->shown(m))); }
Next Server::on_continue(Self& self, const Then& then) {
  const Value how = plain(then.how);
  run->handled(self.pid(), tuple("continue", how));
  return obey(self, how);
}
void Server::terminate(Self& self, const Term& reason) { run->handled(self.pid(), tuple("terminate", run->in_words(reason))); }

Answer Server::answer(Self& self, const Value& how, const From<Ask>& from) {
  const auto replied = [](const Value& value, Next next) {
    Answer said(std::move(next));
    said.reply = to_term(value);
    return said;
  };
  if (how.is_tagged("reply")) return replied(how[1], how.size() == 3 ? following(how[2]) : gen_server::noreply());
  if (how.is("later")) return kept.push_back(from), gen_server::noreply();
  if (how.is_tagged("later")) return kept.push_back(from), following(how[1]);
  if (how.is_tagged("stop") && how.size() == 3) return gen_server::stop(to_term(how[1]), to_term(how[2]));
  if (how.is("twice")) return gen_server::reply(self, from, Term::atom("first")), replied("second", gen_server::noreply());
  if (how.is_tagged("first")) return gen_server::reply(self, from, to_term(how[1])), obey(self, how[2]);
  if (how.is_tagged("slow")) return self.sleep(milliseconds(how[1])), answer(self, how[2], from);
  if (how.is_tagged("ask")) {
    Answer said(gen_server::noreply());
    said.reply = gen_server::call(self, run->to(self, how[1]), Ask{to_term(how[2])}, milliseconds(how[3]));
    return said;
  }
  return obey(self, how);
}

Next Server::obey(Self& self, const Value& how) {
  if (how.is_tagged("next")) return following(how[1]);
  if (how.is_tagged("stop")) return gen_server::stop(to_term(how[1]));
  if (how.is_tagged("exit")) self.exit(to_term(how[1]));
  if (how.is_tagged("error")) self.exit(with_stack(how[1]));
  if (how.is_tagged("slow")) return self.sleep(milliseconds(how[1])), obey(self, how[2]);
  if (how.is_tagged("tell")) gen_server::cast(self, run->to(self, how[1]), Cast{to_term(how[2])});
  if (how.is_tagged("ask")) gen_server::call(self, run->to(self, how[1]), Ask{to_term(how[2])}, milliseconds(how[3]));
  if (how.is_tagged("answer") && !kept.empty()) {
    gen_server::reply(self, kept.front(), to_term(how[1]));
    kept.erase(kept.begin());
  }
  return gen_server::noreply();
}

// ---- what a program may be

struct Shape {
  std::string_view name;
  const char* parts;  // of each element after the first. x client, t target, i any atom, o map, a Ask, w Tell, m time, r anything
};
constexpr std::array operations = {
    Shape{"start", "xio"}, Shape{"call", "xtam"}, Shape{"cast", "xtw"}, Shape{"info", "xtw"},   Shape{"request", "xtai"},
    Shape{"wait", "xim"},  Shape{"take", "xim"},  Shape{"stop", "xtr"}, Shape{"suspend", "xt"}, Shape{"resume", "xt"},
    Shape{"exit", "xir"},  Shape{"trap", "xi"},   Shape{"die", "xr"},
};
constexpr std::array tells = {
    Shape{"ok", ""},     Shape{"next", "n"},   Shape{"stop", "r"},  Shape{"exit", "r"},  Shape{"error", "r"},
    Shape{"slow", "mw"}, Shape{"answer", "r"}, Shape{"tell", "tw"}, Shape{"ask", "tam"},
};
constexpr std::array asks = {
    Shape{"reply", "r"}, Shape{"reply", "rn"}, Shape{"later", ""},   Shape{"later", "n"},
    Shape{"stop", "rr"}, Shape{"twice", ""},   Shape{"first", "rw"}, Shape{"slow", "ma"},
};
constexpr std::array inits = {Shape{"ok", ""},     Shape{"ok", "n"},   Shape{"stop", "r"},
                              Shape{"ignore", ""}, Shape{"exit", "r"}, Shape{"error", "r"}};

bool fits(const Value& part, char kind);

template <std::size_t N>
bool is_one_of(const Value& value, const std::array<Shape, N>& shapes) {
  return std::any_of(shapes.begin(), shapes.end(), [&](const Shape& shape) {
    const std::string_view parts = shape.parts;
    if (parts.empty()) return value.is(shape.name);
    if (!value.is_tagged(shape.name) || value.size() != parts.size() + 1) return false;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (!fits(value[i + 1], parts[i])) return false;
    return true;
  });
}

bool fits(const Value& part, char kind) {
  switch (kind) {
    case 'x': return part.is("x") || part.is("y") || part.is("z");
    case 't': return part.is_atom() || (part.is_tagged("name") && part.size() == 2 && part[1].is_atom());
    case 'i': return part.is_atom();
    case 'm': return part.is("infinity") || (part.is_integer() && part.number() >= 0);
    case 'n': return part.is("hibernate") || fits(part, 'm') || (part.is_tagged("continue") && part.size() == 2 && fits(part[1], 'w'));
    case 'w': return is_one_of(part, tells);
    case 'a': return is_one_of(part, asks) || is_one_of(part, tells);
    case 'o': {
      if (!part.is_map()) return false;
      const Value* init = part.find("init");
      const Value* on_timeout = part.find("on_timeout");
      return (!init || is_one_of(*init, inits)) && (!on_timeout || is_one_of(*on_timeout, tells));
    }
    default: return true;
  }
}

bool is_operation(const Value& op) {
  if (!op.is_tagged("together")) return is_one_of(op, operations);
  return op.size() == 2 && op[1].is_list() && std::all_of(op[1].elements().begin(), op[1].elements().end(), [](const Value& part) {
           return part.is_tuple(2) && part[0].is_integer() && part[0].number() > 0 && is_one_of(part[1], operations);
         });
}

}  // namespace

std::optional<std::string> find_server_error(const Value& program) {
  if (!program.is_tagged("servers") || program.size() != 2 || !program[1].is_list()) return "a program is {servers,[Op]}";
  for (const Value& op : program[1].elements())
    if (!is_operation(op)) return "no such operation: " + op.to_string();
  return std::nullopt;
}

Log run_servers(World& world, const Value& program, const RunOptions& options) { return Servers(world, program, options).run(); }

}  // namespace moirai::otp_oracle
