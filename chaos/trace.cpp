#include "chaos/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "chaos/clock_text.hpp"

namespace moirai {

namespace {

// Reads "<node.slot.generation>" at the beginning of `text`; returns its length, 0 if it is none.
std::size_t read_pid(std::string_view text, Pid& pid) {
  std::uint32_t parts[3] = {};
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size();
  for (int i = 0; i < 3; ++i) {
    const std::from_chars_result result = std::from_chars(at, end, parts[i]);
    if (result.ec != std::errc() || result.ptr == end || *result.ptr != (i == 2 ? '>' : '.')) return 0;
    at = result.ptr + 1;
  }
  if (parts[0] > 0xffff || parts[1] > 0xffffff || parts[2] > 0xffffff) return 0;
  pid = Pid(parts[1], parts[2], static_cast<std::uint16_t>(parts[0]));
  return static_cast<std::size_t>(at - text.data());
}

using Paths = std::function<std::string(Pid)>;  // nothing for nobody

std::string from(const std::string& who) { return who.empty() ? std::string("the outside") : who; }

// Pids are as good as addresses to a reader: print whom they mean, as far as that is known.
std::string with_paths(std::string text, const Paths& path_of) {
  std::size_t at = 0;
  while ((at = text.find('<', at)) != std::string::npos) {
    Pid pid;
    const std::size_t length = read_pid(std::string_view(text).substr(at), pid);
    const std::string path = length != 0 ? path_of(pid) : std::string();
    if (path.empty()) {
      ++at;
    } else {
      text.replace(at, length, path);
      at += path.size();
    }
  }
  return text;
}

std::string message_text(const KeptEvent& event) {
  std::string text;
  event.message_type->print(event.message, text);
  return text;
}

std::string what_was_sent(const KeptEvent& event) {
  if (event.message) return message_text(event);
  if (event.reason) return fmt::format("{} {}", to_string(event.signal), event.reason->to_string());
  return event.text.empty() ? std::string(to_string(event.signal)) : fmt::format("{} {}", to_string(event.signal), event.text);
}

std::string describe_exit(const KeptEvent& event, const std::string& other, const Paths& path_of) {
  const std::string reason = with_paths(event.reason ? event.reason->to_string() : "normal", path_of);
  switch (event.cause) {
    case ExitCause::returned: return "returns";
    case ExitCause::own_exit: return fmt::format("exits with {}", reason);
    case ExitCause::error: return fmt::format("fails with {}", reason);
    case ExitCause::signal: return fmt::format("ends with {}, a signal of {}", reason, other);
    case ExitCause::outside: return fmt::format("is crashed with {}", reason);
  }
  return {};
}

std::string describe(const KeptEvent& event, const std::string& other, const Paths& path_of) {
  switch (event.kind) {
    case EventKind::spawn: return fmt::format("is spawned by {}", other);
    case EventKind::start: return "starts";
    case EventKind::exit: return describe_exit(event, other, path_of);
    case EventKind::send:
    case EventKind::signal_send: {
      const std::string sent = with_paths(what_was_sent(event), path_of);
      if (event.hold == Hold::released) return fmt::format("{} to {} is set free", sent, other);
      return fmt::format("sends {} to {}{}", sent, other, event.hold == Hold::held ? ", which is held back" : "");
    }
    case EventKind::receive:
    case EventKind::signal_receive: return fmt::format("receives {} from {}", with_paths(what_was_sent(event), path_of), other);
    case EventKind::drop:
    case EventKind::signal_drop: {
      const std::string lost = event.message ? with_paths(message_text(event), path_of) : std::string(to_string(event.signal));
      return fmt::format("loses {} from {}{}{}", lost, other, event.text.empty() ? "" : ": ", event.text);
    }
    case EventKind::timer: return fmt::format("timer {}", event.text);
    case EventKind::link: return event.on ? fmt::format("links to {}", other) : fmt::format("unlinks from {}", other);
    case EventKind::monitor: return fmt::format("{} {}", event.on ? "monitors" : "no longer monitors", other);
    case EventKind::name: return fmt::format("{} the name {}", event.on ? "takes" : "gives up", event.text);
    case EventKind::flag: return fmt::format("sets {} {}", event.text, event.on ? "on" : "off");
    case EventKind::time: return "time moves";
    case EventKind::outside: return std::string(event.text);
    case EventKind::note:
      return fmt::format("notes {}", with_paths(event.message ? message_text(event) : std::string(event.text), path_of));
  }
  return {};
}

KeptEvent as_kept(const Event& event) {
  KeptEvent view{event.kind, event.signal, event.hold, event.cause, event.on, event.at, event.step, event.subject, event.other};
  if (event.message) {
    view.message_type = &event.message->type();
    view.message = event.message->payload();
  }
  view.reason = event.reason;
  view.text = event.text;
  return view;
}

TraceEvent tell(const KeptEvent& event, const Paths& path_of) {
  std::string other = path_of(event.other);
  std::string text = event.told ? std::string(*event.told) : describe(event, from(other), path_of);
  return {event.at, event.step, event.kind, path_of(event.subject), std::move(other), std::move(text)};
}

}  // namespace

std::string to_text(const TraceEvent& event) {
  return fmt::format("{}  {}  {}", clock_text(event.at), event.process.empty() ? "(outside)" : event.process, event.text);
}

TraceEvent trace_event(const Event& event, const World& world) {
  return tell(as_kept(event), [&](Pid pid) { return pid ? world.full_path(pid) : std::string(); });
}

void Trace::begin(World& world, Control&, const PhaseTimes&) {
  world_ = &world;
  paths_.clear();
  kept_.clear();
  size_ = 0;
  omitted_ = 0;
}

void Trace::saw(const Event& event) {
  if (event.kind == EventKind::spawn) [[unlikely]] {
    know(event);
    if (!window_.kinds.has(EventKind::spawn)) return;
  }
  if (event.step < window_.first_step || window_.most == 0) {
    ++omitted_;
    return;
  }
  if (size_ == window_.most) {
    kept_.forget_oldest();
    ++omitted_;
  } else {
    ++size_;
  }
  if (KeptEvents::lasts(event)) [[likely]]
    kept_.keep(event);
  else
    keep_told(event);
}

void Trace::know(const Event& birth) { paths_.born(birth.subject, birth.other, birth.text, world_->ordinal(birth.subject)); }

void Trace::keep_told(const Event& event) { kept_.keep(event, describe(as_kept(event), from(paths_(event.other)), paths_)); }

TraceEvent Trace::told(const KeptEvent& event) const { return tell(event, paths_); }

void Trace::each(const std::function<void(const TraceEvent&)>& hear) const {
  kept_.each([&](const KeptEvent& event) { hear(told(event)); });
}

std::vector<TraceEvent> Trace::events() const {
  std::vector<TraceEvent> all;
  all.reserve(size_);
  kept_.each([&](const KeptEvent& event) { all.push_back(told(event)); });
  return all;
}

std::vector<TraceEvent> Trace::last_events(std::span<const std::string> processes, std::size_t most, std::uint64_t* before) const {
  std::unordered_map<std::uint64_t, bool> asked;  // looked up only
  const auto meant = [&](Pid pid) {
    const auto [known, is_new] = asked.emplace(pid.bits(), false);
    if (is_new) known->second = pid && std::find(processes.begin(), processes.end(), paths_(pid)) != processes.end();
    return known->second;
  };
  const auto wanted = [&](const KeptEvent& event) {
    return processes.empty() || event.kind == EventKind::outside || meant(event.subject) || meant(event.other);
  };
  std::uint64_t left_out = 0;
  kept_.each([&](const KeptEvent& event) { left_out += wanted(event); });
  std::vector<TraceEvent> last;
  std::uint64_t before_last = left_out - std::min<std::uint64_t>(left_out, most);
  left_out = before_last;
  kept_.each([&](const KeptEvent& event) {
    if (!wanted(event)) return;
    if (before_last != 0)
      --before_last;
    else
      last.push_back(told(event));
  });
  if (before) *before = left_out;
  return last;
}

std::optional<TraceDifference> first_difference(const Trace& left, const Trace& right) {
  const std::vector<TraceEvent> here = left.events(), there = right.events();
  const std::uint64_t first = std::max(left.omitted(), right.omitted());
  const auto at = [](const Trace& trace, const std::vector<TraceEvent>& events, std::uint64_t index) {
    const std::uint64_t i = index - trace.omitted();
    return i < events.size() ? &events[static_cast<std::size_t>(i)] : nullptr;
  };
  for (std::uint64_t i = first;; ++i) {
    const TraceEvent *l = at(left, here, i), *r = at(right, there, i);
    if (!l && !r) return std::nullopt;
    if (l && r && *l == *r) continue;
    return TraceDifference{i, l ? std::optional(to_text(*l)) : std::nullopt, r ? std::optional(to_text(*r)) : std::nullopt};
  }
}

std::optional<TraceDifference> first_difference(std::span<const std::string> left, std::span<const std::string> right) {
  const auto [here, there] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  if (here == left.end() && there == right.end()) return std::nullopt;
  TraceDifference difference{static_cast<std::uint64_t>(here - left.begin()), std::nullopt, std::nullopt};
  if (here != left.end()) difference.left = *here;
  if (there != right.end()) difference.right = *there;
  return difference;
}

}  // namespace moirai
