// The ground of all behaviours, as OTP's gen and proc_lib: gen_server, gen_statem and gen_event are a gen::Process around what is
// their own. It takes the process's name before anything is initialised, acknowledges the start, knows its parent, answers system
// messages (sys.hpp), and sees to it that a behaviour that ends runs terminate and leaves its reports, however it ends.
//
// A Behaviour is a class with
//   static constexpr std::string_view name, behaviour;          // of the callbacks, in traces; "gen_server"
//   using Accepts = Messages<...>;                              // what it handles; may hold Exit, IdleTimeout and, last, Message
//   Behaviour(Self&, const Args&...);                           // init; fails by exiting, declines with proc_lib::init_ignore
//   Handled handle(Self&, const M&);                            // for each message that is no request
//   Handled handle(Self&, const M&, const From<M>&);            // for each request; it replies itself
//   void terminate(Self&, const Term& reason);                  // may exit; that is the reason then
//   std::string state() const;                                  // for sys::get_state and reports
//   Handled started(Self&);                                     // optional: after the start was acknowledged, before any message
//   void system_message_handled(Self&);                         // optional
// where Handled is void, or std::optional<gen::Stop> for those that may stop.
//
// An exit or exception that leaves it, a Stop that it returns or throws, an EXIT of the parent and sys::terminate all go the same way:
// terminate(reason), the behaviour's TerminateReport and a CrashReport if the reason is no normal end, then the end itself. A process
// that a signal ends is gone at once, without any of this (R-GS-7).
#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/crash_report.hpp"
#include "runtime/otp/proc_lib.hpp"
#include "runtime/otp/sys.hpp"

namespace moirai::gen {

// "End now": returned or thrown by a behaviour. `last_words` run after terminate (R-GS-4: {stop,Reason,Reply,State}).
struct Stop {
  Term reason;
  std::function<void(Self&)> last_words{};
};

// A behaviour's own account of an abnormal end (R-GS-15). The subject of the note's event is the process.
struct TerminateReport {
  static constexpr std::string_view fields[] = {"behaviour", "registered_name", "last_message", "client", "state", "reason"};
  std::string behaviour;
  std::string registered_name;
  std::string last_message;  // what it was working on
  Pid client;                // whose call that was; nobody: it was none
  std::string state;
  Term reason;
};

// A message that nobody has asked for was dropped (R-GS-12); a call is refused with {unknown_call,'Name'}.
struct UnexpectedMessage {
  static constexpr std::string_view fields[] = {"from", "message"};
  Pid from;
  std::string message;
};

// What a process is registered under before its init: nothing, a name that the world keeps, or one that a registry keeps ({via,...}).
class Name {
 public:
  Name() = default;
  Name(std::string name) : name_(std::move(name)) {}
  Name(const char* name) : name_(name) {}
  template <std::derived_from<ViaName> V>
  Name(V via) : via_(std::make_shared<const V>(std::move(via))) {}

  std::optional<Pid> whereis(Self& self) const;  // nothing: nobody has it, or there is no name
  void take(Self& self) const;                   // proc_lib::register_name
  const std::string& label() const { return name_; }

