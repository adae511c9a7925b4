// Reception: what each kind of signal does when it arrives (K-10), exit signals by the table R-XS, and sending the slow way.
#include <algorithm>

#include "runtime/kernel/self.hpp"
#include "runtime/kernel/signal_types.hpp"
#include "runtime/kernel/world.hpp"

namespace moirai {

std::string_view to_string(SignalKind kind) {
  switch (kind) {
    case SignalKind::message: return "message";
    case SignalKind::alias_message: return "reply";
    case SignalKind::exit: return "exit";
    case SignalKind::link_exit: return "link_exit";
    case SignalKind::link: return "link";
    case SignalKind::unlink: return "unlink";
    case SignalKind::unlink_ack: return "unlink_ack";
    case SignalKind::monitor: return "monitor";
    case SignalKind::demonitor: return "demonitor";
    case SignalKind::down: return "down";
    case SignalKind::info_request: return "info_request";
    case SignalKind::info_reply: return "info_reply";
    case SignalKind::group_leader: return "group_leader";
  }
  return "?";
}

[[gnu::always_inline]] inline void World::complete_and_tell(Event& event) noexcept {
  event.at = now_;
  event.step = steps_;
  const bool outer = std::exchange(telling_, true);
  for (Observer* observer : listeners_[static_cast<std::size_t>(event.kind)]) observer->saw(event);
  telling_ = outer;
}

// Completes and tells an event of a send, receive or drop, whatever the signal is.
[[gnu::always_inline]] inline void World::tell_signal(Event& event, const Signal& signal) {
  const SignalType& type = *signal.type;
  const Message message(&signal);
  if (is_message(type.kind)) [[likely]] {
    if (!wanted(event.kind)) return;
    event.message = &message;
    if (event.text.empty()) event.text = type.name;
    if (type.is_call || type.kind == SignalKind::alias_message) event.ref = *static_cast<const Ref*>(signal.payload());  // begins with it
  } else {
    event.kind = signal_kind(event.kind);
    if (!wanted(event.kind)) return;
    if (type.kind == SignalKind::exit || type.kind == SignalKind::link_exit) {
      event.reason = &signal.as<ExitPayload>().reason;
    } else if (type.kind == SignalKind::down) {
      event.reason = &signal.as<DownPayload>().reason;
      event.ref = signal.as<DownPayload>().ref;
    } else if (type.kind == SignalKind::monitor || type.kind == SignalKind::demonitor) {
      event.ref = monitors_[signal.as<MonitorPayload>().monitor].ref;
    }
  }
  if (event.signal == SignalKind::message) event.signal = type.kind;
  event.order = signal.order();
  complete_and_tell(event);
}

void World::emit(Event& event) { complete_and_tell(event); }

void World::dispatch_slow(Process* from, Process* receiver, Pid to, Signal* signal) {
  if (wants_.steps) causes_[signal->order()] = step_cause_;
  const Pid sender = signal->sender;
  const bool through_wire =
      receiver && sender && sender != to && ((receiver->flags | (from ? from->flags : 0)) & (Process::impaired | Process::in_transit)) != 0;
  if (through_wire) return route(from, *receiver, signal);
  if (observed_send_) announce_send(from, to, *signal);
  if (!receiver) return answer_for_dead(to, signal, true);
  append(*receiver, signal, from);
}

void World::announce_send(Process* from, Pid to, const Signal& signal, Hold hold, std::uint64_t former_order) {
  const bool from_outside = !from && hold != Hold::released && find(signal.sender) != nullptr;
  Event event(EventKind::send, signal.sender, to);
  event.hold = hold;
  event.cause = from_outside ? ExitCause::outside : ExitCause::returned;
  event.former_order = former_order;
  tell_signal(event, signal);
}

void World::announce_receive(const Process& p, const Signal& signal, SignalKind was) {
  Event event(EventKind::receive, p.pid, signal.sender);
  event.signal = was;
  tell_signal(event, signal);
}

void World::announce_drop(Pid receiver, const Signal& signal, std::string_view why) {
  const bool notice = signal.type == &type_of<Exit> || signal.type == &type_of<Down> || signal.type == &type_of<IdleTimeout>;
  messages_.dropped += is_message(signal) && !notice;
  Event event(EventKind::drop, receiver, signal.sender);
  event.text = why;
  tell_signal(event, signal);
}

// A signal that reaches a process that is dead: some kinds are answered (R-SIG-8), the others are gone. `sync`: the answer is part of
// the sender's own operation, so its polls wait for it (K-4).
void World::answer_for_dead(Pid dead, Signal* signal, bool sync) {
  const Pid asker = signal->sender;
  Process* to = find(asker);
  Signal* answer = nullptr;
  switch (signal->type->kind) {
    case SignalKind::link:
      if (to) {
        answer = make_signal(Tags::link_exit, dead, ExitPayload{reason::noproc(), signal->as<LinkPayload>().link, false});
        answer->set_flags(Signal::exit_class);
      } else {
        --links_[signal->as<LinkPayload>().link].signals;
        collect_link(signal->as<LinkPayload>().link);
      }
      break;
    case SignalKind::unlink:
      if (to) {
        answer = make_signal(Tags::unlink_ack, dead, signal->as<LinkPayload>());
      } else {
        --links_[signal->as<LinkPayload>().link].signals;
        collect_link(signal->as<LinkPayload>().link);
      }
      break;
    case SignalKind::unlink_ack:
      --links_[signal->as<LinkPayload>().link].signals;
      collect_link(signal->as<LinkPayload>().link);
      break;
    case SignalKind::link_exit: {
      const std::uint32_t link = signal->as<ExitPayload>().link;
      --links_[link].signals;
      collect_link(link);
      break;
    }
    case SignalKind::monitor: {
      const std::uint32_t index = signal->as<MonitorPayload>().monitor;
      Monitor& m = monitors_[index];
      if (to && !m.cancelled) {
        answer = make_signal(Tags::down, dead, DownPayload{index, m.ref, reason::noproc()});
      } else {
        --m.signals;
        collect_monitor(index);
      }
      break;
    }
    case SignalKind::demonitor: {
      const std::uint32_t index = signal->as<MonitorPayload>().monitor;
      --monitors_[index].signals;
      collect_monitor(index);
      break;
    }
    case SignalKind::down: {
      const std::uint32_t index = signal->as<DownPayload>().monitor;
      --monitors_[index].signals;
      collect_monitor(index);
      break;
    }
    case SignalKind::info_request:
    case SignalKind::group_leader:
      if (to) answer = make_signal(type_of<InfoReply>, dead, InfoReply{signal->as<InfoPayload>().ref, false, {}});
      break;
    default: break;
  }
  announce_drop(dead, *signal, "the receiver is dead");
  recycle(signal);
  if (!answer) return;
  if (sync) answer->set_flags(Signal::sync);
  dispatch(nullptr, asker, answer);
}

World::Reception World::to_mailbox(Process& p, Signal* signal, SignalKind was) {
  messages_.received += is_message(was);
  if (observed_receive_) [[unlikely]]
    announce_receive(p, *signal, was);
  enqueue(p, signal);
  if (p.state == ProcessState::idle) return Reception::wakes;
  if (p.state == ProcessState::waiting && p.wait->wants(signal->type)) return Reception::wakes;
  return Reception::stays;
}

World::Reception World::receive_signal(Process& p, Signal* signal) {
  const SignalKind kind = signal->type->kind;
  if (kind == SignalKind::message) [[likely]]
    return to_mailbox(p, signal);
  const auto seen = [&](std::string_view ignored) {
    if (!ignored.empty()) return announce_drop(p.pid, *signal, ignored);
    if (observed_receive_) announce_receive(p, *signal);
  };
  switch (kind) {
    case SignalKind::alias_message: {
      if (!pass_alias(p, *static_cast<const Ref*>(signal->payload()))) {  // every alias message begins with its reference
        seen("nobody waits for this reply any more");
        recycle(signal);
        return Reception::stays;
      }
      if (signal->type->unwrap) signal = signal->type->unwrap(*this, *signal);
      return to_mailbox(p, signal, kind);
    }
    case SignalKind::exit: return receive_exit(p, signal);
    case SignalKind::link_exit: {
      const std::uint32_t index = signal->as<ExitPayload>().link;
      Link& link = links_[index];
      const int side = link.end[0] == p.pid ? 0 : 1;
      --link.signals;
      const bool active = link.half[side] == Half::active;
      link.half[side] = active ? Half::absent : link.half[side];
      if (link.half[side] == Half::absent) collect_link(index);
      if (!active) {
        seen("the link is not active");
        recycle(signal);
        return Reception::stays;
      }
      return receive_exit(p, signal);
    }
    case SignalKind::link: {
      seen({});
      const std::uint32_t index = signal->as<LinkPayload>().link;
      Link& link = links_[index];
      const int side = link.end[0] == p.pid ? 0 : 1;
      --link.signals;
      if (link.half[side] == Half::absent) link.half[side] = Half::active;
      recycle(signal);
      return Reception::stays;
    }
    case SignalKind::unlink: {
      seen({});
      const LinkPayload payload = signal->as<LinkPayload>();
      const Pid peer = signal->sender;
      Link& link = links_[payload.link];
      const int side = link.end[0] == p.pid ? 0 : 1;
      if (link.half[side] == Half::active) link.half[side] = Half::absent;
      recycle(signal);
      // link.signals stays: the acknowledgement carries the index back.
      dispatch(&p, peer, make_signal(Tags::unlink_ack, p.pid, payload));
      return Reception::stays;
    }
    case SignalKind::unlink_ack: {
      seen({});
      const LinkPayload payload = signal->as<LinkPayload>();
      Link& link = links_[payload.link];
      const int side = link.end[0] == p.pid ? 0 : 1;
      --link.signals;
      if (link.half[side] == Half::unlinking && link.unlink_id[side] == payload.id) link.half[side] = Half::absent;
      collect_link(payload.link);
      recycle(signal);
      return Reception::stays;
    }
    case SignalKind::monitor:
    case SignalKind::demonitor:
      seen({});
      receive_monitor(signal);
      return Reception::stays;
    case SignalKind::down: {
      const DownPayload payload = signal->as<DownPayload>();
      Monitor& m = monitors_[payload.monitor];
      --m.signals;
      if (m.cancelled) {
        seen("the monitor was cancelled");
        collect_monitor(payload.monitor);
        recycle(signal);
        return Reception::stays;
      }
      seen({});
      Signal* down = make_signal(type_of<Down>, signal->sender, Down{payload.ref, m.target, {}, payload.reason});
      down->set_order(signal->order());
      if (m.details) {
        down->as<Down>().name = m.details->name;
        if (m.details->tag) down->as<Down>().tag = *m.details->tag;
      }
      end_monitor(payload.monitor);
      collect_monitor(payload.monitor);
      recycle(signal);
      return to_mailbox(p, down, SignalKind::down);
    }
    case SignalKind::info_request: {
      seen({});
      const Pid asker = signal->sender;
      const InfoPayload payload = signal->as<InfoPayload>();
      recycle(signal);
      InfoReply reply{payload.ref, true, {}};
      if (payload.wants_all) reply.info = info_of(p);
      dispatch(&p, asker, make_signal(type_of<InfoReply>, p.pid, std::move(reply)));
      return Reception::stays;
    }
    case SignalKind::group_leader: {  // R-REG-4
      seen({});
      const Pid asker = signal->sender;
      const InfoPayload payload = signal->as<InfoPayload>();
      recycle(signal);
      set_group_leader(p, payload.leader);
      dispatch(&p, asker, make_signal(type_of<InfoReply>, p.pid, InfoReply{payload.ref, true, {}}));
      return Reception::stays;
    }
    default: return to_mailbox(p, signal);
  }
}

// The table R-XS-1..10. A link exit comes here only if its half was active.
World::Reception World::receive_exit(Process& p, Signal* signal) {
  const ExitPayload payload = signal->as<ExitPayload>();
  const Pid sender = signal->sender;
  const bool linked = signal->type->kind == SignalKind::link_exit;
  const bool kill = !linked && payload.reason.is_atom("kill");
  if (observed_receive_) announce_receive(p, *signal);
  const auto ends = [&](Term reason, ExitCause cause) {
    recycle(signal);
    must_end(p, std::move(reason), sender, cause);
    return Reception::ends;
  };
  if (payload.untrappable) return ends(kill ? reason::killed() : payload.reason, ExitCause::outside);
  if (kill) return ends(reason::killed(), ExitCause::signal);
  if (p.traps()) {
    Signal* message = make_signal(type_of<Exit>, sender, Exit{sender, payload.reason});
    message->set_order(signal->order());
    recycle(signal);
    return to_mailbox(p, message, linked ? SignalKind::link_exit : SignalKind::exit);
  }
  if (payload.reason.is_atom("normal") && (linked || sender != p.pid)) {
    recycle(signal);
    return Reception::stays;
  }
  return ends(payload.reason, ExitCause::signal);
}

void World::do_exit_signal(Process* from, Pid sender, Pid to, Term reason, bool untrappable) {
  Signal* signal = make_signal(Tags::exit, sender, ExitPayload{std::move(reason), 0, untrappable});
  signal->set_flags(Signal::exit_class);
  if (!from || from->pid != to) {
    dispatch(from, to, signal);
    return;
  }
  // To itself: received before the call returns, behind what it sent itself earlier (R-SIG-9).
  Process& p = *from;
  const std::uint64_t last = order_ + 1;
  signal->set_flags(Signal::sync);
  dispatch(from, to, signal);
  bool ended = false;
  while (!ended) {
    Signal* head = channel_head(p, p.pid);
    if (!head || head->order() > last) break;
    bool emptied;
    take_channel(p, p.pid, emptied);
    if (list_ && emptied) {
      for (std::size_t i = 0; i < ready_.size(); ++i) {
        if (ready_[i].kind != ReadyKind::channel || ready_[i].slot != p.pid.slot() || ready_[i].key != p.pid.bits()) continue;
        remove_ready(i);
        break;
      }
    }
    count_step();
    digest_.fold(head->order() << 24 | p.pid.slot());
    if (head->flags() != 0) uncount_flags(p, *head);
    ended = receive_signal(p, head) == Reception::ends;
  }
  if (ended) throw_exit(p);
}

Ref World::request_info(Process& p, Pid target, const SignalType& type, bool wants_all, Pid leader) {
  const Ref ref{++ref_serial_ << 24 | 0xffffff};
  dispatch(&p, target, make_signal(type, p.pid, InfoPayload{ref, wants_all, leader}));
  return ref;
}

// ---- observation

void World::note(Pid subject, const Signal& signal) {
  const Message message(&signal);
  Event event(EventKind::note, subject);
  event.text = signal.type->name;
  event.message = &message;
  emit(event);
}

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::spawn: return "spawn";
    case EventKind::start: return "start";
    case EventKind::exit: return "exit";
    case EventKind::send: return "send";
    case EventKind::receive: return "receive";
    case EventKind::drop: return "drop";
    case EventKind::signal_send: return "signal_send";
    case EventKind::signal_receive: return "signal_receive";
    case EventKind::signal_drop: return "signal_drop";
    case EventKind::timer: return "timer";
    case EventKind::link: return "link";
    case EventKind::monitor: return "monitor";
    case EventKind::name: return "name";
    case EventKind::flag: return "flag";
    case EventKind::time: return "time";
    case EventKind::outside: return "outside";
    case EventKind::note: return "note";
  }
  return "?";
}

}  // namespace moirai
