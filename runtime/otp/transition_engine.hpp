// The transition engine of gen_statem: which event comes next, which are postponed, which timeouts run. A plain class without a process,
// used by the state machine's process (statem_process.hpp) and by its tests. One event is handled in three steps:
//   take the event: next(), expired(), or from the mailbox once next() has none;
//   call the state's handler, and the enter handler of a new state; they fill in a Decision;
//   finish(event, decision, clock).
// The order of a decision's parts is R-SM-2; what happens to timeouts is R-SM-4 to R-SM-6.
#pragma once
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/kernel/ids.hpp"
#include "runtime/kernel/term.hpp"
#include "runtime/kernel/time.hpp"

namespace moirai::gen_statem {

// Which of a machine's timeouts: at most one runs per key. Any event ends the event timeout, a change of state ends the state timeout,
// and those with a name stay until they fire, are set again or are cancelled.
struct TimeoutKey {
  enum class Kind : std::uint8_t { event, state, named } kind = Kind::event;
  Term name;  // named only
  bool operator==(const TimeoutKey&) const = default;
};
constexpr std::string_view to_string(TimeoutKey::Kind kind) {
  constexpr std::string_view names[] = {"timeout", "state_timeout", "named"};
  return names[static_cast<std::size_t>(kind)];
}

enum class TimeoutVerb : std::uint8_t { set, cancel, update };

// One timeout action: set, cancel, or give another event to the one that runs. It runs for a time, or until a point in time.
template <class Event>
struct TimeoutChange {
  TimeoutVerb verb = TimeoutVerb::cancel;
  TimeoutKey key;
  std::variant<Duration, Time> when = Duration::max();  // set: >= 0; for ever is the same as cancel
  std::optional<Event> event;                           // what it delivers; none: cancel
};

// What the handlers decided about one event.
template <class Event>
struct Decision {
  bool changed = false;         // to another state
  bool postpone = false;        // the event
  std::vector<Event> inserted;  // handled next, in this order
  std::vector<TimeoutChange<Event>> timeouts;
};

// `Clock` is what timers are made of:
//   Ref start(const TimeoutKey&, std::variant<Duration, Time>);   void cancel(Ref);
// A timer that was cancelled may still go off, as its message may be under way: expired() has no event for it.
template <class Event>
class TransitionEngine {
 public:
  // The first decision, which is about no event: what init asked for, and the first state's enter handler.
  template <class Clock>
  void begin(Decision<Event> decision, Clock& clock) {
    change_timeouts(decision.timeouts, clock);
    put_first(decision.inserted);
  }

  template <class Clock>
  void finish(Event event, Decision<Event> decision, Clock& clock) {
    if (decision.postpone) postponed_.push_back(std::move(event));
    if (decision.changed) {
      put_first(postponed_);
      cancel({TimeoutKey::Kind::state, {}}, clock);
    }
    cancel({TimeoutKey::Kind::event, {}}, clock);
    change_timeouts(decision.timeouts, clock);
    put_first(decision.inserted);
  }

  // What is to be handled before the mailbox: inserted events and those that are no longer postponed, then timeouts of zero in the order
  // of their setting.
  std::optional<Event> next() {
    if (!queue_.empty()) {
      std::optional<Event> event(std::move(queue_.back()));
      queue_.pop_back();
      return event;
    }
    if (!zero_.empty()) {
      std::optional<Event> event(std::move(zero_.front().event));
      zero_.erase(zero_.begin());
      return event;
    }
    return std::nullopt;
  }

  // The event of a timer that has gone off; none if its timeout was cancelled or set again.
  std::optional<Event> expired(Ref timer) {
    const auto found = std::find_if(running_.begin(), running_.end(), [&](const Timeout& t) { return t.timer == timer; });
    if (found == running_.end()) return std::nullopt;
    std::optional<Event> event(std::move(found->event));
    running_.erase(found);
    return event;
  }

  // hibernate: gives back what it does not need at the moment.
  void shrink() {
    queue_.shrink_to_fit();
    postponed_.shrink_to_fit();
    running_.shrink_to_fit();
    zero_.shrink_to_fit();
  }

  std::size_t queued() const { return queue_.size(); }
  std::size_t postponed() const { return postponed_.size(); }
  std::size_t timeouts() const { return running_.size() + zero_.size(); }

 private:
  struct Timeout {
    TimeoutKey key;
    Ref timer;  // none: a timeout of zero
    Event event;
  };

  // In front of all that is queued, in this order. Empties `events`.
  void put_first(std::vector<Event>& events) {
    std::move(events.rbegin(), events.rend(), std::back_inserter(queue_));
    events.clear();
  }

  static auto find(std::vector<Timeout>& among, const TimeoutKey& key) {
    return std::find_if(among.begin(), among.end(), [&](const Timeout& t) { return t.key == key; });
  }

  template <class Clock>
  void cancel(const TimeoutKey& key, Clock& clock) {
    if (const auto zero = find(zero_, key); zero != zero_.end()) zero_.erase(zero);
    if (const auto found = find(running_, key); found != running_.end()) {
      clock.cancel(found->timer);
      running_.erase(found);
    }
  }

  // Of several changes to one timeout the last counts. Timers are started from the last to the first, as OTP does, which shows when
  // two of them go off at the same time; timeouts of zero come in the order of the list.
  template <class Clock>
  void change_timeouts(std::vector<TimeoutChange<Event>>& changes, Clock& clock) {
    std::vector<Timeout> zero;
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      const bool superseded = std::any_of(changes.rbegin(), change, [&](const auto& later) { return later.key == change->key; });
      if (!superseded) apply(*change, zero, clock);
    }
    std::move(zero.rbegin(), zero.rend(), std::back_inserter(zero_));
  }

  template <class Clock>
  void apply(TimeoutChange<Event>& change, std::vector<Timeout>& zero, Clock& clock) {
    if (change.verb == TimeoutVerb::update) {
      for (std::vector<Timeout>* among : {&zero_, &running_})
        if (const auto found = find(*among, change.key); found != among->end()) {
          found->event = std::move(*change.event);
          return;
        }
      change.when = Duration::zero();  // there is none to update
    }
    cancel(change.key, clock);
    if (change.verb == TimeoutVerb::cancel || change.when == decltype(change.when)(Duration::max())) return;
    if (change.when == decltype(change.when)(Duration::zero()))
      zero.push_back({change.key, Ref{}, std::move(*change.event)});
    else
      running_.push_back({change.key, clock.start(change.key, change.when), std::move(*change.event)});
  }

  // `queue_` is kept backwards: its back is what comes next.
  std::vector<Event> queue_;
  std::vector<Event> postponed_;  // oldest first
  std::vector<Timeout> running_;  // each with its timer
  std::vector<Timeout> zero_;     // oldest first; no key is in both
};

}  // namespace moirai::gen_statem
