// The naive kernel: the clear, slow oracle of the real one, written from the rules alone. Channels are a map of queues, candidates a
// vector, processes are interpreters of random_program.test.hpp; there are no fast paths, no stacks and no memory of its own.
#pragma once
#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/kernel/random_program.test.hpp"
#include "runtime/kernel/signal.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai::oracle {

class NaiveWorld {
 public:
  enum class Order { fifo, random };
  NaiveWorld(const Play& play, std::uint64_t seed, Order order) : play_(play), order_mode_(order), draws_(stream_key(seed, "sched")) {
    latest_.assign(play.scripts.size(), 0);
  }

  // Until nothing is pending. The journal: one line per spawn, reception, exit and result of an instruction.
  std::vector<std::string> run() {
    spawn(0, 0);
    while (step()) {}
    return std::move(journal_);
  }

 private:
  struct Item {  // what lies in a mailbox
    enum What { tag, exit, down, timed_out } what = tag;
    int number = 0;  // tag
    int from = 0, ref = 0;
    std::string name, reason;
  };
  enum class Half { absent, active, unlinking };
  enum Answer { unasked, awaited, yes, no };  // of is_alive
  struct Link {
    int end[2];
    Half half[2] = {Half::absent, Half::absent};
    int unlink_id[2] = {0, 0};
    int side(int pid) const { return end[1] == pid; }
  };
  struct Monitor {
    int ref, watcher, target;
    std::string name;
    bool armed = false, gone = false;  // gone: demonitored, or its DOWN was received
  };
  struct Timer {
    int number, owner, ref, to, name, tag;  // to: pid, or 0 and a name
    bool wrapped;                           // start_timer
    Time due;
    std::uint64_t made;
    bool pending = true;
  };
  struct Signal {
    SignalKind kind = SignalKind::message;
    std::uint64_t order = 0;
    bool sync = false;
    Item item;
    std::string reason;
    std::shared_ptr<Link> link;
    std::shared_ptr<Monitor> monitor;
    int id = 0;  // unlink id; info_reply: alive
  };
  struct Process {
    int pid, role, parent;
    const Script* script;
    bool alive = true, trapping = false;
    std::size_t pc = 0;
    int repeat = 0;         // within a burst
    int operations = 0;     // since it was last picked
    bool passed = false;    // it has stopped before this operation already
    bool prepared = false;  // the operation's arguments have been evaluated: before the stop, as in C++
    int object = 0;         // the pid that the instruction's role means
    enum { fresh, running, waiting, polling, stopped, dead } state = fresh;
    int pattern = any;
    Answer answer = unasked;
    bool asking = false;  // waits for an info reply, for nothing else
    Time deadline = time_never;
    std::uint64_t wait_made = 0;
    std::deque<Item> mailbox;
    std::vector<std::shared_ptr<Link>> links;
    std::vector<std::shared_ptr<Monitor>> watchers, refs;
    std::vector<int> timers;
    int unlinks = 0;
  };
  enum class Kind { start, deliver, timeout, resume };
  struct Entry {
    Kind kind;
    int target;
    long channel = 0;
    std::uint64_t order = 0;
  };
  using Channel = std::pair<long, int>;  // sender (a timer: minus its number), receiver

  Process& process(int pid) { return *processes_[static_cast<std::size_t>(pid)]; }
  bool alive(int pid) { return pid > 0 && process(pid).alive; }
  void say(std::string line) { journal_.push_back(std::to_string(nanoseconds(now_) / 1'000'000) + " " + std::move(line)); }
  static std::string name_of(int pid) { return "p" + std::to_string(pid); }

  // ---- candidates

