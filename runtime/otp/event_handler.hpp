// What an event manager (gen_event.hpp) is made of: handlers. A handler is a struct whose members are its state:
//
//   struct Counter {
//     using Accepts = Messages<Started, Crashed, Count>;           // events, and requests for gen_event::call
//     int crashes = 0;
//     void on(Self&, const Started&) {}
//     Next on(Self&, const Crashed&) { return ++crashes < 3 ? keep_handler() : remove_handler(); }
//     int on(Self&, const Count&) { return crashes; }              // or Answer<int>: {crashes, remove_handler()}
//     void inherit(Self&, const Term& result);                     // optional: it replaces a handler whose terminate returned `result`
//     Term terminate(Self&, const Leaving& why);                   // optional; may return nothing
//   };
//
// It is made as Counter(Self&, args...) or Counter{args...} in the manager's process, when it is added. All its members run there, one
// handler at a time, and may do and wait for whatever a process may. One that fails, by exiting or by an exception, is removed; the
// manager and the other handlers go on. An event that a handler does not accept passes it by.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/kernel/self.hpp"
#include "runtime/otp/any_message.hpp"

namespace moirai::gen_event {

// Which handler: its type, and an id that tells several of one type apart. Module or {Module,Id}.
struct HandlerId {
  std::string module;
  std::optional<Term> id{};
  bool operator==(const HandlerId&) const = default;
  Term to_term() const;
};
void fold(Digest& digest, const HandlerId& id);
void print(std::string& out, const HandlerId& id);

// handler_id<Counter>(), handler_id<Counter>(Term::atom("file")).
template <class H>
HandlerId handler_id(std::optional<Term> id = std::nullopt) {
  return {std::string(reflect::name_of<H>()), std::move(id)};
}

// Why a handler's terminate is called.
struct Leaving {
  enum class Why : std::uint8_t {
    deleted,   // delete_handler; `argument` is its argument
    swapped,   // swap_handler; its argument
    removed,   // it wanted to be
    failed,    // it has exited or thrown; {'EXIT',Reason}
    orphaned,  // the process that supervised it has ended; the reason
    stopped,   // the manager ends
  } why;
  Term argument{};
};

class Handler;

// What becomes of a handler after an event.
struct KeepHandler {};
struct RemoveHandler {};
struct SwapHandlerFor {
  Term argument;
  std::shared_ptr<const Handler> next;
};
using Next = std::variant<KeepHandler, RemoveHandler, SwapHandlerFor>;

inline Next keep_handler() { return KeepHandler{}; }
// It is terminated and gone; who supervises it is told `normal`.
inline Next remove_handler() { return RemoveHandler{}; }
// It is terminated with `argument`, and `next` takes its place.
Next swap_handler(Term argument, Handler next);

// The reply to a call, and what becomes of the handler after it.
template <class R>
struct Answer {
  R value;
  Next next = KeepHandler{};
};

// A handler that is installed, whatever its type.
class Installed {
 public:
  virtual ~Installed() = default;
  // nullopt: it does not accept it.
  virtual std::optional<Next> event(Self& self, const AnyMessage& event) = 0;
  virtual std::optional<Next> event(Self& self, const Message& event) = 0;
  virtual std::optional<Answer<AnyMessage>> call(Self& self, const AnyMessage& request) = 0;
  virtual void inherit(Self& self, const Term& result) = 0;
  virtual Term terminate(Self& self, const Leaving& why) = 0;
};

namespace detail {

template <class R>
inline constexpr bool is_answer = false;
template <class R>
inline constexpr bool is_answer<Answer<R>> = true;

template <class H, class Accepts>
class InstalledAs;
template <class H, class... M>
class InstalledAs<H, Messages<M...>> final : public Installed {
 public:
  explicit InstalledAs(H handler) : handler_(std::move(handler)) {}

