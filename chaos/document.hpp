// A TOML document as plain values with their places, free of the library that read it. Made by scenario_toml.cpp, read by ScenarioReader.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace moirai {

struct DocumentEntry;

struct DocumentValue {
  enum class Kind : std::uint8_t { text, integer, fraction, boolean, date, list, table };

  Kind kind = Kind::table;
  int line = 0, column = 0;  // 1-based, columns in characters; of a [table]: its header
  std::string text;          // text: itself; integer and fraction: in decimal; date: empty
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<DocumentValue> items;    // list
  std::vector<DocumentEntry> entries;  // table, by place of the key; keys are unique

  const DocumentEntry* find(std::string_view key) const;
};

struct DocumentEntry {
  std::string key;
  int line = 0, column = 0;  // of the key
  DocumentValue value;
};

std::string_view name_of(DocumentValue::Kind kind);  // "a text", "an integer" ...

inline const DocumentEntry* DocumentValue::find(std::string_view key) const {
  for (const DocumentEntry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

inline std::string_view name_of(DocumentValue::Kind kind) {
  constexpr std::string_view names[] = {"a text", "an integer", "a fraction", "a boolean", "a date", "a list", "a table"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace moirai
