#include "properties/otp_oracle/compare.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "properties/otp_oracle/deviations.hpp"

namespace moirai::otp_oracle {
namespace {

// {gen_server,call,Arguments}: how a request is written is nobody's semantics.
Value canonical(const Value& value) {
  if (value.is_tuple(3) && value[0].is("gen_server") && value[1].is("call")) return tuple("gen_server", "call", "any");
  if (value.is_tuple(3) && value[0].is("sys") && value[1].is_atom()) return tuple("sys", value[1], "any");
  if (!value.is_tuple() && !value.is_list()) return value;
  std::vector<Value> elements;
  for (const Value& element : value.elements()) elements.push_back(canonical(element));
  return value.is_tuple() ? Value::tuple(std::move(elements)) : Value::list(std::move(elements));
}
Log canonical(const Log& log) {
  Log all;
  for (const Value& event : log) all.push_back(canonical(event));
  return all;
}

// Sorts each run of neighbours that belong to the same unordered block.
template <class Belongs>
void sort_runs(Log& log, Belongs belongs) {
  for (auto begin = log.begin(); begin != log.end();) {
    auto end = std::find_if_not(begin, log.end(), belongs);
    std::sort(begin, end);
    begin = end == log.end() ? end : end + 1;
  }
}

Value parent_of(const Value& path) {
  std::vector<Value> elements = path.elements();
  if (!elements.empty()) elements.pop_back();
  return Value::list(std::move(elements));
}

bool is_start(const Value& event) {
  return event.is_tagged("start") || event.is_tagged("start_error") || event.is_tagged("start_raise") || event.is_tagged("start_other") ||
         event.is_tagged("ignore");
}

using Lanes = std::map<Value, Log>;

Value lane_of(const Value& path, const Value& incarnation) { return tuple("supervisor", path, incarnation); }

// One lane per supervisor incarnation for what it does to its children, one for its own beginning, one for the driver, and one for what
// children of a killed supervisor do. Where a supervisor begins to run, its lane says what it had started by then.
Lanes lanes_of(const Log& log, const std::set<Value>& simple) {
  Lanes lanes;
  std::map<Value, Value> current;                   // supervisor path -> its latest incarnation
  std::map<std::pair<Value, Value>, Value> owners;  // (path, incarnation) -> the lane that started it
  std::set<Value> over;                             // lanes whose supervisor is gone
  const auto lane_at = [&](const Value& path) {
    const auto found = current.find(path);
    return lane_of(path, found == current.end() ? Value(0) : found->second);
  };
  for (const Value& event : log) {
    Value lane = tuple("driver");
    if (event.is_tagged("sup_init")) {
      current.insert_or_assign(event[1], event[2]);
      lane = tuple("self", event[1], event[2]);
    } else if (is_start(event)) {
      lane = lane_at(parent_of(event[1]));
      if (over.contains(lane)) lanes[tuple("broken")].push_back(event);  // a dead supervisor starts nobody
      owners.insert_or_assign({event[1], event[2]}, lane);
      const Value below = lane_of(event[1], event[2]);
      if (lanes.contains(below)) lanes[below].push_back("started");  // its first children came before (causality)
    } else if (event.is_tagged("stop")) {
      const auto owner = owners.find({event[1], event[2]});
      lane = owner == owners.end() ? lane_at(parent_of(event[1])) : owner->second;
      if (over.contains(lane)) lane = tuple("orphans", lane);
      over.insert(lane_of(event[1], event[2]));
    } else if (event.is_tagged("report")) {
      lane = lane_of(event[1][1], event[1][2]);
    }
    lanes[lane].push_back(event);
  }
  for (auto& [lane, events] : lanes) {
    if (lane[0].is("orphans")) std::sort(events.begin(), events.end());
    if (!lane[0].is("supervisor") || !simple.contains(lane[1])) continue;
    sort_runs(events, [](const Value& event) { return event.is_tagged("stop"); });
    sort_runs(events, [](const Value& event) { return event.is_tagged("report") && event[4][0].is("nb_children"); });
  }
  return lanes;
}

// which_children of simple_one_for_one comes in no particular order: [{undefined,Pid,Type,Modules}, ...]
Value with_sorted_listing(const Value& value) {
  if (!value.is_tuple() && !value.is_list()) return value;
  std::vector<Value> elements;
  for (const Value& element : value.elements()) elements.push_back(with_sorted_listing(element));
  if (value.is_tuple()) return Value::tuple(std::move(elements));
  if (std::all_of(elements.begin(), elements.end(), [](const Value& child) { return child.is_tuple(4) && child[0].is("undefined"); }))
    std::sort(elements.begin(), elements.end());
  return Value::list(std::move(elements));
}

void find_simple(const Value& child, const std::vector<Value>& above, std::set<Value>& simple) {
  if (!child.is_tagged("sup") || child.size() < 4) return;
  std::vector<Value> path = above;
  path.push_back(child[1]);
  const Value* strategy = child[2].find("strategy");
  if (strategy && strategy->is("simple_one_for_one")) simple.insert(Value::list(path));
  for (const Value& below : child[3].elements()) find_simple(below, path, simple);
}

void find_simple_in_ops(const Value& ops, std::set<Value>& simple) {
  for (const Value& op : ops.elements()) {
    if (op.is_tagged("start_child") && op.size() == 3) find_simple(op[2], op[1].elements(), simple);
    if (op.is_tagged("batch") && op.size() == 3) find_simple_in_ops(op[2], simple);
  }
}

std::set<Value> simple_supervisors(const Value& program) {
  std::set<Value> simple;
  if (const Value* tree = program.find("tree")) find_simple(*tree, {}, simple);
  if (const Value* ops = program.find("ops")) find_simple_in_ops(*ops, simple);
  return simple;
}

// By whom a message in {mbox,...} came, as far as OTP promises an order.
Value sender_of(const Value& message) {
  if (message.is_tagged("EXIT") && message.size() == 3) return message[1];
  if (message.size() == 5) return message[3];
  return "msg";
}

Log without_order_between_senders(const Log& log) {
  Log relaxed;
  for (const Value& event : log) {
    if (!event.is_tagged("mbox")) {
      relaxed.push_back(event);
      continue;
    }
    std::vector<Value> messages = event[2].elements();
    std::stable_sort(messages.begin(), messages.end(), [](const Value& a, const Value& b) { return sender_of(a) < sender_of(b); });
    relaxed.push_back(event.with_element(2, Value::list(std::move(messages))));
  }
  sort_runs(relaxed, [](const Value& event) { return event.is_tagged("died"); });
  return relaxed;
}

// {pop,N,{exit,X,Y,R}} {res,N,Result} ... {died,X,_}: whether X, whom the death of Y ends, can still tell that its exit/2 returned, OTP leaves
// to its scheduler. An exit to itself never returns (R-SIG-9).
bool dies_of_it(const Log& log, std::size_t result) {
  if (result == 0 || !log[result - 1].is_tagged("pop")) return false;
  const Value& op = log[result - 1][2];
  if (!op.is_tagged("exit") || op[1] == op[2]) return false;
  for (std::size_t i = result + 1; i < log.size() && log[i].is_tagged("died"); ++i)
    if (log[i][1] == op[1]) return true;
  return false;
}
bool equal_but_for_last_words(const Log& ours, const Log& otp) {
  if (ours.size() != otp.size()) return false;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (ours[i] == otp[i]) continue;
    if (!ours[i].is_tagged("res") || !otp[i].is_tagged("res") || ours[i][1] != otp[i][1]) return false;
    const bool one_of_each =
        (ours[i][2].is("true") && otp[i][2].is("died_in_call")) || (ours[i][2].is("died_in_call") && otp[i][2].is("true"));
    if (!one_of_each || !dies_of_it(ours, i) || !dies_of_it(otp, i)) return false;
  }
  return true;
}

// Whose event it is, in a program of servers.
Value actor_of(const Value& event) {
  if (event.is_tagged("init") || event.is_tagged("stop")) return tuple(event[1], event[2]);
  if (event.is_tagged("handle") || event.is_tagged("report")) return tuple(event[1][1], event[1].size() == 3 ? event[1][2] : Value(0));
  return tuple(Value::list({event[1]}), 1);  // of a client: ret, mbox
}

// Within one instant each process has its own order.
Log per_process(const Log& log) {
  const auto is_boundary = [](const Value& event) { return event.is_tagged("op") || event.is_tagged("at"); };
  Log sorted = log;
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    auto end = std::find_if(begin, sorted.end(), is_boundary);
    std::stable_sort(begin, end, [](const Value& a, const Value& b) { return actor_of(a) < actor_of(b); });
    begin = end == sorted.end() ? end : end + 1;
  }
  return sorted;
}

