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
    for (const Chunk& chunk : chunks_)
      for (const char* at = chunk.begin; at != chunk.end;) {
        std::size_t bytes;
        const KeptEvent event = read(at, bytes);
        f(event);
        at += bytes;
      }
  }

 private:
  enum class Content : std::uint8_t { nothing, message, boxed_message, reason, text };
  struct Record;  // what it holds stands behind it
  struct Chunk {
    LargeBlock memory;
    char *begin = nullptr, *end = nullptr;  // the records that are kept
    std::size_t owners = 0;                 // those of them that must be destroyed
  };
  void* append(const Event& event, Content content, const SignalType* type, std::size_t bytes);
  void add_chunk();
  static KeptEvent read(const char* at, std::size_t& bytes);
  static void destroy(Record& record);
  static bool owns(const Record& record);

  std::deque<Chunk> chunks_;  // oldest first
  std::vector<Chunk> spare_;
};

}  // namespace moirai
