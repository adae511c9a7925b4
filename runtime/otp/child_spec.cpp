#include "runtime/otp/child_spec.hpp"

namespace moirai {

std::optional<Term> find_error(const ChildSpec& spec) {
  if (spec.id.empty()) return Term::atom("missing_id");
  if (!spec.start) return Term::atom("missing_start");
  if (spec.shutdown.kind == Shutdown::Kind::timeout && spec.shutdown.limit < Duration::zero()) {
    Term limit = Term::tuple({Term::integer(nanoseconds(spec.shutdown.limit)), Term::atom("nanosecond")});
    return Term::tuple({Term::atom("invalid_shutdown"), std::move(limit)});
  }
  return std::nullopt;
}

std::string_view to_string(Restart restart) {
  switch (restart) {
    case Restart::permanent: return "permanent";
    case Restart::transient: return "transient";
    case Restart::temporary: return "temporary";
  }
  return "?";
}

std::string_view to_string(ChildType type) { return type == ChildType::worker ? "worker" : "supervisor"; }

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

ChildSpec worker_spec(std::string id, std::shared_ptr<const ChildStart> start, const ChildOptions& options) {
  return {std::move(id), options.restart, options.shutdown, ChildType::worker, std::move(start), nullptr};
}

}  // namespace detail
}  // namespace moirai
