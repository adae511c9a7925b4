#include "chaos/injector.hpp"

#include <algorithm>

#include "chaos/fault_notes.hpp"
#include "chaos/faults/injection.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

namespace {

// How long a firing that found its targets stays open; nullopt: it is over at once (crash, exit signal).
struct Lasting {
  bool stays_open = false;
  std::optional<Duration> lasts;  // nullopt: until heal
};
Lasting lasting(const FaultEffect& effect) {
  if (const DelayFault* delay = std::get_if<DelayFault>(&effect)) return {true, delay->lasts};
  if (const PartitionFault* partition = std::get_if<PartitionFault>(&effect)) return {true, partition->lasts};
  if (const CrashFault* crash = std::get_if<CrashFault>(&effect)) return {crash->after_operations.has_value(), std::nullopt};
  return {};
}

// Could the armed crash have ended its target with this? Something else may have been quicker.
bool is_reason(const FaultEffect& effect, const Term& seen) {
  const CrashFault* crash = std::get_if<CrashFault>(&effect);
  if (!crash) return false;
  const std::optional<Term> meant = parse_term(crash->reason);
  return meant && (seen == *meant || (meant->is_atom("kill") && seen.is_atom("killed")));
}

}  // namespace

Injector::Injector(const FaultPlan& plan, FaultLog& log) : plan_(plan), log_(log), items_(plan.faults.size()) {
  log_.records.clear();
  for (const PlannedFault& fault : plan_.faults) {
    FaultRecord record;
    record.name = fault.name;
    record.kth = fault.kth;
    record.kind = fault.kind();
    log_.records.push_back(std::move(record));
  }
}

void Injector::begin(Control& control, Time heal) {
  control_ = &control;
  heal_ = heal;
  if (plan_.faults.empty()) return;
  control.set_wire(&wire_);
  for (std::size_t i = 0; i < plan_.faults.size(); ++i) {
    const PlannedFault& fault = plan_.faults[i];
    if (fault.due >= heal) continue;
    items_[i].posted = control.post(
        {"fault:" + fault.key(), fault.due, std::min(fault.until, heal - Duration(1)), [this, i](Control& at) { fire(at, i); }});
  }
}

void Injector::fire(Control& control, std::size_t index) {
  const PlannedFault& fault = plan_.faults[index];
  FaultRecord& record = log_.records[index];
  Item& item = items_[index];
  Injection injection{control, wire_, record, Random(stream_key(plan_.seed, "fault", fault.key())), {}, std::nullopt};
  const bool hit = std::visit([&](const auto& effect) { return apply(effect, injection); }, fault.effect);
  item.armed = std::move(injection.armed);
  item.rule = injection.rule;
  if (!hit) {
    record.fate = FaultFate::skipped;
    record.skip = SkipReason::no_target;
    control.note(FaultSkipped{fault.key(), std::string(name_of(record.skip))});
    return;
  }
  const Lasting stays = lasting(fault.effect);
  record.opened = control.now();
  record.fate = item.armed.empty() ? FaultFate::fired : FaultFate::armed;
  control.note(FaultOpened{fault.key(), record.targets});
  if (!stays.stays_open) {
    record.closed = record.opened;
    return;
  }
  opened_.push_back(index);
  if (!stays.lasts) return;
  const Time end = after(control.now(), *stays.lasts);
  if (end < heal_)
    item.ending = control.post({"fault:" + fault.key() + " ends", end, end, [this, index](Control& at) { close(at, index); }});
}

void Injector::close(Control& control, std::size_t index) {
  Item& item = items_[index];
  FaultRecord& record = log_.records[index];
  Injection injection{control, wire_, record, Random(), std::move(item.armed), item.rule};
  const FaultEffect& effect = plan_.faults[index].effect;
  if (const CrashFault* crash = std::get_if<CrashFault>(&effect)) undo(*crash, injection);
  if (const DelayFault* delay = std::get_if<DelayFault>(&effect)) undo(*delay, injection);
  if (const PartitionFault* partition = std::get_if<PartitionFault>(&effect)) undo(*partition, injection);
  item.armed.clear();
  item.rule.reset();
  settle_armed(index, control.now());
  control.note(FaultClosed{plan_.faults[index].key()});
}

void Injector::heal(Control& control) {
  while (!opened_.empty()) {
    const std::size_t last = opened_.back();
    if (items_[last].ending != 0) control.cancel(items_[last].ending);
    close(control, last);
  }
}

EventMask Injector::wants() const { return plan_.faults.empty() ? EventMask{} : EventMask{EventKind::spawn, EventKind::exit}; }

void Injector::saw(const Event& event) {
  if (event.kind == EventKind::spawn) {
    if (!wire_.idle()) wire_.born(*control_, event.subject);
    return;
  }
  bool newest = true;                             // of several armed faults only the last counts in the kernel
  const std::vector<std::size_t> open = opened_;  // settle_armed takes some out
  for (auto index = open.rbegin(); index != open.rend(); ++index) {
    Item& item = items_[*index];
    const auto dead = std::find(item.armed.begin(), item.armed.end(), event.subject);
    if (dead == item.armed.end()) continue;
    item.armed.erase(dead);
    if (newest && event.cause == ExitCause::outside && is_reason(plan_.faults[*index].effect, *event.reason)) item.struck = true;
    newest = false;
    if (item.armed.empty()) settle_armed(*index, event.at);
  }
}

// Nothing is left to count or to hold: the record is closed.
void Injector::settle_armed(std::size_t index, Time now) {
  FaultRecord& record = log_.records[index];
  opened_.erase(std::remove(opened_.begin(), opened_.end(), index), opened_.end());
  record.closed = now;
  if (record.fate != FaultFate::armed) return;
  record.fate = items_[index].struck ? FaultFate::fired : FaultFate::skipped;
  if (!items_[index].struck) record.skip = SkipReason::not_reached;
}

}  // namespace moirai
