#include "chaos/scenario_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chaos/mistake.hpp"
#include "chaos/nearest.hpp"
#include "chaos/scenario_print.hpp"

namespace moirai {

namespace {

using Kind = DocumentValue::Kind;

constexpr std::uint8_t any_kind = 0xff;
constexpr std::string_view single_tables[] = {"scenario", "system", "schedule", "phases", "limits", "seeds", "expect"};
constexpr std::string_view repeated_tables[] = {"fault", "property"};

bool repeats(std::string_view table) {
  return std::find(std::begin(repeated_tables), std::end(repeated_tables), table) != std::end(repeated_tables);
}

std::string header_of(std::string_view table) { return repeats(table) ? fmt::format("[[{}]]", table) : fmt::format("[{}]", table); }

// Outside [[fault]] the bits mean nothing.
bool takes(const KeyRow& row, std::uint8_t kind) { return row.kinds == 0 || (row.kinds & kind) != 0; }

std::vector<std::string> keys_of(std::string_view table, std::uint8_t kind) {
  std::vector<std::string> keys;
  for (const KeyRow& row : key_rows())
    if (row.table == table && takes(row, kind)) keys.emplace_back(row.key);
  return keys;
}

const KeyRow* find_row(std::string_view table, std::string_view key) {
  for (const KeyRow& row : key_rows())
    if (row.table == table && row.key == key) return &row;
  return nullptr;
}

// A key that stands in the wrong table is a mistake of its own kind.
std::string hint_for_key(std::string_view key, const std::vector<std::string>& candidates) {
  const std::string close = nearest(key, candidates);
  if (!close.empty()) return fmt::format("did you mean \"{}\"?", close);
  for (const KeyRow& row : key_rows())
    if (row.key == key && !row.table.empty()) return fmt::format("\"{}\" belongs to {}", key, header_of(row.table));
  return hint_for(key, candidates);
}

template <class Declarations>
std::vector<std::string> names_of(const Declarations& declarations) {
  std::vector<std::string> names;
  for (const auto& declaration : declarations) names.push_back(declaration.name);
  return names;
}

std::uint8_t bit(FaultKind kind) { return static_cast<std::uint8_t>(1u << static_cast<unsigned>(kind)); }

}  // namespace

ScenarioReader::ScenarioReader(std::string file, const Catalogue& catalogue) : file_(std::move(file)), catalogue_(catalogue) {}

Result<Scenario> ScenarioReader::read(const DocumentValue& root) {
  scenario.file = file_;
  if (!is_format_one(root)) return std::move(mistakes_);
  unknown_tables(root);
  read_singles(root);
  read_faults(root);
  read_properties(root);
  check_limits(root);
  check_seeds(root);
  check_expect(root);
  if (!mistakes_.empty()) {
    sort_mistakes(mistakes_);
    return std::move(mistakes_);
  }
  scenario.content_hash = hash_content(scenario);
  return std::move(scenario);
}

// A file of another format follows rules unknown here, so that nothing else in it can be judged. One without a format is read as format 1.
bool ScenarioReader::is_format_one(const DocumentValue& root) {
  const DocumentEntry* entry = root.find("format");
  if (!entry) {
    mistake_at({file_, 0, 0}, "missing key \"format\"", "the first line of a scenario file is: format = 1");
    return true;
  }
  key_ = entry->key;
  format(entry->value);
  return mistakes_.empty();
}

void ScenarioReader::format(const DocumentValue& value) {
  if (value.kind != Kind::integer)
    return mistake(value, fmt::format("\"format\" must be the integer 1, not {}", name_of(value.kind)), "write format = 1");
  if (value.integer != 1)
    mistake(value, fmt::format("format {} is unknown; this program reads format 1", value.integer),
            "the rest of the file was not looked at");
}

void ScenarioReader::unknown_tables(const DocumentValue& root) {
  std::vector<std::string> known = keys_of("", any_kind);
  known.insert(known.end(), std::begin(single_tables), std::end(single_tables));
  known.insert(known.end(), std::begin(repeated_tables), std::end(repeated_tables));
  for (const DocumentEntry& entry : root.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    const bool list = entry.value.kind == Kind::list && !entry.value.items.empty() && entry.value.items[0].kind == Kind::table;
    const std::string what = entry.value.kind == Kind::table ? fmt::format("unknown table [{}]", entry.key)
                             : list                          ? fmt::format("unknown table [[{}]]", entry.key)
                                                             : fmt::format("unknown key \"{}\" at the top of the file", entry.key);
    mistake_at({file_, entry.line, entry.column}, what, hint_for_key(entry.key, known));
  }
}

void ScenarioReader::read_singles(const DocumentValue& root) {
  for (const std::string_view table : single_tables) {
    const DocumentEntry* entry = root.find(table);
    if (!entry) {
      for (const KeyRow& row : key_rows())
        if (row.table == table && row.mandatory)
          mistake_at({file_, 0, 0}, fmt::format("missing table [{}] with key \"{}\"", table, row.key),
                     fmt::format("{}: {}", row.key, row.doc));
      continue;
    }
    if (entry->value.kind == Kind::table) {
      read_keys(table, entry->value, any_kind);
      unknown_keys(table, entry->value, any_kind);
      if (table == "phases") chaos_known_ = !entry->value.find("chaos") || good(entry->value, "chaos");
      continue;
    }
    if (table == "phases") chaos_known_ = false;
    mistake(entry->value, fmt::format("\"{}\" must be a table, not {}", table, name_of(entry->value.kind)),
            fmt::format("write [{}] on a line of its own", table));
  }
}

void ScenarioReader::read_keys(std::string_view table, const DocumentValue& value, std::uint8_t kind) {
  for (const KeyRow& row : key_rows()) {
    if (row.table != table || !takes(row, kind)) continue;
    const DocumentEntry* entry = value.find(row.key);
    if (entry) {
      key_ = entry->key;
      row.read(*this, entry->value);
    } else if (row.mandatory && kind != 0) {
      mistake(value, fmt::format("missing key \"{}\" in {}", row.key, header_of(table)), fmt::format("{}: {}", row.key, row.doc));
    }
  }
}

void ScenarioReader::unknown_keys(std::string_view table, const DocumentValue& value, std::uint8_t kind) {
  for (const DocumentEntry& entry : value.entries) {
    const KeyRow* row = find_row(table, entry.key);
    if (!row) {
      mistake_at({file_, entry.line, entry.column}, fmt::format("unknown key \"{}\" in {}", entry.key, header_of(table)),
                 hint_for_key(entry.key, keys_of(table, kind)));
    } else if (!takes(*row, kind)) {
      std::string takers;
      for (const FaultKind other : fault_kinds)
        if (row->kinds & bit(other)) takers += fmt::format("{}{}", takers.empty() ? "" : " and ", name_of(other));
      mistake_at({file_, entry.line, entry.column}, fmt::format("a {} fault has no \"{}\"", name_of(fault.kind), entry.key),
                 fmt::format("\"{}\" is for {}", entry.key, takers));
    }
  }
}

std::vector<const DocumentValue*> ScenarioReader::tables(const DocumentValue& root, std::string_view name) {
  std::vector<const DocumentValue*> found;
  const DocumentEntry* entry = root.find(name);
  if (!entry) return found;
  const std::string hint = fmt::format("write {} on a line of its own, once for each", header_of(name));
  if (entry->value.kind != Kind::list)
    mistake(entry->value, fmt::format("there can be several of \"{}\": it needs two brackets", name), hint);
  for (const DocumentValue& item : entry->value.items) {
    if (item.kind == Kind::table) {
      found.push_back(&item);
    } else {
      mistake(item, fmt::format("\"{}\" must hold tables, not {}", name, name_of(item.kind)), hint);
    }
  }
  return found;
}

void ScenarioReader::read_faults(const DocumentValue& root) {
  std::set<std::string> taken;
  for (const DocumentValue* table : tables(root, "fault")) {
    fault = FaultSpec();
    fault.place = place_of(*table);
    fault.reason = "chaos";
    // With a kind that is unknown or missing, every key that some kind takes is let pass, and none is missing but the kind.
    const DocumentEntry* kind_entry = table->find("kind");
    if (kind_entry) {
      key_ = kind_entry->key;
      fault_kind(kind_entry->value);
    } else {
      mistake(*table, "missing key \"kind\" in [[fault]]", "kind: crash, exit_signal, delay or partition");
    }
    const bool kind_known = kind_entry && !bad_.contains(&kind_entry->value);
    if (kind_known) {
      read_keys("fault", *table, bit(fault.kind));
      unknown_keys("fault", *table, bit(fault.kind));
    } else {
      for (const DocumentEntry& entry : table->entries) {
        const KeyRow* row = find_row("fault", entry.key);
        key_ = entry.key;
        if (row && entry.key != "kind") row->read(*this, entry.value);
      }
      unknown_keys("fault", *table, any_kind);
    }
    if (!crash_like(fault.kind)) {
      fault.window = Duration::zero();
      fault.reason.clear();
    }
    if (fault.name.empty() && kind_known && !table->find("name")) fault.name = name_of(fault.kind);
    check_name(*table, fault.name, taken, "faults");
    check_trigger(*table);
    check_times(*table);
    scenario.faults.push_back(fault);
  }
}

void ScenarioReader::read_properties(const DocumentValue& root) {
  constexpr std::string_view own_keys[] = {"law", "name"};
  std::set<std::string> taken;
  for (const DocumentValue* table : tables(root, "property")) {
    property = PropertySpec();
    property.place = place_of(*table);
    read_keys("property", *table, any_kind);
    if (property.name.empty() && !table->find("name")) property.name = property.law;
    check_name(*table, property.name, taken, "properties");
    if (const LawDeclaration* law = catalogue_.find_law(property.law))
      read_args(*table, law->args, fmt::format("law \"{}\"", law->name), property.args, own_keys);
    scenario.properties.push_back(property);
  }
}

void ScenarioReader::property_law(const DocumentValue& value) {
  if (value.kind != Kind::text) return wrong_type(value, "a text");
  const LawDeclaration* law = catalogue_.find_law(value.text);
  if (!law) return mistake(value, fmt::format("unknown law \"{}\"", value.text), hint_for(value.text, names_of(catalogue_.laws)));
  property.law = law->name;
  property.args = Args(law->args);
}

void ScenarioReader::system_app(const DocumentValue& value) {
  if (value.kind != Kind::text) return wrong_type(value, "a text");
  const SystemDeclaration* system = catalogue_.find_system(value.text);
  if (!system) return mistake(value, fmt::format("unknown system \"{}\"", value.text), hint_for(value.text, names_of(catalogue_.systems)));
  scenario.system = system->name;
  scenario.args = Args(system->args);
}

void ScenarioReader::system_args(const DocumentValue& value) {
  if (value.kind != Kind::table)
    return mistake(value, fmt::format("\"args\" must be a table, not {}", name_of(value.kind)), "write args = { tellers = 3 }");
  const SystemDeclaration* system = catalogue_.find_system(scenario.system);
  if (system) read_args(value, system->args, fmt::format("system \"{}\"", system->name), scenario.args, {});
}

void ScenarioReader::read_args(const DocumentValue& table, const std::vector<ArgDeclaration>& declared, std::string_view owner, Args& into,
                               std::span<const std::string_view> not_args) {
  for (const DocumentEntry& entry : table.entries) {
    if (std::find(not_args.begin(), not_args.end(), entry.key) != not_args.end()) continue;
    const auto found = std::find_if(declared.begin(), declared.end(), [&](const ArgDeclaration& arg) { return arg.name == entry.key; });
    if (found != declared.end()) {
      read_arg(entry.value, *found, into);
      continue;
    }
    std::vector<std::string> candidates = names_of(declared);
    candidates.insert(candidates.end(), not_args.begin(), not_args.end());
    const std::string hint = candidates.empty() ? "it takes none" : hint_for(entry.key, candidates);
    mistake_at({file_, entry.line, entry.column}, fmt::format("{} has no argument \"{}\"", owner, entry.key), hint);
  }
}

void ScenarioReader::mistake(const DocumentValue& value, std::string message, std::string hint) {
  bad_.insert(&value);
  mistake_at(place_of(value), std::move(message), std::move(hint));
}

void ScenarioReader::mistake(const DocumentValue& value, const Mistakes& mistakes) {
  for (const Mistake& each : mistakes) mistake(value, each.message, each.hint);
}

void ScenarioReader::mistake_at(Place place, std::string message, std::string hint) {
  mistakes_.push_back({std::move(place), std::move(message), std::move(hint)});
}

}  // namespace moirai