// What no schedule may turn round: a stop has returned after somebody stopped, a call after a server was asked just this by just this client.
bool effects_follow_causes(const Log& log) {
  std::map<Value, Value> ops;  // by their numbers
  std::set<std::pair<Value, Value>> asked;
  bool stopped = false;
  for (const Value& event : log) {
    if (event.is_tagged("op")) {
      ops.clear(), asked.clear();
      stopped = false;
      if (!event[2].is_tagged("together")) {
        ops.emplace(event[1], event[2]);
        continue;
      }
      int part = 0;
      for (const Value& each : event[2][1].elements()) ops.emplace(tuple(event[1], ++part), each[1]);
    } else if (event.is_tagged("stop")) {
      stopped = true;
    } else if (event.is_tagged("handle") && event[2].is_tagged("call")) {
      asked.emplace(event[2][1], event[2][2]);
    } else if (event.is_tagged("ret") && event[3].is_tagged("value")) {
      const auto found = ops.find(event[2]);
      if (found == ops.end()) continue;
      const Value& op = found->second;
      if (op.is_tagged("stop") && !stopped) return false;
      if (op.is_tagged("call") && !asked.contains({tuple("pid", Value::list({op[1]}), 1), op[3]})) return false;
    }
  }
  return true;
}

std::size_t first_difference(const Log& ours, const Log& otp) {
  return static_cast<std::size_t>(std::mismatch(ours.begin(), ours.end(), otp.begin(), otp.end()).first - ours.begin());
}

