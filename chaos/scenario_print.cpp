#include "chaos/scenario_print.hpp"

#include <fmt/format.h>

#include "runtime/kernel/random.hpp"

namespace moirai {

namespace {

void line(std::string& text, std::string_view key, std::string_view value) { text += fmt::format("{} = {}\n", key, value); }

void text_line(std::string& text, std::string_view key, std::string_view value) {
  if (!value.empty()) line(text, key, quote(value));
}

void duration_line(std::string& text, std::string_view key, Duration value) { line(text, key, quote(to_text(value))); }

template <class Items, class Show>
std::string list(const Items& items, Show show) {
  std::string text = "[";
  for (const auto& item : items) text += (text.size() > 1 ? ", " : "") + show(item);
  return text + "]";
}

std::string quoted_selector(const Selector& selector) { return quote(to_text(selector)); }

void args_lines(std::string& text, const Args& args) {
  for (const Args::Entry& entry : args.entries()) line(text, entry.first, to_text(entry.second));
}

void trigger_line(std::string& text, const Trigger& trigger) {
  if (const AtTimes* at = std::get_if<AtTimes>(&trigger)) {
    line(text, "at", list(at->times, [](Duration time) { return quote(to_text(time)); }));
  } else if (const EveryPeriod* every = std::get_if<EveryPeriod>(&trigger)) {
    duration_line(text, "every", every->period);
  } else {
    line(text, "rate", quote(to_text(std::get<Rate>(trigger))));
  }
}

void fault_lines(std::string& text, const FaultSpec& fault) {
  text += "\n[[fault]]\n";
  line(text, "name", quote(fault.name));
  line(text, "kind", quote(name_of(fault.kind)));
  trigger_line(text, fault.trigger);
  if (fault.max) line(text, "max", std::to_string(*fault.max));
  duration_line(text, "cooldown", fault.cooldown);
  if (fault.lasts) line(text, "for", quote(to_text(*fault.lasts)));
  if (crash_like(fault.kind)) {
    line(text, "target", quoted_selector(fault.target));
    if (!fault.from.empty()) line(text, "from", quoted_selector(fault.from));
    line(text, "reason", quote(fault.reason));
    duration_line(text, "window", fault.window);
    if (fault.after_operations) line(text, "after_operations", std::to_string(*fault.after_operations));
  }
  if (fault.kind == FaultKind::delay) {
    line(text, "links", list(fault.links, [](const LinkSelector& link) { return quote(to_text(link)); }));
    line(text, "delay", quote(to_text(fault.delay)));
  }
  if (fault.kind == FaultKind::partition)
    line(text, "sides", list(fault.sides, [](const std::vector<Selector>& side) { return list(side, quoted_selector); }));
}

}  // namespace

std::string describe(const Scenario& scenario) {
  std::string text = "format = 1\n\n[scenario]\n";
  line(text, "name", quote(scenario.name));
  text_line(text, "title", scenario.title);
  text_line(text, "doc", scenario.doc);
  if (!scenario.tags.empty()) line(text, "tags", list(scenario.tags, quote));
  text_line(text, "owner", scenario.owner);
  text_line(text, "skip", scenario.skip);

  text += "\n[system]\n";
  line(text, "app", quote(scenario.system));
  if (!scenario.args.entries().empty()) {
    text += "\n[system.args]\n";
    args_lines(text, scenario.args);
  }

  text += "\n[schedule]\n";
  line(text, "strategy", quote(name_of(scenario.schedule.strategy)));

  text += "\n[phases]\n";
  duration_line(text, "warmup", scenario.phases.warmup);
  duration_line(text, "chaos", scenario.phases.chaos);
  line(text, "heal", quote("auto"));
  duration_line(text, "settle", scenario.phases.settle);

  for (const FaultSpec& fault : scenario.faults) fault_lines(text, fault);

  for (const PropertySpec& property : scenario.properties) {
    text += "\n[[property]]\n";
    line(text, "law", quote(property.law));
    line(text, "name", quote(property.name));
    args_lines(text, property.args);
  }

  text += "\n[limits]\n";
  duration_line(text, "virtual_time", scenario.limits.virtual_time);
  line(text, "steps", std::to_string(scenario.limits.steps));
  duration_line(text, "wall_time", scenario.limits.wall_time);
  line(text, "stall", std::to_string(scenario.limits.stall));

  text += "\n[seeds]\n";
  line(text, "base",
       scenario.seeds.base >> 63 ? quote(std::to_string(scenario.seeds.base))
                                 : std::to_string(scenario.seeds.base));  // TOML integers are signed
  line(text, "count", std::to_string(scenario.seeds.count));

  text += "\n[expect]\n";
  line(text, "outcome", quote(name_of(scenario.expect.outcome)));
  if (scenario.expect.outcome == Outcome::find_bug) {
    line(text, "property", quote(scenario.expect.property));
    line(text, "within", quote(fmt::format("{} seeds", scenario.expect.within)));
  }
  return text;
}

std::uint64_t hash_content(const Scenario& scenario) {
  Scenario content = scenario;
  content.title.clear();
  content.doc.clear();
  content.tags.clear();
  content.owner.clear();
  content.skip.clear();
  return hash_text(describe(content));
}

}  // namespace moirai
