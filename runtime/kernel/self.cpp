#include "runtime/kernel/self.hpp"

#include "runtime/kernel/signal_types.hpp"

namespace moirai {

template <class M, class Match>
void Self::flush(Match matches) {
  Process& p = *process_;
  for (Signal** at = &p.inbox.head; at != p.inbox.received; at = &(*at)->next) {
    Signal* s = *at;
    if (s->type != &type_of<M> || !matches(s->as<M>())) continue;
    World::unlink_message(p, at);
    world_->recycle(s);
    return;
  }
}

bool Self::demonitor(Ref monitor, bool flush_down) {
  if (!world_->operation(*process_)) return false;
  const bool active = world_->do_demonitor(*process_, monitor);
  if (flush_down && !active) flush<Down>([&](const Down& d) { return d.monitor == monitor; });
  return active;
}

void Self::unlink(Pid peer, bool flush_exit) {
  if (!world_->operation(*process_)) return;
  world_->do_unlink(*process_, peer);
  if (flush_exit) flush<Exit>([&](const Exit& e) { return e.from == peer; });
}

void Self::stop(const Term& reason, ExitCause cause) {
  if (!world_->operation(*process_)) return;
  if (!process_->handler()) exit(reason::badarg());
  world_->do_stop(*process_, reason, cause);
}

bool Self::trap_exit(bool on) {
  const bool old = process_->traps();
  if (!world_->operation(*process_)) return old;
  if (on)
    process_->flags |= Process::traps_exit;
  else
    process_->flags &= static_cast<std::uint8_t>(~Process::traps_exit);
  if (world_->wanted(EventKind::flag)) {
    Event event(EventKind::flag, pid());
    event.text = "trap_exit";
    event.on = on;
    world_->emit(event);
  }
  return old;
}

bool Self::is_alive(Pid target) {
  if (!world_->operation(*process_)) return false;
  if (target == pid()) return true;
  Signal** mark = process_->inbox.received;
  return await_info(mark, world_->request_info(*process_, target, World::Tags::info_request, false, {})).alive;
}

World::InfoReply Self::await_info(Signal** mark, Ref ref) {
  World::InfoReply reply{};
  receive_from(mark, when([&](const World::InfoReply& r) { return r.ref == ref; }, [&](const World::InfoReply& r) { reply = r; }));
  return reply;
}

std::optional<ProcessInfo> Self::process_info(Pid target) {
  if (!world_->operation(*process_)) return std::nullopt;
  if (target == pid()) {
    receive(after(Duration{0}, [] {}));  // what it sent itself is received first (R-SIG-5)
    return world_->info_of(*process_);
  }
  Signal** mark = process_->inbox.received;
  return await_info(mark, world_->request_info(*process_, target, World::Tags::info_request, true, {})).info;
}

void Self::group_leader(Pid leader, Pid process) {
  if (!world_->operation(*process_)) return;
  if (process == pid()) return world_->set_group_leader(*process_, leader);
  Signal** mark = process_->inbox.received;
  const Ref ref = world_->request_info(*process_, process, World::Tags::group_leader, false, leader);
  if (!await_info(mark, ref).alive) throw ExitRequest{reason::badarg()};
}

std::optional<Pid> ServerRef::resolve(Self& self) const {
  if (via_) return via_->whereis(self);
  return name_.data() ? self.whereis(name_) : std::optional(pid_);
}

std::optional<Pid> Self::find_if_any(const Via& name) {
  try {
    return name.whereis(*this);
  } catch (const ExitRequest&) { return std::nullopt; }
}

void Self::refuse(Pid caller, Ref call, Term why) {
  if (world_->operation(*process_) && call) world_->send_typed(process_, caller, Refusal{call, std::move(why)});
}

void Self::refuse_unknown(const Message& message) {
  refuse(message.sender(), message.call(), Term::tuple({Term::atom("unknown_call"), Term::atom(message.name())}));
}

void Self::idle_timeout(Duration wait) {
  Process& p = *process_;
  if (!world_->operation(p)) return;
  if (wait < Duration{0} || !p.handler()) throw ExitRequest{reason::badarg()};
  p.marks &= static_cast<std::uint8_t>(~Process::idle_timeout);
  if (wait == Duration::max()) return;
  p.marks |= Process::idle_timeout;
  world_->extra(p).idle_timeout = wait;
}

Term Self::call_failure(Term why, std::string_view module, std::vector<Term> arguments, std::optional<Duration> timeout) {
  if (timeout) {
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(*timeout).count();
    arguments.push_back(*timeout == Duration::max() ? Term::atom("infinity") : Term::integer(whole));
  }
  return Term::tuple({std::move(why), Term::tuple({Term::atom(module), Term::atom("call"), Term::list(std::move(arguments))})});
}

}  // namespace moirai
