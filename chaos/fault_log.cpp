#include "chaos/fault_log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chaos/clock_text.hpp"

namespace moirai {

std::string_view name_of(FaultFate fate) {
  switch (fate) {
    case FaultFate::waiting: return "waiting";
    case FaultFate::armed: return "armed";
    case FaultFate::fired: return "fired";
    case FaultFate::skipped: return "skipped";
  }
  return "";
}

std::string_view name_of(SkipReason reason) {
  switch (reason) {
    case SkipReason::none: return "none";
    case SkipReason::no_target: return "no_target";
    case SkipReason::not_reached: return "not_reached";
  }
  return "";
}

std::uint64_t FaultLog::fired(std::string_view name) const {
  return static_cast<std::uint64_t>(std::count_if(
      records.begin(), records.end(), [&](const FaultRecord& record) { return record.name == name && record.fate == FaultFate::fired; }));
}

std::uint64_t FaultLog::skipped(std::string_view name, SkipReason reason) const {
  return static_cast<std::uint64_t>(std::count_if(records.begin(), records.end(), [&](const FaultRecord& record) {
    return record.name == name && record.fate == FaultFate::skipped && record.skip == reason;
  }));
}

Duration FaultLog::active(std::string_view name, Time end) const {
  Duration sum{};
  for (const FaultRecord& record : records)
    if (record.name == name && record.fate == FaultFate::fired && record.opened) sum += record.closed.value_or(end) - *record.opened;
  return sum;
}

std::vector<const FaultRecord*> FaultLog::around(Time now, Duration recently) const {
  std::vector<const FaultRecord*> found;
  for (const FaultRecord& record : records) {
    if (record.fate == FaultFate::skipped || !record.opened || *record.opened > now) continue;
    if (!record.closed || after(*record.closed, recently) >= now) found.push_back(&record);
  }
  std::stable_sort(found.begin(), found.end(), [](const FaultRecord* a, const FaultRecord* b) { return *a->opened < *b->opened; });
  return found;
}

std::string to_string(const FaultLog& log) {
  std::string text;
  for (const FaultRecord& record : log.records) {
    text += fmt::format("{}#{} {}: {}", record.name, record.kth, name_of(record.kind), name_of(record.fate));
    if (record.fate == FaultFate::skipped) text += fmt::format(" ({})", name_of(record.skip));
    if (record.opened) text += fmt::format(" at {}", clock_text(*record.opened));
    if (record.closed && record.closed != record.opened) text += fmt::format(" until {}", clock_text(*record.closed));
    if (!record.detail.empty()) text += fmt::format(", {}", record.detail);
    if (!record.targets.empty()) text += fmt::format(" [{}]", fmt::join(record.targets, ", "));
    text += '\n';
  }
  return text;
}

}  // namespace moirai