 private:
  std::string name_;
  std::shared_ptr<const ViaName> via_;
};

struct Options {
  Name name{};                         // a name of the world's is also the process's label in paths
  Duration timeout = Duration::max();  // for its init; then it is killed and the result is {error,timeout}
};

// Starts `program`, a handler<gen::Process<...>>(options.name, ...), as proc_lib does. A name that is taken is
// {error,{already_started,Pid}}, and no process is made if that can be seen before (R-PL-3).
StartResult start_link(Self& self, const Program& program, const Options& options);
StartResult start(Self& self, const Program& program, const Options& options);
std::pair<StartResult, Ref> start_monitor(Self& self, const Program& program, const Options& options);

// Whose EXIT ends this process: who started it, if that is linked to it or the outside; else itself (R-GS-6).
Pid parent_of(Self& self);

namespace detail {

// What a process was working on when it ended.
struct Work {
  std::string message;
  Pid client{};
};

void report_end(Self& self, std::string_view callbacks, const TerminateReport& report);

template <class M, class List>
inline constexpr bool accepts = false;
template <class M, class... All>
inline constexpr bool accepts<M, Messages<All...>> = (std::is_same_v<M, All> || ...);

template <class A, class B>
struct Joined;
template <class... A, class... B>
struct Joined<Messages<A...>, Messages<B...>> {
  using Type = Messages<A..., B...>;
};
template <class List>
struct WithoutAny;  // of a list, what is not Message
template <>
struct WithoutAny<Messages<>> {
  using Type = Messages<>;
};
template <class M, class... Rest>
struct WithoutAny<Messages<M, Rest...>> {
  using Others = typename WithoutAny<Messages<Rest...>>::Type;
  using Type = std::conditional_t<std::is_same_v<M, Message>, Others, typename Joined<Messages<M>, Others>::Type>;
};

// The behaviour's own messages come first: they are looked for in this order.
template <class Own>
struct AllMessages {
  using Exits = std::conditional_t<accepts<Exit, Own> || accepts<Message, Own>, Messages<>, Messages<Exit>>;
  using System = Messages<sys::Suspend, sys::Resume, sys::GetState, sys::GetStatus, sys::Terminate, Message>;
  using Type = typename Joined<typename WithoutAny<Own>::Type, typename Joined<Exits, System>::Type>::Type;
};

}  // namespace detail

template <class Behaviour>
class Process {
 public:
  static constexpr std::string_view name = Behaviour::name;
  using Accepts = typename detail::AllMessages<typename Behaviour::Accepts>::Type;

  template <class... Args>
  Process(Self& self, const Name& registered, const Args&... args)
      : parent_(named(self, registered)), behaviour_(initialised(self, args...)) {
    proc_lib::init_ack(self);
    if constexpr (requires { behaviour_.started(self); })
      guarded(
          self, [] { return detail::Work{"init"}; }, [&] { return behaviour_.started(self); });
  }

  template <class M>
  requires(!Request<M>) void on(Self& self, const M& m) {
    guarded(
        self, [&] { return detail::Work{reflect::to_text(m)}; }, [&] { return behaviour_.handle(self, m); });
  }
  template <Request M>
  void on(Self& self, const M& m, const From<M>& from) {
    guarded(
        self,
        [&] {
          return detail::Work{reflect::to_text(m), from.ref ? from.caller : Pid{}};
        },
        [&] { return behaviour_.handle(self, m, from); });
  }
  void on(Self& self, const Exit& m) {
    if (m.from == parent_) return leave(self, m.reason, {reflect::to_text(m)});
    if constexpr (takes<Exit>)
      guarded(
          self, [&] { return detail::Work{reflect::to_text(m)}; }, [&] { return behaviour_.handle(self, m); });
    else
      self.note(UnexpectedMessage{m.from, reflect::to_text(m)});
  }
  void on(Self& self, const Message& m) {
    if (const Exit* exit = m.get<Exit>(); exit && exit->from == parent_) return leave(self, exit->reason, {m.to_string()});
    if constexpr (takes<Message>) {
      guarded(
          self, [&] { return detail::Work{m.to_string()}; }, [&] { return behaviour_.handle(self, m); });
    } else {
      self.note(UnexpectedMessage{m.sender(), m.to_string()});
      self.refuse_unknown(m);
    }
  }

