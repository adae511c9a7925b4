// A stream of tasks, as Elixir's Task.async_stream: one for each element of an input, so many of them at a time, and their results in the
// order of the input, or as they come.
//
//   for (const auto& page : task::async_stream(self, urls, [](Self& s, const Url& url) { return fetch(s, url); }))
//     if (page) store(*page);                                        // else page.reason() says why there is none
//
// Nothing runs before the first result is asked for, and the input is read no further than tasks can start. A stream that is left early
// kills what still runs: `halt` waits for that, the destructor, which cannot wait, only sees to it. A stream stands in a frame (or in the
// state) of the process that made it and is asked by no other.
//
// The tasks are linked to the stream, the stream to its owner: if one crashes, an owner that does not trap exits ends with the same reason;
// one that did when the stream began gets the reason as the result of that element. If the owner ends, so do the tasks.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/otp/stream_monitor.hpp"
#include "runtime/otp/task.hpp"

namespace moirai::task {

enum class OnTimeout : std::uint8_t {
  exit,       // the stream ends and its owner exits {timeout,{task,stream,[Milliseconds]}}
  kill_task,  // the task is killed and its result is {exit,timeout}
};

struct StreamOptions {
  std::string label = "task";       // of the tasks, in paths
  std::size_t max_concurrency = 8;  // > 0. In Elixir the number of schedulers; here all processes share one thread
  bool ordered = true;              // results in the order of the input; else as the tasks end
  Duration timeout = 5s;            // for each task; Duration::max(): none
  OnTimeout on_timeout = OnTimeout::exit;
  bool zip_input_on_exit = false;           // a result without a value says which element it was
  Shutdown shutdown = Shutdown::after(5s);  // of each task, by its supervisor (task_supervisor.hpp)
};

// What one element came to.
template <class T, class Input>
struct Streamed : Outcome<T> {
  std::optional<Input> input;  // zip_input_on_exit: if there is no value
};

// Made by async_stream. Source: std::optional<Input>() gives the next element, or nothing at the end.
template <class Source, class F>
class [[nodiscard]] Stream {
 public:
  using Input = typename std::invoke_result_t<Source&>::value_type;
  using T = std::remove_cvref_t<std::invoke_result_t<const F&, Self&, const Input&>>;
  using Element = Streamed<T, Input>;
  static_assert(!std::is_nothrow_invocable_v<const F&, Self&, const Input&>,
                "a task must not be noexcept: if it is killed, an exception unwinds it (K-50)");

  // Exits {badarg,{max_concurrency,0}}.
  Stream(Self& self, Source source, F fun, StreamOptions options, detail::Starter start);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (monitor_) self_.post(monitor_, detail::Halt{});
  }

  // The next result; nothing when there are no more. Exits {Reason,{task,stream,[Milliseconds]}}: timeout, or what the stream itself ended
  // of; {badarg,not_owner}. What the source throws passes through and leaves the stream as it was.
  std::optional<Element> next();
  // Kills the tasks that still run and waits for their ends. There are no more results.
  void halt();

  class Iterator {
   public:
    using value_type = Element;
    using difference_type = std::ptrdiff_t;
    using reference = const Element&;
    using pointer = const Element*;
    using iterator_category = std::input_iterator_tag;
    explicit Iterator(Stream& stream) : stream_(&stream) {}
    const Element& operator*() const { return *stream_->current_; }
    const Element* operator->() const { return &*stream_->current_; }
    Iterator& operator++() {
      stream_->current_ = stream_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !stream_->current_; }

   private:
    Stream* stream_;
  };
  Iterator begin() { return ++Iterator(*this); }
  std::default_sentinel_t end() { return {}; }

 private:
  template <class M>
  ReplyOf<M> ask(const M& message);
  void launch(Input input);
  void receive_one();
  Term failure(Term reason) const { return detail::failure(std::move(reason), detail::milliseconds(options_.timeout), {"stream"}); }

  Self self_;
  Source source_;
  std::shared_ptr<const F> fun_;
  StreamOptions options_;
  detail::Starter start_;
  Pid monitor_{};  // while the stream is open
  bool begun_ = false, source_ended_ = false;
  std::uint64_t started_ = 0, delivered_ = 0;
  std::size_t running_ = 0;
  std::map<std::uint64_t, Element> waiting_;  // by position: results that are not delivered yet
  std::map<std::uint64_t, Input> inputs_;     // zip_input_on_exit: of what runs
  std::optional<Element> current_;            // of the iterator
};

namespace detail {
// The elements of a container, one after the other.
template <class Range>
class Elements {
 public:
  explicit Elements(Range range) : range_(std::move(range)) {}
  using Iterator = decltype(std::declval<Range&>().begin());
  std::optional<typename std::iterator_traits<Iterator>::value_type> operator()() {
    if (!at_) at_.emplace(range_.begin());
    if (*at_ == range_.end()) return std::nullopt;
    return *(*at_)++;
  }

