// A run as people read it: every event as a line with its time, its process and its message's fields. Made by running the seed again with a
// Trace among the observers; the first run keeps no more than a digest. Used by `replay --trace`, failure stories and determinism checks.
// During the run a Trace keeps small records; their text is made when it is asked for, and then the world need not live any more.
//
//   1.2345s  bank#1/teller-1#2  sends Withdraw{cents=20} to bank#1/ledger#1
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chaos/kept_events.hpp"
#include "chaos/process_paths.hpp"
#include "chaos/run.hpp"

namespace moirai {

struct TraceEvent {
  Time at{};
  std::uint64_t step = 0;
  EventKind kind = EventKind::note;
  std::string process;  // full path, "bank#1/ledger#2"; empty: the outside
  std::string other;    // full path of whom the text also speaks of; empty: nobody
  std::string text;     // "receives Withdraw{cents=20} from bank#1/teller-1#1"; no addresses, and pids inside messages are printed as paths
  bool operator==(const TraceEvent&) const = default;
};

std::string to_text(const TraceEvent& event);  // one line, without a newline
// What is to be said of an event while it happens.
TraceEvent trace_event(const Event& event, const World& world);

class Trace final : public RunListener {
 public:
  // Moves of the time alone say nothing: every other event has its time.
  static constexpr EventMask all_but_time = {EventKind::spawn,       EventKind::start, EventKind::exit,        EventKind::send,
                                             EventKind::receive,     EventKind::drop,  EventKind::signal_send, EventKind::signal_receive,
                                             EventKind::signal_drop, EventKind::timer, EventKind::link,        EventKind::monitor,
                                             EventKind::name,        EventKind::flag,  EventKind::outside,     EventKind::note};
  struct Window {
    std::uint64_t first_step = 0;  // earlier events are not kept
    std::size_t most = 200'000;    // of more than these the oldest are forgotten
    EventMask kinds = all_but_time;
  };
  Trace() : Trace(Window{}) {}
  explicit Trace(Window window) : window_(window) {}

  void begin(World& world, Control& control, const PhaseTimes& times) override;
  EventMask wants() const override { return window_.kinds | EventMask{EventKind::spawn}; }  // to know all paths
  void saw(const Event& event) override;

  std::size_t size() const { return size_; }                            // events that are kept
  std::uint64_t omitted() const { return omitted_; }                    // events that happened before the first one kept
  std::vector<TraceEvent> events() const;                               // all, oldest first
  void each(const std::function<void(const TraceEvent&)>& told) const;  // the same, one at a time

  // The last `most` events of these processes (full paths, as subject or as other) and of the outside, oldest first. No processes: of all.
  // `before`: how many more of them there are in the trace.
  std::vector<TraceEvent> last_events(std::span<const std::string> processes, std::size_t most, std::uint64_t* before = nullptr) const;

 private:
  TraceEvent told(const KeptEvent& event) const;
  [[gnu::noinline]] void know(const Event& birth);  // apart, as they are rare and need registers
  [[gnu::noinline]] void keep_told(const Event& event);

  Window window_;
  const World* world_ = nullptr;
  ProcessPaths paths_;
  KeptEvents kept_;
  std::size_t size_ = 0;
  std::uint64_t omitted_ = 0;
};

struct TraceDifference {
  std::uint64_t index = 0;          // 0-based number of the event in its run
  std::optional<std::string> left;  // nullopt: this side had ended
  std::optional<std::string> right;
};
// nullopt: equal. Requires: both traces were made with the same window. What both have forgotten is taken for equal.
std::optional<TraceDifference> first_difference(const Trace& left, const Trace& right);
// The same for traces that were printed, a line an event, for instance by another process.
std::optional<TraceDifference> first_difference(std::span<const std::string> left, std::span<const std::string> right);

}  // namespace moirai
