// Events as a trace keeps them while a run goes on: small records one behind the other in chunks, a message as a copy of its fields, no text.
// Used by Trace (chaos/trace.hpp), which makes the text of those that somebody asks for.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/kernel/arena.hpp"
#include "runtime/kernel/event.hpp"

namespace moirai {

// What there is to say of an event. A view, of an Event or of what is kept of one.
struct KeptEvent {
  EventKind kind;
  SignalKind signal;
  Hold hold;
  ExitCause cause;
  bool on;
  Time at;
  std::uint64_t step;
  Pid subject, other;
  const SignalType* message_type = nullptr;  // of the message, if there is one
  const void* message = nullptr;             // its fields
  const Term* reason = nullptr;
  std::string_view text{};                 // of an Event only
  std::optional<std::string_view> told{};  // that has been said already: what was given to `keep`
};

class KeptEvents {
 public:
  KeptEvents() = default;
  KeptEvents(KeptEvents&&) = default;
  KeptEvents& operator=(KeptEvents&& other) noexcept {
    std::swap(chunks_, other.chunks_);
    std::swap(spare_, other.spare_);
    std::swap(base_, other.base_);
    return *this;
  }
  ~KeptEvents() { clear(); }

  // False: something in the event cannot be told later, as it is a view or has no copy. Then it is kept with the text that tells all.
  static bool lasts(const Event& event) {
    if (event.message) return event.message->type().lasting && event.kind != EventKind::drop;  // a drop has a text too
    return event.text.empty() || event.kind == EventKind::spawn;                               // the label, which is in the path
  }
  // Requires: lasts(event).
  void keep(const Event& event);
  void keep(const Event& event, std::string text);
  // Requires: there is one.
  void forget_oldest();
  void clear();  // keeps the memory

  // Calls f(const KeptEvent&) for each, oldest first.
  template <class F>
  void each(F&& f) const {
    for (const Chunk& chunk : chunks_) {
      Base base = chunk.base;
      for (const char* at = chunk.begin; at != chunk.end;)
        if (const std::optional<KeptEvent> event = read(at, base)) f(*event);
    }
  }

 private:
  enum class Content : std::uint8_t { nothing, message, boxed_message, reason, text, base };
  struct Record;  // what it holds stands behind it
  struct Base {   // records say how long after it they were
    Time at{};
    std::uint64_t step = 0;
  };
  struct Chunk {
    LargeBlock memory;
    Base base;                              // of the first record
    char *begin = nullptr, *end = nullptr;  // the records that are kept
    std::size_t owners = 0;                 // those of them that must be destroyed
    std::size_t room() const { return static_cast<std::size_t>(memory.get() + memory.get_deleter().bytes - end); }
  };
  void* append(const Event& event, Content content, const SignalType* type, std::size_t bytes);
  void move_base(const Event& event);
  void add_chunk();
  static std::optional<KeptEvent> read(const char*& at, Base& base);  // nothing: that was a base
  static void destroy(Record& record);

  std::deque<Chunk> chunks_;  // oldest first
  std::vector<Chunk> spare_;
  Base base_;  // of what is kept next
};

}  // namespace moirai