// What is not equal in lanes either.
template <class EqualInLanes>
Comparison judged_by_table(const std::set<Value>& simple, const Log& ours, const Log& otp, std::size_t at, EqualInLanes equal_in_lanes) {
  for (const Deviation& deviation : deviations()) {
    const std::optional<Deviation::Applied> applied = deviation.apply(simple, ours, otp);
    if (applied && (applied->ours == applied->otp || equal_in_lanes(applied->ours, applied->otp)))
      return {Match::deviation, std::string(deviation.rule), at};
  }
  return {Match::mismatch, {}, at};
}

}  // namespace

Comparison compare_supervision(const Value& program, const Log& ours, const Log& otp) {
  const Log mine = canonical(ours), theirs = canonical(otp);
  if (mine == theirs) return {};
  const std::set<Value> simple = simple_supervisors(program);
  const auto equal_in_lanes = [&](const Log& a, const Log& b) {
    Log listed_a, listed_b;
    for (const Value& event : a) listed_a.push_back(with_sorted_listing(event));
    for (const Value& event : b) listed_b.push_back(with_sorted_listing(event));
    const Lanes lanes = lanes_of(listed_a, simple);
    return !lanes.contains(tuple("broken")) && lanes == lanes_of(listed_b, simple);
  };
  const std::size_t at = first_difference(mine, theirs);
  if (equal_in_lanes(mine, theirs)) return {Match::equal_in_lanes, {}, at};
  return judged_by_table(simple, mine, theirs, at, equal_in_lanes);
}

Comparison compare_procs(const Value&, const Log& ours, const Log& otp) {
  if (ours == otp) return {};
  const std::size_t at = first_difference(ours, otp);
  if (equal_but_for_last_words(without_order_between_senders(ours), without_order_between_senders(otp)))
    return {Match::equal_in_lanes, {}, at};
  return {Match::mismatch, {}, at};
}

Comparison compare_servers(const Value&, const Log& ours, const Log& otp) {
  const Log mine = canonical(ours), theirs = canonical(otp);
  if (mine == theirs) return {};
  const std::size_t at = first_difference(mine, theirs);
  const auto equal_in_lanes = [](const Log& a, const Log& b) { return effects_follow_causes(a) && per_process(a) == per_process(b); };
  if (equal_in_lanes(mine, theirs)) return {Match::equal_in_lanes, {}, at};
  return judged_by_table({}, mine, theirs, at, equal_in_lanes);
}

std::string story(const Value& program, const Log& ours, const Log& otp, const Comparison& comparison) {
  std::string out = "program " + program.to_string() + "\n";
  if (comparison.match == Match::equal) return out + "both logs are equal\n";
  constexpr std::size_t before = 4, after = 6;
  const std::size_t begin = comparison.first_difference - std::min(before, comparison.first_difference);
  const auto part = [&](std::string_view whose, const Log& log) {
    out += std::string(whose) + "\n";
    for (std::size_t i = begin; i < std::min(log.size(), comparison.first_difference + after); ++i)
      out += (i == comparison.first_difference ? "  > " : "    ") + std::to_string(i + 1) + " " + log[i].to_string() + "\n";
    if (log.size() <= comparison.first_difference) out += "  > the end\n";
  };
  part("Moirai", ours);
  part("OTP", otp);
  return out;
}

}  // namespace moirai::otp_oracle
