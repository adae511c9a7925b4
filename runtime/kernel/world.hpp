// One run of one system: processes, signals, virtual time, and the engine that executes candidates until nothing is left (K-1 to K-9).
// Made by whoever runs a system (runtime/system.hpp, chaos/run.hpp, a test); processes see it through Self, chaos and laws through
// Control, Wire and Observer. One thread; several worlds may exist. reset() brings back the state of a new world and keeps memory.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/kernel/arena.hpp"
#include "runtime/kernel/check.hpp"
#include "runtime/kernel/outside.hpp"
#include "runtime/kernel/process.hpp"
#include "runtime/kernel/radix_heap.hpp"
#include "runtime/kernel/ready_list.hpp"
#include "runtime/kernel/records.hpp"
#include "runtime/kernel/run_settings.hpp"
#include "runtime/kernel/strategy.hpp"
#include "runtime/kernel/thrown.hpp"

namespace moirai {

struct SpawnOptions;  // self.hpp

class World {
 public:
  World() : World(Settings{}) {}
  explicit World(const Settings&);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  // Requires: not inside run().
  void reset(const Settings&);

  // A process whose parent is the outside, linked to nobody.
  Pid start(std::string_view label, const Program&);
  // Not owned; stays until reset. Observers are told in the order in which they were added.
  void observe(Observer&);
  Control& control() { return control_; }
  // Until nothing is pending, a limit, or Control::stop. Then all processes are unwound with their operations inert. Once per reset.
  RunEnd run();

  // ---- queries; valid at any time unless said otherwise
  Time now() const noexcept { return now_; }
  std::uint64_t step() const noexcept { return steps_; }
  std::uint64_t digest() const { return digest_.value(); }
  std::uint64_t seed() const { return settings_.seed; }
  const std::vector<std::uint64_t>& checkpoints() const { return checkpoints_; }  // the digest after every 1,024 steps
  Pid running() const noexcept { return current_ ? current_->pid : Pid{}; }       // nobody between steps
  bool alive(Pid pid) const { return find(pid) != nullptr; }
  bool trapping(Pid) const;
  std::string path(Pid) const;       // bank/teller-1; also of the dead, while this run lasts. "outside" of Pid{}
  std::string full_path(Pid) const;  // bank#1/teller-1#2: the ordinal counts incarnations under this label
  std::string label(Pid) const;
  std::uint32_t ordinal(Pid) const;
  std::size_t write_path(Pid, char* to,
                         std::size_t size) const noexcept;  // async-signal-safe path of a live process; truncates, zero-terminated
  Pid parent(Pid) const;
  std::optional<Pid> whereis(std::string_view name) const;
  std::string registered_name(Pid) const;   // empty: none
  std::vector<Pid> processes() const;       // alive, by slot
  Pid group_leader(Pid) const;              // nobody: the outside, or it is dead
  std::vector<Pid> links_of(Pid) const;     // peers with an active half on this side, in order of making
  std::vector<Pid> monitors_of(Pid) const;  // who this process watches
  std::size_t mailbox_size(Pid) const;
  std::size_t in_flight_size(Pid) const;
  std::string waiting_for(Pid) const;  // "receive Deposit, Withdraw", "idle", "start", ...
  std::uint64_t process_count() const { return live_; }
  const MessageCounts& messages() const { return messages_; }
  std::uint64_t ignored_while_ending() const { return ignored_while_ending_; }  // operations in destructors of processes that were ending
  template <class F>
  void each_process(F&& f) const {
    for (const Pid pid : processes()) f(pid);
  }

 private:
  friend class Self;
  friend class Control;
  friend class Candidates;
  template <class T>
  friend class Shared;
  template <class State, class M>
  friend void detail::call_handler(void*, Self&, Signal&);
  template <class M>
  friend Signal* detail::unwrap_aliased(World&, Signal&);

