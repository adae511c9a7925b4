#include "runtime/otp/event_process.hpp"

#include <algorithm>
#include <utility>

namespace moirai::gen_event {
namespace {

Term swapped_for(const HandlerId& next, Pid supervisor) {
  return Term::tuple({Term::atom("swapped"), next.to_term(), supervisor ? Term::pid(supervisor) : Term::atom("false")});
}
bool is_failure(const Term& reason) { return reason.is_tuple() && reason.size() > 0 && reason[0].is_atom("EXIT"); }

}  // namespace

void EventProcess::handle(Self& self, const Notify& m) { pass(self, m.event); }

// Handlers are called by CallHandler only: whoever calls the manager itself is refused, where OTP lets him wait in vain.
void EventProcess::handle(Self& self, const Message& m) {
  pass(self, m);
  self.refuse_unknown(m);
}

void EventProcess::handle(Self& self, const SyncNotify& m, const From<SyncNotify>& from) {
  pass(self, m.event);
  self.reply(from, {});
}

void EventProcess::handle(Self& self, const AddHandler& m, const From<AddHandler>& from) {
  self.reply(from, install(self, m.handler, m.supervised ? from.caller : Pid{}, nullptr));
}

void EventProcess::handle(Self& self, const DeleteHandler& m, const From<DeleteHandler>& from) {
  const auto found = find(m.handler);
  if (found == entries_.end()) return self.reply(from, {true, Term::atom("module_not_found")});
  Term result = terminate(self, *found, {Leaving::Why::deleted, m.argument}, reason::normal(), "delete");
  entries_.erase(found);
  const bool failed = is_failure(result);
  self.reply(from, {failed, std::move(result)});
}

// R-GE-5
void EventProcess::handle(Self& self, const SwapHandler& m, const From<SwapHandler>& from) {
  Pid supervisor = m.supervised ? from.caller : Pid{};
  Term result = Term::atom("error");
  if (const auto found = find(m.handler); found != entries_.end()) {
    if (!m.supervised) supervisor = found->supervisor;
    result = terminate(self, *found, {Leaving::Why::swapped, m.argument}, swapped_for(m.next.id(), supervisor), "swap");
    entries_.erase(found);
  }
  self.reply(from, install(self, m.next, supervisor, &result));
}

// R-GE-4
void EventProcess::handle(Self& self, const CallHandler& m, const From<CallHandler>& from) {
  const auto found = find(m.handler);
  if (found == entries_.end()) return self.reply(from, {std::nullopt, Term::atom("bad_module")});
  std::optional<Answer<AnyMessage>> answer;
  if (auto failure = failure_of([&] { answer = found->handler->call(self, m.request); })) {
    terminate(self, *found, {Leaving::Why::failed, *failure}, *failure, m.request.to_string());
    entries_.erase(found);
    return self.reply(from, {std::nullopt, std::move(*failure)});
  }
  if (!answer) return self.reply(from, {std::nullopt, Term::tuple({Term::atom("unknown_call"), Term::atom(m.request.name())})});
  if (!follow(self, *found, answer->next, m.request.to_string())) entries_.erase(found);
  self.reply(from, {std::move(answer->value), Term{}});
}

void EventProcess::handle(Self& self, const WhichHandlers&, const From<WhichHandlers>& from) {
  std::vector<HandlerId> ids;
  for (const Entry& entry : entries_) ids.push_back(entry.id);
  self.reply(from, ids);
}

// R-GE-3
void EventProcess::handle(Self& self, const Exit& m) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->supervisor != m.from) {
      ++entry;
      continue;
    }
    terminate(self, *entry, {Leaving::Why::orphaned, m.reason}, reason::shutdown(), "parent_terminated");
    entry = entries_.erase(entry);
  }
  pass(self, AnyMessage(m));
}

void EventProcess::terminate(Self& self, const Term&) {
  for (Entry& entry : entries_) terminate(self, entry, {Leaving::Why::stopped}, reason::shutdown(), "stop");
  for (const Entry& entry : entries_)
    if (entry.supervisor && entry.supervisor != parent_) self.unlink(entry.supervisor);
  entries_.clear();
}

std::string EventProcess::state() const {
  std::string text = "[";
  for (const Entry& entry : entries_) {
    if (text.size() > 1) text += ",";
    print(text, entry.id);
  }
  return text + "]";
}

EventProcess::Entries::iterator EventProcess::find(const HandlerId& id) {
  return std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.id == id; });
}

// R-GE-1, R-GE-2
template <class Event>
void EventProcess::pass(Self& self, const Event& event) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    std::optional<Next> next;
    bool stays = true;
    if (const auto failure = failure_of([&] { next = entry->handler->event(self, event); })) {
      terminate(self, *entry, {Leaving::Why::failed, *failure}, *failure, event.to_string());
      stays = false;
    } else if (next) {
      stays = follow(self, *entry, *next, event.to_string());
    }
    entry = stays ? std::next(entry) : entries_.erase(entry);
  }
}

std::optional<Term> EventProcess::install(Self& self, const Handler& handler, Pid supervisor, const Term* inherited) {
  if (supervisor) self.link(supervisor);
  Entry entry{handler.id(), supervisor, nullptr};
  if (auto failure = make(self, handler, inherited, entry)) return failure;
  entries_.insert(entries_.begin(), std::move(entry));
  return std::nullopt;
}

std::optional<Term> EventProcess::make(Self& self, const Handler& handler, const Term* inherited, Entry& entry) {
  return failure_of([&] {
    entry.handler = handler.make(self);
    if (inherited) entry.handler->inherit(self, *inherited);
  });
}

bool EventProcess::follow(Self& self, Entry& entry, const Next& next, const std::string& last) {
  if (std::holds_alternative<KeepHandler>(next)) return true;
  if (std::holds_alternative<RemoveHandler>(next)) {
    terminate(self, entry, {Leaving::Why::removed}, reason::normal(), last);
    return false;
  }
  const auto& swap = std::get<SwapHandlerFor>(next);
  const HandlerId id = swap.next->id();
  const Term result = terminate(self, entry, {Leaving::Why::swapped, swap.argument}, swapped_for(id, entry.supervisor), last);
  entry.id = id;
  const auto failure = make(self, *swap.next, &result, entry);
  if (failure) report(self, id, entry.supervisor, *failure, last);
  return !failure;
}

std::optional<Term> EventProcess::failure_of(const std::function<void()>& code) {
  try {
    code();
    return std::nullopt;
  } catch (const ProcessExit&) { throw; } catch (...) {
    return Term::tuple({Term::atom("EXIT"), what_was_thrown().reason});
  }
}

// What the handler's terminate returns, or {'EXIT',Reason}.
Term EventProcess::terminate(Self& self, Entry& entry, const Leaving& why, const Term& reason, const std::string& last) {
  Term result;
  if (auto failure = failure_of([&] { result = entry.handler->terminate(self, why); })) result = std::move(*failure);
  report(self, entry.id, entry.supervisor, reason, last);
  return result;
}

void EventProcess::report(Self& self, const HandlerId& id, Pid supervisor, const Term& reason, const std::string& last) {
  if (is_failure(reason)) self.note(HandlerReport{id, last, reason});
  if (supervisor) self.send(supervisor, HandlerExit{id, reason});
}

}  // namespace moirai::gen_event