  bool at_reception_point(const Process& p) const { return p.state != Process::running && p.state != Process::dead; }
  void add(Kind kind, int target, long channel = 0) { ready_.push_back({kind, target, channel, kind == Kind::deliver ? 0 : ++orders_}); }
  void remove_at(std::size_t i) {
    ready_[i] = ready_.back();
    ready_.pop_back();
  }
  void remove(Kind kind, int target) {
    for (std::size_t i = 0; i < ready_.size(); ++i)
      if (ready_[i].kind == kind && ready_[i].target == target) return remove_at(i);
  }
  bool sync_in_flight(int pid) const {
    for (const auto& [channel, queue] : channels_)
      if (channel.second == pid)
        for (const Signal& signal : queue)
          if (signal.sync) return true;
    return false;
  }
  bool exit_in_flight(int pid) const {
    for (const auto& [channel, queue] : channels_)
      if (channel.second == pid)
        for (const Signal& signal : queue)
          if (signal.kind == SignalKind::exit || signal.kind == SignalKind::link_exit) return true;
    return false;
  }
  std::uint64_t age(const Entry& entry) {
    return entry.kind == Kind::deliver ? channels_[{entry.channel, entry.target}].front().order : entry.order;
  }

  // K-8, or uniform over what is enabled (K-9: nothing is drawn when it is one).
  std::size_t choose() {
    if (ready_.size() == 1) return 0;
    if (order_mode_ == Order::random) return static_cast<std::size_t>(draws_.below(ready_.size()));
    const auto rank = [&](std::size_t i) {  // the poll of the one that ran last: its deliveries, then its timeout, then the others
      const Entry& entry = ready_[i];
      const bool mine = entry.target == last_ && process(last_).state == Process::polling;
      return std::pair{mine ? (entry.kind == Kind::timeout ? 1 : 0) : 2, age(entry)};
    };
    std::size_t best = 0;
    for (std::size_t i = 1; i < ready_.size(); ++i)
      if (rank(i) < rank(best)) best = i;
    return best;
  }

  // K-3: when nothing is enabled, time moves to the next due moment and everything due then becomes a candidate, in order of making.
  bool advance() {
    struct Due {
      Time at;
      std::uint64_t made;
      int pid;
      Timer* timer;
      auto key() const { return std::pair{at, made}; }
    };
    std::vector<Due> all;
    for (const auto& p : processes_)
      if (p && p->state == Process::waiting && p->deadline != time_never) all.push_back({p->deadline, p->wait_made, p->pid, nullptr});
    for (auto& timer : timers_)
      if (timer->pending) all.push_back({timer->due, timer->made, 0, timer.get()});
    if (all.empty()) return false;
    std::sort(all.begin(), all.end(), [](const Due& a, const Due& b) { return a.key() < b.key(); });
    const Time next = all.front().at;
    now_ = std::max(now_, next);
    for (const Due& due : all) {
      if (due.at > next) break;
      if (due.timer)
        fire(*due.timer);
      else
        add(Kind::timeout, due.pid);
    }
    return true;
  }

  bool step() {
    while (ready_.empty())
      if (!advance()) return false;
    const std::size_t chosen = choose();
    const Entry entry = ready_[chosen];
    Process& p = process(entry.target);
    p.operations = 0;
    if (entry.kind == Kind::deliver) {
      auto& queue = channels_[{entry.channel, entry.target}];
      const Signal signal = std::move(queue.front());
      queue.pop_front();
      if (queue.empty()) remove_at(chosen);
      if (signal.sync && p.state == Process::polling && !sync_in_flight(p.pid)) add(Kind::timeout, p.pid);
      receive(p, signal);
      return true;
    }
    remove_at(chosen);
    last_ = p.pid;
    if (entry.kind == Kind::timeout) {
      const bool sleeping = p.script->code[p.pc].op == Op::sleep;
      end_wait(p);
      if (!sleeping) say(name_of(p.pid) + " after");
      ++p.pc;
    }
    go(p);
    return true;
  }

  // ---- signals

  // On the channel of `source`; nothing travels to the dead, but some of it is answered (R-SIG-8).
  void send(long source, int to, Signal signal) {
    if (!alive(to)) return answer_for_dead(source, to, signal, true);
    signal.order = ++orders_;
    signal.sync = signal.sync || source == to || source < 0;
    auto& queue = channels_[{source, to}];
    queue.push_back(std::move(signal));
    if (queue.size() == 1) add(Kind::deliver, to, source);
  }
  void answer_for_dead(long source, int dead, const Signal& signal, bool sync) {
    Signal reply;
    reply.sync = sync;
    reply.reason = "noproc";
    if (signal.kind == SignalKind::link) {
      reply.kind = SignalKind::link_exit;
      reply.link = signal.link;
    } else if (signal.kind == SignalKind::monitor) {
      if (signal.monitor->gone) return;
      reply.kind = SignalKind::down;
      reply.monitor = signal.monitor;
    } else if (signal.kind == SignalKind::unlink) {
      reply.kind = SignalKind::unlink_ack;
      reply.link = signal.link;
      reply.id = signal.id;
    } else if (signal.kind == SignalKind::info_request) {
      reply.kind = SignalKind::info_reply;
    } else {
      return;
    }
    if (alive(static_cast<int>(source))) send(dead, static_cast<int>(source), reply);
  }

