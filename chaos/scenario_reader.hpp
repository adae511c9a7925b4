// From a document to a scenario: collects every mistake instead of stopping at the first. What keys there are stands in scenario_keys.cpp, one row
// each; the reader knows only how to walk tables by these rows, how to read one typed value, and what must hold between several.
#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/catalogue.hpp"
#include "chaos/document.hpp"
#include "chaos/scenario.hpp"
#include "chaos/scenario_toml.hpp"
#include "runtime/kernel/result.hpp"

namespace moirai {

class ScenarioReader;

struct KeyRow {  // one key of the format
  std::string_view table, key, type, fallback, doc;
  std::uint8_t kinds;  // [[fault]]: bit k is set if FaultKind k takes it; 0 elsewhere
  bool mandatory;      // for every kind that takes it
  void (*read)(ScenarioReader&, const DocumentValue&);
};
// In the order in which they are read and a manual would list them; the keys of one table stand together.
std::span<const KeyRow> key_rows();

class ScenarioReader {
 public:
  ScenarioReader(std::string file, const Catalogue& catalogue);

  Result<Scenario> read(const DocumentValue& root);

  // For the rows of the key table. Each reads one value and, on a mistake, records it and leaves `into` alone.
  Scenario scenario;
  FaultSpec fault;        // the one being read
  PropertySpec property;  // the one being read

  void text(const DocumentValue& value, std::string& into);
  void name(const DocumentValue& value, std::string& into, bool slashes);
  void names(const DocumentValue& value, std::vector<std::string>& into);
  void duration(const DocumentValue& value, Duration& into, Duration least = {});
  void duration_range(const DocumentValue& value, DurationSpec& into);
  void count(const DocumentValue& value, std::uint64_t& into, std::uint64_t most);
  void word(const DocumentValue& value, std::size_t& into, std::span<const std::string> words, std::string_view what);
  void selector(const DocumentValue& value, Selector& into);

  void format(const DocumentValue& value);
  void heal(const DocumentValue& value);
  void system_app(const DocumentValue& value);
  void system_args(const DocumentValue& value);
  void fault_kind(const DocumentValue& value);
  void at(const DocumentValue& value);
  void every(const DocumentValue& value);
  void rate(const DocumentValue& value);
  void lasts(const DocumentValue& value);
  void reason(const DocumentValue& value);
  void links(const DocumentValue& value);
  void sides(const DocumentValue& value);
  void property_law(const DocumentValue& value);
  void seed(const DocumentValue& value, std::uint64_t& into);
  void within(const DocumentValue& value);

 private:
  Place place_of(const DocumentValue& value) const { return {file_, value.line, value.column}; }
  void mistake(const DocumentValue& value, std::string message, std::string hint = {});
  void mistake_at(Place place, std::string message, std::string hint = {});
  // Takes over a mistake made without a place.
  void mistake(const DocumentValue& value, const Mistakes& mistakes);
  void wrong_type(const DocumentValue& value, std::string_view expected);
  // What a number without quotes should have been, with a unit.
  void needs_unit(const DocumentValue& value, std::string_view expected, std::string hint);
  // One text or a list of texts, in order; wrong items are mistakes and left out.
  std::vector<const DocumentValue*> texts(const DocumentValue& value, std::string_view expected);

  bool is_format_one(const DocumentValue& root);
  void read_singles(const DocumentValue& root);
  void read_faults(const DocumentValue& root);
  void read_properties(const DocumentValue& root);
  void read_keys(std::string_view table, const DocumentValue& value, std::uint8_t kind);
  void unknown_keys(std::string_view table, const DocumentValue& value, std::uint8_t kind);
  void unknown_tables(const DocumentValue& root);
  std::vector<const DocumentValue*> tables(const DocumentValue& root, std::string_view name);
  void read_args(const DocumentValue& table, const std::vector<ArgDeclaration>& declared, std::string_view owner, Args& into,
                 std::span<const std::string_view> not_args);
  void read_arg(const DocumentValue& value, const ArgDeclaration& declared, Args& into);

  // What must hold between keys; each judges only what was read without a mistake.
  const DocumentEntry* good(const DocumentValue& table, std::string_view key) const;
  void check_limits(const DocumentValue& root);
  void check_seeds(const DocumentValue& root);
  void check_trigger(const DocumentValue& table);
  void check_times(const DocumentValue& table);
  void check_name(const DocumentValue& table, const std::string& own, std::set<std::string>& taken, std::string_view what);
  void check_expect(const DocumentValue& root);

  std::string file_;
  const Catalogue& catalogue_;
  std::string key_;  // being read, for messages
  std::set<const DocumentValue*> bad_;
  bool chaos_known_ = true;
  Mistakes mistakes_;
};

}  // namespace moirai