 private:
  Range range_;
  std::optional<Iterator> at_;
};
template <class Input>
auto source_of(Input input) {
  if constexpr (std::is_invocable_v<Input&>)
    return input;
  else
    return Elements<Input>(std::move(input));
}
template <class Input>
using SourceOf = decltype(source_of(std::declval<Input>()));
}  // namespace detail

// Input: a container, or a function std::optional<Element>() that is called in this process. `fun` is called as
// fun(Self&, const Element&) in each task.
template <class Input, class F>
Stream<detail::SourceOf<Input>, F> async_stream(Self& self, Input input, F fun, StreamOptions options = {}) {
  auto start = detail::starter(options.label);
  return {self, detail::source_of(std::move(input)), std::move(fun), std::move(options), std::move(start)};
}
template <class Element, class F>
auto async_stream(Self& self, std::initializer_list<Element> input, F fun, StreamOptions options = {}) {
  return async_stream(self, std::vector<Element>(input), std::move(fun), std::move(options));
}

// ---- how

template <class Source, class F>
Stream<Source, F>::Stream(Self& self, Source source, F fun, StreamOptions options, detail::Starter start)
    : self_(self),
      source_(std::move(source)),
      fun_(std::make_shared<const F>(std::move(fun))),
      options_(std::move(options)),
      start_(std::move(start)) {
  if (options_.max_concurrency == 0)
    self.exit(Term::tuple({reason::badarg(), Term::tuple({Term::atom("max_concurrency"), Term::integer(0)})}));
}

template <class Source, class F>
std::optional<typename Stream<Source, F>::Element> Stream<Source, F>::next() {
  if (self_.world().running() != self_.pid()) throw ExitRequest{Term::tuple({reason::badarg(), Term::atom("not_owner")})};
  if (!begun_) {
    begun_ = true;
    const bool traps = self_.world().trapping(self_.pid());
    monitor_ = self_.spawn_link("stream", [owner = self_.pid(), traps, timeout = options_.timeout, start = start_](Self& monitor) {
      detail::monitor_stream<T>(monitor, owner, traps, timeout, start);
    });
  }
  while (monitor_) {
    const auto ready = options_.ordered ? waiting_.find(delivered_) : waiting_.begin();
    if (ready != waiting_.end()) {
      ++delivered_;
      return std::move(waiting_.extract(ready).mapped());
    }
    if (!source_ended_ && running_ < options_.max_concurrency) {
      std::optional<Input> input = source_();
      if (input)
        launch(std::move(*input));
      else
        source_ended_ = true;
    } else if (running_ > 0) {
      receive_one();
    } else {
      halt();
    }
  }
  return std::nullopt;
}

template <class Source, class F>
void Stream<Source, F>::launch(Input input) {
  auto monitor = std::make_shared<Ref>();
  if (options_.zip_input_on_exit) inputs_.emplace(started_, input);
  std::function<void(Self&)> body = [to = monitor_, monitor, fun = fun_, input = std::move(input)](Self& process) {
    detail::answer(process, to, *monitor, [&](Self& self) { return (*fun)(self, input); });
  };
  if (!ask(detail::Launch{started_, {std::move(body), std::move(monitor)}})) {
    halt();
    self_.exit(failure(Term::atom("max_children")));
  }
  ++started_;
  ++running_;
}

template <class Source, class F>
void Stream<Source, F>::receive_one() {
  detail::Finished<T> over = ask(detail::NextFinished<T>{});
  --running_;
  if (!over.value && over.timed_out && options_.on_timeout == OnTimeout::exit) {
    halt();
    self_.exit(failure(reason::timeout()));
  }
  Element element{
      over.value ? Outcome<T>::value(std::move(*over.value)) : Outcome<T>::exit(over.timed_out ? reason::timeout() : over.reason),
      std::nullopt};
  if (auto input = inputs_.extract(over.position); input && !element) element.input = std::move(input.mapped());
  waiting_.emplace(over.position, std::move(element));
}

template <class Source, class F>
void Stream<Source, F>::halt() {
  begun_ = true;
  waiting_.clear();
  if (!monitor_) return;
  ask(detail::Halt{});
  monitor_ = {};
}

template <class Source, class F>
template <class M>
ReplyOf<M> Stream<Source, F>::ask(const M& message) {
  return self_.call_as(monitor_, message, Duration::max(), [&](Term why) {
    const Pid gone = std::exchange(monitor_, Pid{});
    self_.receive(when([&](const Exit& m) { return m.from == gone; }, [&](const Exit& m) { why = m.reason; }),  // of one that is long gone
                  after(Duration::zero(), [] {}));
    return failure(std::move(why));
  });
}

}  // namespace moirai::task