  void receive(Process& p, const Signal& signal) {
    say(name_of(p.pid) + " < " + std::string(to_string(signal.kind)) +
        (signal.kind == SignalKind::message ? " " + std::to_string(signal.item.number) : ""));
    switch (signal.kind) {
      case SignalKind::message: return arrive(p, signal.item);
      case SignalKind::exit: return take_exit(p, signal.item.from, signal.reason, false);
      case SignalKind::link_exit: {
        Half& half = signal.link->half[signal.link->side(p.pid)];
        if (half != Half::active) return;
        half = Half::absent;
        return take_exit(p, signal.link->end[1 - signal.link->side(p.pid)], signal.reason, true);
      }
      case SignalKind::link: {
        Half& half = signal.link->half[signal.link->side(p.pid)];
        if (half == Half::absent) half = Half::active;
        return;
      }
      case SignalKind::unlink: {
        Half& half = signal.link->half[signal.link->side(p.pid)];
        if (half == Half::active) half = Half::absent;
        Signal ack;
        ack.kind = SignalKind::unlink_ack;
        ack.link = signal.link;
        ack.id = signal.id;
        return send(p.pid, signal.link->end[1 - signal.link->side(p.pid)], ack);
      }
      case SignalKind::unlink_ack: {
        const int side = signal.link->side(p.pid);
        if (signal.link->half[side] == Half::unlinking && signal.link->unlink_id[side] == signal.id) signal.link->half[side] = Half::absent;
        return;
      }
      case SignalKind::monitor:
        if (signal.monitor->gone) return;
        signal.monitor->armed = true;
        p.watchers.push_back(signal.monitor);
        return;
      case SignalKind::demonitor: std::erase(p.watchers, signal.monitor); return;
      case SignalKind::down: {
        if (signal.monitor->gone) return;
        signal.monitor->gone = true;
        Item down;
        down.what = Item::down;
        down.from = signal.monitor->target;
        down.ref = signal.monitor->ref;
        down.name = signal.monitor->name;
        down.reason = signal.reason;
        return arrive(p, down);
      }
      case SignalKind::info_request: {
        Signal reply;
        reply.kind = SignalKind::info_reply;
        reply.id = 1;
        return send(p.pid, signal.item.from, reply);
      }
      case SignalKind::info_reply:
        p.answer = signal.id ? yes : no;
        if (!p.asking) return;
        p.asking = false;
        end_wait(p);
        say(name_of(p.pid) + (signal.id ? " alive" : " not alive"));
        p.answer = unasked;
        ++p.pc;
        return go_after(p);
      case SignalKind::alias_message: return;
    }
  }

  void take_exit(Process& p, int from, const std::string& reason, bool linked) {
    if (!linked && reason == "kill") return die(p, "killed");
    if (p.trapping) {
      Item exit;
      exit.what = Item::exit;
      exit.from = from;
      exit.reason = reason;
      return arrive(p, exit);
    }
    if (reason == "normal" && (linked || from != p.pid)) return;
    die(p, reason);
  }

