// Who supervises whom, as the events of a run show it: what the laws about supervision stand on. Configuration comes from the
// SupervisorStarted note; everything else from spawns, exit signals and deaths. A supervisor's own reports and counters are not believed.
//
// A process is a child of a supervisor when that supervisor spawned it under the id of one of its specs.
#pragma once
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "properties/law.hpp"
#include "runtime/otp/supervisor_notes.hpp"

namespace moirai {

struct SupervisedChild {
  ChildConfig config;
  Pid pid{};  // the last incarnation; nobody before the first
  std::uint64_t starts = 0;
  bool alive = false;
  bool ready = false;         // the supervisor said so (ChildStarted); a child that dies before has failed to start
  bool watched = false;       // its supervisor has begun to stop it: it monitors a child only for that (R-SUP-34)
  bool told = false;          // and sent it an exit signal while it lived; one that a fault sends in its name is not meant
  bool ended_itself = false;  // the last incarnation is dead and had not been told
  bool put_down = false;      // by terminate_child, or left down for good (R-SUP-31): nobody expects it to run
  Term reason;                // of the last death

  bool failed_to_start() const { return starts > 0 && !alive && !ready; }
  bool declined() const { return failed_to_start() && reason.is_atom("normal"); }
  // Its last end calls for a restart (R-SUP-13), a failed start included.
  bool restart_due() const;
};

struct Supervision {  // one incarnation of a supervisor
  Pid pid{};
  Pid parent{};
  std::string path;
  SupervisorStarted config;               // its `children` moved into the next line
  std::vector<SupervisedChild> children;  // in start order
  bool alive = true;
  bool told_to_stop = false;  // its parent sent it an exit signal, or died
  bool anonymous = false;     // its children have no ids: none of them is among `children`
  bool opaque = false;        // a start failed that no spawn belongs to: its attempts cannot be counted from outside
  bool delayed = false;       // it has let restarts wait: when they were decided, and counted, cannot be told from outside
  bool lied_to = false;       // somebody sent it an exit signal in the name of a living child, which it takes for that child's end

  std::string path_of(std::size_t child) const { return path + "/" + children[child].config.id; }
  bool anyone_alive() const;
};

// How supervisors restart in a group: one sequence is the stops and starts that belong to one attempt. Fed in event order.
class RestartSequence {
 public:
  // A child is told to stop.
  void stopped(Time at) {
    if (!stopping_since_) stopping_since_ = at;
  }
  // A child is started again. True: it is the first start of a new attempt, which was decided at began().
  bool started(const Supervision& supervision, std::size_t child, Time at);
  Time began() const { return began_; }
  std::optional<Time> stopping_since() const { return stopping_since_; }

 private:
  std::optional<Time> stopping_since_;  // a sequence of stops that no start has followed yet
  std::optional<std::size_t> last_;     // started last in the current attempt
  Time began_{};
};

// The fold of a run's events into who supervises whom. All laws of a run may share one: the first that is told of an event folds it in.
class SupervisionView {
 public:
  static EventMask wants() { return {EventKind::spawn, EventKind::exit, EventKind::signal_send, EventKind::note}; }

  // What an event meant.
  struct Change {
    enum class Kind { none, supervisor_started, child_spawned, child_ready, child_told, child_died };
    Kind kind = Kind::none;
    std::size_t supervision = 0, child = 0;      // of all kinds but `none`; a supervisor that has started has no child yet
    SupervisedChild before;                      // child_spawned
    std::optional<std::size_t> supervisor_died;  // besides
  };
  // `number` counts from 1 on, signals apart from the rest: a law need not want them. Requires: each is told once or more, in order.
  const Change& fold(const World& world, const Event& event, std::uint64_t number) {
    if (number != folded_[event.kind != EventKind::signal_send]) fold_next(world, event, number);
    return change_;
  }

  const std::deque<Supervision>& supervisions() const { return supervisions_; }  // in order of appearance, dead ones too
  // Its index in supervisions(); nullopt: no supervisor.
  std::optional<std::size_t> supervision_of(Pid pid) const;

 private:
  struct Place {
    std::size_t supervision, child;
  };
  void fold_next(const World& world, const Event& event, std::uint64_t number);
  void spawned(const Event& event);
  void died(const Event& event);
  void told(const Event& event);
  void watched(const Event& event);
  void noted(const World& world, const Event& event);
  void announced(const World& world, const Event& event, const SupervisorStarted& started);
  static void changed(Supervision& supervision, const Event& event);
  std::optional<Place> place_of(Pid pid) const;
  void say(Change::Kind kind, std::size_t supervision, std::size_t child);

  std::deque<Supervision> supervisions_;
  std::unordered_map<std::uint64_t, std::size_t> by_pid_;  // never iterated
  std::unordered_map<std::uint64_t, Place> children_;      // never iterated; incarnations that are alive or were the last of their child
  std::unordered_map<std::uint64_t, Pid> parents_;         // of every living process; never iterated
  std::uint64_t folded_[2] = {};                           // signals; the rest
  Change change_;                                          // what the last one meant
};

// A law about supervision: hooks instead of events. What the event has changed is changed when they are called.
class SupervisionLaw : public Law {
 public:
  EventMask wants() const override { return SupervisionView::wants(); }

 protected:
  virtual void supervisor_started(const Supervision&, const Event&) {}
  virtual void child_spawned(const Supervision&, std::size_t, const Event&, const SupervisedChild& /* before */) {}
  virtual void child_ready(const Supervision&, std::size_t, const Event&) {}
  virtual void child_told(const Supervision&, std::size_t, const Event&) {}  // each exit signal to the current incarnation, dead or alive
  virtual void child_died(const Supervision&, std::size_t, const Event&) {}
  virtual void supervisor_died(const Supervision&, const Event&) {}
  virtual void held(const Event&) {}         // the wire keeps a signal that is no message
  virtual void other_event(const Event&) {}  // kinds that a law wants beyond those above

  void judge(const Event& event) override;

  const std::deque<Supervision>& supervisions() { return view().supervisions(); }
  std::optional<std::size_t> supervision_of(Pid pid) { return view().supervision_of(pid); }

 private:
  SupervisionView& view() {
    if (!view_) view_ = settings().supervisions ? settings().supervisions : std::make_shared<SupervisionView>();
    return *view_;
  }

  std::shared_ptr<SupervisionView> view_;
  std::uint64_t seen_[2] = {};  // events that the view folds: signals; the rest
};

}  // namespace moirai