  void on(Self& self, const sys::Suspend&, const From<sys::Suspend>& from) {
    self.reply(from, {});
    bool suspended = true;
    std::optional<Exit> told;
    std::optional<sys::Terminate> asked;
    while (suspended)
      self.receive([&](const sys::Resume&) { suspended = false; }, [](const sys::Suspend&) {},
                   [&](const sys::GetState&) { return behaviour_.state(); },
                   [&](const sys::GetStatus&) { return status(sys::RunState::suspended); },
                   [&](const sys::Terminate& m) { asked = m, suspended = false; },
                   when([&](const Exit& m) { return m.from == parent_; }, [&](const Exit& m) { told = m, suspended = false; }));
    if (told) return leave(self, told->reason, {reflect::to_text(*told)});
    if (asked) return leave(self, asked->reason, {reflect::to_text(*asked)});
    system_message_handled(self);
  }
  void on(Self& self, const sys::Resume&, const From<sys::Resume>& from) {
    self.reply(from, {});
    system_message_handled(self);
  }
  void on(Self& self, const sys::GetState&, const From<sys::GetState>& from) {
    self.reply(from, behaviour_.state());
    system_message_handled(self);
  }
  void on(Self& self, const sys::GetStatus&, const From<sys::GetStatus>& from) {
    self.reply(from, status(sys::RunState::running));
    system_message_handled(self);
  }
  void on(Self& self, const sys::Terminate& m, const From<sys::Terminate>& from) {
    self.reply(from, {});
    leave(self, m.reason, {reflect::to_text(m)});
  }

 private:
  template <class M>
  static constexpr bool takes = detail::accepts<M, typename Behaviour::Accepts>;

  static Pid named(Self& self, const Name& registered) {
    registered.take(self);
    return parent_of(self);
  }
  template <class... Args>
  static Behaviour initialised(Self& self, const Args&... args) {
    try {
      return Behaviour(self, args...);
    } catch (const ProcessExit&) { throw; } catch (const Stop& stop) {
      report_crash(self, name, stop.reason);
      proc_lib::init_fail(self, stop.reason);
    } catch (...) {
      report_crash(self, name, what_was_thrown().reason);
      throw;
    }
  }

  struct Ending {
    Stop stop;
    ExitCause cause = ExitCause::own_exit;
  };
  // Runs user code; `last()` tells what it was working on, should it end.
  template <class Last, class Run>
  [[gnu::always_inline]] void guarded(Self& self, const Last& last, const Run& run) {
    std::unique_ptr<Ending> ending;  // on the heap, so that a turn that ends nobody pays nothing for it
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Run>>) {
        return run();
      } else {
        std::optional<Stop> stop = run();
        if (!stop) return;
        ending.reset(new Ending{std::move(*stop)});
      }
    } catch (const ProcessExit&) { throw; } catch (const Stop& thrown) {
      ending.reset(new Ending{thrown});
    } catch (const ExitRequest& exit) { ending.reset(new Ending{{exit.reason}}); } catch (const std::exception& exception) {
      ending.reset(new Ending{{what_was_thrown(exception).reason}, ExitCause::error});
    } catch (...) { ending.reset(new Ending{{what_was_thrown().reason}, ExitCause::error}); }
    leave(self, ending->stop, last(), ending->cause);
  }
  void leave(Self& self, const Term& reason, const detail::Work& last) { leave(self, Stop{reason}, last); }
  void leave(Self& self, const Stop& stop, const detail::Work& last, ExitCause cause = ExitCause::own_exit) {
    const std::optional<Thrown> failed = thrown_by([&] { behaviour_.terminate(self, stop.reason); });
    if (failed) {  // R-GS-8: that is the reason then
      report(self, failed->reason, last);
      return self.stop(failed->reason, failed->cause);
    }
    report(self, stop.reason, last);
    if (stop.last_words) stop.last_words(self);
    self.stop(stop.reason, cause);
  }
  void report(Self& self, const Term& reason, const detail::Work& last) {
    detail::report_end(self, name, {std::string(Behaviour::behaviour), {}, last.message, last.client, behaviour_.state(), reason});
  }

  sys::Status status(sys::RunState run_state) const { return {std::string(Behaviour::behaviour), run_state, parent_, behaviour_.state()}; }
  void system_message_handled(Self& self) {
    if constexpr (requires { behaviour_.system_message_handled(self); }) behaviour_.system_message_handled(self);
  }

  Pid parent_;
  Behaviour behaviour_;
};

}  // namespace moirai::gen