  struct Tags;  // signal_types.hpp
  // records.hpp
  using ReadyKind = records::ReadyKind;
  using Ready = records::Ready;
  using Half = records::Half;
  using Link = records::Link;
  using AliasLife = records::AliasLife;
  using Monitor = records::Monitor;
  using Timer = records::Timer;
  using ExitPayload = records::ExitPayload;
  using LinkPayload = records::LinkPayload;
  using MonitorPayload = records::MonitorPayload;
  using DownPayload = records::DownPayload;
  using InfoPayload = records::InfoPayload;
  using InfoReply = records::InfoReply;
  using DueKind = records::DueKind;
  using Due = records::Due;
  using OutsideEvent = records::OutsideEvent;
  using Transit = records::Transit;
  using SharedState = records::SharedState;
  using PathNode = records::PathNode;
  static constexpr std::uint32_t outside_slot = records::outside_slot;

  // ---- hot path, inline
  Process* slot_at(std::uint32_t slot) const { return chunks_[slot >> 10] + (slot & 1023); }
  [[gnu::always_inline]] Process* find(Pid pid) const {
    if (pid.slot() >= slots_used_) [[unlikely]]
      return nullptr;
    Process* p = slot_at(pid.slot());
    return p->pid == pid ? p : nullptr;
  }
  bool fast_fifo() const { return settings_.scheduler == Scheduler::fifo; }

  Signal* allocate(std::uint8_t size_class);
  template <class T>
  Signal* make_signal(const SignalType& type, Pid sender, T&& value);
  [[gnu::always_inline]] void recycle(Signal* signal);  // destroys the payload

  // Where an operation begins. False: it must do nothing (the process is ending and a destructor asks). May stop, or throw.
  [[gnu::always_inline]] bool operation(Process& p);
  // As operation, for what touches something that processes share (K-6 c).
  bool shared_operation(Process& p, Resource touched = name_table);

  template <class M>
  void send_message(Process* from, Pid to, const M& message);
  template <class Payload>
  void send_typed(Process* from, Pid to, const Payload& payload);
  std::uint64_t next_order() { return ++order_ & orders_max; }
  void give_order(Signal& signal) { signal.set_order(next_order()); }
  // Gives the signal its order and puts it under way. `from` may be nullptr (timers, the outside, the dead).
  void dispatch(Process* from, Pid to, Signal* signal) { dispatch(from, to, signal, is_message(signal->type->kind)); }
  [[gnu::always_inline]] void dispatch(Process* from, Pid to, Signal* signal, bool message);
  // In flight from now on: a candidate. Requires: it has its order; `from` is its sender or nullptr.
  [[gnu::always_inline]] void append(Process& p, Signal* signal, Process* from);
  [[gnu::always_inline]] void ring_push(std::uint64_t order, std::uint32_t slot);
  // A word of the ring or of the digest: which signal was received, and by whom.
  static std::uint64_t word_of(const Process& p, const Signal& signal) { return signal.order() << 24 | p.pid.slot(); }
  static bool is_of(std::uint64_t word, const Signal& signal) { return (word ^ signal.stamp) >> 24 == 0; }
  void began_turn() { quantum_ = quantum_of_operations; }
  void count_step() {
    if (++steps_ >= next_look_) [[unlikely]]
      step_check();
  }
  // What was sent as a message; EXIT and DOWN were other signals on their way.
  static constexpr bool is_message(SignalKind kind) { return kind == SignalKind::message || kind == SignalKind::alias_message; }
  static bool is_message(const Signal& signal) { return is_message(signal.type->kind); }
  // One that receives a signal, and tells of it.
  [[gnu::always_inline]] void reception_step(const Process& p, const Signal& signal);