  std::optional<Next> event(Self& self, const AnyMessage& event) override { return any_event(self, event); }
  std::optional<Next> event(Self& self, const Message& event) override { return any_event(self, event); }
  std::optional<Answer<AnyMessage>> call(Self& self, const AnyMessage& request) override {
    std::optional<Answer<AnyMessage>> answer;
    (void)(try_call<M>(self, request, answer) || ...);
    return answer;
  }
  void inherit(Self& self, const Term& result) override {
    if constexpr (requires { handler_.inherit(self, result); }) handler_.inherit(self, result);
  }
  Term terminate(Self& self, const Leaving& why) override {
    if constexpr (requires { Term(handler_.terminate(self, why)); }) {
      return handler_.terminate(self, why);
    } else {
      if constexpr (requires { handler_.terminate(self, why); }) handler_.terminate(self, why);
      return Term::atom("ok");
    }
  }

 private:
  template <class View>
  std::optional<Next> any_event(Self& self, const View& event) {
    std::optional<Next> next;
    (void)(try_event<M>(self, event, next) || ...);
    return next;
  }
  template <class E, class View>
  bool try_event(Self& self, const View& view, std::optional<Next>& next) {
    if constexpr (Request<E>) {
      return false;
    } else {
      const E* event = view.template get<E>();
      if (!event) return false;
      static_assert(!noexcept(handler_.on(self, *event)), "a handler must not be noexcept (K-50)");
      if constexpr (std::is_void_v<decltype(handler_.on(self, *event))>) {
        handler_.on(self, *event);
        next = KeepHandler{};
      } else {
        next = handler_.on(self, *event);
      }
      return true;
    }
  }
  template <class R>
  bool try_call(Self& self, const AnyMessage& view, std::optional<Answer<AnyMessage>>& answer) {
    if constexpr (!Request<R>) {
      return false;
    } else {
      const R* request = view.get<R>();
      if (!request) return false;
      static_assert(!noexcept(handler_.on(self, *request)), "a handler must not be noexcept (K-50)");
      using Result = decltype(handler_.on(self, *request));
      if constexpr (std::is_void_v<Result>) {
        static_assert(std::is_void_v<typename R::Reply>, "this message is a call: on returns its Reply or Answer<its Reply>");
        handler_.on(self, *request);
        answer.emplace();
      } else if constexpr (is_answer<Result>) {
        static_assert(std::is_same_v<Result, Answer<ReplyOf<R>>>, "this message is a call: on returns its Reply or Answer<its Reply>");
        Result result = handler_.on(self, *request);
        answer = Answer<AnyMessage>{AnyMessage(std::move(result.value)), std::move(result.next)};
      } else {
        answer = Answer<AnyMessage>{AnyMessage(ReplyOf<R>(handler_.on(self, *request)))};
      }
      return true;
    }
  }

  H handler_;
};

}  // namespace detail

// A handler that is to be installed: its type, what it is made with, and its id. A value; each installation makes a new one.
class Handler {
 public:
  // Handler::of<Counter>(args...).
  template <class H, class... Args>
  static Handler of(Args... args) {
    return Handler(handler_id<H>(), std::make_shared<MakerOf<H, Args...>>(std::tuple<Args...>(std::move(args)...)));
  }
  Handler with_id(Term id) const {
    Handler handler = *this;
    handler.id_.id = std::move(id);
    return handler;
  }

  const HandlerId& id() const { return id_; }
  std::unique_ptr<Installed> make(Self& self) const { return maker_->make(self); }

 private:
  struct Maker {
    virtual ~Maker() = default;
    virtual std::unique_ptr<Installed> make(Self& self) const = 0;
  };
  template <class H, class... Args>
  struct MakerOf final : Maker {
    std::tuple<Args...> args;
    explicit MakerOf(std::tuple<Args...> a) : args(std::move(a)) {}
    std::unique_ptr<Installed> make(Self& self) const override {
      using As = detail::InstalledAs<H, typename H::Accepts>;
      return std::apply(
          [&](const Args&... a) {
            if constexpr (std::is_constructible_v<H, Self&, const Args&...>)
              return std::make_unique<As>(H(self, a...));
            else
              return std::make_unique<As>(H{a...});
          },
          args);
    }
  };
  Handler(HandlerId id, std::shared_ptr<const Maker> maker) : id_(std::move(id)), maker_(std::move(maker)) {}

  HandlerId id_;
  std::shared_ptr<const Maker> maker_;
};
void fold(Digest& digest, const Handler& handler);
void print(std::string& out, const Handler& handler);

}  // namespace moirai::gen_event
