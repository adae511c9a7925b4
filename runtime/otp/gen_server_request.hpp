// Calls that are not waited for at once, as gen_server:send_request/2 and its kin (R-GS-14). A request is a call whose reply is taken
// later, by waiting or when it turns up among other messages; several may be under way, each with a label of the caller's.
//
//   const auto id = gen_server::send_request(self, "ledger", Balance{});
//   ...
//   if (const auto response = gen_server::wait_response(self, id, 1s)) response has come: **response, or response->reason()
#pragma once
#include <map>
#include <optional>
#include <utility>

#include "runtime/kernel/catch_exit.hpp"
#include "runtime/kernel/self.hpp"

namespace moirai::gen_server {

// A value: it may be copied and stored; only the process that sent the request can take the response, once. R: what is replied.
template <class R>
struct RequestId {
  Ref ref;
  Term server;  // its pid; as it was addressed, if nobody was there
};

// None: nothing has come. Else the reply, or the reason {Why,Server}: noproc, what the server died of, or what it refused it with.
template <class R>
using Response = std::optional<Caught<R>>;

// Never fails; a server that does not exist shows in the response.
template <Request M>
RequestId<ReplyOf<M>> send_request(Self& self, const ServerRef& server, const M& request) {
  const std::optional<Pid> to = server.resolve(self);
  const Ref ref = self.monitor(to.value_or(Pid{}), {.alias = MonitorAlias::demonitor});
  if (to) self.send(*to, Call<M>{ref, request});
  return {ref, to ? Term::pid(*to) : server.to_term()};
}

namespace detail {

template <class R>
struct Arrived {
  Ref ref;
  Caught<R> response;  // the reason without the server
};

// The first message in the mailbox that answers a request for which wanted(ref) holds.
template <class R, class Wanted>
std::optional<Arrived<R>> take_response(Self& self, const Wanted& wanted, Duration timeout) {
  std::optional<Arrived<R>> arrived;
  self.receive(when([&](const Reply<R>& m) { return wanted(m.ref); },
                    [&](const Reply<R>& m) {
                      arrived = Arrived<R>{m.ref, Caught<R>::value(m.value)};
                    }),
               when([&](const Down& m) { return wanted(m.monitor); },
                    [&](const Down& m) {
                      arrived = Arrived<R>{m.monitor, Caught<R>::exit(m.reason)};
                    }),
               when([&](const Refusal& m) { return wanted(m.ref); },
                    [&](const Refusal& m) {
                      arrived = Arrived<R>{m.ref, Caught<R>::exit(m.reason)};
                    }),
               after(timeout, [] {}));
  if (arrived) self.demonitor(arrived->ref, true);
  return arrived;
}
template <class R, class Wanted>
std::optional<Arrived<R>> response_in(Self& self, const Message& message, const Wanted& wanted) {
  std::optional<Arrived<R>> arrived;
  if (const auto* m = message.get<Reply<R>>(); m && wanted(m->ref)) arrived = Arrived<R>{m->ref, Caught<R>::value(m->value)};
  if (const auto* m = message.get<Down>(); m && wanted(m->monitor)) arrived = Arrived<R>{m->monitor, Caught<R>::exit(m->reason)};
  if (const auto* m = message.get<Refusal>(); m && wanted(m->ref)) arrived = Arrived<R>{m->ref, Caught<R>::exit(m->reason)};
  if (arrived) self.demonitor(arrived->ref, true);
  return arrived;
}
template <class R>
Response<R> told(std::optional<Arrived<R>> arrived, const RequestId<R>& id) {
  if (!arrived) return std::nullopt;
  if (arrived->response) return std::move(arrived->response);
  return Caught<R>::exit(Term::tuple({arrived->response.reason(), id.server}));
}

}  // namespace detail

// gen_server:wait_response/2. After a timeout the request is still good: wait again.
template <class R>
Response<R> wait_response(Self& self, const RequestId<R>& id, Duration timeout = Duration::max()) {
  return detail::told(detail::take_response<R>(
                          self, [&](Ref ref) { return ref == id.ref; }, timeout),
                      id);
}
// gen_server:receive_response/2. After a timeout the request is abandoned: a late reply is dropped.
template <class R>
Response<R> receive_response(Self& self, const RequestId<R>& id, Duration timeout = Duration::max()) {
  Response<R> response = wait_response(self, id, timeout);
  if (!response) self.demonitor(id.ref, true);
  return response;
}
// gen_server:check_response/2: whether this message, taken by the caller's own receive, is the response.
template <class R>
Response<R> check_response(Self& self, const Message& message, const RequestId<R>& id) {
  return detail::told(detail::response_in<R>(self, message, [&](Ref ref) { return ref == id.ref; }), id);
}

template <class R, class Label>
struct LabelledResponse {
  Caught<R> response;
  Label label;
};

// Requests under way, each with a label, of which whichever comes first is taken (gen_server:reqids_new/0, reqids_add/3, reqids_size/1).
// What the three functions return is nothing after a timeout, and at once if there are no requests. `remove`: what is returned leaves
// the collection.
template <class R, class Label>
class RequestIds {
 public:
  using Result = std::optional<LabelledResponse<R, Label>>;

  void add(const RequestId<R>& id, Label label) { all_.insert_or_assign(id.ref, Entry{id, std::move(label)}); }
  std::size_t size() const { return all_.size(); }
  bool empty() const { return all_.empty(); }

  // gen_server:wait_response/3.
  Result wait_response(Self& self, Duration timeout = Duration::max(), bool remove = true) {
    if (empty()) return std::nullopt;
    return labelled(detail::take_response<R>(self, wanted(), timeout), remove);
  }
  // gen_server:receive_response/3: after a timeout all are abandoned.
  Result receive_response(Self& self, Duration timeout = Duration::max(), bool remove = true) {
    Result result = wait_response(self, timeout, remove);
    if (!result)
      for (const auto& [ref, entry] : all_) self.demonitor(ref, true);
    return result;
  }
  // gen_server:check_response/3.
  Result check_response(Self& self, const Message& message, bool remove = true) {
    return labelled(detail::response_in<R>(self, message, wanted()), remove);
  }

 private:
  struct Entry {
    RequestId<R> id;
    Label label;
  };
  auto wanted() const {
    return [this](Ref ref) { return all_.count(ref) != 0; };
  }
  Result labelled(std::optional<detail::Arrived<R>> arrived, bool remove) {
    if (!arrived) return std::nullopt;
    const auto found = all_.find(arrived->ref);
    Result result = LabelledResponse<R, Label>{*detail::told(std::move(arrived), found->second.id), found->second.label};
    if (remove) all_.erase(found);
    return result;
  }

  std::map<Ref, Entry> all_;
};

// gen_server:send_request/4: the request joins the others.
template <Request M, class Label>
void send_request(Self& self, const ServerRef& server, const M& request, Label label, RequestIds<ReplyOf<M>, Label>& requests) {
  requests.add(send_request(self, server, request), std::move(label));
}

}  // namespace moirai::gen_server