  // Waits. True: something that the wait wants has been received since. False: its deadline has come. Throws ProcessExit.
  [[gnu::always_inline]] bool wait(Process& p, Wait& w);
  // The usual reception: a message, first in flight. The divider moves, nothing is relinked.
  static bool plain(const Signal& signal) { return signal.type->kind == SignalKind::message && signal.flags() == 0; }
  [[gnu::always_inline]] void receive_plain(Process& p, Signal* signal);
  // The same for one that is in flight no more.
  void receive_taken(Process& p, Signal* signal);
  // What else is often first in flight, without flags: the signals of calls, which run no code of a process.
  bool is_monitor(const Signal& s) const;
  bool is_awaited_reply(const Process& p, const Signal& s) const;
  // The first in flight to p; requires is_monitor.
  [[gnu::always_inline]] void receive_first_monitor(Process& p, Signal* s);
  // A wait is over and the process runs on in its frame.
  void wake(Process& p);
  // Receives for a function process that waits for just this, whose turn then follows.
  [[gnu::always_inline]] Fiber& receive_and_wake(Process& q, Signal* s);
  bool waits_on_stack(const Process& q) const { return q.state == ProcessState::waiting && !q.handler(); }
  // Where to go from a function process that stops: straight to the next one if its message is the next step, else to the loop.
  [[gnu::always_inline]] Fiber& next_fiber();
  Fiber& next_after_signals();
  // Gives the processor away at a reception point; returns when this process goes on. Throws ProcessExit if it must end.
  [[gnu::always_inline]] void leave(Process& p);
  static void unlink_message(Process& p, Signal** at) {
    Signal* s = *at;
    *at = s->next;
    if (p.inbox.received == &s->next) p.inbox.received = at;
    if (p.inbox.tail == &s->next) p.inbox.tail = at;
  }

  // ---- engine.cpp: the loop; turns.cpp: what processes do; waiting.cpp: where they stop
  static void carrier_body(Fiber&);
  static void process_body(Fiber&);
  void loop();
  void run_fifo();  // both return when the run is over
  void run_listed();
  bool continue_poll();                          // fifo: of last_, one step; false: it polls no more
  void execute_outside_of(std::uint64_t order);  // fifo; nothing, if it was cancelled
  bool advance();                                // moves time; false: nothing is pending
  std::size_t choose();                          // the strategy's: index into ready_, which holds two or more
  void execute(std::size_t index);               // of ready_
  [[gnu::always_inline]] void fetch_ahead() const;
  static constexpr std::size_t fetched_from = 4096;  // candidates
  void execute_own(Process&);                        // its start, resume or timeout
  void execute_channel(Process& p, Signal* signal);
  void execute_outside(std::uint32_t index);
  void stepped(const Candidate&, bool forced);
  void run_first_turn(Process&);
  void resume(Process&);                       // into its frames
  void handler_turn(Process&, Signal* first);  // it handles this one, and then its mailbox
  static Signal* pop_message(Process& p) {
    Signal* s = p.inbox.head;
    unlink_message(p, &p.inbox.head);
    return s;
  }
  void begin_idle_wait(Process&);
  void end_idle_wait(Process&);
  void idle_timeout_turn(Process&);
  template <class F>
  [[gnu::always_inline]] bool completes(Process&, F&&);  // false: it has ended, as ended_ says
  template <class F>
  [[gnu::always_inline]] void run_handler_code(Process&, F&&);
  void tell_crash(Process&, const Behaviour&);
  void do_stop(Process&, const Term& reason, ExitCause);
  [[gnu::always_inline]] void after_turn() {
    if (Process* gone = gone_) [[unlikely]] {
      gone_ = nullptr;
      ended(*gone);
    }
  }
  Process* gone_ = nullptr;  // has just left its stack for ever
  void ended(Process&);
  void destroy_state(Process&);
  bool unwind_next();  // false: nobody is left
  void step_check();
  void watched_reception_step(const Process&, const Signal&);
  void look_at_steps() { next_look_ = observed_receive_ ? 0 : next_check_; }  // when either has changed
  void finish_run(RunEnd::Why, std::string detail);
  Fiber* take_carrier();
  void detach_handler(Process&);
  Fiber* take_fiber();
  Fiber* new_fiber(StackPool&);
  [[noreturn]] void throw_exit(Process&);
  [[noreturn, gnu::noinline]] void abandon(Process&);  // one that catches its exit again and again
  [[noreturn]] void wait_while_unwinding(Process&);
  bool wait_slow(Process&, Wait&);
  bool poll_fifo(Process&, Wait&);
  bool operation_slow(Process&, Resource touched = 0);
  void stop_here(Process&, bool voluntary, Resource = 0);  // K-6
  void arm(Process&, Wait&);
  void enable_timeout(Process&);
  void withdraw_timeout(Process&);
  void must_end(Process&, Term reason, Pid by, ExitCause);  // running: marks it; else ends it as its state demands
  void end_now(Process&);                                   // from the carrier: unwinds or destroys, then buries

