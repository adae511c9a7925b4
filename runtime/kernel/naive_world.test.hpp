// A world of processes that interpret random programs, on the naive kernel.
#pragma once
#include "runtime/kernel/naive_kernel.test.hpp"

namespace moirai::oracle {

class NaiveWorld final : NaiveKernel {
 public:
  using NaiveKernel::Order;
  NaiveWorld(const Play& play, std::uint64_t seed, Order order) : NaiveKernel(seed, order), play_(play), latest_(play.scripts.size()) {}

  // Until nothing is pending. The journal: one line per spawn, reception, exit and result of an instruction.
  std::vector<std::string> run() {
    spawn(0, 0);
    for (const Intervention& i : play_.outside)
      outside_.push_back(
          {outside_.size(), Time{} + std::chrono::milliseconds(i.due), Time{} + std::chrono::milliseconds(i.until), ++made_});
    while (step()) {}
    return std::move(journal_);
  }

 private:
  int spawn(int role, int parent) {
    Process& p = born(role, parent);
    p.script = &play_.scripts[static_cast<std::size_t>(role)];
    return latest_[static_cast<std::size_t>(role)] = p.pid;
  }

  void act(std::size_t outside) override {
    const Intervention& i = play_.outside[outside];
    const int to = latest_[static_cast<std::size_t>(i.role)];
    if (!to) return;
    Signal signal;
    signal.kind = SignalKind::exit;
    signal.untrappable = i.crash;
    signal.reason = reasons[static_cast<std::size_t>(i.reason)];
    signal.item.from = i.crash || i.from == i.role ? 0 : latest_[static_cast<std::size_t>(i.from)];
    send(signal.item.from, to, signal);
  }

  void go(Process& p) override {
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
    if ((op == Op::end_turn && p.script->code[p.pc].a < 0) || op == Op::crash) return false;  // not calls on Self
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
        if (!registered(i.a)) return die(p, "badarg");
        send(p.pid, registered(i.a), message(i.b));
        break;
      case Op::link:
        if (other != p.pid && !link(p, other)) return die(p, "noproc");
        break;
      case Op::unlink: unlink(p, other); break;
      case Op::monitor: watch(p, other, {}, false); break;
      case Op::monitor_name: watch(p, registered(i.a), "n" + std::to_string(i.a), false); break;
      case Op::demonitor:
        if (const auto k = static_cast<std::size_t>(i.a); k < p.refs.size()) {
          const auto monitor = p.refs[p.refs.size() - 1 - k];
          const bool active = !monitor->gone && monitor->target != p.pid;
          monitor->gone = true;
          if (active) {
            Signal signal;
            signal.kind = SignalKind::demonitor;
            signal.monitor = monitor;
            send(p.pid, monitor->target, signal);
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
      case Op::end_turn: wait(p, any, i.a < 0 ? time_never : now_ + std::chrono::milliseconds(i.a)); return;
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
        if (named || registered(i.a) || !alive(who)) return die(p, "badarg");
        registered(i.a) = who;
        say(me + " registers " + name_of(who));
        break;
      }
      case Op::strike:
        if (!registered(i.a)) return die(p, "badarg");
        registered(i.a) = 0;
        say(me + " unregisters");
        break;
      case Op::whereis: say(me + " finds " + name_of(registered(i.a))); break;
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
  const Play& play_;
  std::vector<int> latest_;  // by role
  int spawned_ = 0;
};

}  // namespace moirai::oracle
