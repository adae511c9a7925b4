#include "runtime/kernel/self.hpp"

#include "runtime/kernel/signal_types.hpp"

namespace moirai {

bool Self::demonitor(Ref monitor, bool flush) {
  if (!world_->operation(*process_)) return false;
  const bool active = world_->do_demonitor(*process_, monitor);
  if (flush && !active) {
    Process& p = *process_;
    for (Signal** at = &p.inbox.head; at != p.inbox.received; at = &(*at)->next) {
      Signal* s = *at;
      if (s->type != &type_of<Down> || s->as<Down>().monitor != monitor) continue;
      World::unlink_message(p, at);
      world_->recycle(s);
      break;
    }
  }
  return active;
}

bool Self::trap_exit(bool on) {
  const bool old = process_->traps();
  if (!world_->operation(*process_)) return old;
  if (on)
    process_->flags |= Process::traps_exit;
  else
    process_->flags &= static_cast<std::uint8_t>(~Process::traps_exit);
  if (world_->wanted(EventKind::flag)) {
    Event event{};
    event.kind = EventKind::flag;
    event.subject = pid();
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
  const Ref ref = world_->request_info(*process_, target);
  bool alive = false;
  receive_from(mark, when([&](const World::InfoReply& r) { return r.ref == ref; }, [&](const World::InfoReply& r) { alive = r.alive; }));
  return alive;
}

Term Self::call_failure(Term reason, Term server, std::string_view request) {
  return Term::tuple({std::move(reason),
                      Term::tuple({Term::atom("gen_server"), Term::atom("call"), Term::list({std::move(server), Term::atom(request)})})});
}

}  // namespace moirai