  void arrive(Process& p, const Item& item) {
    p.mailbox.push_back(item);
    const bool receiving = (p.state == Process::waiting || p.state == Process::polling) && !p.asking;
    if (!receiving || !matches(p.pattern, item)) {
      // A message of a wanted type whose guard fails wakes the process, which then waits again: its timeout is a new candidate.
      if (receiving && wants(p.pattern, item) && drop_timeout(p)) add(Kind::timeout, p.pid);
      return;
    }
    end_wait(p);
    p.mailbox.pop_back();
    take(p, item);
    go_after(p);
  }
  void go_after(Process& p) {
    last_ = p.pid;
    go(p);
  }
  void end_wait(Process& p) {
    remove(Kind::timeout, p.pid);
    p.state = Process::running;
    p.deadline = time_never;
  }
  static bool wants(int pattern, const Item& item) { return item.what == Item::tag && (pattern == even_tags || pattern == even_or_down); }
  bool drop_timeout(Process& p) {
    const std::size_t before = ready_.size();
    remove(Kind::timeout, p.pid);
    return ready_.size() < before;
  }
  static bool matches(int pattern, const Item& item) {
    const bool even = (item.what == Item::tag || item.what == Item::timed_out) && item.number % 2 == 0;
    switch (pattern) {
      case any: return true;
      case tags: return item.what == Item::tag;
      case even_tags: return item.what == Item::tag && even;
      case exits: return item.what == Item::exit;
      case downs: return item.what == Item::down;
      case even_or_down: return item.what == Item::down || (item.what == Item::tag && even);
      default: return false;
    }
  }

  // K-12.
  void die(Process& p, const std::string& reason) {
    remove(Kind::resume, p.pid);  // it is resumed or its wait ends, to be unwound
    remove(Kind::timeout, p.pid);
    p.alive = false;
    p.state = Process::dead;
    for (int name = 0; name < names_max; ++name)
      if (registered_[name] == p.pid) registered_[name] = 0;
    for (auto& timer : timers_)
      if (timer->to == p.pid) timer->pending = false;
    say(name_of(p.pid) + " dies " + reason);
    for (const auto& link : p.links) {
      const int side = link->side(p.pid);
      const bool active = link->half[side] == Half::active;
      link->half[side] = Half::absent;
      if (link->half[1 - side] == Half::unlinking) link->half[1 - side] = Half::absent;
      if (!active) continue;
      Signal exit;
      exit.kind = SignalKind::link_exit;
      exit.reason = reason;
      exit.link = link;
      send(p.pid, link->end[1 - side], exit);
    }
    for (const auto& monitor : p.watchers) {
      if (monitor->gone) continue;
      Signal down;
      down.kind = SignalKind::down;
      down.reason = reason;
      down.monitor = monitor;
      send(p.pid, monitor->watcher, down);
    }
    for (const auto& monitor : p.refs) {
      monitor->gone = true;
      if (alive(monitor->target)) std::erase(process(monitor->target).watchers, monitor);
    }
    std::vector<std::pair<std::uint64_t, std::pair<long, Signal>>> in_flight;
    for (auto& [channel, queue] : channels_)
      if (channel.second == p.pid) {
        for (Signal& signal : queue) in_flight.push_back({signal.order, {channel.first, signal}});
        queue.clear();
      }
    std::erase_if(ready_, [&](const Entry& entry) { return entry.target == p.pid; });
    std::sort(in_flight.begin(), in_flight.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [order, sent] : in_flight) answer_for_dead(sent.first, p.pid, sent.second, false);
  }

  // ---- instructions

  int spawn(int role, int parent) {
    const int pid = static_cast<int>(processes_.size());
    auto p = std::make_unique<Process>();
    p->pid = pid;
    p->role = role;
    p->parent = parent;
    p->script = &play_.scripts[static_cast<std::size_t>(role)];
    processes_.push_back(std::move(p));
    latest_[static_cast<std::size_t>(role)] = pid;
    say(name_of(parent) + " spawns " + name_of(pid));
    add(Kind::start, pid);
    return pid;
  }

  // The rest of p's turn: until it waits, stops or ends.
  void go(Process& p) {
    if (p.state != Process::running) p.state = Process::running;
    while (p.alive && p.state == Process::running) {
      if (p.pc == p.script->code.size()) {
        if (!p.script->handler) return die(p, "normal");
        if (!wait(p, any, time_never)) return;
        continue;
      }
      if (!p.prepared && !prepare(p)) {
        p.prepared = false;
        p.repeat = 0;
        ++p.pc;
        continue;
      }
      if (stops(p)) return;
      execute(p, p.script->code[p.pc]);
    }
  }

