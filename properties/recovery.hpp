// Law "recovery": once all faults are undone, every permanent child of every living supervisor is running again within `within`, and from
// then on whenever virtual time moves (I-7: at quiescence; moments inside an instant do not count).
//
// Not expected to run: a child whose start declined, children of a supervisor that rightly ended for good (a transient or temporary one).
// A root supervisor that is gone never recovers, unless [expect] lets it give up.
#pragma once
#include "properties/supervision.hpp"

namespace moirai {

class Recovery final : public SupervisionLaw {
 public:
  explicit Recovery(Duration within) : within_(within) {}
  static LawDeclaration declaration();

  EventMask wants() const override { return {EventKind::spawn, EventKind::exit, EventKind::note, EventKind::time}; }
  std::optional<Duration> recovery() const override { return recovery_; }

 private:
  struct Missing {
    std::size_t supervision = 0;
    std::optional<std::size_t> child;  // nullopt: the supervisor itself, a root that is gone
  };

  void supervisor_started(const Supervision&, const Event&) override { changed_ = true; }
  void child_spawned(const Supervision&, std::size_t, const Event&, const SupervisedChild&) override { changed_ = true; }
  void child_ready(const Supervision&, std::size_t, const Event&) override { changed_ = true; }
  void child_died(const Supervision&, std::size_t, const Event&) override { changed_ = true; }
  void supervisor_died(const Supervision&, const Event&) override { changed_ = true; }
  void other_event(const Event& event) override;
  void judge_end(const RunEnd& end) override;

  Time deadline() const { return after(times().heal, within_); }
  void look();  // brings missing_ and expected_ up to date
  void lasted_until(Time end, std::uint64_t step);
  void violate_missing(Time at, std::uint64_t step);

  Duration within_;
  Time instant_{};        // where time stood before it moved last
  bool changed_ = false;  // since the last look
  bool judged_ = false;   // the deadline has passed, with somebody expected to run
  std::size_t expected_ = 0;
  std::optional<Missing> missing_;  // the first that should run and does not
  std::optional<Duration> recovery_;
};

}  // namespace moirai
