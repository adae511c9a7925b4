// What a suite has registered and a scenario file may therefore name: systems and laws with the arguments they declare.
// Filled by the suite's main before anything is read; read by the scenario reader, `moirai list` and the run.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "chaos/quantity.hpp"

namespace moirai {

struct ChildSpec;  // runtime/otp/child_spec.hpp; only a name here

enum class ArgKind : std::uint8_t { boolean, integer, text, duration, ratio };  // in the order of ArgValue's alternatives
using ArgValue = std::variant<bool, std::int64_t, std::string, Duration, Ratio>;

ArgKind kind_of(const ArgValue& value);
std::string_view name_of(ArgKind kind);      // "a boolean", "an integer", "a text", "a duration", "a ratio"
std::string to_text(const ArgValue& value);  // as it is written in TOML: true, 3, "before-write", "150ms", "1/10"
std::string quote(std::string_view text);    // a TOML basic string, quotes included

struct ArgDeclaration {
  std::string name;
  ArgValue fallback;  // its alternative is the argument's type, its value what holds when the file is silent
  std::string doc;
};

// The arguments of one system or law: exactly the declared ones, in declaration order, each with its declared type.
class Args {
 public:
  using Entry = std::pair<std::string, ArgValue>;

  Args() = default;
  explicit Args(const std::vector<ArgDeclaration>& declared);  // all at their fallbacks

  // Requires: declared, with this type. Anything else is an error in the program: prints which and aborts.
  bool boolean(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  Duration duration(std::string_view name) const;
  Ratio ratio(std::string_view name) const;

  bool has(std::string_view name) const;
  // Requires: declared, and value has the declared type.
  void set(std::string_view name, ArgValue value);
  const std::vector<Entry>& entries() const { return entries_; }
  bool operator==(const Args&) const = default;

 private:
  const ArgValue& require(std::string_view name, ArgKind kind) const;

  std::vector<Entry> entries_;
};

struct SystemDeclaration {
  std::string name, doc;
  std::vector<ArgDeclaration> args;
  std::function<ChildSpec(const Args&)> root;  // called once per run; must depend on nothing but its arguments
};

struct LawDeclaration {
  std::string name, doc;
  std::vector<ArgDeclaration> args;
};

struct Catalogue {
  std::vector<SystemDeclaration> systems;
  std::vector<LawDeclaration> laws;

  // nullptr if there is none.
  const SystemDeclaration* find_system(std::string_view name) const;
  const LawDeclaration* find_law(std::string_view name) const;
};

}  // namespace moirai