  // Evaluates the arguments of p's next instruction. False: there is nothing to do (nobody has played that role yet, ...).
  bool prepare(Process& p) {
    const Instruction& i = p.script->code[p.pc];
    p.prepared = true;
    switch (i.op) {
      case Op::spawn: return spawned_ < Play::spawns_max && ++spawned_ > 0;
      case Op::demonitor: return static_cast<std::size_t>(i.a) < p.refs.size();
      case Op::cancel:
      case Op::read: return static_cast<std::size_t>(i.a) < p.timers.size();
      case Op::enroll: return (p.object = i.b < 0 ? p.pid : latest_[static_cast<std::size_t>(i.b)]) != 0;
      case Op::send:
      case Op::burst:
      case Op::link:
      case Op::unlink:
      case Op::monitor:
      case Op::exit_to:
      case Op::send_after:
      case Op::start_timer:
      case Op::is_alive: return (p.object = latest_[static_cast<std::size_t>(i.a)]) != 0;
      default: return true;
    }
  }

  // K-6: whether p stops before its next operation.
  bool stops(Process& p) {
    const Op op = p.script->code[p.pc].op;
    if (op == Op::end_turn || op == Op::crash) return false;  // not calls on Self
    if (p.passed) {
      p.passed = false;
      ++p.operations;
      return false;
    }
    const bool shared = op == Op::send_name || op == Op::monitor_name || op == Op::enroll || op == Op::strike || op == Op::whereis;
    const bool explore = order_mode_ == Order::random && (shared || exit_in_flight(p.pid));
    if (!explore && p.operations < quantum) {
      ++p.operations;
      return false;
    }
    stop(p);
    p.passed = true;
    return true;
  }
  void stop(Process& p) {
    p.state = Process::stopped;
    add(Kind::resume, p.pid);
  }

  // True: a message was taken from the mailbox and p goes on. False: it waits (or polls) now.
  bool wait(Process& p, int pattern, Time deadline) {
    for (auto item = p.mailbox.begin(); item != p.mailbox.end(); ++item) {
      if (!matches(pattern, *item)) continue;
      take(p, *item);
      p.mailbox.erase(item);
      return true;
    }
    p.pattern = pattern;
    p.deadline = deadline;
    p.wait_made = ++made_;
    p.state = Process::waiting;
    if (deadline > now_) return false;
    p.state = Process::polling;
    if (!sync_in_flight(p.pid)) add(Kind::timeout, p.pid);
    return false;
  }
  void take(Process& p, const Item& item) {
    std::string line = name_of(p.pid) + " takes ";
    switch (item.what) {
      case Item::tag: line += std::to_string(item.number); break;
      case Item::exit: line += "EXIT " + name_of(item.from) + " " + item.reason; break;
      case Item::down: line += "DOWN #" + std::to_string(item.ref) + " " + name_of(item.from) + " " + item.name + " " + item.reason; break;
      case Item::timed_out:
        line += "timer #" + (item.from == p.pid ? std::to_string(item.ref) : "?") + " " + std::to_string(item.number);
        break;
    }
    say(std::move(line));
    if (p.pc < p.script->code.size()) ++p.pc;
  }

  void fire(Timer& timer) {
    timer.pending = false;
    const int to = timer.name < 0 ? timer.to : registered_[timer.name];
    Signal signal;
    signal.item.what = timer.wrapped ? Item::timed_out : Item::tag;
    signal.item.number = timer.tag;
    signal.item.from = timer.owner;
    signal.item.ref = timer.ref;
    if (to != 0) send(-timer.number, to, signal);
  }

