// The children of one supervisor, in start order: each with its spec and what has become of its process. Found by id and, while they
// run, by pid in O(1), so that a supervisor of thousands handles a death as fast as one of three (R-SUP-12).
// Owned by SupervisorProcess. A place is a child's number in the table; it stays the same while the child is in it.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/otp/child_spec.hpp"
#include "runtime/otp/place_index.hpp"

namespace moirai {

struct Child {
  enum class State : std::uint8_t {
    stopped,     // no process: not started yet, ended for good, declined, or stopped by somebody; pid is nobody
    running,     // pid is its process; it may have died without the supervisor knowing yet
    restarting,  // its last restart failed and a retry is due; pid is the last process it had, or nobody
    waiting,     // the same, or it has ended, and its backoff is not over
  };
  bool is_restarting() const { return state == State::restarting || state == State::waiting; }

  std::shared_ptr<const ChildSpec> spec;
  Pid pid{};
  State state = State::stopped;
};

class ChildTable {
 public:
  using Place = std::uint32_t;
  static constexpr Place none = PlaceIndex::none;

  const Child& operator[](Place place) const { return entries_[place].child; }

  // Behind all others. Requires: no child has this id.
  Place append(std::shared_ptr<const ChildSpec> spec);
  void erase(Place place);
  void set(Place place, Child::State state, Pid pid = {});
  // Its pid, state and place in the order stay. Requires: the id is the same.
  void set_spec(Place place, std::shared_ptr<const ChildSpec> spec) { entries_[place].child.spec = std::move(spec); }
  // Puts a child behind all others.
  void move_to_end(Place place);

  Place find(std::string_view id) const;
  Place find_running(Pid pid) const;

  // In start order; none: there is no such child.
  Place first() const { return first_; }
  Place last() const { return last_; }
  Place next(Place place) const { return entries_[place].next; }
  Place previous(Place place) const { return entries_[place].previous; }
  std::size_t size() const { return by_id_.size(); }

 private:
  struct Entry {
    Child child;
    Place next = none, previous = none;
  };
  void append_to_order(Place place);
  void take_from_order(Place place);
  static std::uint64_t hash_of(Pid pid);
  static std::uint64_t hash_of(std::string_view id);

  std::vector<Entry> entries_;  // by place
  std::vector<Place> free_;
  Place first_ = none, last_ = none;
  PlaceIndex by_id_, by_pid_;  // by_pid_: those in state running
};

}  // namespace moirai
