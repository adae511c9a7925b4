#include "chaos/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/kernel/check.hpp"

namespace moirai {

namespace {

template <class Declaration>
const Declaration* find_named(const std::vector<Declaration>& declarations, std::string_view name) {
  const auto found = std::find_if(declarations.begin(), declarations.end(), [&](const Declaration& d) { return d.name == name; });
  return found == declarations.end() ? nullptr : &*found;
}

}  // namespace

ArgKind kind_of(const ArgValue& value) { return static_cast<ArgKind>(value.index()); }

std::string_view name_of(ArgKind kind) {
  constexpr std::string_view names[] = {"a boolean", "an integer", "a text", "a duration", "a ratio"};
  return names[static_cast<std::size_t>(kind)];
}

std::string to_text(const ArgValue& value) {
  switch (kind_of(value)) {
    case ArgKind::boolean: return std::get<bool>(value) ? "true" : "false";
    case ArgKind::integer: return std::to_string(std::get<std::int64_t>(value));
    case ArgKind::text: return quote(std::get<std::string>(value));
    case ArgKind::duration: return quote(to_text(std::get<Duration>(value)));
    case ArgKind::ratio: return quote(to_text(std::get<Ratio>(value)));
  }
  MOIRAI_CHECK(false, "an argument has one of the known kinds");
}

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': quoted += "\\\""; break;
      case '\\': quoted += "\\\\"; break;
      case '\n': quoted += "\\n"; break;
      case '\t': quoted += "\\t"; break;
      default: quoted += byte < 0x20 || byte == 0x7f ? fmt::format("\\u{:04x}", byte) : std::string(1, c);
    }
  }
  return quoted + "\"";
}

Args::Args(const std::vector<ArgDeclaration>& declared) {
  for (const ArgDeclaration& arg : declared) entries_.emplace_back(arg.name, arg.fallback);
}

const ArgValue& Args::require(std::string_view name, ArgKind kind) const {
  for (const Entry& entry : entries_) {
    if (entry.first != name) continue;
    MOIRAI_CHECK(kind_of(entry.second) == kind, fmt::format("argument \"{}\" was declared as {} and is asked for as {}", name,
                                                            name_of(kind_of(entry.second)), name_of(kind)));
    return entry.second;
  }
  std::string declared;
  for (const Entry& entry : entries_) declared += (declared.empty() ? "" : ", ") + entry.first;
  check_failed("declared", fmt::format("argument \"{}\" was never declared; declared are: {}", name, declared));
}

bool Args::boolean(std::string_view name) const { return std::get<bool>(require(name, ArgKind::boolean)); }
std::int64_t Args::integer(std::string_view name) const { return std::get<std::int64_t>(require(name, ArgKind::integer)); }
const std::string& Args::text(std::string_view name) const { return std::get<std::string>(require(name, ArgKind::text)); }
Duration Args::duration(std::string_view name) const { return std::get<Duration>(require(name, ArgKind::duration)); }
Ratio Args::ratio(std::string_view name) const { return std::get<Ratio>(require(name, ArgKind::ratio)); }

bool Args::has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.first == name; });
}

void Args::set(std::string_view name, ArgValue value) {
  require(name, kind_of(value));
  for (Entry& entry : entries_)
    if (entry.first == name) {
      entry.second = std::move(value);
      return;
    }
}

const SystemDeclaration* Catalogue::find_system(std::string_view name) const { return find_named(systems, name); }
const LawDeclaration* Catalogue::find_law(std::string_view name) const { return find_named(laws, name); }

}  // namespace moirai