  void execute(Process& p, const Instruction& i) {
    const int other = p.object;
    p.prepared = false;
    const std::string me = name_of(p.pid);
    const auto message = [&](int tag) {
      Signal signal;
      signal.item.number = tag;
      return signal;
    };
    switch (i.op) {
      case Op::spawn: {
        const int child = spawn(i.a, p.pid);
        if (i.b == 1) {
          p.links.push_back(std::make_shared<Link>(Link{{p.pid, child}, {Half::active, Half::active}}));
          process(child).links.push_back(p.links.back());
        } else if (i.b == 2) {
          watch(p, child, {}, true);
        }
      } break;
      case Op::send: send(p.pid, other, message(i.b)); break;
      case Op::burst:
        send(p.pid, other, message(100));
        if (++p.repeat < i.b) return;
        p.repeat = 0;
        break;
      case Op::send_name:
        if (!registered_[i.a]) return die(p, "badarg");
        send(p.pid, registered_[i.a], message(i.b));
        break;
      case Op::link:
        if (other != p.pid && !link(p, other)) return die(p, "noproc");
        break;
      case Op::unlink: unlink(p, other); break;
      case Op::monitor: watch(p, other, {}, false); break;
      case Op::monitor_name: watch(p, registered_[i.a], "n" + std::to_string(i.a), false); break;
      case Op::demonitor:
        if (const auto k = static_cast<std::size_t>(i.a); k < p.refs.size()) {
          const auto monitor = p.refs[p.refs.size() - 1 - k];
          const bool active = !monitor->gone;
          if (active) {
            monitor->gone = true;
            Signal signal;
            signal.kind = SignalKind::demonitor;
            signal.monitor = monitor;
            if (monitor->target != p.pid) send(p.pid, monitor->target, signal);
          }
          if (i.b) std::erase_if(p.mailbox, [&](const Item& item) { return item.what == Item::down && item.ref == monitor->ref; });
          say(me + (active ? " demonitors" : " had no monitor"));
        }
        break;
      case Op::trap:
        say(me + (p.trapping ? " trapped" : " did not trap"));
        p.trapping = i.a != 0;
        break;
      case Op::exit_to: {
        Signal signal;
        signal.kind = SignalKind::exit;
        signal.item.from = p.pid;
        signal.reason = reasons[static_cast<std::size_t>(i.b)];
        send(p.pid, other, signal);
        if (other == p.pid) receive_own(p);  // R-SIG-9: at once, but behind what it sent itself before (R-SIG-2)
        if (!p.alive) return;
        break;
      }
      case Op::exit: return die(p, reasons[static_cast<std::size_t>(i.a)]);
      case Op::crash: return die(p, "error");
      case Op::poll: wait(p, i.a, now_); return;
      case Op::receive: wait(p, i.a, i.b < 0 ? time_never : now_ + std::chrono::milliseconds(i.b)); return;
      case Op::sleep: wait(p, patterns, now_ + std::chrono::milliseconds(i.a)); return;
      case Op::end_turn: wait(p, any, time_never); return;
      case Op::send_after:
      case Op::start_timer:
      case Op::send_later: {
        const int to = i.op == Op::send_later ? 0 : other;
        auto timer = std::make_unique<Timer>();
        timer->number = static_cast<int>(timers_.size()) + 1;
        timer->owner = p.pid;
        timer->ref = static_cast<int>(p.timers.size());
        timer->to = to;
        timer->name = i.op == Op::send_later ? i.a : -1;
        timer->tag = i.b;
        timer->wrapped = i.op == Op::start_timer;
        timer->due = now_ + std::chrono::milliseconds(i.c);
        timer->made = ++made_;
        timer->pending = to == 0 || alive(to);
        p.timers.push_back(timer->number);
        timers_.push_back(std::move(timer));
        break;
      }
      case Op::cancel:
      case Op::read:
        if (const auto k = static_cast<std::size_t>(i.a); k < p.timers.size()) {
          Timer& timer = *timers_[static_cast<std::size_t>(p.timers[p.timers.size() - 1 - k] - 1)];
          say(me + (timer.pending ? " left " + std::to_string(nanoseconds(timer.due - now_) / 1'000'000) : " no timer"));
          if (i.op == Op::cancel) timer.pending = false;
        }
        break;
      case Op::enroll: {
        const int who = other;
        bool named = false;
        for (const int holder : registered_) named = named || holder == who;
        if (named || registered_[i.a] || !alive(who)) return die(p, "badarg");
        registered_[i.a] = who;
        say(me + " registers " + name_of(who));
        break;
      }
      case Op::strike:
        if (!registered_[i.a]) return die(p, "badarg");
        registered_[i.a] = 0;
        say(me + " unregisters");
        break;
      case Op::whereis: say(me + " finds " + name_of(registered_[i.a])); break;
      case Op::yield:
        stop(p);
        ++p.pc;
        return;
      case Op::is_alive:
        if (p.answer == unasked) {
          if (other == p.pid) {
            say(me + " alive");
            break;
          }
          Signal request;
          request.kind = SignalKind::info_request;
          request.item.from = p.pid;
          p.answer = awaited;
          send(p.pid, other, request);
          p.prepared = true;
          return;  // the wait for the answer is an operation of its own
        }
        if (p.answer == awaited) {
          p.asking = true;
          p.deadline = time_never;
          p.state = Process::waiting;
          return;
        }
        say(me + (p.answer == yes ? " alive" : " not alive"));
        p.answer = unasked;
        break;
    }
    ++p.pc;
  }

