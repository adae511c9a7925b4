#include "runtime/otp/child_spec.hpp"

#include <set>
#include <utility>

namespace moirai {

std::optional<Term> find_error(const ChildSpec& spec, std::optional<AutoShutdown> auto_shutdown) {
  const auto tagged = [](std::string_view tag, Term content) { return Term::tuple({Term::atom(tag), std::move(content)}); };
  const auto combination = [&](Term one, Term other) { return tagged("bad_combination", Term::list({std::move(one), std::move(other)})); };
  const auto number = [](auto value) { return Term::integer(static_cast<std::int64_t>(value)); };
  if (spec.id.empty()) return Term::atom("missing_id");
  if (!spec.start) return Term::atom("missing_start");
  if (to_string(spec.restart) == "?") return tagged("invalid_restart_type", number(spec.restart));
  if (spec.significant) {
    const Term significant = tagged("significant", Term::atom("true"));
    if (auto_shutdown == AutoShutdown::never) return combination(tagged("auto_shutdown", Term::atom("never")), significant);
    if (spec.restart == Restart::permanent) return combination(tagged("restart", Term::atom("permanent")), significant);
  }
  if (to_string(spec.type) == "?") return tagged("invalid_child_type", number(spec.type));
  if (spec.shutdown.kind > Shutdown::Kind::infinity) return tagged("invalid_shutdown", number(spec.shutdown.kind));
  if (spec.shutdown.kind == Shutdown::Kind::timeout && spec.shutdown.limit < Duration::zero())
    return tagged("invalid_shutdown", detail::whole(spec.shutdown.limit, std::chrono::milliseconds(1)));
  for (const std::string& module : spec.modules)
    if (module.empty()) return tagged("invalid_module", Term::string(module));
  if (spec.backoff) return find_error(*spec.backoff);
  return std::nullopt;
}

std::optional<Term> check_childspecs(const std::vector<ChildSpec>& specs, std::optional<AutoShutdown> auto_shutdown) {
  std::set<std::string_view> ids;
  for (const ChildSpec& spec : specs) {
    if (auto error = find_error(spec, auto_shutdown)) return error;
    if (!ids.insert(spec.id).second) return Term::tuple({Term::atom("duplicate_child_name"), Term::atom(spec.id)});
  }
  return std::nullopt;
}

ChildConfig config_of(const ChildSpec& spec) { return {spec.id, spec.restart, spec.shutdown, spec.type, spec.significant}; }

void fold(Digest& digest, const ChildSpec& spec) { reflect::fold_value(digest, config_of(spec)); }
void print(std::string& out, const ChildSpec& spec) { reflect::print_value(out, config_of(spec)); }

std::string_view to_string(Restart restart) {
  switch (restart) {
    case Restart::permanent: return "permanent";
    case Restart::transient: return "transient";
    case Restart::temporary: return "temporary";
  }
  return "?";
}

std::string_view to_string(ChildType type) {
  switch (type) {
    case ChildType::worker: return "worker";
    case ChildType::supervisor: return "supervisor";
  }
  return "?";
}

std::string_view to_string(AutoShutdown auto_shutdown) {
  switch (auto_shutdown) {
    case AutoShutdown::never: return "never";
    case AutoShutdown::any_significant: return "any_significant";
    case AutoShutdown::all_significant: return "all_significant";
  }
  return "?";
}

std::string to_string(Shutdown shutdown) {
  switch (shutdown.kind) {
    case Shutdown::Kind::brutal_kill: return "brutal_kill";
    case Shutdown::Kind::infinity: return "infinity";
    case Shutdown::Kind::timeout: break;
  }
  return reflect::to_text(shutdown.limit);
}

void fold(Digest& digest, const Shutdown& shutdown) {
  reflect::fold_value(digest, shutdown.kind);
  reflect::fold_value(digest, shutdown.limit);
}

void print(std::string& out, const Shutdown& shutdown) { out += to_string(shutdown); }

namespace detail {

ChildSpec worker_spec(std::string id, std::shared_ptr<const ChildStart> start, const ChildOptions& options, std::string_view module) {
  ChildSpec spec{std::move(id), options.restart,     options.shutdown, ChildType::worker, std::move(start),
                 nullptr,       options.significant, options.modules,  options.backoff};
  if (spec.modules.empty()) spec.modules.emplace_back(module);
  return spec;
}

Term whole(Duration value, Duration unit) {
  if (value % unit == Duration::zero()) return Term::integer(value / unit);
  return Term::tuple({Term::integer(nanoseconds(value)), Term::atom("nanosecond")});
}

}  // namespace detail
}  // namespace moirai
