// An event manager while it runs: the list of its handlers, as a behaviour of gen::Process. Made by gen_event::event_manager().
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/otp/event_handler.hpp"
#include "runtime/otp/gen.hpp"

namespace moirai::gen_event {

// ---- what the functions of gen_event.hpp send

struct Notify {
  AnyMessage event;
};
struct SyncNotify {
  using Reply = void;
  AnyMessage event;
};
struct AddHandler {
  static constexpr std::string_view fields[] = {"handler", "supervised"};
  using Reply = std::optional<Term>;  // why not
  Handler handler;
  bool supervised = false;  // by the caller
};
// What terminate returned; or, with `failed`, why it did not.
struct Deleted {
  bool failed = false;
  Term result;
};
struct DeleteHandler {
  static constexpr std::string_view fields[] = {"handler", "argument"};
  using Reply = Deleted;
  HandlerId handler;
  Term argument;
};
struct SwapHandler {
  static constexpr std::string_view fields[] = {"handler", "argument", "next", "supervised"};
  using Reply = std::optional<Term>;  // why not
  HandlerId handler;
  Term argument;
  Handler next;
  bool supervised = false;  // by the caller; else by whoever supervised the old one
};
struct Called {
  std::optional<AnyMessage> reply;
  Term error;  // why there is none
};
struct CallHandler {
  static constexpr std::string_view fields[] = {"handler", "request"};
  using Reply = Called;
  HandlerId handler;
  AnyMessage request;
};
struct WhichHandlers {
  using Reply = std::vector<HandlerId>;
};

// ---- what it tells others

// {gen_event_EXIT,Handler,Reason}: to the process that supervises a handler, when it has been removed. Reason: normal (deleted, or it
// wanted to be), shutdown (the manager has ended), {swapped,NewHandler,Pid} or {swapped,NewHandler,false}, {'EXIT',Reason}.
struct HandlerExit {
  static constexpr std::string_view name = "gen_event_EXIT";
  static constexpr std::string_view fields[] = {"handler", "reason"};
  HandlerId handler;
  Term reason;
};
// A note: a handler has failed and was removed.
struct HandlerReport {
  static constexpr std::string_view fields[] = {"handler", "last_message", "reason"};
  HandlerId handler;
  std::string last_message;  // what it was working on
  Term reason;
};

class EventProcess {
 public:
  static constexpr std::string_view name = "gen_event", behaviour = "gen_event";
  using Accepts = Messages<Notify, SyncNotify, AddHandler, DeleteHandler, SwapHandler, CallHandler, WhichHandlers, Exit, Message>;

  explicit EventProcess(Self& self) : parent_(gen::parent_of(self)) { self.trap_exit(true); }

  void handle(Self& self, const Notify& m);
  void handle(Self& self, const SyncNotify& m, const From<SyncNotify>& from);
  void handle(Self& self, const AddHandler& m, const From<AddHandler>& from);
  void handle(Self& self, const DeleteHandler& m, const From<DeleteHandler>& from);
  void handle(Self& self, const SwapHandler& m, const From<SwapHandler>& from);
  void handle(Self& self, const CallHandler& m, const From<CallHandler>& from);
  void handle(Self& self, const WhichHandlers&, const From<WhichHandlers>& from);
  void handle(Self& self, const Exit& m);
  void handle(Self& self, const Message& m);
  void terminate(Self& self, const Term& reason);
  std::string state() const;

 private:
  struct Entry {
    HandlerId id;
    Pid supervisor;  // nobody: it has none
    std::unique_ptr<Installed> handler;
  };
  using Entries = std::vector<Entry>;

  Entries::iterator find(const HandlerId& id);
  template <class Event>
  void pass(Self& self, const Event& event);
  // Installs `handler` in front of all others. Returns why not.
  std::optional<Term> install(Self& self, const Handler& handler, Pid supervisor, const Term* inherited);
  std::optional<Term> make(Self& self, const Handler& handler, const Term* inherited, Entry& entry);
  // What `next` makes of the entry. False: it is to be erased.
  bool follow(Self& self, Entry& entry, const Next& next, const std::string& last);
  // {'EXIT',Reason} if `code` fails.
  static std::optional<Term> failure_of(const std::function<void()>& code);
  Term terminate(Self& self, Entry& entry, const Leaving& why, const Term& reason, const std::string& last);
  void report(Self& self, const HandlerId& id, Pid supervisor, const Term& reason, const std::string& last);

  Pid parent_;       // as it was at the start: a handler's supervisor is linked too
  Entries entries_;  // newest first: the order in which they get events
};

}  // namespace moirai::gen_event