  void receive_own(Process& p) {
    const auto own = channels_.find({p.pid, p.pid});
    if (own == channels_.end() || own->second.empty()) return;
    while (p.alive && !own->second.empty()) {
      const Signal signal = std::move(own->second.front());
      own->second.pop_front();
      if (own->second.empty())
        for (std::size_t i = 0; i < ready_.size(); ++i)
          if (ready_[i].kind == Kind::deliver && ready_[i].target == p.pid && ready_[i].channel == p.pid) {
            remove_at(i);
            break;
          }
      receive(p, signal);
    }
  }

  std::shared_ptr<Link> find_link(Process& p, int other) {
    // An object stays as long as one half does, or a signal carries it (K-13).
    const auto carried = [&](const auto& link) {
      for (const auto& [channel, queue] : channels_)
        for (const Signal& signal : queue)
          if (signal.link == link) return true;
      return false;
    };
    std::erase_if(p.links,
                  [&](const auto& link) { return link->half[0] == Half::absent && link->half[1] == Half::absent && !carried(link); });
    for (const auto& link : p.links)
      if (link->end[1 - link->side(p.pid)] == other) return link;
    return nullptr;
  }
  // False: noproc, raised in the caller (R-LNK-2).
  bool link(Process& p, int other) {
    if (!alive(other)) {
      Signal exit;
      exit.kind = SignalKind::exit;
      exit.item.from = other;
      exit.reason = "noproc";
      exit.sync = true;
      if (p.trapping) send(other, p.pid, exit);
      return p.trapping;
    }
    auto found = find_link(p, other);
    if (found && found->half[found->side(p.pid)] == Half::active) return true;
    if (!found) {
      found = std::make_shared<Link>(Link{{p.pid, other}});
      p.links.push_back(found);
      process(other).links.push_back(found);
    }
    const int side = found->side(p.pid);
    found->half[side] = Half::active;
    found->unlink_id[side] = 0;
    Signal signal;
    signal.kind = SignalKind::link;
    signal.link = found;
    send(p.pid, other, signal);
    return true;
  }
  void unlink(Process& p, int other) {
    const auto found = other == 0 ? nullptr : find_link(p, other);
    if (!found || found->half[found->side(p.pid)] != Half::active) return;
    const int side = found->side(p.pid);
    if (!alive(other)) {
      found->half[side] = Half::absent;
      return;
    }
    found->half[side] = Half::unlinking;
    Signal signal;
    signal.kind = SignalKind::unlink;
    signal.link = found;
    signal.id = found->unlink_id[side] = ++p.unlinks;
    send(p.pid, other, signal);
  }
  void watch(Process& p, int target, std::string name, bool born) {
    auto monitor = std::make_shared<Monitor>(Monitor{static_cast<int>(p.refs.size()), p.pid, target, std::move(name)});
    p.refs.push_back(monitor);
    if (target == p.pid) return;
    if (born) {
      monitor->armed = true;
      process(target).watchers.push_back(monitor);
      return;
    }
    Signal signal;
    signal.kind = SignalKind::monitor;
    signal.monitor = monitor;
    send(p.pid, target, signal);
  }

  static constexpr int quantum = 2000;
  const Play play_;
  const Order order_mode_;
  Random draws_;
  Time now_{};
  std::uint64_t orders_ = 0, made_ = 0;
  int spawned_ = 0, last_ = 0;
  std::vector<std::unique_ptr<Process>> processes_{1};  // by pid; 0 is nobody
  std::vector<int> latest_;                             // by role
  std::map<Channel, std::deque<Signal>> channels_;
  std::vector<Entry> ready_;
  std::vector<std::unique_ptr<Timer>> timers_;
  std::array<int, names_max> registered_{};
  std::vector<std::string> journal_;
};

}  // namespace moirai::oracle
