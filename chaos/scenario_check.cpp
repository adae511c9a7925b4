// What must hold between the keys of a scenario. A value that is a mistake already is not judged a second time.
#include <fmt/format.h>

#include <limits>

#include "chaos/nearest.hpp"
#include "chaos/scenario_reader.hpp"

namespace moirai {

const DocumentEntry* ScenarioReader::good(const DocumentValue& table, std::string_view key) const {
  const DocumentEntry* entry = table.find(key);
  return entry && !bad_.contains(&entry->value) ? entry : nullptr;
}

void ScenarioReader::check_limits(const DocumentValue& root) {
  const DocumentEntry* limits = root.find("limits");
  const DocumentEntry* given = limits ? limits->value.find("virtual_time") : nullptr;
  const Duration total = scenario.phases.total();
  if (!given) {
    scenario.limits.virtual_time = total;
    return;
  }
  const DocumentEntry* phases = root.find("phases");
  for (const std::string_view phase : {"warmup", "chaos", "settle"})
    if (phases && bad_.contains(phases->value.find(phase) ? &phases->value.find(phase)->value : &phases->value)) return;
  if (bad_.contains(&given->value) || scenario.limits.virtual_time >= total) return;
  mistake(given->value,
          fmt::format("\"virtual_time\" ends the run after {}, before its phases are over", to_text(scenario.limits.virtual_time)),
          fmt::format("warmup, chaos and settle last {} together", to_text(total)));
}

void ScenarioReader::check_seeds(const DocumentValue& root) {
  const DocumentEntry* seeds = root.find("seeds");
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - scenario.seeds.base;
  if (!seeds || scenario.seeds.count - 1 <= room) return;
  if (const DocumentEntry* base = good(seeds->value, "base"))
    mistake(base->value, "the seeds run past the largest 64-bit number", "choose a smaller base");
}

// Exactly one of at, every, rate.
void ScenarioReader::check_trigger(const DocumentValue& table) {
  const DocumentEntry* first = nullptr;
  for (const DocumentEntry& entry : table.entries) {
    if (entry.key != "at" && entry.key != "every" && entry.key != "rate") continue;
    if (first) {
      mistake_at({file_, entry.line, entry.column},
                 fmt::format("\"{}\" beside \"{}\": a fault has one of at, every and rate", entry.key, first->key),
                 "make it two faults, or leave one key out");
      return;
    }
    first = &entry;
  }
  if (!first) mistake(table, "the fault does not say when", "write at = \"2s\", every = \"5s\" or rate = \"3/min\"");
}

// No fault starts after the end of chaos.
void ScenarioReader::check_times(const DocumentValue& table) {
  const Duration chaos = scenario.phases.chaos;
  if (!chaos_known_) return;
  const auto check = [&](const DocumentValue& value, std::string_view key) {
    if (value.kind != DocumentValue::Kind::text || bad_.contains(&value)) return;
    const Result<Duration> time = parse_duration(value.text);
    if (time && *time >= chaos)
      mistake(value, fmt::format("{} \"{}\" is never reached: chaos lasts {}", key, value.text, to_text(chaos)),
              "times count from the start of chaos; make [phases] chaos longer or the time shorter");
  };
  if (const DocumentEntry* every = good(table, "every")) check(every->value, "every");
  if (const DocumentEntry* at = table.find("at")) {
    check(at->value, "at");
    for (const DocumentValue& item : at->value.items) check(item, "at");
  }
}

void ScenarioReader::check_name(const DocumentValue& table, const std::string& own, std::set<std::string>& taken, std::string_view what) {
  if (own.empty() || taken.insert(own).second) return;
  const DocumentEntry* name = table.find("name");
  const std::string message = fmt::format("two {} are named \"{}\"", what, own);
  if (name)
    mistake(name->value, message, "give each its own name");
  else
    mistake(table, message, fmt::format("give one of them a name: name = \"{}-2\"", own));
}

void ScenarioReader::check_expect(const DocumentValue& root) {
  const DocumentEntry* table = root.find("expect");
  if (!table || table->value.kind != DocumentValue::Kind::table) return;
  const DocumentEntry* outcome = table->value.find("outcome");
  if (outcome && bad_.contains(&outcome->value)) return;
  Expect& expect = scenario.expect;
  if (expect.outcome != Outcome::find_bug) {
    for (const std::string_view key : {"property", "within"})
      if (const DocumentEntry* entry = table->value.find(key))
        mistake_at({file_, entry->line, entry->column}, fmt::format("\"{}\" goes with outcome = \"find-bug\" only", key),
                   "leave it out, or expect a bug");
    return;
  }
  std::vector<std::string> names;
  for (const PropertySpec& each : scenario.properties)
    if (!each.name.empty()) names.push_back(each.name);
  if (!table->value.find("property")) {
    mistake(table->value, "find-bug must say which property is violated",
            names.empty() ? "write property = \"...\"" : fmt::format("write property = \"{}\"", names[0]));
  } else if (const DocumentEntry* property_entry = good(table->value, "property")) {
    bool known = false;
    for (const std::string& each : names) known = known || each == expect.property;
    if (!known)
      mistake(property_entry->value, fmt::format("no [[property]] is named \"{}\"", expect.property), hint_for(expect.property, names));
  }
  const DocumentEntry* seeds = root.find("seeds");
  const bool count_known = !seeds || !seeds->value.find("count") || good(seeds->value, "count");
  if (!table->value.find("within")) {
    expect.within = scenario.seeds.count;
  } else if (const DocumentEntry* within_entry = good(table->value, "within");
             within_entry && count_known && expect.within > scenario.seeds.count) {
    mistake(within_entry->value, fmt::format("\"within\" asks for {} seeds, but only {} are run", expect.within, scenario.seeds.count),
            "make [seeds] count as large, or within smaller");
  }
}

}  // namespace moirai
