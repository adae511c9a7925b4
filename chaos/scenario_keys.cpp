// The format, one row per key: what `moirai list faults` prints and what the reader obeys are the same lines.
#include <limits>

#include "chaos/scenario_reader.hpp"

namespace moirai {

namespace {

using Reader = ScenarioReader;
using Value = DocumentValue;

constexpr std::uint8_t bit(FaultKind kind) { return static_cast<std::uint8_t>(1u << static_cast<unsigned>(kind)); }
constexpr std::uint8_t crash = bit(FaultKind::crash), exit_signal = bit(FaultKind::exit_signal);
constexpr std::uint8_t delay = bit(FaultKind::delay), partition = bit(FaultKind::partition);
constexpr std::uint8_t crash_likes = crash | exit_signal, lasting = delay | partition, every_kind = crash_likes | lasting;
constexpr std::uint8_t none = 0;
constexpr bool mandatory = true, optional = false;
constexpr std::uint64_t any_count = std::numeric_limits<std::int64_t>::max();

const std::string strategies[] = {std::string(name_of(ScheduleStrategy::fifo)), std::string(name_of(ScheduleStrategy::random))};
const std::string outcomes[] = {std::string(name_of(Outcome::pass)), std::string(name_of(Outcome::find_bug)),
                                std::string(name_of(Outcome::give_up))};

void read_strategy(Reader& r, const Value& v) {
  std::size_t chosen = static_cast<std::size_t>(r.scenario.schedule.strategy);
  r.word(v, chosen, strategies, "strategy");
  r.scenario.schedule.strategy = static_cast<ScheduleStrategy>(chosen);
}

void read_outcome(Reader& r, const Value& v) {
  std::size_t chosen = static_cast<std::size_t>(r.scenario.expect.outcome);
  r.word(v, chosen, outcomes, "outcome");
  r.scenario.expect.outcome = static_cast<Outcome>(chosen);
}

void read_max(Reader& r, const Value& v) {
  std::uint64_t most = 1;
  r.count(v, most, any_count);
  r.fault.max = most;
}

void read_after_operations(Reader& r, const Value& v) {
  std::uint64_t operations = 1;
  r.count(v, operations, std::numeric_limits<std::uint32_t>::max());
  r.fault.after_operations = static_cast<std::uint32_t>(operations);
}

constexpr KeyRow rows[] = {
    {"", "format", "integer", "", "version of the file format: 1", none, mandatory, [](Reader& r, const Value& v) { r.format(v); }},

    {"scenario", "name", "name", "", "unique among the scenarios of a suite; letters, digits, - _ . and /", none, mandatory,
     [](Reader& r, const Value& v) { r.name(v, r.scenario.name, true); }},
    {"scenario", "title", "text", "", "one sentence: what is shown", none, optional,
     [](Reader& r, const Value& v) { r.text(v, r.scenario.title); }},
    {"scenario", "doc", "text", "", "as much as a reader needs", none, optional,
     [](Reader& r, const Value& v) { r.text(v, r.scenario.doc); }},
    {"scenario", "tags", "list of names", "", "for choosing and grouping", none, optional,
     [](Reader& r, const Value& v) { r.names(v, r.scenario.tags); }},
    {"scenario", "owner", "text", "", "whom to ask", none, optional, [](Reader& r, const Value& v) { r.text(v, r.scenario.owner); }},
    {"scenario", "skip", "text", "", "why it is not run for now", none, optional,
     [](Reader& r, const Value& v) { r.text(v, r.scenario.skip); }},

    {"system", "app", "name of a system", "", "a system that the suite has registered", none, mandatory,
     [](Reader& r, const Value& v) { r.system_app(v); }},
    {"system", "args", "table", "", "arguments that the system declares", none, optional,
     [](Reader& r, const Value& v) { r.system_args(v); }},

    {"schedule", "strategy", "fifo or random", "random", "who goes next when several could: the oldest, or a draw", none, optional,
     read_strategy},

    {"phases", "warmup", "duration", "1s", "before chaos: the system starts and calms down", none, optional,
     [](Reader& r, const Value& v) { r.duration(v, r.scenario.phases.warmup); }},
    {"phases", "chaos", "duration", "10s", "faults start in this phase only, and their times count from its start", none, optional,
     [](Reader& r, const Value& v) { r.duration(v, r.scenario.phases.chaos); }},
    {"phases", "heal", "\"auto\"", "auto", "at the end of chaos every open fault is undone, in reverse order; there is no other way yet",
     none, optional, [](Reader& r, const Value& v) { r.heal(v); }},
    {"phases", "settle", "duration", "10s", "after heal: recovery is judged here", none, optional,
     [](Reader& r, const Value& v) { r.duration(v, r.scenario.phases.settle); }},

    {"limits", "virtual_time", "duration", "", "of one run; left out: the length of the phases", none, optional,
     [](Reader& r, const Value& v) { r.duration(v, r.scenario.limits.virtual_time); }},
    {"limits", "steps", "count", "2000000", "steps of one run", none, optional,
     [](Reader& r, const Value& v) { r.count(v, r.scenario.limits.steps, any_count); }},
    {"limits", "wall_time", "duration", "30s", "real time of one run, for the watchdog", none, optional,
     [](Reader& r, const Value& v) { r.duration(v, r.scenario.limits.wall_time, Duration(1)); }},
    {"limits", "stall", "count", "100000", "steps in a row without an advance of virtual time: then the run counts as stalled", none,
     optional, [](Reader& r, const Value& v) { r.count(v, r.scenario.limits.stall, any_count); }},

    {"seeds", "base", "seed", "1", "the first seed: a number, or \"0x83\"", none, optional,
     [](Reader& r, const Value& v) { r.seed(v, r.scenario.seeds.base); }},
    {"seeds", "count", "count", "100", "how many seeds, one run each", none, optional,
     [](Reader& r, const Value& v) { r.count(v, r.scenario.seeds.count, any_count); }},

    {"fault", "kind", "kind of fault", "", "what goes wrong", every_kind, mandatory, [](Reader& r, const Value& v) { r.fault_kind(v); }},
    {"fault", "name", "name", "", "unique in the scenario; left out: the kind", every_kind, optional,
     [](Reader& r, const Value& v) { r.name(v, r.fault.name, false); }},
    {"fault", "at", "list of times", "", "starts at these times of chaos", every_kind, optional,
     [](Reader& r, const Value& v) { r.at(v); }},
    {"fault", "every", "duration", "", "starts after each such period, first after one", every_kind, optional,
     [](Reader& r, const Value& v) { r.every(v); }},
    {"fault", "rate", "rate", "", "starts at random, so often on average: \"3/min\"", every_kind, optional,
     [](Reader& r, const Value& v) { r.rate(v); }},
    {"fault", "max", "count", "", "at most so many times in one run; left out: no bound", every_kind, optional, read_max},
    {"fault", "cooldown", "duration", "0s", "from the end of one to the earliest start of the next", every_kind, optional,
     [](Reader& r, const Value& v) { r.duration(v, r.fault.cooldown); }},
    {"fault", "for", "duration or range", "", "how long it lasts; left out: until heal", lasting, optional,
     [](Reader& r, const Value& v) { r.lasts(v); }},
    {"fault", "target", "pattern", "", "who: \"bank/ledger\", \"bank/teller-*\" for all that match, \"one bank/teller-*\" for one of them",
     crash_likes, mandatory, [](Reader& r, const Value& v) { r.selector(v, r.fault.target); }},
    {"fault", "from", "pattern", "", "whom the signal says it is from; left out: nobody who lives", exit_signal, optional,
     [](Reader& r, const Value& v) { r.selector(v, r.fault.from); }},
    {"fault", "reason", "term", "chaos", "exit reason in Erlang syntax: kill, {badmatch,7}", crash_likes, optional,
     [](Reader& r, const Value& v) { r.reason(v); }},
    {"fault", "window", "duration", "20ms", "it may be late by as much, so that it meets a busy system", crash_likes, optional,
     [](Reader& r, const Value& v) { r.duration(v, r.fault.window); }},
    {"fault", "after_operations", "count", "", "strikes at the target's n-th operation from then instead of at once", crash, optional,
     read_after_operations},
    {"fault", "links", "list of \"a -> b\"", "", "whose signals to whom", delay, mandatory, [](Reader& r, const Value& v) { r.links(v); }},
    {"fault", "delay", "duration or range", "", "how much later each arrives; those behind it of the same pair wait too", delay, mandatory,
     [](Reader& r, const Value& v) { r.duration_range(v, r.fault.delay); }},
    {"fault", "sides", "list of lists of patterns", "", "two or more groups; signals between them are held until it ends", partition,
     mandatory, [](Reader& r, const Value& v) { r.sides(v); }},

    {"property", "law", "name of a law", "", "a law that the suite has registered; its own arguments stand beside it", none, mandatory,
     [](Reader& r, const Value& v) { r.property_law(v); }},
    {"property", "name", "name", "", "unique in the scenario; left out: the law's name", none, optional,
     [](Reader& r, const Value& v) { r.name(v, r.property.name, false); }},

    {"expect", "outcome", "pass, find-bug or give-up", "pass", "what the scenario shows: all is well, a law is violated, the root gives up",
     none, optional, read_outcome},
    {"expect", "property", "name of a property", "", "find-bug: the property that must be violated", none, optional,
     [](Reader& r, const Value& v) { r.text(v, r.scenario.expect.property); }},
    {"expect", "within", "number of seeds", "", "find-bug: the bug must show within so many: \"50 seeds\"; left out: all", none, optional,
     [](Reader& r, const Value& v) { r.within(v); }},
};

}  // namespace

std::span<const KeyRow> key_rows() { return rows; }

std::vector<KeyDoc> scenario_keys() {
  std::vector<KeyDoc> docs;
  for (const KeyRow& row : rows) {
    KeyDoc doc{std::string(row.table), std::string(row.key), std::string(row.type), std::string(row.fallback), std::string(row.doc), {}};
    if (row.mandatory) doc.fallback = "(mandatory)";
    for (const FaultKind kind : fault_kinds)
      if (row.kinds & bit(kind)) doc.kinds.push_back(kind);
    docs.push_back(std::move(doc));
  }
  return docs;
}

std::vector<FaultKindDoc> fault_kind_docs() {
  return {
      {FaultKind::crash, "the target itself ends with `reason` the next time it could receive, whether it traps exits or not"},
      {FaultKind::exit_signal, "the target gets an exit signal with `reason`, as from exit/2: it dies, traps it or ignores it"},
      {FaultKind::delay, "signals on the links arrive later, and so does every later one of the same pair: order is kept"},
      {FaultKind::partition, "signals between the sides are held in order and released when it ends: nothing is lost"},
  };
}

}  // namespace moirai
