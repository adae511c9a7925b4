// The three narrow doors through which chaos, laws and metrics reach a running world: Wire (what a signal meets on its way),
// Control (what may be done from outside, at a step of its own) and Observer (event.hpp). None of it knows what a fault is.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "runtime/kernel/event.hpp"
#include "runtime/kernel/random.hpp"

namespace moirai {

class World;

struct SignalView {
  Pid sender, receiver;
  SignalKind kind;
  std::string_view name;  // of the message; empty for other kinds
};

struct Route {
  enum class Act : std::uint8_t { pass, hold, drop } act = Act::pass;
  Duration delay{0};  // pass: arrives no earlier than now + delay, and never before an earlier signal of its channel
};

class Wire {
 public:
  virtual ~Wire() = default;
  // Asked at each send whose sender or receiver is impaired, and again for what is held when Control::rewire is called.
  virtual Route route(const SignalView&) = 0;
};

class Control;

struct Outside {
  std::string key;                       // part of the digest and of replay keys: "fault:cut#2"
  Time due, until;                       // may run as soon as `due`, at the latest at `until`. Requires: due <= until
  std::function<void(Control&)> action;  // runs on the scheduler's stack
};
using OutsideId = std::uint64_t;

class Control {
 public:
  explicit Control(World& world) : world_(&world) {}

  // Looked at when nothing else is left at this instant: `due` now means after everything that is ready.
  OutsideId post(Outside);
  void cancel(OutsideId);  // nothing if it has run

  // exit_signal, crash and rewire: not while an observer is told of an event (checked): post them.
  // exit/2 with `from` as its sender, on a channel of its own.
  void exit_signal(Pid from, Pid to, Term reason);
  // `target` itself ends with `reason` at its next reception point, trapping or not; links and monitors see `reason` (`kill`: `killed`).
  void crash(Pid target, Term reason);
  // K-7: `target` ends with `reason` instead of doing its n-th operation from now. n = 1: the next one; n = 0 disarms.
  // A later call replaces an earlier one.
  void after_operations(Pid target, std::uint32_t n, Term reason);

  void impair(Pid, bool on);  // from now on its signals are asked of the wire (or no longer)
  void set_wire(Wire*);       // not owned; nullptr: everything passes
  void rewire();              // the wire's tables have changed: what is held is asked again, in order

  // The run ends after this step.
  void stop(std::string why);
  // A note of the outside in the trace.
  template <class M>
  void note(const M& message);

  const World& look() const { return *world_; }
  Time now() const;
  // The stream of one purpose: hash(seed, "fault", key).
  Random fault_stream(std::string_view key) const;

 private:
  World* world_;
};

}  // namespace moirai
