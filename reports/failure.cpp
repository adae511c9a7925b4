#include "reports/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reports/text.hpp"

namespace moirai {
namespace {

constexpr std::size_t widest_process = 40;  // a longer path pushes its text to the right instead of everybody's
constexpr std::size_t most_seeds = 8;

std::string painted(Colour colour, std::string_view code, std::string_view text) {
  return colour == Colour::always ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string_view heading(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::pass: return "PASS";
    case RunVerdict::fail: return "FAIL";
    case RunVerdict::inconclusive: return "INCONCLUSIVE";
    case RunVerdict::invalid: return "INVALID";
    case RunVerdict::crashed: return "CRASHED";
    case RunVerdict::nondeterministic: return "NONDETERMINISTIC";
  }
  return "FAIL";
}

std::string fault_line(const OpenFault& fault) {
  const std::string detail = one_line(fault.detail);
  std::string when;
  if (!fault.end)
    when = fmt::format("since {}", seconds_text(fault.begin));
  else if (*fault.end == fault.begin)
    when = fmt::format("at {}", seconds_text(fault.begin));
  else
    when = fmt::format("{}..{}", seconds_text(fault.begin), seconds_text(*fault.end));
  return fmt::format("    {} ({}){}{}   {}\n", one_line(fault.name), one_line(fault.kind), detail.empty() ? "" : "  ", detail, when);
}

std::string fault_lines(const std::vector<OpenFault>& faults) {
  std::string open, before;
  for (const OpenFault& fault : faults) (fault.end ? before : open) += fault_line(fault);
  std::string out = open.empty() ? "  faults open: none\n" : "  faults open\n" + open;
  if (!before.empty()) out += "  faults before\n" + before;
  return out;
}

std::string event_lines(const FailureStory& story) {
  if (story.events.empty()) return "";
  std::size_t time_width = 0, process_width = 0;
  for (const StoryEvent& event : story.events) {
    time_width = std::max(time_width, seconds_text(event.time).size());
    process_width = std::max(process_width, std::min(widest_process, one_line(event.process).size()));
  }
  std::string out = fmt::format("  last events ({} shown", story.events.size());
  if (story.events_omitted > 0) out += fmt::format(", {} left out", counted(story.events_omitted, "earlier one"));
  out += ")\n";
  for (const StoryEvent& event : story.events) {
    const std::string process = one_line(event.process);
    out += fmt::format("    {:>{}}  {:<{}}  {}\n", seconds_text(event.time), time_width, process, process_width, one_line(event.text));
  }
  return out;
}

std::string same_failure_line(const ScenarioReport& scenario, const RunReport& run) {
  std::vector<const RunReport*> others = alike(scenario, run);
  std::erase_if(others, [&](const RunReport* other) { return other->seed == run.seed; });
  if (others.empty()) return "";
  std::string out = fmt::format("  same failure in {}:", counted(others.size(), "other seed"));
  for (std::size_t i = 0; i < std::min(most_seeds, others.size()); ++i) out += " " + seed_text(others[i]->seed);
  return out + (others.size() > most_seeds ? " ...\n" : "\n");
}

}  // namespace

std::string failure_text(const ScenarioReport& scenario, const RunReport& run, Colour colour) {
  const bool passed = run.verdict == RunVerdict::pass;
  std::string out = painted(colour, passed ? "1;32" : "1;31", heading(run.verdict));
  out += fmt::format(" {}  seed {}", one_line(scenario.name), seed_text(run.seed));
  if (!run.law.empty()) out += fmt::format("  property {}", one_line(run.law));
  if (passed) out += fmt::format("  digest={}", hex16(run.digest));
  out += "\n";
  if (!run.sentence.empty()) out += fmt::format("  {}\n", painted(colour, "1", one_line(run.sentence)));
  if (run.story) {
    out += fault_lines(run.story->open_faults);
    out += event_lines(*run.story);
  }
  if (!passed) out += same_failure_line(scenario, run);
  if (run.story) {
    for (const std::string& remark : run.story->remarks) out += fmt::format("  note: {}\n", one_line(remark));
  }
  if (!run.reproduce.empty()) out += fmt::format("  reproduce   {}\n", painted(colour, "36", one_line(run.reproduce)));
  return out;
}

}  // namespace moirai