  // ---- ready.cpp
  void push_ready(ReadyKind, std::uint64_t key, std::uint32_t slot);
  void remove_ready(std::size_t index) {
    if (!ready_.remove(index)) return;
    const Ready& moved = ready_[index];
    if (moved.kind != ReadyKind::channel && moved.kind != ReadyKind::outside)
      slot_at(moved.slot)->token = static_cast<std::uint32_t>(index);
  }
  void count_lazy();
  void remove_own(Process&);  // its start, resume or timeout
  void erase_ready_of(std::uint32_t slot);
  void append_listed(Process&, Signal*, bool only_one);  // of its channel, that is known; else it is looked for
  static constexpr unsigned list_max = 16;               // signals in flight to a process that are looked through
  void into_lanes(Process&);
  Signal* take_channel(Process&, Pid sender, bool& emptied);  // unlinks the head of the channel
  Signal* channel_head(const Process&, Pid sender) const;
  void enqueue(Process&, Signal*);  // at the divider: it is received
  Candidate candidate(const Ready&) const;
  std::size_t canonical_index() const;
  void ring_grow();
  void count_flags(Process&, const Signal&);
  void uncount_flags(Process&, const Signal&);

  // ---- signals.cpp: reception, links, monitors, names, death
  enum class Reception : std::uint8_t { stays, wakes, ends };
  void dispatch_slow(Process* from, Process* receiver, Pid to, Signal*);
  void route(Process* from, Process& receiver, Signal*);
  void answer_for_dead(Pid dead, Signal*, bool sync);
  Reception receive_signal(Process&, Signal*);
  Reception receive_exit(Process&, Signal*);
  Reception to_mailbox(Process&, Signal*, SignalKind was = SignalKind::message);  // `was`: what the message came as
  void do_link(Process&, Pid);
  void do_unlink(Process&, Pid);
  std::uint32_t find_link(const Process&, Pid peer) const;  // index + 1
  std::uint32_t new_link(Process&, Process&);
  void collect_link(std::uint32_t index);
  void list_link(Process&, std::uint32_t index, int side);
  void unlist_link(std::uint32_t index, int side);
  std::uint32_t new_monitor(Process& watcher, Pid target, AliasLife);  // listed at the watcher
  void announce_monitor(std::uint32_t index, bool on);
  Ref do_monitor(Process&, Pid target, AliasLife = AliasLife::none);
  Ref do_monitor(Process&, Pid target, std::string_view name, const MonitorOptions&);
  void set_options(std::uint32_t index, std::string_view name, const MonitorOptions&);
  static AliasLife life_of(MonitorAlias);
  bool do_demonitor(Process&, Ref);
  const Monitor* monitor_of(const Process& watcher, Ref ref) const {  // nullptr: none, or not its
    if (ref.index() >= monitors_.size()) return nullptr;
    const Monitor& m = monitors_[ref.index()];
    return m.used && m.ref == ref && m.watcher == watcher.pid ? &m : nullptr;
  }
  Monitor* monitor_of(const Process& watcher, Ref ref) { return const_cast<Monitor*>(std::as_const(*this).monitor_of(watcher, ref)); }
  void cancel_monitor(Process&, std::uint32_t index);
  void end_monitor(std::uint32_t index);  // it watches no more, and may be collected
  static void drop_details(Monitor&);
  Ref do_alias(Process&, AliasMode);
  bool do_unalias(Process&, Ref);
  void receive_monitor(Signal*);                         // one that begins or ends
  bool is_call_alias(const Process& p, Ref ref) const {  // a reply to it changes nothing but the mailbox
    const Monitor* m = monitor_of(p, ref);
    return m && m->alias == AliasLife::demonitor;
  }
  bool pass_alias(Process&, Ref);  // a message has come to it; false: it is not active
  void list_monitor(std::uint32_t index, int side);
  void unlist_monitor(std::uint32_t index, int side);
  void collect_monitor(std::uint32_t index);
  void do_exit_signal(Process* from, Pid sender, Pid to, Term reason, bool untrappable);
  Pid do_spawn(Process* parent, const SpawnOptions&, const Program&);
  bool do_register(std::string_view name, Pid);
  bool do_unregister(std::string_view name);
  void bury(Process&, const Term& reason, ExitCause, Pid by);
  bool do_share(Process&, std::string_view name, SharedState);
  void* shared_state(std::string_view name, const void* type) const;  // nullptr: none of this type
  ProcessExtra& extra(Process&);
  Ref do_spawn_request(Process&, const SpawnOptions&, const Program&);
  void set_group_leader(Process&, Pid leader);
  Ref request_info(Process&, Pid, const SignalType&, bool wants_all, Pid leader);
  ProcessInfo info_of(const Process&) const;

