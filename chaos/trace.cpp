#include "chaos/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

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

std::string what_was_sent(const Event& event) {
  if (event.message) return event.message->to_string();
  if (event.reason && event.kind != EventKind::note) return fmt::format("{} {}", to_string(event.signal), event.reason->to_string());
  return event.text.empty() ? std::string(to_string(event.signal)) : fmt::format("{} {}", to_string(event.signal), event.text);
}

std::string from(const std::string& who) { return who.empty() ? std::string("the outside") : who; }

}  // namespace

std::string to_text(const TraceEvent& event) {
  return fmt::format("{}  {}  {}", clock_text(event.at), event.process.empty() ? "(outside)" : event.process, event.text);
}

void Trace::begin(World& world, Control&, const PhaseTimes&) {
  world_ = &world;
  events_.clear();
  omitted_ = 0;
}

void Trace::saw(const Event& event) {
  if (event.step < window_.first_step || window_.most == 0) {
    ++omitted_;
    return;
  }
  if (events_.size() == window_.most) {
    events_.pop_front();
    ++omitted_;
  }
  events_.push_back({event.at, event.step, event.kind, name(event.subject), name(event.other), describe(event)});
}

std::string Trace::describe(const Event& event) const {
  const std::string other = from(name(event.other));
  switch (event.kind) {
    case EventKind::spawn: return fmt::format("is spawned by {}", other);
    case EventKind::start: return "starts";
    case EventKind::exit: return describe_exit(event);
    case EventKind::send:
    case EventKind::signal_send: {
      const std::string sent = with_paths(what_was_sent(event));
      if (event.hold == Hold::released) return fmt::format("{} to {} is set free", sent, other);
      return fmt::format("sends {} to {}{}", sent, other, event.hold == Hold::held ? ", which is held back" : "");
    }
    case EventKind::receive:
    case EventKind::signal_receive: return fmt::format("receives {} from {}", with_paths(what_was_sent(event)), other);
    case EventKind::drop:
    case EventKind::signal_drop: {
      const std::string lost = event.message ? with_paths(event.message->to_string()) : std::string(to_string(event.signal));
      return fmt::format("loses {} from {}{}{}", lost, other, event.text.empty() ? "" : ": ", event.text);
    }
    case EventKind::timer: return fmt::format("timer {}", event.text);
    case EventKind::link: return event.on ? fmt::format("links to {}", other) : fmt::format("unlinks from {}", other);
    case EventKind::monitor: return fmt::format("{} {}", event.on ? "monitors" : "no longer monitors", other);
    case EventKind::name: return fmt::format("{} the name {}", event.on ? "takes" : "gives up", event.text);
    case EventKind::flag: return fmt::format("sets {} {}", event.text, event.on ? "on" : "off");
    case EventKind::time: return "time moves";
    case EventKind::outside: return std::string(event.text);
    case EventKind::note: return fmt::format("notes {}", with_paths(event.message ? event.message->to_string() : std::string(event.text)));
  }
  return {};
}

std::string Trace::describe_exit(const Event& event) const {
  const std::string reason = with_paths(event.reason ? event.reason->to_string() : "normal");
  switch (event.cause) {
    case ExitCause::returned: return "returns";
    case ExitCause::own_exit: return fmt::format("exits with {}", reason);
    case ExitCause::error: return fmt::format("fails with {}", reason);
    case ExitCause::signal: return fmt::format("ends with {}, a signal of {}", reason, from(name(event.other)));
    case ExitCause::outside: return fmt::format("is crashed with {}", reason);
  }
  return {};
}

std::string Trace::name(Pid pid) const { return pid ? std::string(world_->full_path(pid)) : std::string(); }

// Pids are as good as addresses to a reader: print whom they mean, as far as the world still knows.
std::string Trace::with_paths(std::string text) const {
  std::size_t at = 0;
  while ((at = text.find('<', at)) != std::string::npos) {
    Pid pid;
    const std::size_t length = read_pid(std::string_view(text).substr(at), pid);
    const std::string path = length != 0 && pid ? name(pid) : std::string();
    if (path.empty()) {
      ++at;
    } else {
      text.replace(at, length, path);
      at += path.size();
    }
  }
  return text;
}

std::vector<TraceEvent> Trace::last_events(std::span<const std::string> processes, std::size_t most, std::uint64_t* before) const {
  const auto meant = [&](const std::string& path) { return std::find(processes.begin(), processes.end(), path) != processes.end(); };
  std::vector<TraceEvent> last;
  std::uint64_t left_out = 0;
  for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
    const bool wanted = processes.empty() || event->kind == EventKind::outside || meant(event->process) || meant(event->other);
    if (!wanted) continue;
    if (last.size() < most)
      last.push_back(*event);
    else
      ++left_out;
  }
  std::reverse(last.begin(), last.end());
  if (before) *before = left_out;
  return last;
}

std::optional<TraceDifference> first_difference(const Trace& left, const Trace& right) {
  const std::uint64_t first = std::max(left.omitted(), right.omitted());
  const std::uint64_t left_end = left.omitted() + left.events().size();
  const std::uint64_t right_end = right.omitted() + right.events().size();
  const auto at = [](const Trace& trace, std::uint64_t index) { return trace.events()[static_cast<std::size_t>(index - trace.omitted())]; };
  for (std::uint64_t i = first; i < std::max(left_end, right_end); ++i) {
    const bool here = i < left_end, there = i < right_end;
    if (here && there && at(left, i) == at(right, i)) continue;
    TraceDifference difference{i, std::nullopt, std::nullopt};
    if (here) difference.left = to_text(at(left, i));
    if (there) difference.right = to_text(at(right, i));
    return difference;
  }
  return std::nullopt;
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
