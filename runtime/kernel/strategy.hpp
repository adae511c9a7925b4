// How choices are made within one run. All strategies see the same candidates; fifo and random are also compiled into the engine.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/kernel/candidate.hpp"

namespace moirai {

class World;

// What is enabled now: a view, valid inside SchedulingStrategy::pick. Always two or more.
class Candidates {
 public:
  explicit Candidates(const World& world, bool at_horizon) : world_(&world), at_horizon_(at_horizon) {}

  std::size_t size() const;
  // In the order in which they became candidates, where the last one takes the place of one that left. O(channels in flight at the target).
  Candidate operator[](std::size_t index) const;
  // K-8: the one that fifo takes. O(size).
  Candidate canonical() const;
  // The one that goes on without a switch of processes, if any.
  std::optional<Candidate> running() const;
  // How many compete at one receiver. O(size).
  std::size_t at(Pid target) const;
  // Another enabled candidate has the same target or resource. O(size).
  bool rivals(const Candidate&) const;
  // Receptions that `target` has made so far. Counted only for strategies that want steps.
  std::uint64_t receptions(Pid target) const;
  // Order of the step that sent or caused this candidate. Counted only for strategies that want steps.
  std::uint64_t cause(const Candidate&) const;
  // Semantic key; `count` only for strategies that want keys.
  Key key(const Candidate&) const;

 private:
  const World* world_;
  bool at_horizon_;
};

struct RunStart {
  std::uint64_t seed = 0;
};

// A step that was executed, forced ones too.
struct Step {
  std::uint64_t number = 0;
  Candidate candidate;
  bool forced = false;  // it was the only candidate: nobody was asked
};

class SchedulingStrategy {
 public:
  struct Wants {
    bool steps = false;  // stepped() is called, receptions and causes are counted
    bool keys = false;   // key counts are kept
  };
  virtual ~SchedulingStrategy() = default;
  virtual Wants wants() const { return {}; }
  // Processes stop at operations where another order of things could matter (K-6 b, c). False: only fifo, whose choice is to go on.
  virtual bool explores() const { return true; }
  virtual void begin(const RunStart&) {}
  // Never called with one candidate. Returns one of them. May draw from its own streams only.
  virtual Candidate pick(const Candidates&) = 0;
  virtual void stepped(const Step&) {}
  virtual bool fair() const { return true; }  // liveness is judged only under fair strategies
};

}  // namespace moirai