  // ---- timers.cpp
  const Due* first_due(Time until);  // drops stale entries in front of it; nullptr: nothing is due until then
  void sweep_timers();
  void materialise();  // what is due now becomes ready
  Ref do_timer(Process&, Duration, Pid to, std::string_view name, Signal*);
  std::optional<Duration> do_cancel_timer(Process&, Ref);
  std::optional<Duration> do_read_timer(Ref) const;
  void do_cancel_timer_async(Process&, Ref, bool info);
  void fire_timer(std::uint32_t index);
  static bool is_of(const Due& due, const Timer& t) { return t.ref && t.order == due.order && t.due == due.at; }
  void free_timer(std::uint32_t index, bool destroy_signal);
  void release_transit(std::uint32_t index);
  void release(Pid to, Signal*);  // from the wire into flight
  void schedule_transit(std::uint32_t index);
  void rewire();
  void set_now(Time);

  // ---- observation
  void emit(Event&);  // completes it
  void complete_and_tell(Event&) noexcept;
  void tell_signal(Event&, const Signal&);
  void note_wanted();
  bool wanted(EventKind kind) const { return wanted_.has(kind); }
  // A send, receive or drop, whatever the signal is. `was`: what it came as, if not as what it is.
  void announce_receive(const Process&, const Signal&, SignalKind was = SignalKind::message);
  void announce_drop(Pid receiver, const Signal&, std::string_view why);
  void announce_send(Process* from, Pid to, const Signal&, Hold = Hold::none, std::uint64_t former_order = 0);
  void note(Pid subject, const Signal&);
  template <class M>
  void note_message(Pid subject, const M& message) {
    reflect::fold_value(digest_, message);
    if (wanted(EventKind::note)) tell_note(subject, message);
  }
  template <class M>
  void tell_note(Pid subject, const M& message) {
    Signal* signal = make_signal(mailbox_type_plain<M>(), subject, message);
    note(subject, *signal);
    recycle(signal);
  }
  template <class M>
  static const SignalType& mailbox_type_plain() {
    return type_of<M>;
  }

  // ---- paths
  std::uint32_t intern(std::string_view label);
  std::uint32_t next_ordinal(std::uint32_t parent_node, std::uint32_t label);
  std::uint32_t node_of(Process&);  // makes it
  std::uint64_t path_hash(const Process&) const;
  std::uint64_t draw(Process&);

  void clear();
  Signal* fresh_signal(std::uint8_t pool);

  static constexpr int quantum_of_operations = 2'000;
  static constexpr std::uint8_t group_leader_elsewhere = 255;

  Settings settings_;
  Digest digest_;
  Time now_{};
  std::uint64_t order_ = 0, steps_ = 0, last_advance_step_ = 0;
  std::uint64_t next_check_ = 0, next_look_ = 0;  // the step at which limits are looked at; at which something else than usual happens
  MessageCounts messages_;
  int quantum_ = quantum_of_operations;
  bool list_ = false, explores_ = false, observed_send_ = false, observed_receive_ = false, stopping_ = false, unwinding_ = false,
       in_run_ = false;
  SchedulingStrategy::Wants wants_;
  bool wants_any_ = false;
  std::uint64_t step_cause_ = 0;                             // order of the candidate being executed
  std::unordered_map<std::uint64_t, std::uint64_t> causes_;  // signal order -> order of the step that sent it; looked up only
  std::map<std::string, std::uint32_t> key_counts_;
  Random sched_;
  ExceptionState* exceptions_ = nullptr;

