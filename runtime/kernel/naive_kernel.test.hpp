// The naive kernel: the clear, slow oracle of the real one, written from the rules alone. Channels are a map of queues, candidates a
// vector; there are no fast paths, no stacks and no memory of its own. NaiveWorld (naive_world.test.hpp) adds the processes.
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

class NaiveKernel {
 public:
  enum class Order { fifo, random };

 protected:
  NaiveKernel(std::uint64_t seed, Order order) : order_mode_(order), draws_(stream_key(seed, "sched")) {}
  ~NaiveKernel() = default;

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
    bool sync = false, untrappable = false;
    Item item;
    std::string reason;
    std::shared_ptr<Link> link;
    std::shared_ptr<Monitor> monitor;
    int id = 0;  // unlink id; info_reply: alive
  };
  struct Process {
    int pid = 0, role = 0;
    const Script* script = nullptr;
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
  struct Outside {  // one of play.outside
    std::size_t index;
    Time due, until;
    std::uint64_t made;
    bool pending = true;
  };
  enum class Kind { start, deliver, timeout, resume, outside };
  struct Entry {
    Kind kind;
    int target;  // outside: its index
    long channel = 0;
    std::uint64_t order = 0;
  };
  using Channel = std::pair<long, int>;  // sender (a timer: minus its number), receiver

  Process& process(int pid) { return *processes_[static_cast<std::size_t>(pid)]; }
  int& registered(int name) { return registered_[static_cast<std::size_t>(name)]; }  // pid, or 0
  bool alive(int pid) { return pid > 0 && process(pid).alive; }
  void say(std::string line) { journal_.push_back(std::to_string(nanoseconds(now_) / 1'000'000) + " " + std::move(line)); }
  static std::string name_of(int pid) { return "p" + std::to_string(pid); }

  // ---- what the processes add

  virtual void go(Process&) = 0;              // the rest of its turn: until it waits, stops or ends
  virtual void act(std::size_t outside) = 0;  // an outside event

  // ---- candidates

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
      const bool mine = entry.kind != Kind::outside && entry.target == last_ && process(last_).state == Process::polling;
      return std::pair{mine ? (entry.kind == Kind::timeout ? 1 : 0) : 2, age(entry)};
    };
    std::size_t best = 0;
    for (std::size_t i = 1; i < ready_.size(); ++i)
      if (rank(i) < rank(best)) best = i;
    return best;
  }

  // K-3. An outside event whose window is open competes with what is ready, but need not go before time moves.
  bool lazy(const Entry& entry) const {
    return order_mode_ == Order::random && entry.kind == Kind::outside && outside_[static_cast<std::size_t>(entry.target)].until > now_;
  }

  // When nothing is ready but what may wait: E = those with due <= H, H = the smallest until of all that is pending. Taking one moves
  // time to its due moment, and everything that is due then becomes a candidate, in order of (due, making).
  bool advance() {
    struct Due {
      Time at;
      std::uint64_t made;
      int pid;  // a deadline of its; else
      Timer* timer;
      Outside* outside;
      bool operator<(const Due& other) const { return std::pair{at, made} < std::pair{other.at, other.made}; }
    };
    std::vector<Due> exact, windows;
    for (const auto& p : processes_)
      if (p && p->state == Process::waiting && p->deadline != time_never)
        exact.push_back({p->deadline, p->wait_made, p->pid, nullptr, nullptr});
    for (const auto& timer : timers_)
      if (timer->pending) exact.push_back({timer->due, timer->made, 0, timer.get(), nullptr});
    for (Outside& event : outside_)
      if (event.pending) (event.due == event.until ? exact : windows).push_back({event.due, event.made, 0, nullptr, &event});
    std::sort(exact.begin(), exact.end());
    std::sort(windows.begin(), windows.end());

    Time horizon = exact.empty() ? time_never : exact.front().at;
    for (const Entry& entry : ready_) horizon = std::min(horizon, outside_[static_cast<std::size_t>(entry.target)].until);
    for (const Due& due : windows) horizon = std::min(horizon, due.outside->until);
    std::vector<std::pair<Time, std::uint64_t>> choices;  // the open ones, the windows that are due, the clock
    for (const Entry& entry : ready_) choices.push_back({outside_[static_cast<std::size_t>(entry.target)].due, entry.order});
    std::size_t open = ready_.size(), due_windows = 0;
    for (; due_windows < windows.size() && windows[due_windows].at <= horizon; ++due_windows)
      choices.push_back({windows[due_windows].at, windows[due_windows].made});
    if (!exact.empty() && exact.front().at <= horizon) choices.push_back({exact.front().at, exact.front().made});
    if (choices.empty()) return false;
    std::size_t chosen = 0;
    if (choices.size() > 1)
      chosen = order_mode_ == Order::random ? static_cast<std::size_t>(draws_.below(choices.size()))
                                            : static_cast<std::size_t>(std::min_element(choices.begin(), choices.end()) - choices.begin());
    if (chosen < open) {
      const int index = ready_[chosen].target;
      remove_at(chosen);
      happen(outside_[static_cast<std::size_t>(index)]);
      return true;
    }
    Outside* const window = chosen < open + due_windows ? windows[chosen - open].outside : nullptr;
    now_ = std::max(now_, choices[chosen].first);
    if (window) window->pending = false;
    exact.insert(exact.end(), windows.begin(), windows.end());
    std::sort(exact.begin(), exact.end());
    for (const Due& due : exact) {
      if (due.at > now_) break;
      if (due.outside == window && window) continue;
      if (due.timer) {
        fire(*due.timer);
      } else if (due.outside) {
        due.outside->pending = false;
        add(Kind::outside, static_cast<int>(due.outside->index));
      } else {
        add(Kind::timeout, due.pid);
      }
    }
    if (window) happen(*window);
    return true;
  }
  void happen(const Outside& event) {
    last_ = 0;
    say("outside " + std::to_string(event.index));
    act(event.index);
  }

  bool step() {
    if (std::all_of(ready_.begin(), ready_.end(), [&](const Entry& entry) { return lazy(entry); })) return advance();
    const std::size_t chosen = choose();
    const Entry entry = ready_[chosen];
    if (entry.kind == Kind::outside) {
      remove_at(chosen);
      happen(outside_[static_cast<std::size_t>(entry.target)]);
      return true;
    }
    Process& p = process(entry.target);
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
    if (entry.kind == Kind::resume) p.operations = 0;
    if (entry.kind == Kind::timeout) {
      const bool sleeping = p.script->code[p.pc].op == Op::sleep;
      end_wait(p);
      if (!sleeping) say(name_of(p.pid) + " after");
      ++p.pc;
    }
    go(p);
    return true;
  }

  Process& born(int role, int parent) {
    const int pid = static_cast<int>(processes_.size());
    processes_.push_back(std::make_unique<Process>());
    Process& p = process(pid);
    p.pid = pid;
    p.role = role;
    say(name_of(parent) + " spawns " + name_of(pid));
    add(Kind::start, pid);
    return p;
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
      case SignalKind::exit: return take_exit(p, signal.item.from, signal.reason, false, signal.untrappable);
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
      case SignalKind::alias_message:
      case SignalKind::group_leader: return;
    }
  }

  void take_exit(Process& p, int from, const std::string& reason, bool linked, bool untrappable = false) {
    if (!linked && reason == "kill") return die(p, "killed");
    if (untrappable) return die(p, reason);
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
    if (p.state != Process::polling) p.operations = 0;  // a loop of polls is one turn (K-6 a)
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
    const int to = timer.name < 0 ? timer.to : registered(timer.name);
    Signal signal;
    signal.item.what = timer.wrapped ? Item::timed_out : Item::tag;
    signal.item.number = timer.tag;
    signal.item.from = timer.owner;
    signal.item.ref = timer.ref;
    if (to != 0) send(-timer.number, to, signal);
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

  void stop(Process& p) {
    p.state = Process::stopped;
    add(Kind::resume, p.pid);
  }

  // K-12.
  void die(Process& p, const std::string& reason) {
    remove(Kind::resume, p.pid);  // it is resumed or its wait ends, to be unwound
    remove(Kind::timeout, p.pid);
    p.alive = false;
    p.state = Process::dead;
    for (int name = 0; name < names_max; ++name)
      if (registered(name) == p.pid) registered(name) = 0;
    for (auto& timer : timers_)
      if (timer->to == p.pid) timer->pending = false;
    say(name_of(p.pid) + " dies " + reason);
    for (const auto& link : p.links) {
      const int side = link->side(p.pid);
      const bool active = link->half[side] == Half::active;
      link->half[side] = Half::absent;
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
    std::erase_if(ready_, [&](const Entry& entry) { return entry.kind != Kind::outside && entry.target == p.pid; });
    std::sort(in_flight.begin(), in_flight.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [order, sent] : in_flight) answer_for_dead(sent.first, p.pid, sent.second, false);
  }

  const Order order_mode_;
  Random draws_;
  Time now_{};
  std::uint64_t orders_ = 0, made_ = 0;
  int last_ = 0;                                        // who ran last
  std::vector<std::unique_ptr<Process>> processes_{1};  // by pid; 0 is nobody
  std::map<Channel, std::deque<Signal>> channels_;
  std::vector<Entry> ready_;
  std::vector<std::unique_ptr<Timer>> timers_;
  std::vector<Outside> outside_;
  std::array<int, names_max> registered_{};
  std::vector<std::string> journal_;
};

}  // namespace moirai::oracle
