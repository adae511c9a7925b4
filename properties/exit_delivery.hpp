// Law "exit_delivery": every link and every monitor that stands when a process dies tells exactly once; none tells after unlink or demonitor
// has returned (R-LNK-3 to R-LNK-5, R-MON-1, R-MON-5, I-2).
//
// Each process has its own half of a link: made by link or spawn_link, or by receiving a LINK; ended by unlink, by receiving an UNLINK, or by
// the exit signal itself. The halves are kept here as the events show them, and compared with the exit signals that arrive.
#pragma once
#include <map>
#include <set>
#include <unordered_set>

#include "properties/law.hpp"

namespace moirai {

class ExitDelivery final : public Law {
 public:
  static LawDeclaration declaration();
  EventMask wants() const override;

 private:
  struct Half {
    bool active = true;         // false: its owner has called unlink, and the peer has not answered yet
    std::uint64_t unlinks = 0;  // under way and not answered
    std::optional<Term> owed;   // the peer died with this: its exit signal has to come
    Time since{};               // owed
  };
  struct Watch {
    Pid watcher, target;
    std::optional<Term> owed;
    Time since{};
  };
  struct Newborn {
    Pid child, parent;
    bool operator==(const Newborn&) const = default;
  };
  using Pair = std::pair<Pid, Pid>;

  void judge(const Event&) override;
  void judge_end(const RunEnd&) override;
  void linked(const Event&);
  void watched(const Event&);
  void link_signal(const Event&);
  void exit_arrived(const Event&);
  void down_arrived(const Event&);
  void died(const Event&);
  Half* find_half(Pid owner, Pid peer);
  void make_half(Pid owner, Pid peer, Time at);
  void end_half(Pid owner, Pid peer);
  void end_watch(Ref ref);
  bool alive(Pid pid) const { return alive_.count(pid.bits()) > 0; }

  std::map<Pair, Half> halves_;   // {owner, peer}; owners are alive
  std::set<Pair> linked_to_;      // {peer, owner} of the same
  std::map<Ref, Watch> watches_;  // neither fired nor given up; watchers are alive
  std::set<std::pair<Pid, Ref>> watches_by_target_, watches_by_watcher_;
  std::unordered_set<std::uint64_t> alive_;  // pids; never iterated
  std::vector<Newborn> newborn_;             // spawned in the step newborn_step_
  std::uint64_t newborn_step_ = 0;
};

}  // namespace moirai