  LargeVector<std::uint64_t> ring_;
  std::uint64_t ring_head_ = 0, ring_tail_ = 0, ring_mask_ = 0;
  ReadyList<Ready> ready_;
  std::vector<std::uint32_t> horizon_;  // outside events enabled at the horizon, while a choice about time is made
  const Due* horizon_clock_ = nullptr;  // one candidate more, if time itself may move
  std::size_t lazy_ = 0;                // entries of ready_ that need not run before time moves: open windows (K-3)
  std::optional<std::size_t> chosen_;   // index in ready_, drawn by a process that did not stay
  Process* last_ = nullptr;             // K-8 (1): the process that ran last, if it polls or stopped of its own accord

  Arena arena_;
  std::vector<Process*> chunks_;  // of 1,024
  std::uint32_t slots_used_ = 0;
  LargeVector<std::uint32_t> free_slots_;
  std::uint64_t live_ = 0, ignored_while_ending_ = 0;
  Process* current_ = nullptr;

  Signal* free_signals_[4] = {};  // by pool
  struct Fresh {
    char *at = nullptr, *end = nullptr;
  };
  Fresh fresh_signals_[4] = {};  // what lies there was not used in this run
  std::vector<char*> slabs_;
  std::size_t slabs_used_ = 0;

  LargeVector<Link> links_;
  LargeVector<std::uint32_t> free_links_;
  std::uint32_t unlink_ids_ = 0;
  LargeVector<Monitor> monitors_;
  LargeVector<std::uint32_t> free_monitors_;
  std::uint64_t ref_serial_ = 0;
  std::vector<Pid> group_leaders_{Pid{}};  // those there were in this run, as long as they fit into a byte
  LargeVector<Timer> timers_;
  LargeVector<std::uint32_t> free_timers_;
  RadixHeap<Due> due_;
  std::size_t stale_timers_ = 0;  // entries of due_ whose timer is gone
  std::vector<OutsideEvent> outside_;
  std::vector<std::uint32_t> windows_;        // outside events with a window that have not become ready, by (due, order)
  std::vector<std::uint32_t> ready_outside_;  // fifo: those that are ready, oldest first
  OutsideId outside_serial_ = 0;
  std::vector<Transit> transits_;
  std::map<std::pair<Pid, Pid>, std::uint32_t> transit_of_;
  Wire* wire_ = nullptr;

  std::map<std::string, Pid, std::less<>> names_;
  std::map<std::string, SharedState, std::less<>> shared_states_;
  std::vector<PathNode> nodes_;
  std::vector<std::string> labels_;
  std::unordered_map<std::string, std::uint32_t> label_index_;  // looked up only, never walked
  std::unordered_map<std::uint64_t, std::uint32_t> ordinals_;   // (parent node, label) -> how many so far; looked up only
  std::uint32_t last_label_ = 0;                                // interned
  std::pair<std::uint64_t, std::uint32_t*> last_ordinal_{};
  std::unordered_map<std::uint64_t, PathNode> graves_;  // paths of the dead, by pid; looked up only

  std::vector<Observer*> observers_, listeners_[event_kinds];  // in the order of their coming; those who want an event of a kind
  EventMask wanted_;
  bool telling_ = false;  // an observer is being told
  std::vector<std::uint64_t> checkpoints_;

  Fiber main_;
  Fiber* carrier_ = nullptr;
  std::vector<Fiber*> idle_carriers_, idle_fibers_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  StackPool process_stacks_{process_stack_bytes}, carrier_stacks_{carrier_stack_bytes};

  // How the process that has just ended did so.
  struct Ended {
    Term reason;
    ExitCause cause = ExitCause::returned;
    Pid by{};
  };
  Ended ended_;
  bool abandoned_ = false;
  std::uint32_t unwind_slot_ = 0;
  bool stall_watch_ = false;
  std::map<std::string, std::uint64_t> stall_counts_;

  RunEnd end_;
  Control control_{*this};
};

template <class M>
void Control::note(const M& message) {
  world_->note_message(Pid{}, message);
}

}  // namespace moirai

#include "runtime/kernel/dispatch.hpp"
#include "runtime/kernel/reception.hpp"
